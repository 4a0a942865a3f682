"""A search: the stories that hold some words, best first, each by one of its copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tantivy import Document, Index, Occur, Query, SnippetGenerator

from flows.inquiry.shelf import Shelf, open_shelf
from flows.lake.catalog import quoted
from flows.lake.catalog import source as stored
from flows.lake.store import Store
from flows.search.analyzer import spread
from flows.search.index import current_index
from flows.search.question import Question, narrowed, words_query
from flows.settings import Settings
from flows.work.drivers import Progress
from transforms.tables import MEMBERSHIP

_Match = tuple[str, int | None, float]
"""An article's id, its day since 1970, and its score."""
_SNIPPET_CHARS: Final = 220
_DEPTH: Final = 4
"""Copies of one story lie side by side in the ranking: so many times the stories wanted are looked at first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that holds the words: of its copies that do, the canonical one or else the best.

    `copies` counts the story's; `marks` are the places of the words in `snippet`, from and to, in characters.
    """

    published_at: datetime | None
    precision: str
    source: str
    title: str | None
    article_id: str
    cluster_id: str
    copies: int
    score: float
    snippet: str
    marks: list[tuple[int, int]]

    @property
    def marked(self) -> str:
        """The snippet with its words in brackets."""
        shown, end = "", 0
        for start, stop in self.marks:
            shown += f"{self.snippet[end:start]}[{self.snippet[start:stop]}]"
            end = stop
        return shown + self.snippet[end:]


@dataclass(frozen=True, slots=True)
class Found:
    """The best stories, and how many articles in all, copies included, hold the words in this snapshot."""

    snapshot: int
    count: int
    hits: list[Hit]


def search(store: Store, settings: Settings, question: Question, progress: Progress) -> Found:
    """Answer a question about the newest snapshot, after what is new in it was added to the index.

    Raises UsageError for a question without words and for a source without articles, LakeDamaged when a part cannot
    be read.
    """
    index, manifest = current_index(store, progress)
    words = words_query(index, question.words)
    query = narrowed(index, words, question)
    with open_shelf(store, manifest.number, settings) as shelf:
        count, best = _best(index, query, shelf, question.limit)
        return Found(manifest.number, count, _hits(index, words, shelf, _shown(index, query, shelf, best)))


def _best(index: Index, query: Query, shelf: Shelf, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """Give the number of articles found, and the best copy of each of the best stories."""
    depth = limit * _DEPTH
    while True:
        count, matches = _matches(index, query, depth)
        stories: dict[str, dict[str, Any]] = {}
        for row in _rows(shelf, matches):
            stories.setdefault(row["canonical_id"], row)
        if len(stories) >= limit or len(matches) == count:
            return count, list(stories.values())[:limit]
        depth *= _DEPTH


def _shown(index: Index, query: Query, shelf: Shelf, best: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let the canonical copy stand for its story, with the best one's score, if the query finds it, too."""
    if not best:
        return []
    canonical_ids = [row["canonical_id"] for row in best]
    canonical = Query.term_set_query(index.schema, "article_id", canonical_ids)
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, canonical)])
    rows = {row["article_id"]: row for row in _rows(shelf, _matches(index, both, len(best))[1])}
    return [rows.get(row["canonical_id"], row) | {"score": row["score"]} for row in best]


def _matches(index: Index, query: Query, depth: int) -> tuple[int, list[_Match]]:
    """Give the number of articles that a query finds, and the first of them."""
    searcher = index.searcher()
    result = searcher.search(query, depth)
    documents = ((score, searcher.doc(address)) for score, address in result.hits)
    found = [(str(d.get_first("article_id")), d.get_first("day"), score) for score, d in documents]
    return result.count, found  # type: ignore[attr-defined]


def _rows(shelf: Shelf, matches: list[_Match]) -> list[dict[str, Any]]:
    """Give the articles, best first; equal scores go by id."""
    if not matches:
        return []
    scores = {article_id: score for article_id, _, score in matches}
    days = {day for _, day, _ in matches}
    dated = ", ".join(f"DATE '1970-01-01' + {day:d}" for day in sorted(day for day in days if day is not None))
    conditions = [f"published_date IN ({dated})"] if dated else []
    if None in days:
        conditions.append("published_date IS NULL")
    rows = shelf.rows(f"""
        SELECT article_id, cluster_id, canonical_id, source, title, published_at, published_date,
               published_at_precision AS precision, language
        FROM copies WHERE article_id IN ({", ".join(map(quoted, scores))}) AND ({" OR ".join(conditions)})
    """)
    return [
        row | {"score": scores[row["article_id"]]}
        for row in sorted(rows, key=lambda row: (-scores[row["article_id"]], row["article_id"]))
    ]


def _hits(index: Index, words: Query, shelf: Shelf, best: list[dict[str, Any]]) -> list[Hit]:
    if not best:
        return []
    days = {row["published_date"] and row["published_date"].isoformat() for row in best}
    texts = shelf.texts("article_id", [row["article_id"] for row in best], days)
    counts = _copies(shelf, [row["canonical_id"] for row in best])
    generator = SnippetGenerator.create(index.searcher(), words, index.schema, "text")
    generator.set_max_num_chars(_SNIPPET_CHARS)
    shown = ("published_at", "precision", "source", "title", "article_id", "cluster_id", "score")
    return [
        Hit(
            **{name: row[name] for name in shown},
            copies=counts[row["canonical_id"]],
            **_snippet(generator, spread(texts[row["article_id"]], row["language"])),
        )
        for row in best
    ]


def _copies(shelf: Shelf, canonical_ids: Sequence[str]) -> dict[str, int]:
    """Count the copies of stories by their places alone: the view would join the articles of years."""
    places = stored(MEMBERSHIP, shelf.manifest.parts_of(MEMBERSHIP.name), shelf.past.address)
    wanted = ", ".join(map(quoted, canonical_ids))
    rows = shelf.rows(
        f"SELECT canonical_id, count(*) AS copies FROM {places} WHERE canonical_id IN ({wanted}) GROUP BY 1"
    )
    return {row["canonical_id"]: row["copies"] for row in rows}


def _snippet(generator: SnippetGenerator, text: str) -> dict[str, Any]:
    """Give the stretch with most of the words and their places in it; the beginning where the text has none of them."""
    found = generator.snippet_from_doc(Document(text=[text]))
    cut = found.fragment() or text[:_SNIPPET_CHARS]
    raw = cut.encode()  # of which the places are
    marks = [(len(raw[: each.start].decode()), len(raw[: each.end].decode())) for each in found.highlighted()]
    return {"snippet": cut.replace("\n", " "), "marks": marks}
