"""Evidence: why the pair rule decided as it did about two articles, in figures and in one sentence for people.

Nothing is decided here: the line of `RULES` that holds is asked for, and told with the figures that it looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from transforms.relation import (
    RULES,
    Compared,
    Facts,
    PairSettings,
    Profile,
    Similarity,
    compared,
    deciding,
    facts,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rule saw of two articles, and the rule that this decides; `why` says so in a sentence.

    hours_apart: None where either is undated. shingles: of the smaller set. shorter_words: words of the shorter text.
    """

    rule: str
    why: str
    hours_apart: float | None
    jaccard: float
    containment: float
    number_containment: float
    shingles: int
    shorter_words: int
    same_words: bool
    same_headline: bool
    same_outlet: bool
    same_address: bool
    is_within_window: bool
    is_short: bool
    is_long: bool


@dataclass(frozen=True, slots=True)
class _Case:
    seen: Facts
    pair: Compared
    limits: PairSettings
    hours: float | None

    @property
    def apart(self) -> str:
        return "at an unknown time" if self.hours is None else f"{hours_text(self.hours)} apart"


def share_text(share: float) -> str:
    """Show a share, rounded down: what is below a threshold must not look as if it had reached it."""
    return f"{floor(share * 100 + 1e-9) / 100:.2f}"


def hours_text(hours: float) -> str:
    """Show hours, rounded up: what is beyond a window must not look as if it lay within."""
    return f"{ceil(hours * 10 - 1e-9) / 10:,.1f} h"


def evidence(a: Profile, b: Profile, similarity: Similarity, limits: PairSettings) -> Evidence:
    """Say what the rule sees of two articles, and why it decides as it does."""
    pair, seen = compared(a, b, similarity), facts(a, b, similarity, limits)
    hours = None if a.published is None or b.published is None else float(pair.gap_hours)
    rule = RULES[deciding(seen)][0]
    return Evidence(
        rule=rule,
        why=SENTENCES[rule](_Case(seen, pair, limits, hours)),
        hours_apart=hours,
        jaccard=similarity.jaccard,
        containment=similarity.containment,
        number_containment=similarity.number_containment,
        shingles=int(similarity.smaller_shingle_count),
        shorter_words=pair.shorter_words,
        same_words=seen.same_text,
        same_headline=seen.same_headline,
        same_outlet=a.source == b.source,
        same_address=seen.same_url,
        is_within_window=seen.inside,
        is_short=seen.short,
        is_long=seen.long,
    )


def _same_page(case: _Case) -> str:
    return f"the same words under the same address, {case.apart}"


def _long_copy(case: _Case) -> str:
    return (
        f"the same {case.pair.shorter_words:,} words, {case.apart}: "
        f"from {case.limits.long_words:,} words on that is a copy whenever it runs"
    )


def _other_headline(case: _Case) -> str:
    return (
        f"the same {case.pair.shorter_words:,} words, but below {case.limits.short_words:,} words "
        "the headlines must agree, and they do not"
    )


def _another_day(case: _Case) -> str:
    """Say why two articles are too far apart in time."""
    limits = case.limits
    if case.seen.short:
        notice = f"a text below {limits.short_words:,} words"
    elif case.seen.same_outlet and case.seen.same_headline and not case.seen.long:
        notice = f"one outlet's text below {limits.long_words:,} words under one headline"
    else:
        return f"{case.apart}: a reprint runs within {limits.window_hours:g} h"
    return f"{case.apart}: {notice} is a new notice after {limits.short_window_hours:g} h, not a reprint"


def _same_words_another_day(case: _Case) -> str:
    return f"the same {case.pair.shorter_words:,} words, {_another_day(case)}"


def _same_words(case: _Case) -> str:
    return f"the same {case.pair.shorter_words:,} words, {case.apart}: soon enough for a reprint"


def _moved_on(case: _Case) -> str:
    return f"one address, and {_jaccard(case)}: from {case.limits.revision_jaccard:.2f} on a version of that page"


def _alike_another_day(case: _Case) -> str:
    return f"{_jaccard(case)}, but {_another_day(case)}"


def _other_figures(case: _Case) -> str:
    return (
        f"{_jaccard(case)}, but only {share_text(case.pair.number_containment)} of the fewer numbers are in the other: "
        f"below {case.limits.number_containment:.2f} it tells of other figures"
    )


def _short_other_headline(case: _Case) -> str:
    return (
        f"{_jaccard(case)}, but with {case.pair.shorter_words:,} words, below {case.limits.short_words:,}, "
        "the headlines must agree, and they do not"
    )


def _update(case: _Case) -> str:
    return f"one outlet and headline, {case.apart}, and {_jaccard(case)}: its text moved on"


def _near(case: _Case) -> str:
    return f"{_jaccard(case)}: from {case.limits.near_jaccard:.2f} on a near copy"


def _holds(case: _Case) -> str:
    return (
        f"{share_text(case.pair.containment)} of the shorter text is in the longer: "
        f"from {case.limits.containment:.2f} on one holds the other"
    )


def _held_by_far_longer(case: _Case) -> str:
    return (
        f"{share_text(case.pair.containment)} of the shorter text is in the longer, but {_jaccard(case)}: "
        f"below {case.limits.held_jaccard:.2f} the longer holds other stories too"
    )


def _in_part(case: _Case) -> str:
    return (
        f"{_jaccard(case)}, below the {case.limits.near_jaccard:.2f} of a near copy; "
        f"containment {share_text(case.pair.containment)}, below {case.limits.containment:.2f}"
    )


def _not_alike(case: _Case) -> str:
    limits, pair = case.limits, case.pair
    if not case.seen.inside:
        return f"{_jaccard(case)}, {case.apart}: beyond {limits.window_hours:g} h listed from {limits.late_jaccard:.2f}"
    if case.seen.contained:
        count = int(pair.smaller_shingle_count)
        return f"one holds the other, but it has {count:,} shingles: from {limits.contained_shingles:,} on that counts"
    if case.seen.alike:
        return f"{_jaccard(case)}, but no band in common"
    return (
        f"{_jaccard(case)}, below the {limits.listed_jaccard:.2f} of a listed pair; "
        f"containment {share_text(pair.containment)}, below {limits.containment:.2f}"
    )


def _jaccard(case: _Case) -> str:
    return f"Jaccard {share_text(case.pair.jaccard)}"


_TELLERS: Final = (
    _same_page,
    _long_copy,
    _other_headline,
    _same_words_another_day,
    _same_words,
    _moved_on,
    _not_alike,
    _alike_another_day,
    _other_figures,
    _short_other_headline,
    _update,
    _near,
    _holds,
    _held_by_far_longer,
    _in_part,
)

SENTENCES: Final[dict[str, Callable[[_Case], str]]] = dict(zip([name for name, _, _ in RULES], _TELLERS, strict=True))
"""Name of a rule to what tells why it holds."""
NOT_ALIKE: Final = next(name for name, relation, _ in RULES if relation is None)
"""Name of the rule by which two articles are no pair."""
