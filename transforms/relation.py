"""The pair rule: what two articles are to each other, decided from these two alone.

`RULES` is read from the top; the first line whose condition holds decides. Nothing here knows other articles, the order
of arrival or the clock, so the answer is the same in any night and any order.

What the rule may look at is a row of yes and no, `Facts`. Millions of pairs have few different rows: `decide` asks the
table once about each, which makes a readable table as fast as arithmetic on columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.article import Relation

_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class PairSettings:
    """Thresholds of the pair rule.

    window_hours: a reprint runs within this time of the original.
    short_words: below this many words a text says too little to stand for a story; headlines must agree too.
    short_window_hours: the same short words later than this are the next day's notice, not a reprint.
    long_words: from this many words on, the same words are a copy whenever they run.
    listed_jaccard: least similarity of a pair worth listing.
    late_jaccard: least similarity of a pair worth listing beyond the window.
    revision_jaccard: least similarity of two versions under one address.
    near_jaccard: least similarity of a near copy.
    containment: least share of the shorter text's shingles in the longer.
    contained_shingles: fewest shingles of a text that counts as contained.
    held_jaccard: least similarity of a text and the one that holds it; a far longer one holds other stories too.
    number_containment: least share of the fewer numbers among the other's; below it the texts tell of other figures.
    """

    window_hours: float = 72.0
    short_words: int = 40
    short_window_hours: float = 18.0
    long_words: int = 150
    listed_jaccard: float = 0.5
    late_jaccard: float = 0.8
    revision_jaccard: float = 0.3
    near_jaccard: float = 0.8
    containment: float = 0.9
    contained_shingles: int = 40
    held_jaccard: float = 0.2
    number_containment: float = 0.6


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of two texts: shares from 0 to 1, and the size of the smaller shingle set.

    is_wide, is_steep: whether they share a band of the scheme that is looked up within the window, or for all time.
    """

    jaccard: float
    containment: float
    smaller_shingle_count: int
    number_containment: float
    is_wide: bool = True
    is_steep: bool = True


