"""Drafts: Parquet files of a run that wait in its workspace until the audit has seen them and the store takes them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from flows.dedup.tonight import gather
from flows.lake.manifest import Scalar
from flows.lake.parts import sort_bounds, write_part
from transforms.article import ARTICLES
from transforms.schema import Table
from transforms.tables import STORED

_TABLES = {table.name: table for table in STORED}


@dataclass(frozen=True, slots=True)
class Draft:
    """One part to be: its table, day, rows and bounds; `replaces` is the path of the part that it stands in for."""

    path: Path
    table_name: str
    day: str | None
    rows: int
    minimum: dict[str, Scalar]
    maximum: dict[str, Scalar]
    replaces: str | None = None

    @property
    def table(self) -> Table:
        """The table it belongs to."""
        return _TABLES[self.table_name]


@dataclass(frozen=True, slots=True)
class DayTask:
    """New articles of one day: their ascending positions in the staged files, as an Arrow file, and where to write."""

    staged: tuple[Path, ...]
    positions: Path
    day: str | None
    out: Path


def draft(table: Table, rows: pa.Table, path: Path, day: str | None = None, replaces: str | None = None) -> Draft:
    """Write rows as a part of a table, in the workspace."""
    write_part(table, rows, path)
    return Draft(path, table.name, day, rows.num_rows, *sort_bounds(table, rows), replaces)


def draft_day(task: DayTask) -> Draft:
    """Write one day's new articles, text and all."""
    positions = _read(task.positions)["position"].combine_chunks()
    rows = gather(task.staged, positions, ARTICLES.schema.names)
    return draft(ARTICLES, rows.cast(ARTICLES.schema), task.out, task.day)


def draft_all(rows: Sequence[tuple[Table, pa.Table]], workspace: Path) -> list[Draft]:
    """Write one part a table, leaving out those without rows."""
    return [draft(table, some, workspace / f"{table.name}.parquet") for table, some in rows if some.num_rows]


def _read(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
