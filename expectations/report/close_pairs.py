"""Close calls: pairs that a rule almost decided the other way, with the words in which the texts differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from expectations.report import queries
from expectations.report.answers import Lake, Snapshot, ask
from transforms.difference import Span, abridge, difference


@dataclass(frozen=True, slots=True)
class Printing:
    """One side of a pair; `published_at` is UTC, and exact to the time, the day, or not known."""

    article_id: str
    outlet: str
    headline: str | None
    published_at: datetime | None
    exact_to: str


@dataclass(frozen=True, slots=True)
class ClosePair:
    """Two printings, the earlier first, an undated one last; removed words are the earlier's, added the later's."""

    relation: str
    rule: str
    jaccard: float
    containment: float
    hours_apart: float | None
    """None where one of the two is known by its day alone."""
    days_apart: int | None
    earlier: Printing
    later: Printing
    spans: Sequence[Span]
    texts_sql: str


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs and the query that chose them."""

    sql: str
    pairs: Sequence[ClosePair]


def close_pairs(lake: Lake, sql: str) -> ClosePairs:
    """Ask for pairs, then for the texts of these alone."""
    answer = ask(lake.narrow, sql)
    sides = [_sides(row) for row in answer.rows]
    texts = _texts(lake, [side for pair in sides for side in pair])
    pairs = [_pair(row, *pair, texts) for row, pair in zip(answer.rows, sides, strict=True)]
    return ClosePairs(answer.sql, pairs)


def _sides(row: dict[str, Any]) -> tuple[Printing, Printing]:
    one, other = (
        Printing(row[key], *(row[f"{side}{name}"] for name in ("outlet", "headline", "published_at", "exact_to")))
        for key, side in (("article_id", ""), ("other_id", "other_"))
    )
    is_in_order = other.published_at is None or (
        one.published_at is not None and one.published_at <= other.published_at
    )
    return (one, other) if is_in_order else (other, one)


def _texts(snapshot: Snapshot, printings: Sequence[Printing]) -> dict[str, str]:
    if not printings:
        return {}
    return {row["article_id"]: row["text"] for row in ask(snapshot, texts_query(printings)).rows}


def texts_query(printings: Sequence[Printing]) -> str:
    """Return the question for the texts of these printings."""
    days = {side.published_at.astimezone(UTC).date().isoformat() if side.published_at else None for side in printings}
    return queries.texts([side.article_id for side in printings], days)


def _pair(row: dict[str, Any], earlier: Printing, later: Printing, texts: dict[str, str]) -> ClosePair:
    return ClosePair(
        relation=row["relation"],
        rule=row["rule"],
        jaccard=row["jaccard"],
        containment=row["containment"],
        hours_apart=row["hours_apart"],
        days_apart=row["days_apart"],
        earlier=earlier,
        later=later,
        spans=abridge(difference(texts[earlier.article_id], texts[later.article_id])),
        texts_sql=texts_query([earlier, later]),
    )
