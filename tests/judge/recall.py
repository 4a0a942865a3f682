"""Recall: of the pairs that the oracle finds, those that the lake knows of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.judge.dumps import Place
from tests.judge.lake import Key, Lake, hours_apart, key
from tests.judge.oracle import similar_pairs

WINDOW_HOURS: Final = 72.0
_LEAST_JACCARD: Final = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """The least share to be found of the pairs in the window, or beyond it, from a similarity on."""

    inside: bool
    jaccard: float
    share: float

    def __str__(self) -> str:
        """Name it."""
        return f"{'in the window' if self.inside else 'beyond it'}, J >= {self.jaccard}"


TARGETS: Final = (Target(True, 0.7, 0.999), Target(True, 0.5, 0.99), Target(False, 0.8, 0.95))


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair of articles that the oracle found; `inside` the window, or with an undated side."""

    ids: Key
    jaccard: float
    inside: bool
    found: bool


@dataclass(slots=True)
class Recall:
    """What the oracle asked for by one kind of text, published or raw, and the pairs that are left out of it."""

    basis: str
    asked: list[Asked] = field(default_factory=list)
    replays: int = 0
    """Pairs of records that are one article."""
    quarantined: int = 0
    """Pairs of records of which a side was not admitted."""

    def count(self, target: Target) -> tuple[int, int]:
        """Count the pairs found and the pairs asked for."""
        asked = [pair for pair in self.asked if _counts(pair, target)]
        return sum(pair.found for pair in asked), len(asked)

    def missed(self) -> list[str]:
        """Name the targets that are missed, with the figures."""
        figures = [(target, *self.count(target)) for target in TARGETS]
        return [
            f"recall by {self.basis} texts, {target}: {found} of {asked} pairs are {found / asked:.4f}, "
            f"the target is {target.share}"
            for target, found, asked in figures
            if asked and found / asked < target.share
        ]

    def missing(self) -> list[Asked]:
        """Give the pairs that count for a target and were not found."""
        return [pair for pair in self.asked if not pair.found and any(_counts(pair, target) for target in TARGETS)]


def by_published(lake: Lake) -> Recall:
    """Ask for the pairs that are alike as published."""
    ids = list(lake.articles)
    recall = Recall("published")
    for alike in similar_pairs([article.text for article in lake.articles.values()], _LEAST_JACCARD):
        recall.asked.append(_ask(lake, key(ids[alike.one], ids[alike.other]), alike.jaccard))
    return recall


def by_raw(lake: Lake, texts: Mapping[Place, str]) -> Recall:
    """Ask for the pairs that are alike as delivered; two articles count once, however often they were delivered."""
    places = list(texts)
    recall = Recall("raw")
    best: dict[Key, float] = {}
    for alike in similar_pairs(list(texts.values()), _LEAST_JACCARD):
        sides = places[alike.one], places[alike.other]
        if any(place in lake.quarantined for place in sides):
            recall.quarantined += 1
            continue
        ids = key(*(lake.deliveries[place] for place in sides))
        if ids[0] == ids[1]:
            recall.replays += 1
        else:
            best.setdefault(ids, alike.jaccard)
    recall.asked += [_ask(lake, ids, jaccard) for ids, jaccard in best.items()]
    return recall


def _ask(lake: Lake, ids: Key, jaccard: float) -> Asked:
    one, other = (lake.articles[article_id] for article_id in ids)
    hours = hours_apart(one, other)
    inside = hours is None or hours <= WINDOW_HOURS
    return Asked(ids, jaccard, inside, found=ids in lake.pairs or one.text_id == other.text_id)


def _counts(pair: Asked, target: Target) -> bool:
    return pair.inside == target.inside and pair.jaccard >= target.jaccard
