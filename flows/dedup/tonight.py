"""Tonight's rows in one DuckDB file of the workspace, and the way to history's: where every step begins.

Views and tables that the steps share:

    staged      every staged row of tonight, straight from the memory-mapped Arrow files, with its position
    piece       where in `staged` each chunk begins, and where its rows came from
    fresh       tonight's rows whose article is not known yet, one an article (no text)
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from flows.dedup.history import Past
from flows.lake.duck import Config, open_duckdb
from transforms.canonical import CanonicalSettings
from transforms.normalise import STAGED
from transforms.relation import PairSettings
from transforms.schema import PARTITION_COLUMN
from transforms.tables import PROFILES

_PIECE: Final = pa.schema(
    [
        ("start", pa.int64()),
        ("dump", pa.int64()),
        ("dump_digest", pa.string()),
        ("dump_name", pa.string()),
        ("member", pa.string()),
        ("first_record", pa.int64()),
    ]
)
PROFILE_COLUMNS: Final = ", ".join(PROFILES.schema.names)


@dataclass(frozen=True, slots=True)
class Piece:
    """One staged file: its rows, and the dump and place that they came from."""

    path: Path
    rows: int
    dump: int
    dump_digest: str
    dump_name: str
    member: str | None
    first_record: int


@dataclass(frozen=True, slots=True)
class NightTask:
    """All that a step of deduplication needs to begin, in any process: paths and settings."""

    pieces: tuple[Piece, ...]
    past: Past
    run_id: str
    workspace: Path
    limits: PairSettings
    canonical: CanonicalSettings
    memory_mb: int
    threads: int

    @property
    def staged(self) -> tuple[Path, ...]:
        """The staged files, in order."""
        return tuple(piece.path for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Tonight:
    """The connection, and the staged rows as one table of memory-mapped chunks."""

    connection: duckdb.DuckDBPyConnection
    staged: pa.Table

    def rows(self, sql: str) -> pa.Table:
        """Run a query and give its result as an Arrow table."""
        return self.connection.execute(sql).to_arrow_table()

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        [(count,)] = self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(count)

    def keep(self, name: str, rows: pa.Table) -> None:
        """Make an Arrow table a table of the connection."""
        self.connection.register("incoming", rows)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM incoming")
        self.connection.unregister("incoming")


def open_staged(paths: Sequence[Path]) -> pa.Table:
    """Map staged files into memory as one table, without copying them."""
    tables = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths]
    return pa.concat_tables(tables) if tables else STAGED.empty_table()


def write_arrow(rows: pa.Table, path: Path) -> None:
    """Write rows where `open_staged` can map them."""
    with pa.ipc.new_file(path, rows.schema) as writer:
        writer.write_table(rows)


def gather(staged: Sequence[Path], positions: pa.Array, columns: Sequence[str]) -> pa.Table:
    """Copy chosen rows out of staged files: ascending int64 positions in their concatenation.

    Chunk by chunk, because `take` over a long chunked string column first joins it into one, past Arrow's 2 GiB.
    """
    taken = []
    start = 0
    places = positions.to_numpy()
    for path in staged:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all().select(columns)
        for batch in table.to_batches():
            low, high = places.searchsorted([start, start + batch.num_rows])
            if high > low:
                taken.append(batch.take(pa.array(places[low:high] - start)))
            start += batch.num_rows
    return pa.Table.from_batches(taken) if taken else STAGED.empty_table().select(columns)


@contextmanager
def opened(task: NightTask) -> Iterator[Tonight]:
    """Open the night's file; the first to do so lays out history and finds which articles are new."""
    path = task.workspace / "tonight.duckdb"
    is_new = not path.exists()
    with open_duckdb(task.past.address, path, _config(task)) as connection:
        tonight = Tonight(connection, open_staged(task.staged))
        position = pa.array(range(tonight.staged.num_rows), pa.int64())
        connection.register("staged", tonight.staged.append_column("position", position))
        if is_new:
            _lay_out(tonight, task)
        yield tonight


def _config(task: NightTask) -> Config:
    return {
        "memory_limit": f"{task.memory_mb}MiB",
        "threads": task.threads,
        "temp_directory": str(task.workspace / "spill"),
        "preserve_insertion_order": False,
        "enable_external_file_cache": False,  # what is read of history is read once
    }


def _lay_out(tonight: Tonight, task: NightTask) -> None:
    filled = [piece for piece in task.pieces if piece.rows]
    starts = [0, *accumulate(piece.rows for piece in filled)][: len(filled)]
    columns = ("dump", "dump_digest", "dump_name", "member", "first_record")
    rows = {name: [getattr(piece, name) for piece in filled] for name in columns}
    tonight.keep("piece", pa.table({"start": starts, **rows}, schema=_PIECE))
    tonight.keep("known", task.past.exists(tonight.connection, PROFILES, "article_id", "SELECT article_id FROM staged"))
    _find_fresh(tonight.connection)


def _find_fresh(connection: duckdb.DuckDBPyConnection) -> None:
    """One id never stands for two different rows, so of several arrivals any will do; the first is taken."""
    connection.execute(f"""
        CREATE TABLE fresh AS
        SELECT {PROFILE_COLUMNS}, {PARTITION_COLUMN}, position FROM staged ANTI JOIN known USING (article_id)
        QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY position) = 1
    """)
