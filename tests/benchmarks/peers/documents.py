"""Lays a corpus out as the competitors read it: one Parquet file of (id, text), and the addresses of the ids."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from tests.benchmarks.generate import Truth

_ROW_GROUP: Final = 2_048
"""Rows: the least that DuckDB writes, so that there are enough to deal out to workers."""
_TABLE: Final = """
CREATE TABLE documents AS
SELECT format('{:08d}', row_number() OVER ()) AS id, body AS text, url
FROM read_json(?, format = 'newline_delimited', columns = {url: 'VARCHAR', body: 'VARCHAR'})
"""


@dataclass(frozen=True, slots=True)
class Documents:
    """A corpus as Parquet, and what is known about it."""

    texts: Path
    """Columns id and text, both strings."""
    addresses: Path
    """Columns id and url. The versions of a revised story have one url."""
    truth: Path
    count: int


def lay_out(truth: Truth) -> Documents:
    """Return the corpus as Parquet files beside its truth, written now unless they stand there already."""
    home = truth.table.parent
    texts, addresses = home / "documents.parquet", home / "addresses.parquet"
    if not (texts.exists() and addresses.exists()):
        with duckdb.connect() as connection:
            connection.execute(_TABLE, [str(truth.dumps / "*.jsonl")])
            _copy(connection, "id, url", addresses)
            _copy(connection, "id, text", texts)
    return Documents(texts, addresses, truth.table, truth.articles)


def _copy(connection: duckdb.DuckDBPyConnection, columns: str, target: Path) -> None:
    # Named when it is whole: a file that was cut short is written again.
    unfinished = target.with_suffix(".unfinished")
    path = str(unfinished).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {columns} FROM documents ORDER BY id) TO '{path}' "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    unfinished.replace(target)
