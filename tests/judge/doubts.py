"""Doubtful pairs, laid out for a person: those joined with the least similarity, those refused with the most."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from tests.judge.lake import JOINING, Article, Key, Lake, Pair, hours_apart, key
from tests.judge.oracle import jaccard, words

_WORDS_BEFORE: Final = 3
_WORDS_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two articles side by side; `jaccard` as the oracle counts it, relation and rule null for a pair that is none."""

    ids: Key
    relation: str | None
    rule: str | None
    jaccard: float
    containment: float | None
    hours: float | None
    word_counts: tuple[int, int]
    headlines: tuple[str, str]
    first_difference: tuple[str, str]

    def __str__(self) -> str:
        """Show it in five lines."""
        rule = f"{self.relation or 'no pair'} ({self.rule or 'not found'})"
        hours = "no date" if self.hours is None else f"{self.hours:.1f} h apart"
        containment = "" if self.containment is None else f", containment {self.containment:.3f}"
        sides = zip(self.ids, self.word_counts, self.headlines, self.first_difference, strict=True)
        return "\n".join(
            [
                f"{rule}: J {self.jaccard:.3f}{containment}, {hours}",
                *(
                    f"  {article_id}  {count:>5} words  {headline or '(no headline)'}\n      ... {difference}"
                    for article_id, count, headline, difference in sides
                ),
            ]
        )


def doubts(lake: Lake, count: int) -> tuple[list[Doubt], list[Doubt]]:
    """Give the joined pairs of the lowest similarity, lowest first, and the refused of the highest, highest first.

    Two texts are shown once, however many articles carry them.
    """
    ranked = sorted(lake.pairs.values(), key=lambda pair: (pair.jaccard, pair.article_id, pair.other_id))
    joined = (pair for pair in ranked if pair.relation in JOINING)
    refused = (pair for pair in reversed(ranked) if pair.relation not in JOINING)
    return _first(lake, joined, count), _first(lake, refused, count)


def _first(lake: Lake, pairs: Iterable[Pair], count: int) -> list[Doubt]:
    shown: dict[Key, Pair] = {}
    for pair in pairs:
        texts = key(lake.articles[pair.article_id].text_id, lake.articles[pair.other_id].text_id)
        if len(shown) < count:
            shown.setdefault(texts, pair)
    return [_of_pair(lake, pair) for pair in shown.values()]


def side_by_side(lake: Lake, ids: Key) -> Doubt:
    """Lay out any two articles, a row of `pairs` or not."""
    pair = lake.pairs.get(ids)
    if pair:
        return _of_pair(lake, pair)
    one, other = (lake.articles[article_id] for article_id in ids)
    return _doubt(one, other, None, jaccard(one.text, other.text))


def _of_pair(lake: Lake, pair: Pair) -> Doubt:
    return _doubt(lake.articles[pair.article_id], lake.articles[pair.other_id], pair, pair.jaccard)


def _doubt(one: Article, other: Article, pair: Pair | None, similarity: float) -> Doubt:
    return Doubt(
        (one.article_id, other.article_id),
        pair.relation if pair else None,
        pair.rule if pair else None,
        similarity,
        pair.containment if pair else None,
        hours_apart(one, other),
        (one.word_count, other.word_count),
        (one.title or "", other.title or ""),
        first_difference(one.text, other.text),
    )


def first_difference(one: str, other: str) -> tuple[str, str]:
    """Give the words from where two texts part, and a few that lead there."""
    a, b = words(one), words(other)
    at = next((i for i, (x, y) in enumerate(zip_longest(a, b)) if x != y), 0)
    start = max(0, at - _WORDS_BEFORE)
    stop = start + _WORDS_SHOWN
    return " ".join(a[start:stop]), " ".join(b[start:stop])
