"""The snapshot that is audited, as files: what tonight adds, what of its parent stays, what of it is replaced."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from transforms.errors import LakeDamaged
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import MEMBERSHIP

Files = Mapping[str, Sequence[str]]
"""Absolute paths of Parquet files, by table name; a table without files is empty."""

_UNREADABLE: Final = (duckdb.BinderException, duckdb.InvalidInputException, duckdb.IOException)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Tonight's files, and those of the parent snapshot: the ones that stay and the ones that are replaced."""

    added: Files
    kept: Files = field(default_factory=dict)
    replaced: Files = field(default_factory=dict)
    parent_run_id: str | None = None
    """The run that made the parent; None for a founding."""
    examined_again: Files = field(default_factory=dict)
    """Files of the parent whose every row is examined like tonight's."""
    day: date | None = None
    """The day that tonight is for; None for a run that is no night."""
    lost_fields: Mapping[str, int] = field(default_factory=dict)
    """Source to how many of its fields are gone, renamed or much emptier tonight."""

    @property
    def only_adds(self) -> bool:
        """Whether nothing of the parent is replaced but places among copies."""
        return all(name == MEMBERSHIP.name for name, paths in self.replaced.items() if paths)

    def parent(self, table: Table) -> tuple[str, ...]:
        """Give the parent's files of a table."""
        return (*self.kept.get(table.name, ()), *self.replaced.get(table.name, ()))

    def founded_anew(self) -> "Snapshot":
        """Give the same rows as a snapshot without a parent to rely on."""
        return replace(self, kept={}, replaced={}, parent_run_id=None, examined_again=self.kept)


def relation(connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[str]) -> str:
    """Give what stands for the rows of these files of a table in a query's FROM."""
    if not paths:
        connection.register(f"no_{table.name}", table.full_schema.empty_table())
        return f"(FROM no_{table.name} WHERE false)"  # so DuckDB sees that there is nothing to join it with
    hive = f"hive_types = {{'{PARTITION_COLUMN}': DATE}}, " if table.is_partitioned else ""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], {hive}hive_partitioning = {table.is_partitioned})"


@contextmanager
def readable(table: Table, paths: Sequence[str]) -> Iterator[None]:
    """Raise LakeDamaged where a file of the table is missing, is no Parquet or lacks a column."""
    try:
        yield
    except _UNREADABLE as error:
        if isinstance(error, duckdb.IOException) and not _lacks_any(paths):
            raise  # The trouble is not with the lake: the disk that the projection is written to is full.
        raise LakeDamaged(
            f"The audit cannot read the {len(paths)} parts of {table.name} ({type(error).__name__}); "
            "run `broadsheet verify` to see which are damaged."
        ) from error


def _lacks_any(paths: Sequence[str]) -> bool:
    """Tell whether a file is missing; of object storage it is not known, and a failure is taken for the network's."""
    return any("://" not in path and not Path(path).is_file() for path in paths)
