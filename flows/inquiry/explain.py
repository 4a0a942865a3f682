"""Why is this (not) a copy of that? All that the lake knows of one article, put together."""

from dataclasses import dataclass

from flows.inquiry.article_id import find_article
from flows.inquiry.origin import Article, article_of
from flows.inquiry.place import Place, least_similar, place_of
from flows.inquiry.prints import Print, days_of
from flows.inquiry.provenance import RawRecord, raw_record
from flows.inquiry.shelf import Shelf
from flows.inquiry.verdicts import NearMiss, Verdicts, near_misses, verdicts_of
from transforms.difference import Span, abridge, difference


@dataclass(frozen=True, slots=True)
class Difference:
    """The words in which the article differs from another: removed ones are the other's alone, added ones its own."""

    other: Print
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article, where it came from, its place among its copies, and why each was or was not joined to it.

    is_under_settings: whether the settings given are those that the lake was made under; if not, the thresholds named
    are not those that decided. difference: to the canonical copy, or of that to its least similar copy. printed: the
    record of its first delivery, read again.
    """

    snapshot: int
    is_under_settings: bool
    article: Article
    place: Place
    joined: Verdicts
    refused: Verdicts
    difference: Difference | None
    near_misses: list[NearMiss]
    printed: RawRecord


def explain(shelf: Shelf, given: str) -> Explanation:
    """Explain the article whose id begins as given; raise UsageError when that names none, or several."""
    own = find_article(shelf, given)
    place = place_of(shelf, own)
    other = least_similar(shelf, own.cluster_id) if place.is_canonical else place.canonical
    sides = [own, other] if other else [own]
    texts = shelf.texts("article_id", [side.article_id for side in sides], days_of(sides))
    text = texts[own.article_id]
    joined, refused = verdicts_of(shelf, own, text)
    article = article_of(shelf, own)
    return Explanation(
        snapshot=shelf.manifest.number,
        is_under_settings=shelf.is_under_settings,
        article=article,
        place=place,
        joined=joined,
        refused=refused,
        difference=_difference(other, texts[other.article_id], text) if other else None,
        near_misses=near_misses(shelf, own, text),
        printed=raw_record(shelf, article.deliveries[0] if article.deliveries else None),
    )


def _difference(other: Print, before: str, after: str) -> Difference:
    return Difference(other, abridge(difference(before, after)))
