"""Rows for any table of the lake, parts of them, and manifests over parts, made up."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.lake.manifest import Manifest, Part
from flows.lake.parts import sort_bounds, write_part
from flows.lake.store import Store
from flows.lake.writer import Writer
from transforms.article import ARTICLES
from transforms.schema import Table
from transforms.tables import MEMBERSHIP, PAIRS, QUARANTINE


def root_of(store: Store) -> Path:
    """Return the folder of a lake."""
    return Path(store.address)


def a_value(kind: pa.DataType, row: int) -> Any:
    """Return a value of this type; strings are 32 hex digits that grow with the row."""
    if pa.types.is_string(kind):
        return f"{row:032x}"
    if pa.types.is_map(kind):
        return [("rule", a_value(kind.item_type, row))]
    if pa.types.is_fixed_size_binary(kind):
        return bytes(range(row % 100, row % 100 + 4)) * (kind.byte_width // 4)
    if pa.types.is_list(kind):
        return [f"item {row}" if pa.types.is_string(kind.value_type) else row]
    if pa.types.is_timestamp(kind):
        return datetime(2024, 1, 2, 3, 4, 5, row % 1000, tzinfo=UTC)
    return {pa.binary(): b"raw %d" % row, pa.bool_(): True}.get(kind, row)


def rows_of(table: Table, count: int, start: int = 0, **given: list[Any]) -> pa.Table:
    """Rows in the schema of the table's files; columns are given or made up."""
    numbers = range(start, start + count)
    columns = [given.get(f.name) or [a_value(f.type, n) for n in numbers] for f in table.schema]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, table.schema, strict=True)], schema=table.schema)


def add_rows(writer: Writer, table: Table, rows: pa.Table, day: str | None = None) -> Part:
    """Write rows as a part of the lake."""
    staged = writer.workspace / "rows.parquet"
    write_part(table, rows, staged)
    minimum, maximum = sort_bounds(table, rows)
    return writer.add_part(staged, table, day, rows=rows.num_rows, minimum=minimum, maximum=maximum)


def a_manifest(*parts: Part, parent: Manifest | None = None, run_id: str = "run-1") -> Manifest:
    """Return a manifest over these parts that follows its parent."""
    number, digest = (parent.number + 1, parent.digest) if parent else (1, None)
    now = "2024-01-02T03:04:05+00:00"
    return Manifest(number, digest, "run", now, run_id, "rules", "schema", "settings", "passed", ("dump",), parts)


def publish(store: Store, *parts: Part, run_id: str = "run-1") -> Manifest:
    """Commit a snapshot of these parts, and show it."""
    with store.writer() as writer:
        manifest = a_manifest(*parts, parent=writer.current(), run_id=run_id)
        writer.commit(manifest)
        writer.show_newest()
    return manifest


def three_days(store: Store) -> Manifest:
    """Publish two dated days and one undated, three articles each; the third has the words of the first."""
    with store.writer() as writer:
        parts = [
            part
            for start, day in ((0, "2024-01-02"), (10, "2024-01-03"), (20, None))
            for part in _day(writer, start, day)
        ]
        parts += [add_rows(writer, PAIRS, rows_of(PAIRS, 1, 90)), add_rows(writer, QUARANTINE, rows_of(QUARANTINE, 2))]
    return publish(store, *parts)


def _day(writer: Writer, start: int, day: str | None) -> list[Part]:
    ids = [f"{n:032x}" for n in range(start, start + 3)]
    moments = [None] * 3 if day is None else [datetime.fromisoformat(f"{day}T05:00:00+00:00")] * 3
    places = rows_of(
        MEMBERSHIP,
        3,
        start,
        published_date=[day and date.fromisoformat(day)] * 3,
        canonical_id=[ids[0], ids[1], ids[0]],
        is_canonical=[True, True, False],
        twin_id=[ids[0], None, ids[0]],
        twin_relation=["canonical", None, "exact"],
        twin_rule=["itself", None, "same words"],
    )
    articles = rows_of(ARTICLES, 3, start, published_at=moments)
    return [add_rows(writer, ARTICLES, articles, day), add_rows(writer, MEMBERSHIP, places)]
