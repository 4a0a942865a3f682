"""Answers: rows together with the SQL that gave them, so that a reader can ask again."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, Final, Protocol


class Rows(Protocol):
    """What a query gives: DuckDB's relation, as far as the report needs it."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""

    def fetchall(self) -> list[Any]:
        """Give every row, as a tuple."""


class Snapshot(Protocol):
    """One snapshot of a lake, to be asked in SQL; `flows.lake.connect` opens one."""

    def sql(self, query: str, /) -> Rows:
        """Ask a single query over the views."""


NARROW: Final = (
    "article_id", "canonical_id", "is_canonical", "relation", "text_id", "source", "title", "published_at",
    "published_at_precision", "published_date",
)  # fmt: skip
"""Columns of `copies` that most questions about the whole lake are about: a page asks a dozen."""


@dataclass(frozen=True, slots=True)
class Lake:
    """A snapshot, and the same with `copies` and `articles` cut down to the narrow columns, to be asked many times."""

    snapshot: Snapshot
    narrow: Snapshot

    def sql(self, query: str, /) -> Rows:
        """Ask the whole snapshot."""
        return self.snapshot.sql(query)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query as dictionaries, and the query as one would type it."""

    sql: str
    rows: Sequence[dict[str, Any]]


def ask(snapshot: Snapshot, sql: str) -> Answer:
    """Run a query without parameters: what is shown is what was run."""
    query = dedent(sql).strip()
    result = snapshot.sql(query)
    columns = result.columns
    return Answer(query, [dict(zip(columns, row, strict=True)) for row in result.fetchall()])
