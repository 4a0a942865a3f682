"""The rules at work: each on the texts that its screen finds, until no screen finds a text that its rule changes.

A batch goes through the table rule by rule, so that a screen is one vectorised pass over the texts still at work. What
comes out is what all rules give when each runs on each text until none changes it: `tests/oracles/cleaning.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from transforms.cleaning import markup
from transforms.cleaning.rule import Lift, Lifted, Rule
from transforms.cleaning.table import ALL, NESTED, Guide, found_by, headline_rules, is_dirty, lifts, rules

MOST_TURNS: Final = 4
MOST_ROUNDS: Final = 8
_GROUP: Final = 6
"""Rules screened together before each of them is."""
_FEW: Final = 12
"""Fewer texts are not worth the milliseconds that it takes to compile the screens: every rule runs on each."""


@dataclass(slots=True)
class Cleaned:
    """A cleaned text, the highlights found above it, rule to number of edits, and what else was lifted from it.

    `authors` are names as printed; `dateline` is as printed, and `agency` by the name that `agencies` knows it by.
    """

    text: str
    highlights: list[str] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    dateline: str | None = None
    dateline_place: str | None = None
    agency: str | None = None


class _Work:
    """A text on its way, and what was done to it."""

    __slots__ = ("edits", "found", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.edits: Counter[str] = Counter()
        self.found: list[Lifted] = []


def clean(text: str, guide: Guide = ALL) -> Cleaned:
    """Clean one story; many at once are cleaned faster by `clean_all`."""
    return clean_all([text], guide)[0]


def clean_all(texts: Sequence[str], guide: Guide = ALL) -> list[Cleaned]:
    """Clean stories, and lift from them what has a column of its own."""
    cleaned = [Cleaned(text) for text in texts]
    dirty = (
        is_dirty(pa.array(texts, pa.large_string()), guide).to_pylist() if len(texts) > _FEW else [True] * len(texts)
    )
    works = {i: _Work(texts[i]) for i, needs in enumerate(dirty) if needs}
    _clean(list(works.values()), guide)
    for i, work in works.items():
        cleaned[i] = _cleaned(work)
    return cleaned


def clean_line(text: str) -> str:
    """Clean a headline or a name to one line."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip() and not _has_marks(text):
        return text
    line = _settle(text)
    while "\n" in line:
        line = _settle(line.replace("\n", " "))
    return line


def _has_marks(text: str) -> bool:
    return "<" in text or "&" in text or ">" in text or '"?' in text


def _settle(text: str) -> str:
    for turn in range(MOST_TURNS + 1):
        before = text
        if turn == MOST_TURNS:
            text, _ = markup.remove_marks(text)
        for rule in headline_rules():
            text, _ = rule.edit(text)
        if text == before:
            break
    return text


def _clean(works: list[_Work], guide: Guide) -> None:
    """Edit until no rule finds anything, then lift; what a lift lays bare is edited and lifted in its turn."""
    for _ in range(MOST_ROUNDS):
        _edit(works, rules(guide), guide)
        works = _lift(works, lifts(guide))
        if not works:
            break


def _edit(works: list[_Work], table: Sequence[Rule], guide: Guide) -> None:
    """Apply the rules until none changes a text: what one of them removes may have held a tag or entity apart.

    Markup nested deeper than that was made to be; it loses the characters that make it markup.
    """
    for turn in range(MOST_TURNS + 1):
        before = [work.text for work in works]
        if turn == MOST_TURNS:
            for work in works:
                _apply(work, NESTED, *markup.remove_marks(work.text))
        for start in range(0, len(table), _GROUP):
            _edit_by(_found(works, table[start : start + _GROUP]), table[start : start + _GROUP])
        works = [work for work, text in zip(works, before, strict=True) if work.text != text]
        works = _dirty(works, guide)
        if not works:
            break


def _edit_by(works: list[_Work], group: Sequence[Rule]) -> None:
    for rule in group:
        for work in _found(works, (rule,)):
            _apply(work, rule.name, *rule.edit(work.text))


def _apply(work: _Work, name: str, text: str, count: int) -> None:
    work.text = text
    work.edits[name] += count


def _lift(works: list[_Work], table: Sequence[Lift]) -> list[_Work]:
    """Lift what there is; give the texts from which something was."""
    lifted: list[_Work] = []
    for lift in table:
        for work in _found(works, (lift,)):
            found = lift.lift(work.text)
            if found.edits:
                _apply(work, lift.name, found.text, found.edits)
                work.found.append(found)
                lifted.append(work)
    return list(dict.fromkeys(lifted))


def _found(works: list[_Work], group: Sequence[Rule | Lift]) -> list[_Work]:
    """Give the texts that a screen of the group finds."""
    if len(works) <= _FEW:
        return works
    hits = found_by([rule.screen for rule in group], _texts(works)).to_numpy(zero_copy_only=False)
    return [works[i] for i in hits.nonzero()[0].tolist()]


def _dirty(works: list[_Work], guide: Guide) -> list[_Work]:
    if len(works) <= _FEW:
        return works
    needs = is_dirty(_texts(works), guide).to_pylist()
    return [work for work, is_needed in zip(works, needs, strict=True) if is_needed]


def _texts(works: Iterable[_Work]) -> pa.Array:
    return pa.array([work.text for work in works], pa.large_string())


def _cleaned(work: _Work) -> Cleaned:
    found = work.found
    return Cleaned(
        work.text,
        [clean_line(line) for lifted in found for line in lifted.highlights],
        {name: count for name, count in work.edits.items() if count},
        list(dict.fromkeys(author for lifted in found for author in lifted.authors)),
        " ".join(lifted.dateline for lifted in found if lifted.dateline) or None,
        next((lifted.dateline_place for lifted in found if lifted.dateline_place), None),
        next((lifted.agency for lifted in found if lifted.agency), None),
    )
