"""Has this text run before? Asked about a text that need not be in the lake."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa

from flows.inquiry.likely import Likely, likely_texts
from flows.inquiry.prints import COLUMNS, print_of
from flows.inquiry.shelf import Shelf
from transforms.article import UNKNOWN_SOURCE
from transforms.cleaning import clean
from transforms.errors import UsageError
from transforms.parse.decoding import decode
from transforms.relation import PairSettings, Profile, facts
from transforms.words import fold

STANDARD_INPUT: Final = Path("-")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Match:
    """An article of the lake that is like the text; `longer` says which of the two has more words."""

    article_id: str
    jaccard: float
    containment: float
    same_words: bool
    longer: Literal["text", "article", "neither"]
    headline: str | None
    outlet: str
    published_at: datetime | None
    cluster_id: str


@dataclass(frozen=True, slots=True)
class Matches:
    """The most similar articles, and how many there are in all; `word_count` is the text's."""

    snapshot: int
    word_count: int
    count: int
    matches: list[Match]


def read_text(path: Path, most_bytes: int) -> str:
    """Read a file, or standard input for `-`, and clean it as an article is.

    Raises UsageError when it is not there, is no text or too long, or when no words are left.
    """
    raw = _read(path, most_bytes + 1)
    name = "standard input" if path == STANDARD_INPUT else str(path)
    if len(raw) > most_bytes:
        raise UsageError(f"{name} has more than {most_bytes:,} bytes (max_record_bytes): give one story")
    try:
        text = decode(raw, "utf-16" if raw.startswith(_WIDE_MARKS) else "utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is no text: byte {error.start:,} is in no encoding known here; give UTF-8") from error
    if "\0" in text:
        raise UsageError(f"{name} is no text: character {text.index(chr(0)):,} is a NUL; give a file of plain text")
    cleaned = clean(text).text
    if not fold(pa.array([cleaned])).word_counts[0]:
        raise UsageError(f"{name} holds no words; give a file with the text of a story")
    return cleaned


def _read(path: Path, size: int) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(size)
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; check the path") from error


def similar(shelf: Shelf, text: str, limit: int) -> Matches:
    """Give the articles whose text is like a clean one, the most similar first, of one text the earliest first."""
    words = int(fold(pa.array([text])).word_counts[0])
    found = {each.text_id: each for each in likely_texts(shelf, text) if _is_alike(each, words, shelf.limits)}
    places = pa.table({"text_id": pa.array(found, pa.string()), "place": pa.array(range(len(found)), pa.int64())})
    with shelf.beside(places) as wanted:
        rows = shelf.rows(f"""
            SELECT {COLUMNS}, count(*) OVER () AS count FROM copies JOIN {wanted} USING (text_id)
            ORDER BY place, published_at NULLS LAST, article_id LIMIT {limit}""")
    count = rows[0]["count"] if rows else 0
    matches = [_match(row, found[row["text_id"]], words) for row in rows]
    return Matches(shelf.manifest.number, words, count, matches)


def _is_alike(likely: Likely, words: int, limits: PairSettings) -> bool:
    """Tell whether the pair rule would list the two, as if both were undated."""
    likeness = likely.likeness
    own = Profile("", "", UNKNOWN_SOURCE, None, "", None, words)
    other = Profile("", likely.text_id, UNKNOWN_SOURCE, None, "", None, likeness.word_count)
    return likeness.same_words or facts(own, other, likeness.similarity, limits).is_listed


def _match(row: dict[str, object], likely: Likely, words: int) -> Match:
    article, likeness = print_of(row), likely.likeness
    is_text_longer = words > likeness.word_count
    return Match(
        article_id=article.article_id,
        jaccard=likeness.similarity.jaccard,
        containment=likeness.similarity.containment,
        same_words=likeness.same_words,
        longer="text" if is_text_longer else "article" if words < likeness.word_count else "neither",
        headline=article.headline,
        outlet=article.outlet,
        published_at=article.published_at,
        cluster_id=article.cluster_id,
    )
