"""What the pair rule said of an article beside others: the pairs it is in, and those that it just missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.inquiry.likely import Likely, likely_texts
from flows.inquiry.prints import Print, days_of, id_list, prints, prints_by_id
from flows.inquiry.shelf import Shelf
from transforms.article import JOINING
from transforms.evidence import NOT_ALIKE, Evidence, evidence
from transforms.likeness import likenesses

SHOWN_PAIRS: Final = 20
SHOWN_MISSES: Final = 5
_TEXTS_AT_A_TIME: Final = 100
_MOST_TEXTS: Final = 500
"""Texts looked at for near misses, the most similar first."""
_PRINTS_OF_A_TEXT: Final = 20
_JOINING: Final = ", ".join(f"'{relation.value}'" for relation in sorted(JOINING))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The article beside another; `rule` is the one that decided, as the lake keeps it."""

    other: Print
    relation: str
    rule: str
    is_same_cluster: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The most similar of `count` pairs."""

    count: int
    pairs: list[Verdict]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article whose text shares a band with the article's, and that was found not alike enough to be listed."""

    other: Print
    evidence: Evidence


def verdicts_of(shelf: Shelf, own: Print, text: str) -> tuple[Verdicts, Verdicts]:
    """Give the pairs that joined the article to another, and those that were refused."""
    rows = shelf.rows(f"""
        SELECT *, count(*) OVER side AS count FROM (
            SELECT if(article_id = '{own.article_id}', other_id, article_id) AS other_id, relation, rule, jaccard,
                containment, relation IN ({_JOINING}) AS joins
            FROM pairs WHERE article_id = '{own.article_id}' OR other_id = '{own.article_id}'
        ) WINDOW side AS (PARTITION BY joins)
        QUALIFY row_number() OVER (
            PARTITION BY joins ORDER BY jaccard DESC, containment DESC, other_id) <= {SHOWN_PAIRS}
        ORDER BY jaccard DESC, containment DESC, other_id""")
    others = prints_by_id(shelf, [row["other_id"] for row in rows])
    told = _evidence(shelf, own, text, others)
    sides = ([row for row in rows if row["joins"] == joins] for joins in (True, False))
    joined, refused = (_verdicts(side, own, others, told) for side in sides)
    return joined, refused


def _verdicts(
    rows: list[dict[str, Any]], own: Print, others: Mapping[str, Print], told: Mapping[str, Evidence]
) -> Verdicts:
    pairs = [
        Verdict(other, row["relation"], row["rule"], other.cluster_id == own.cluster_id, told[other.article_id])
        for row in rows
        for other in (others[row["other_id"]],)
    ]
    return Verdicts(rows[0]["count"] if rows else 0, pairs)


def _evidence(shelf: Shelf, own: Print, text: str, others: Mapping[str, Print]) -> dict[str, Evidence]:
    """Compare the article with others again: their texts say what the table of pairs has no column for."""
    if not others:
        return {}
    texts = shelf.texts("article_id", list(others), days_of(others.values()))
    found = zip(texts, likenesses(text, list(texts.values())), strict=True)
    return {
        article_id: evidence(own.profile, others[article_id].profile, likeness.similarity, shelf.limits)
        for article_id, likeness in found
    }


def near_misses(shelf: Shelf, own: Print, text: str) -> list[NearMiss]:
    """Give the nearest articles that share a band with the article and were not listed."""
    likely = [each for each in likely_texts(shelf, text) if _may_be_missed(each, shelf)][:_MOST_TEXTS]
    found: list[NearMiss] = []
    for start in range(0, len(likely), _TEXTS_AT_A_TIME):
        found += _missed(shelf, own, likely[start : start + _TEXTS_AT_A_TIME])
        if len(found) >= SHOWN_MISSES:
            break
    return found[:SHOWN_MISSES]


def _may_be_missed(likely: Likely, shelf: Shelf) -> bool:
    """Leave out what has nothing in common but a band, and what is alike enough at any distance in time."""
    figures = likely.likeness.similarity
    return 0 < figures.jaccard < max(shelf.limits.listed_jaccard, shelf.limits.late_jaccard)


def _missed(shelf: Shelf, own: Print, likely: list[Likely]) -> list[NearMiss]:
    """Ask the pair rule about the first prints of each text."""
    condition = f"""text_id IN {id_list([each.text_id for each in likely])} QUALIFY row_number() OVER (
        PARTITION BY text_id ORDER BY published_at NULLS LAST, article_id) <= {_PRINTS_OF_A_TEXT}"""
    found = prints(shelf, condition)
    misses = [
        NearMiss(other, evidence(own.profile, other.profile, each.likeness.similarity, shelf.limits))
        for each in likely
        for other in found
        if other.text_id == each.text_id
    ]
    return [miss for miss in misses if miss.evidence.rule == NOT_ALIKE]
