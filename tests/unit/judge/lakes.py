"""Small lakes: one put together by hand, row for row, and one made by a real run."""

from collections.abc import Iterable

from tests.judge.dumps import Place
from tests.judge.lake import Article, Lake, Pair, assembled, key

DUMP = "dump.jsonl"


def article(name: str, text: str = "", cluster: str | None = None, **named: object) -> Article:
    """Give an article that is called by one name throughout."""
    row = {"source_id": name, "title": f"About {name}", "published_hours": None, "word_count": len(text.split())}
    return Article(**{"article_id": name, "text_id": name, "cluster_id": cluster or name, "text": text, **row, **named})  # type: ignore[arg-type]


def pair(one: str, other: str, relation: str = "near", similarity: float = 0.9) -> Pair:
    """Give a row of `pairs`."""
    return Pair(*key(one, other), similarity, similarity, relation, "a rule")


def lake(articles: Iterable[Article], pairs: Iterable[Pair] = ()) -> Lake:
    """Give a lake in which record n of one dump became article n."""
    known = list(articles)
    places = {Place(DUMP, None, number): each.article_id for number, each in enumerate(known)}
    return assembled(known, pairs, places)
