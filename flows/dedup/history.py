"""Rows of the parent snapshot that tonight asks for, by key: the keys are scanned whole, the other columns are not.

A night asks for few rows of a long history. DuckDB finds where they lie by the key columns alone; then only the row
groups that hold any are read, with the columns that are wanted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.lake.catalog import quoted
from flows.lake.duck import open_part
from flows.lake.manifest import Manifest, Part
from transforms.schema import PARTITION_COLUMN, Table

PART: Final = "part"
"""Column of `Past.find` that says which part a row is from, as its place among `Past.parts` of the table."""


@dataclass(frozen=True, slots=True)
class Past:
    """The parent snapshot, None for a founding, and the address of its lake."""

    parent: Manifest | None
    address: str

    def parts(self, table: Table, days: set[str | None] | None = None) -> tuple[Part, ...]:
        """Give a table's parts, of some days when a partitioned one is asked by day."""
        return self.parent.parts_of(table.name, days) if self.parent else ()

    def find(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        wanted: Mapping[str, str],
        columns: Sequence[str],
        days: set[str | None] | None = None,
    ) -> pa.Table:
        """Give the rows of which a key column holds a value of a query: `wanted` maps the column to the query.

        Beside `columns`, without the partition column, the rows have the column PART (int32).
        """
        parts = self.parts(table, days)
        schema = pa.schema([table.schema.field(name) for name in columns]).append(pa.field(PART, pa.int32()))
        found = [schema.empty_table()]
        for number, rows in _hits(connection, self.address, parts, wanted):
            chosen = _take(self.address, parts[number], rows, columns)
            found.append(chosen.append_column(PART, pa.array(np.full(len(rows), number, np.int32))).cast(schema))
        return pa.concat_tables(found)

    def exists(self, connection: duckdb.DuckDBPyConnection, table: Table, key: str, wanted: str) -> pa.Table:
        """Give the values of a query that occur in a key column, each once."""
        parts = self.parts(table)
        if not parts:
            return pa.table({key: pa.array([], table.schema.field(key).type)})
        return connection.execute(
            f"SELECT DISTINCT {key} FROM read_parquet({_files(self.address, parts)}) SEMI JOIN ({wanted}) USING ({key})"
        ).to_arrow_table()


def _files(address: str, parts: Sequence[Part]) -> str:
    return "[" + ", ".join(quoted(f"{address}/{part.path}") for part in parts) + "]"


def _hits(
    connection: duckdb.DuckDBPyConnection, address: str, parts: Sequence[Part], wanted: Mapping[str, str]
) -> list[tuple[int, NDArray[np.int64]]]:
    """Give for each part that holds a wanted row its number and the rows' numbers, ascending."""
    if not parts:
        return []
    condition = " OR ".join(f"{key} IN ({query})" for key, query in wanted.items())
    rows = connection.execute(f"""
        SELECT file_index, file_row_number
        FROM read_parquet({_files(address, parts)}, hive_partitioning = false, file_row_number = true) AS past
        WHERE {condition} ORDER BY file_index, file_row_number
    """).fetchnumpy()
    bounds = np.searchsorted(rows["file_index"], np.arange(len(parts) + 1))
    spans = enumerate(pairwise(bounds.tolist()))
    return [(part, rows["file_row_number"][start:stop]) for part, (start, stop) in spans if stop > start]


def _take(address: str, part: Part, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """Read some rows of a part, opening only the row groups that hold them."""
    file = pq.ParquetFile(open_part(address, part.path))
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    found = []
    for group, (start, stop) in enumerate(pairwise(starts.tolist())):
        low, high = np.searchsorted(rows, [start, stop])
        if high > low:
            chosen = file.read_row_group(group, columns=list(columns))
            found.append(chosen.take(pa.array(rows[low:high] - start)))
    return pa.concat_tables(found)


def days_of(table: pa.Table) -> set[str | None]:
    """Give the days in a table, as ISO text, None for the undated."""
    return {day and day.isoformat() for day in table[PARTITION_COLUMN].unique().to_pylist()}
