"""Part files: rows to Parquet bytes. Every writer option of the project stands here."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.lake.manifest import Scalar
from transforms.schema import Table

ROW_GROUP_ROWS: Final = 20_000
ZSTD_LEVEL: Final = 1

_SORT_KEYS: Final = {
    "articles": ("published_at", "article_id"),
    "membership": ("published_date", "article_id"),
    "deliveries": ("article_id", "dump_digest", "member", "record_number"),
    "quarantine": ("dump_digest", "member", "record_number"),
    "pairs": ("article_id", "other_id"),
    "features": ("published_date", "text_id"),
    "cluster_changes": ("run_id", "article_id"),
    "dumps": ("run_id", "dump_name"),
    "source_fields": ("run_id", "source", "field", "kind"),
    "source_counts": ("day", "run_id", "source", "dump_digest"),
    "runs": ("snapshot",),
    "forgotten": ("forgotten_on", "kind", "key"),
    "audits": ("run_id", "table_name", "expectation"),
}

# Few distinct values, many rows. Texts, ids and raw bytes would only fill a dictionary and then fall back.
_DICTIONARY_COLUMNS: Final = frozenset(
    {
        "source", "language", "published_at_origin", "relation", "rule", "twin_relation", "twin_rule", "reason",
        "dump_digest", "dump_name", "member", "run_id", "status", "table_name", "expectation", "severity", "driver",
        "field", "kind", "target", "name",
    }
)  # fmt: skip
_DICTIONARY_LEAVES: Final = {"edits": "edits.key_value.key"}  # a nested column goes by its leaf

# Beside the sort keys, only what readers filter by: the bounds of a text are never asked for, and cost space.
_STATISTICS_COLUMNS: Final = frozenset({"source", "language", "word_count", "text_id"})


def write_part(table: Table, rows: pa.Table, path: Path) -> None:
    """Write rows, sorted, as one Parquet file whose bytes depend on the set of rows only.

    Rows carry the schema of the table's files, that is, without the partition column. Raises ValueError otherwise.
    """
    if not rows.schema.equals(table.schema):
        raise ValueError(f"rows for {table.name} have another schema:\n{rows.schema}\nexpected:\n{table.schema}")
    order = pc.sort_indices(rows, sort_keys=[(key, "ascending") for key in sort_keys(table)])
    with pq.ParquetWriter(path, table.schema, **_options(table)) as writer:
        for start in range(0, rows.num_rows, ROW_GROUP_ROWS):
            # One group in memory at a time, in one chunk: where chunks end would show in the pages.
            group = rows.take(order.slice(start, ROW_GROUP_ROWS)).combine_chunks()
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)


def sort_keys(table: Table) -> tuple[str, ...]:
    """Return the columns by which a part's rows are sorted: by its first column, where nothing else is said."""
    keys = _SORT_KEYS.get(table.name, table.schema.names[:1])
    return tuple(key for key in keys if key in table.schema.names)  # the partition column is in no file


def sort_bounds(table: Table, rows: pa.Table) -> tuple[dict[str, Scalar], dict[str, Scalar]]:
    """Return the least and the greatest value of each sort key, nulls left aside; None where there is no value."""
    minimum: dict[str, Scalar] = {}
    maximum: dict[str, Scalar] = {}
    for key in sort_keys(table):
        bounds = pc.min_max(rows[key])
        minimum[key], maximum[key] = _scalar(bounds["min"].as_py()), _scalar(bounds["max"].as_py())
    return minimum, maximum


def _options(table: Table) -> dict[str, Any]:
    names = table.schema.names
    coded = _DICTIONARY_COLUMNS.union(_DICTIONARY_LEAVES)
    counted = _STATISTICS_COLUMNS.union(sort_keys(table))
    return {
        "compression": "zstd",
        "compression_level": ZSTD_LEVEL,
        "use_dictionary": [_DICTIONARY_LEAVES.get(n, n) for n in names if n in coded],
        "write_statistics": [n for n in names if n in counted],
    }


def _scalar(value: str | float | date | datetime | None) -> Scalar:
    return value.isoformat() if isinstance(value, date) else value
