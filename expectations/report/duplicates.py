"""The section on duplicates: who copied whom, what recurs, and where the pair rule nearly said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from expectations.report import queries
from expectations.report.answers import Answer, Lake, ask
from expectations.report.close_pairs import close_pairs
from expectations.report.frame import Section

_SHADES: Final = 5

_PARTS: Final = (
    ("largest-clusters", "Most printed stories"),
    ("outlets", "Outlets"),
    ("who-copies-whom", "Who copies whom"),
    ("recurring", "Recurring notices"),
    ("close-pairs", "Close calls"),
)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Copies by outlet of the canonical copy (a row) and of the other (a column), each with its shade, 0 to 5."""

    sql: str
    origins: Sequence[str]
    copiers: Sequence[str]
    cells: Mapping[tuple[str, str], tuple[int, int]]


def duplicates(lake: Lake) -> Section:
    """Ask everything that the section shows."""
    data: dict[str, Any] = {
        "clusters": ask(lake.narrow, queries.LARGEST_CLUSTERS),
        "most_copied": ask(lake.narrow, queries.MOST_COPIED),
        "copy_most": ask(lake.narrow, queries.COPY_MOST),
        "links": ask(lake.narrow, queries.WHO_COPIES_WHOM),
        "matrix": matrix(ask(lake.narrow, queries.MATRIX)),
        "recurring": ask(lake.narrow, queries.RECURRING),
        "accepted": close_pairs(lake, queries.LEAST_ALIKE_ACCEPTED),
        "refused": close_pairs(lake, queries.MOST_ALIKE_REFUSED),
    }
    return Section("duplicates", "Duplicates", "duplicates.html", data, _PARTS)


def matrix(answer: Answer) -> Matrix:
    """Lay the rows out as a square; the greatest count has the darkest shade, and no count is without one."""
    most = max((row["copies"] for row in answer.rows), default=1)
    cells = {
        (row["origin"], row["copier"]): (row["copies"], ceil(_SHADES * row["copies"] / most)) for row in answer.rows
    }
    origins, copiers = (sorted({row[side] for row in answer.rows}) for side in ("origin", "copier"))
    return Matrix(answer.sql, origins, copiers, cells)
