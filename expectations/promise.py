"""What a promise to analysts is made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning"]
Scope = Literal["rows", "night"]


@dataclass(frozen=True, slots=True)
class Check:
    """A ready-made expectation of Great Expectations, by the name of its class, and its arguments."""

    kind: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that analysts may rely on. A critical one that is broken stops the night, a warning is published."""

    name: str
    """Snake case, unique: what `run --accept` takes."""
    table: str
    """Of the audit's database: a stored table's projection, or one of `habits`."""
    words: str
    broken_by: str | Check
    """A SELECT of the rows that break it, keys first, where `{batch}` is the table; or a ready-made expectation."""
    offenders: str
    """The same for people: a SELECT over the catalog's views, where `{run_id}` is the run, `{sources}` who broke it."""
    severity: Severity = "critical"
    scope: Scope = "rows"
    """Whether it is of all rows, for good, or of what is new tonight, judged once."""

    def offenders_of(self, run_id: str, sources: Sequence[str] = ()) -> str:
        """Give the query that lists what broke it in a run."""
        quoted = ", ".join("'" + source.replace("'", "''") + "'" for source in sources) or "NULL"
        return (
            " ".join(self.offenders.split()).replace("{run_id}", run_id.replace("'", "''")).replace("{sources}", quoted)
        )


def listed(values: Iterable[str]) -> str:
    """Write values as SQL does after IN."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"
