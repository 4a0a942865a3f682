"""Plants copies of every relation: groups of stories of which it is known how they relate."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from tests.benchmarks.sentences import Draft

HOUR: Final = 3_600
DAY: Final = 24 * HOUR

SHARES: Final = {"exact": 0.07, "near": 0.04, "contains": 0.03, "revision": 0.03, "recurring": 0.015, "related": 0.015}
"""Share of all articles that are a copy of each relation, the first of its group not counted: together a fifth."""
JOINED: Final = frozenset({"exact", "near", "contains", "revision"})
"""Relations whose two stories belong in one cluster; those of the others must stay apart."""

_EXACT_COPIES, _EXACT_MOST, _EXACT_HOURS = 4.0, 29, 47
"""A wire story is printed by 2 to 30 papers, about 5 in the mean, within two days."""
_NEAR_LOW, _NEAR_HIGH = 0.84, 0.955
"""What a near copy aims at; rounding to whole words and words said twice keep it within 0.8 and 0.98."""
_RECURRING_DAYS = 3.6
"""A recurring notice comes back later than the 72 hours in which alike texts count as one story."""


@dataclass(frozen=True, slots=True)
class Story:
    """One article before it is printed: text in pieces, time in seconds from the corpus's first midnight (UTC)."""

    headline: str
    pieces: list[str]
    second: int
    outlet: int
    serial: int
    """Position in the corpus, which makes its address; a revision keeps the one of the story that it revises."""


@dataclass(frozen=True, slots=True)
class Order:
    """A group to be planted: so many copies of a first story. Without a relation, a story that stands alone."""

    relation: str
    copies: int = 0

    def sentences(self, drawn: int) -> tuple[int, int]:
        """Return how long its first story and its spare text are, given a length drawn from all stories'."""
        if self.relation in {"recurring", "related"}:
            return (3 if self.relation == "recurring" else 5), 1
        return (drawn if self.relation in {"exact", ""} else max(10, drawn)), 2 + drawn % 3

    @property
    def is_plain(self) -> bool:
        """Whether its texts hold no figures but those that the planting puts there."""
        return self.relation in {"recurring", "related"}


@dataclass(frozen=True, slots=True)
class Planting:
    """What the plants of one batch share: chance, words to edit in, papers, and the days that there are."""

    rng: np.random.Generator
    words: list[str]
    outlets: list[str]
    days: int

    def chance(self, low: float, high: float) -> float:
        """Draw between two bounds."""
        return low + (high - low) * float(self.rng.random())

    def pick(self, low: int, high: int) -> int:
        """Draw a whole number, `high` excluded; `low` when there is none between them."""
        return int(self.rng.integers(low, max(low + 1, high)))


Plant = Callable[[Planting, Story, Draft, int], list[Story]]


def orders(rng: np.random.Generator, size: int, days: int) -> list[Order]:
    """Return the groups that make up `size` articles within `days`, those that stand alone last."""
    most = {"exact": _EXACT_MOST, "recurring": min(2, int((days - 0.5) / _RECURRING_DAYS)), "related": 4}
    budgets = {relation: round(share * size) for relation, share in SHARES.items()}
    planted = [order for relation, n in budgets.items() for order in _of(rng, relation, n, most.get(relation, 1))]
    alone = size - sum(1 + order.copies for order in planted)
    return planted + [Order("")] * alone


def _of(rng: np.random.Generator, relation: str, budget: int, most: int) -> list[Order]:
    found = []
    while budget > 0:
        drawn = 1 + int(rng.exponential(_EXACT_COPIES)) if relation == "exact" else int(rng.integers(1, most + 1))
        copies = min(budget, most, drawn)
        budget -= copies
        found.append(Order(relation, copies))
    return found


def group(planting: Planting, order: Order, draft: Draft, spare: Draft, serial: int) -> list[Story]:
    """Return the stories of one group: the first, then its copies."""
    last = planting.days * DAY - (2 * DAY if order.copies else 0)
    first = Story(draft.headline, draft.pieces, planting.pick(0, last), planting.pick(0, len(planting.outlets)), serial)
    return _PLANTS[order.relation](planting, first, spare, order.copies) if order.copies else [first]


def _exact(planting: Planting, first: Story, spare: Draft, copies: int) -> list[Story]:
    """Print the same body in other papers, some under another headline or with the paper's name behind it."""
    papers = [int(p) for p in planting.rng.permutation(len(planting.outlets)) if p != first.outlet][:copies]
    return [first, *(_reprint(planting, first, spare, paper, 1 + i) for i, paper in enumerate(papers))]


def _reprint(planting: Planting, first: Story, spare: Draft, paper: int, nth: int) -> Story:
    headlines = [first.headline] * 3 + [spare.headline, f"{first.headline} | {planting.outlets[paper]}"]
    later = first.second + planting.pick(0, _EXACT_HOURS * HOUR)
    return Story(headlines[planting.pick(0, 5)], first.pieces, later, paper, first.serial + nth)


