"""Prints: articles as one line of an answer tells them, and as the pair rule sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa

from flows.inquiry.shelf import Shelf
from transforms.relation import Profile
from transforms.words import fold

COLUMNS: Final = """
    article_id, title AS headline, source AS outlet, published_at, canonical_url, word_count, text_id, cluster_id,
    is_canonical, published_date"""


@dataclass(frozen=True, slots=True)
class Print:
    """An article; `published_at` is UTC, None for an undated one."""

    article_id: str
    headline: str | None
    outlet: str
    published_at: datetime | None
    canonical_url: str | None
    word_count: int
    text_id: str
    cluster_id: str
    is_canonical: bool
    published_date: date | None

    @property
    def profile(self) -> Profile:
        """What the pair rule sees of it."""
        [title] = fold(pa.array([self.headline or ""])).strings()
        published = self.published_at.timestamp() if self.published_at else None
        return Profile(
            self.article_id, self.text_id, self.outlet, self.canonical_url, title, published, self.word_count
        )


def print_of(row: dict[str, Any]) -> Print:
    """Take COLUMNS from a row, which may hold more."""
    return Print(**{name: row[name] for name in Print.__slots__})


def prints(shelf: Shelf, condition: str) -> list[Print]:
    """Give the articles for which a condition of SQL holds, in order of time."""
    sql = f"SELECT {COLUMNS} FROM copies WHERE {condition} ORDER BY published_at NULLS LAST, article_id"
    return [print_of(row) for row in shelf.rows(sql)]


def prints_by_id(shelf: Shelf, article_ids: Iterable[str]) -> dict[str, Print]:
    """Give articles by id."""
    listed = id_list(sorted(set(article_ids)))
    return {each.article_id: each for each in prints(shelf, f"article_id IN {listed}")} if listed else {}


def id_list(ids: Sequence[str]) -> str:
    """Write ids, which are hexadecimal, as SQL; empty for none."""
    return "('" + "', '".join(ids) + "')" if ids else ""


def days_of(found: Iterable[Print]) -> set[str | None]:
    """Give the days on which articles were printed, as ISO text, None for the undated."""
    return {each.published_date.isoformat() if each.published_date else None for each in found}
