"""Cleaning without screens: every rule on every text until none changes it. Slow, and obviously what is meant."""

from collections import Counter

from transforms.cleaning import LIFTS, RULES, Cleaned, Guide, clean_line
from transforms.cleaning.engine import MOST_ROUNDS, MOST_TURNS
from transforms.cleaning.markup import remove_marks
from transforms.cleaning.rule import Lifted


def cleaned(text: str, guide: Guide) -> Cleaned:
    """Clean a text; the guide's own lines are not for this one."""
    edits: Counter[str] = Counter()
    found: list[Lifted] = []
    for _ in range(MOST_ROUNDS):
        text = _edited(text, guide, edits)
        before = text
        for lift in LIFTS:
            if lift.name not in guide.off:
                lifted = lift.lift(text)
                text = lifted.text
                edits[lift.name] += lifted.edits
                found.append(lifted)
        if text == before:
            break
    return _put_together(text, {name: count for name, count in edits.items() if count}, found)


def _edited(text: str, guide: Guide, edits: Counter[str]) -> str:
    for turn in range(MOST_TURNS + 1):
        before = text
        if turn == MOST_TURNS:
            text, count = remove_marks(text)
            edits["nested"] += count
        for rule in RULES:
            if rule.name not in guide.off:
                text, count = rule.edit(text)
                edits[rule.name] += count
        if text == before:
            break
    return text


def _put_together(text: str, edits: dict[str, int], found: list[Lifted]) -> Cleaned:
    authors: list[str] = []
    for lifted in found:
        authors += [author for author in lifted.authors if author not in authors]
    return Cleaned(
        text,
        [clean_line(line) for lifted in found for line in lifted.highlights],
        edits,
        authors,
        " ".join(lifted.dateline for lifted in found if lifted.dateline) or None,
        next((lifted.dateline_place for lifted in found if lifted.dateline_place), None),
        next((lifted.agency for lifted in found if lifted.agency), None),
    )
