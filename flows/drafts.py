"""Drafts: Parquet files of a run, in its workspace until the store takes them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.dedup.tonight import gather
from flows.lake.manifest import Scalar
from flows.lake.parts import sort_bounds, write_part
from transforms.article import ARTICLES
from transforms.schema import PARTITION_COLUMN, Table
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
class DaysTask:
    """New articles of some days: an Arrow file of (day, position in the staged files), and where to write the parts."""

    staged: tuple[Path, ...]
    chosen: Path
    folder: Path


def draft(table: Table, rows: pa.Table, path: Path, day: str | None = None, replaces: str | None = None) -> Draft:
    """Write rows as a part of a table, in the workspace."""
    write_part(table, rows, path)
    return Draft(path, table.name, day, rows.num_rows, *sort_bounds(table, rows), replaces)


def draft_days(task: DaysTask) -> tuple[Draft, ...]:
    """Write some days' new articles, text and all, a part a day."""
    chosen = _read(task.chosen).sort_by("position")
    names = [*ARTICLES.schema.names, PARTITION_COLUMN]
    rows = gather(task.staged, chosen["position"].combine_chunks(), names).sort_by(PARTITION_COLUMN)
    task.folder.mkdir(exist_ok=True)  # a retry meets its own folder
    stored = rows.select(ARTICLES.schema.names)
    return tuple(
        draft(ARTICLES, stored.slice(start, stop - start), task.folder / f"{start}.parquet", day)
        for day, start, stop in day_runs(rows[PARTITION_COLUMN])
    )


def day_runs(days: pa.ChunkedArray) -> list[tuple[str | None, int, int]]:
    """Each day of an ordered date column, as ISO text, with the rows it begins and ends at."""
    encoded = pc.run_end_encode(days.cast(pa.int32()).combine_chunks())
    ends = encoded.run_ends.to_pylist()
    values = encoded.values.cast(pa.date32()).to_pylist()
    starts = [0, *ends[:-1]]
    return [(day and day.isoformat(), *run) for day, *run in zip(values, starts, ends, strict=True)]


def draft_all(rows: Sequence[tuple[Table, pa.Table]], workspace: Path) -> list[Draft]:
    """Write one part a table, leaving out those without rows."""
    return [draft(table, some, workspace / f"{table.name}.parquet") for table, some in rows if some.num_rows]


def _read(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