IDENTICAL: Final = Similarity(jaccard=1.0, containment=1.0, smaller_shingle_count=0, number_containment=1.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the pair rule sees of an article beside its text; `published` in seconds since 1970, `title` folded."""

    article_id: str
    text_id: str
    source: str
    canonical_url: str | None
    title: str
    published: float | None
    word_count: int


class Compared(NamedTuple):
    """Two articles side by side, or columns of many such pairs: bools, numbers, or arrays of either of one length.

    same_outlet: the same outlet, where there is a headline to recognise its story by. Articles of which nobody knows
    the outlet count as one outlet's: most come in one dump, from one feed.
    gap_hours: time between the two, 0 where either is undated: it may have run at any time. is_dated: both are dated.
    """

    same_text: Any
    same_url: Any
    same_headline: Any
    same_outlet: Any
    shorter_words: Any
    gap_hours: Any
    is_dated: Any
    jaccard: Any
    containment: Any
    smaller_shingle_count: Any
    number_containment: Any
    is_wide: Any
    is_steep: Any


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rule table may ask about two articles.

    inside: printed within the window; same_day: within the narrower one of short texts.
    in_reach: looked for and to be found: within the window by a wide band, at any time by a steep one.
    """

    same_text: bool
    same_url: bool
    same_headline: bool
    same_outlet: bool
    short: bool
    long: bool
    inside: bool
    same_day: bool
    is_dated: bool
    in_reach: bool
    version_alike: bool
    alike: bool
    near: bool
    late_alike: bool
    contained: bool
    long_enough: bool
    much_of_it: bool
    same_figures: bool

    @property
    def is_another_day(self) -> bool:
        """Too far apart in time for a reprint; a notice that its outlet prints daily is so on the next day."""
        is_notice = self.short or (self.same_outlet and self.same_headline and not self.long)
        return not (self.same_day if is_notice else self.inside)

    @property
    def is_listed(self) -> bool:
        """Alike enough to be worth a row."""
        if not self.in_reach:
            return False
        if not self.inside:
            return self.late_alike
        return self.alike or (self.contained and self.long_enough)

    @property
    def is_version(self) -> bool:
        """Another state of the page under the same address."""
        return self.same_url and self.version_alike

    @property
    def is_update(self) -> bool:
        """The same outlet's story under the same headline; without a date it may be another day's, as a notice is."""
        return self.same_outlet and self.same_headline and not self.short and self.is_dated


@dataclass(frozen=True, slots=True)
class Verdict:
    """A relation and the name of the rule that decided it."""

    relation: Relation
    rule: str


RULES: Final[tuple[tuple[str, Relation | None, Callable[[Facts], bool]], ...]] = (
    ("same words, same address", Relation.EXACT, lambda f: f.same_text and f.same_url),
    ("long text, word for word", Relation.EXACT, lambda f: f.same_text and f.long),
    ("same short words, other headline", Relation.RELATED, lambda f: f.same_text and f.short and not f.same_headline),
    ("same words, another day", Relation.RECURRING, lambda f: f.same_text and f.is_another_day),
    ("same words", Relation.EXACT, lambda f: f.same_text),
    ("same address, text moved on", Relation.REVISION, lambda f: f.is_version),
    ("not alike", None, lambda f: not f.is_listed),
    ("alike, another day", Relation.RECURRING, lambda f: f.is_another_day),
    ("other figures", Relation.RELATED, lambda f: not f.same_figures),
    ("short text, other headline", Relation.RELATED, lambda f: f.short and not f.same_headline),
    ("same outlet and headline, text moved on", Relation.REVISION, lambda f: f.is_update),
    ("near", Relation.NEAR, lambda f: f.near),
    ("one holds the other", Relation.CONTAINS, lambda f: f.contained and f.much_of_it),
    ("held by a far longer text", Relation.RELATED, lambda f: f.contained),
    ("alike in part", Relation.RELATED, lambda f: True),  # noqa: ARG005
)

_NAMES: Final = tuple(field.name for field in fields(Facts))


def lay_out(pair: Compared, limits: PairSettings) -> dict[str, Any]:
    """Answer each question of `Facts`, for one pair or for columns of them."""
    inside = pair.gap_hours <= limits.window_hours
    return {
        "same_text": pair.same_text,
        "same_url": pair.same_url,
        "same_headline": pair.same_headline,
        "same_outlet": pair.same_outlet,
        "short": pair.shorter_words < limits.short_words,
        "long": pair.shorter_words >= limits.long_words,
        "inside": inside,
        "same_day": pair.gap_hours <= limits.short_window_hours,
        "is_dated": pair.is_dated,
        "in_reach": (inside & pair.is_wide) | pair.is_steep,
        "version_alike": pair.jaccard >= limits.revision_jaccard,
        "alike": pair.jaccard >= limits.listed_jaccard,
        "near": pair.jaccard >= limits.near_jaccard,
        "late_alike": pair.jaccard >= limits.late_jaccard,
        "contained": pair.containment >= limits.containment,
        "long_enough": pair.smaller_shingle_count >= limits.contained_shingles,
        "much_of_it": pair.jaccard >= limits.held_jaccard,
        "same_figures": pair.number_containment >= limits.number_containment,
    }


def compared(a: Profile, b: Profile, similarity: Similarity) -> Compared:
    """Lay two articles side by side."""
    dated = a.published is not None and b.published is not None
    return Compared(
        same_text=a.text_id == b.text_id,
        same_url=a.canonical_url is not None and a.canonical_url == b.canonical_url,
        same_headline=a.title == b.title,
        same_outlet=a.source == b.source and "" not in (a.title, b.title),
        shorter_words=min(a.word_count, b.word_count),
        gap_hours=abs((a.published or 0.0) - (b.published or 0.0)) / _SECONDS_PER_HOUR if dated else 0.0,
        is_dated=dated,
        jaccard=similarity.jaccard,
        containment=similarity.containment,
        smaller_shingle_count=similarity.smaller_shingle_count,
        number_containment=similarity.number_containment,
        is_wide=similarity.is_wide,
        is_steep=similarity.is_steep,
    )


def facts(a: Profile, b: Profile, similarity: Similarity, limits: PairSettings) -> Facts:
    """Say what the rule table may ask about two articles."""
    return Facts(**lay_out(compared(a, b, similarity), limits))


def relate(a: Profile, b: Profile, similarity: Similarity, limits: PairSettings) -> Verdict | None:
    """Decide what two articles are to each other; None when they are not alike."""
    name, relation, _ = RULES[deciding(facts(a, b, similarity, limits))]
    return Verdict(relation, name) if relation else None


def deciding(seen: Facts) -> int:
    """Give the number of the line of `RULES` that decides."""
    return next(line for line, (_, _, holds) in enumerate(RULES) if holds(seen))


def decide(pairs: Compared, limits: PairSettings) -> NDArray[np.int8]:
    """Give for each pair of the columns the line of `RULES` that decides it."""
    answers = lay_out(pairs, limits)
    codes = np.zeros(len(pairs.jaccard), np.uint32)
    for bit, name in enumerate(_NAMES):
        codes |= np.asarray(answers[name], np.uint32) << np.uint32(bit)
    lines = np.full(1 << len(_NAMES), -1, np.int8)
    for code in np.flatnonzero(np.bincount(codes, minlength=len(lines))):
        lines[code] = deciding(Facts(**{name: bool(code >> bit & 1) for bit, name in enumerate(_NAMES)}))
    return lines[codes]


SAME_WORDS_QUESTIONS: Final = (
    "same_url", "same_headline", "same_outlet", "short", "long", "inside", "same_day",
)  # fmt: skip
"""What is left to ask of two articles with the same words."""


def same_words_lines() -> NDArray[np.int8]:
    """Give the deciding line of `RULES` for each answer to SAME_WORDS_QUESTIONS, the first the highest bit: (128,)."""
    alike = dict.fromkeys((n for n in _NAMES if n not in SAME_WORDS_QUESTIONS), True)
    answers = product((False, True), repeat=len(SAME_WORDS_QUESTIONS))
    asked = (dict(zip(SAME_WORDS_QUESTIONS, each, strict=True)) for each in answers)
    return np.array([deciding(Facts(**alike, **each)) for each in asked], np.int8)
