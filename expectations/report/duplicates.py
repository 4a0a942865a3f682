"""The section on duplicates: who copied whom, what recurs, and where the pair rule nearly said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from expectations.report import queries
from expectations.report.answers import Answer, Snapshot, ask
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
    """Copies by the outlet of the canonical copy (a row) and copying outlet (a column), each with its shade, from 0 to 5."""

    sql: str
    origins: Sequence[str]
    copiers: Sequence[str]
    cells: Mapping[tuple[str, str], tuple[int, int]]


def duplicates(snapshot: Snapshot) -> Section:
    """Ask everything that the section shows."""
    data: dict[str, Any] = {
        "clusters": ask(snapshot, queries.LARGEST_CLUSTERS),
        "most_copied": ask(snapshot, queries.MOST_COPIED),
        "copy_most": ask(snapshot, queries.COPY_MOST),
        "links": ask(snapshot, queries.WHO_COPIES_WHOM),
        "matrix": matrix(ask(snapshot, queries.MATRIX)),
        "recurring": ask(snapshot, queries.RECURRING),
        "accepted": close_pairs(snapshot, queries.LEAST_ALIKE_ACCEPTED),
        "refused": close_pairs(snapshot, queries.MOST_ALIKE_REFUSED),
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
