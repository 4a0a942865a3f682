"""The pair rule: what two articles are to each other, decided from these two alone.

`RULES` is read from the top; the first line whose condition holds decides. Nothing here knows other articles, the order
of arrival or the clock, so the answer is the same in any night and any order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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
    number_containment: float = 0.6


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of two texts: shares from 0 to 1, and the size of the smaller shingle set."""

    jaccard: float
    containment: float
    smaller_shingle_count: int
    number_containment: float
    is_steep: bool = True
    """Whether a steep band proposed the pair; only those are looked for beyond the window."""


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


@dataclass(frozen=True, slots=True)
class Facts:
    """Two articles side by side, in the terms of the rule table.

    inside: printed within the window; same_day: within the narrower one of short texts. Both hold for an undated side.
    """

    similarity: Similarity
    same_text: bool
    same_url: bool
    same_headline: bool
    same_outlet: bool
    short: bool
    long: bool
    inside: bool
    same_day: bool
    limits: PairSettings

    @property
    def is_another_day(self) -> bool:
        """Too far apart in time for a reprint; a notice that its outlet prints daily is so on the next day."""
        is_notice = self.short or (self.same_outlet and self.same_headline and not self.long)
        return not (self.same_day if is_notice else self.inside)

    @property
    def is_listed(self) -> bool:
        """Alike enough to be worth a row."""
        s = self.similarity
        if not self.inside:
            return s.is_steep and s.jaccard >= self.limits.late_jaccard
        is_contained = (
            s.containment >= self.limits.containment and s.smaller_shingle_count >= self.limits.contained_shingles
        )
        return is_contained or s.jaccard >= self.limits.listed_jaccard

    @property
    def is_version(self) -> bool:
        """Another state of the page under the same address."""
        return self.same_url and self.similarity.jaccard >= self.limits.revision_jaccard

    @property
    def is_update(self) -> bool:
        """The same outlet's story under the same headline."""
        return self.same_outlet and self.same_headline and not self.short


@dataclass(frozen=True, slots=True)
class Verdict:
    """A relation and the name of the rule that decided it."""

    relation: Relation
    rule: str


RULES: Final[tuple[tuple[str, Relation | None, Callable[[Facts], bool]], ...]] = (
    ("same words, same address", Relation.EXACT, lambda f: f.same_text and f.same_url),
    ("long text, word for word", Relation.EXACT, lambda f: f.same_text and f.long),
    ("short text, other headline", Relation.RELATED, lambda f: f.same_text and f.short and not f.same_headline),
    ("same words, another day", Relation.RECURRING, lambda f: f.same_text and f.is_another_day),
    ("same words", Relation.EXACT, lambda f: f.same_text),
    ("same address, text moved on", Relation.REVISION, lambda f: f.is_version),
    ("not alike", None, lambda f: not f.is_listed),
    ("alike, another day", Relation.RECURRING, lambda f: f.is_another_day),
    ("other figures", Relation.RELATED, lambda f: f.similarity.number_containment < f.limits.number_containment),
    ("short text, other headline", Relation.RELATED, lambda f: f.short and not f.same_headline),
    ("same outlet and headline, text moved on", Relation.REVISION, lambda f: f.is_update),
    ("near", Relation.NEAR, lambda f: f.similarity.jaccard >= f.limits.near_jaccard),
    ("one holds the other", Relation.CONTAINS, lambda f: f.similarity.containment >= f.limits.containment),
    ("alike in part", Relation.RELATED, lambda f: True),  # noqa: ARG005
)

IDENTICAL: Final = Similarity(jaccard=1.0, containment=1.0, smaller_shingle_count=0, number_containment=1.0)


def facts(a: Profile, b: Profile, similarity: Similarity, limits: PairSettings) -> Facts:
    """Lay two articles side by side."""
    shorter = min(a.word_count, b.word_count)
    short = shorter < limits.short_words
    dated = a.published is not None and b.published is not None
    gap_hours = abs((a.published or 0.0) - (b.published or 0.0)) / _SECONDS_PER_HOUR if dated else 0.0
    return Facts(
        similarity=similarity,
        same_text=a.text_id == b.text_id,
        same_url=a.canonical_url is not None and a.canonical_url == b.canonical_url,
        same_headline=a.title == b.title,
        same_outlet=a.source == b.source and a.title != "",
        short=short,
        long=shorter >= limits.long_words,
        inside=gap_hours <= limits.window_hours,
        same_day=gap_hours <= limits.short_window_hours,
        limits=limits,
    )


def relate(a: Profile, b: Profile, similarity: Similarity, limits: PairSettings) -> Verdict | None:
    """Decide what two articles are to each other; None when they are not alike."""
    seen = facts(a, b, similarity, limits)
    for name, relation, holds in RULES:
        if holds(seen):
            return Verdict(relation, name) if relation else None
    return None