def _near(planting: Planting, first: Story, spare: Draft, _: int) -> list[Story]:
    """Reprint it with a few words changed, far enough apart that each costs five shingles and brings five."""
    count, aim = len("".join(first.pieces).split()), planting.chance(_NEAR_LOW, _NEAR_HIGH)
    places = spread(planting.rng, first.pieces, max(1, round(count * (1 - aim) / (5 * (1 + aim)))))
    copy = _reprint(planting, first, spare, _other(planting, first), 1)
    edits = [planting.words[i] for i in planting.rng.integers(0, len(planting.words), len(places)).tolist()]
    return [first, replace(copy, pieces=_put(first.pieces, places, edits))]


def _contains(planting: Planting, first: Story, spare: Draft, _: int) -> list[Story]:
    """Print it in full below a local lede, or cut to a brief, by turns."""
    copy = _reprint(planting, first, spare, _other(planting, first), 1)
    if first.serial // 2 % 2:
        return [first, replace(copy, pieces=[*spare.pieces, *_on_new_line(first.pieces)])]
    return [first, replace(copy, pieces=_brief(first.pieces, planting.chance(0.45, 0.7)))]


def _brief(pieces: list[str], share: float) -> list[str]:
    """Cut at the first sentence that ends beyond `share` of the story."""
    shortest = int(len(pieces) * share)
    return pieces[: next((i + 1 for i in range(shortest, len(pieces)) if pieces[i] == "."), shortest)]


def _revision(planting: Planting, first: Story, spare: Draft, _: int) -> list[Story]:
    """Print it again at the same address within a day, a later paragraph rewritten or one added."""
    size = len(first.pieces)
    starts = [i for i, piece in enumerate(first.pieces) if piece.startswith("\n")]
    spans = [(a, b) for a, b in pairwise([*starts, size]) if b - a <= 0.4 * size] or [(size, size)]
    begin, end = spans[planting.pick(0, len(spans))]
    pieces = [*first.pieces[:begin], *_on_new_line(spare.pieces), *first.pieces[end:]]
    return [first, replace(first, pieces=pieces, second=first.second + planting.pick(HOUR // 2, DAY))]


def _recurring(planting: Planting, first: Story, _: Draft, copies: int) -> list[Story]:
    """Print the same notice in the same paper again, days later each time."""
    gap = planting.chance(_RECURRING_DAYS, (planting.days - 0.5) / copies)
    start = planting.pick(0, int((planting.days - gap * copies) * DAY))
    issues = range(copies + 1)
    return [replace(first, second=start + int(gap * DAY * i), serial=first.serial + i) for i in issues]


def _related(planting: Planting, first: Story, _: Draft, copies: int) -> list[Story]:
    """Print a notice of which the figures differ from issue to issue, in headline and text, and nothing else."""
    places = spread(planting.rng, first.pieces, planting.pick(2, 5))
    drawn = planting.rng.choice(np.arange(11, 90_011), (copies + 1, len(places)), replace=False)
    return [_issue(planting, first, places, [str(f) for f in row], nth) for nth, row in enumerate(drawn.tolist())]


def _issue(planting: Planting, first: Story, places: list[int], figures: list[str], nth: int) -> Story:
    headline, later = f"{first.headline} at {figures[0]}", first.second + planting.pick(0, 2 * DAY)
    return Story(headline, _put(first.pieces, places, figures), later, first.outlet, first.serial + nth)


_PLANTS: Final[dict[str, Plant]] = {
    "exact": _exact,
    "near": _near,
    "contains": _contains,
    "revision": _revision,
    "recurring": _recurring,
    "related": _related,
}


def _other(planting: Planting, first: Story) -> int:
    """Return another paper than the first's."""
    return (first.outlet + planting.pick(1, len(planting.outlets))) % len(planting.outlets)


def _on_new_line(pieces: list[str]) -> list[str]:
    return ["\n" + pieces[0], *pieces[1:]]


def _words(pieces: list[str]) -> list[int]:
    """Return the positions of single words in lower case, which alone are edited."""
    return [i for i, piece in enumerate(pieces) if piece[0] == " " and piece[1:].isalpha() and piece[1:].islower()]


def spread(rng: np.random.Generator, pieces: list[str], count: int) -> list[int]:
    """Choose `count` words, one in each of as many equal stretches, and none within five words of a stretch's ends."""
    words = _words(pieces)[6:-6]
    stretch = len(words) // count
    return [words[stretch * i + 5 + int(rng.integers(0, max(1, stretch - 10)))] for i in range(count)]


def _put(pieces: list[str], places: list[int], words: list[str]) -> list[str]:
    """Return the pieces with each of `places` replaced; a word that is there already is doubled to differ."""
    changed = list(pieces)
    for place, word in zip(places, words, strict=True):
        changed[place] = f" {word}" if pieces[place] != f" {word}" else f" {word}{word}"
    return changed
