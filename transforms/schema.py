"""How a table is declared: columns with type, unit and meaning, from which schema and comments are derived."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["content", "ledger", "internal", "derived"]

PARTITION_COLUMN = "published_date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it means, its unit where it has one, and whether it may be null."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False

    @property
    def comment(self) -> str:
        """Meaning and unit in one line, as the catalog and the data dictionary show it."""
        return f"{self.meaning} [{self.unit}]" if self.unit else self.meaning


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake. Partitioned tables lie in Hive folders by `published_date`, which no file stores."""

    name: str
    kind: Kind
    meaning: str
    columns: tuple[Column, ...]
    is_partitioned: bool = False

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the table's files: every column but the partition column."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns if not self._in_path(c)])

    @property
    def full_schema(self) -> pa.Schema:
        """Arrow schema of the table's rows, partition column included."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    def _in_path(self, column: Column) -> bool:
        return self.is_partitioned and column.name == PARTITION_COLUMN
