"""What a source sends, field by field, and how that differs from what it sent before.

A share is told of when it moved by 20 points and by three standard errors of the difference, which chance alone does
less than once in 300 fields: of 20 records it takes 36 points around one half, of 200 the 20. Few records say little
about shares, so a small source is told of what chance does not explain: a field that every record had and none has now,
one that none had, and a kind that a field never was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import median
from typing import Any, Final, NamedTuple

NIGHTS: Final = 7
"""Runs that had the source, the latest ones, which tonight is compared with."""
_POINTS: Final = 0.2
_ERRORS: Final = 3.0
_LEAST_SHARE: Final = 0.05
"""Below this share of the records a field, or a kind of value, is nothing that a source sends as a rule."""
_LEAST_NIGHTS: Final = 3
_LEAST_USUAL: Final = 20
_VOLUME: Final = 4
"""Times more or fewer records than the median night."""


@dataclass(slots=True)
class Sent:
    """What one source sent in one run: records, and the filled values of each field by kind."""

    records: int = 0
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, kind: str, count: int, target: str | None) -> None:
        """Add filled values of a field."""
        self.fields.setdefault(name, Counter())[kind] += count
        if target is not None:
            self.targets[name] = target

    def filled(self, name: str) -> int:
        """Count the records in which a field says something."""
        return min(self.records, self.fields.get(name, Counter()).total())

    def share(self, name: str) -> float:
        """Give the share of records in which a field says something."""
        return self.filled(name) / self.records if self.records else 0.0

    def kind(self, name: str) -> str | None:
        """Give the kind that most values of a field are of."""
        kinds = self.fields.get(name)
        return max(kinds, key=lambda kind: (kinds[kind], kind)) if kinds else None


class Signal(NamedTuple):
    """One difference: gone, new, renamed, fell, rose, kind or volume; the fields it is about; and a few words.

    `is_loss` says whether something that was used may be lost by it, or something that came is used for nothing.
    """

    signal: str
    fields: tuple[str, ...]
    words: str
    is_loss: bool = True


def drift(tonight: Sent, before: Sequence[Sent], known: Iterable[str] = ()) -> list[Signal]:
    """Say how tonight differs from the nights before, losses first; nothing without any night before.

    `known` are fields that are no news, whether they come or go.
    """
    past = together(before)
    if not past.records or not tonight.records:
        return []
    names = sorted({*past.fields, *tonight.fields}.difference(known))
    gone = [name for name in names if _is_gone(name, tonight, past)]
    new = [name for name in names if not past.filled(name) and tonight.share(name) >= _LEAST_SHARE]
    renamed = _renamed(gone, new, tonight, past)
    moved = {name for pair in renamed for name in pair}
    signals = [
        *(_renaming(old, name, tonight, past) for old, name in renamed),
        *(_change("gone", name, tonight, past) for name in gone if name not in moved),
        *(_new(name, tonight) for name in new if name not in moved),
        *(signal for name in names if name not in gone and (signal := _moved(name, tonight, past))),
        *(signal for name in names if (signal := _other_kind(name, tonight, past))),
    ]
    volume = _volume(tonight, before)
    return sorted([*signals, volume] if volume else signals, key=lambda signal: not signal.is_loss)


def together(before: Iterable[Sent]) -> Sent:
    """Add nights up."""
    past = Sent()
    for night in before:
        past.records += night.records
        past.targets |= night.targets
        for name, kinds in night.fields.items():
            past.fields.setdefault(name, Counter()).update(kinds)
    return past


def _is_gone(name: str, tonight: Sent, past: Sent) -> bool:
    if tonight.filled(name) or not past.filled(name):
        return False
    return past.share(name) == 1 or _is_no_chance(name, tonight, past)


def _is_no_chance(name: str, tonight: Sent, past: Sent) -> bool:
    """Tell whether a share moved further than the same source would let it on another night."""
    records = tonight.records + past.records
    share = (tonight.filled(name) + past.filled(name)) / records
    error = sqrt(share * (1 - share) * records / (tonight.records * past.records))
    points = abs(tonight.share(name) - past.share(name))
    return points >= _POINTS and points >= _ERRORS * error


def _renamed(gone: Sequence[str], new: Sequence[str], tonight: Sent, past: Sent) -> list[tuple[str, str]]:
    """Pair what is gone with what is new, where each has one partner alone: of the same use, else of kind and share."""
    same_use = _only_pairs({old: [n for n in new if _is_of_use(old, n, tonight, past)] for old in gone})
    taken = {name for pair in same_use for name in pair}
    left = [name for name in new if name not in taken and name not in tonight.targets]
    return same_use + _only_pairs(
        {old: [name for name in left if _alike(old, name, tonight, past)] for old in gone if old not in taken}
    )


def _only_pairs(partners: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    wanted = Counter(name for names in partners.values() for name in names)
    return [(old, names[0]) for old, names in partners.items() if len(names) == 1 and wanted[names[0]] == 1]


def _is_of_use(old: str, name: str, tonight: Sent, past: Sent) -> bool:
    target = past.targets.get(old)
    return target is not None and target == tonight.targets.get(name)


def _alike(old: str, name: str, tonight: Sent, past: Sent) -> bool:
    return past.kind(old) == tonight.kind(name) and abs(past.share(old) - tonight.share(name)) < _POINTS


def _renaming(old: str, name: str, tonight: Sent, past: Sent) -> Signal:
    target = past.targets.get(old)
    if target and target == tonight.targets.get(name):
        return Signal("renamed", (old, name), f"{old} is now {name}, still used as {target}", is_loss=False)
    hint = f"; if so, name it under fields of the source, as {target}" if target else ""
    return Signal("renamed", (old, name), f"{old} is gone and {name} is new: renamed?{hint}")


def _new(name: str, tonight: Sent) -> Signal:
    target = tonight.targets.get(name)
    use = f"used as {target}" if target else "used for nothing"
    words = f"{name} is new, in {percent(tonight.share(name))} of records, {use}"
    return Signal("new", (name,), words, is_loss=target is None)


def _moved(name: str, tonight: Sent, past: Sent) -> Signal | None:
    if not past.filled(name) or not _is_no_chance(name, tonight, past):
        return None
    return _change("fell" if tonight.share(name) < past.share(name) else "rose", name, tonight, past)


def _change(signal: str, name: str, tonight: Sent, past: Sent) -> Signal:
    verb = "rose" if signal == "rose" else "fell"
    shares = f"{percent(past.share(name))} to {percent(tonight.share(name))}"
    is_loss = signal != "rose" and name in past.targets
    return Signal(signal, (name,), f"{name} {verb} from {shares} of records", is_loss)


def _other_kind(name: str, tonight: Sent, past: Sent) -> Signal | None:
    """Say of what kind values are that never were: text that became a list, a date that became a number."""
    kinds, usual = tonight.fields.get(name, Counter()), past.fields.get(name, Counter())
    other = {kind: count for kind, count in kinds.items() if kind not in usual}
    share = sum(other.values()) / kinds.total() if kinds else 0.0
    if not usual or share < _LEAST_SHARE:
        return None
    now = max(other, key=lambda kind: (other[kind], kind))
    return Signal("kind", (name,), f"{name} was {past.kind(name)} and is {now} in {percent(share)} of its records")


def _volume(tonight: Sent, before: Sequence[Sent]) -> Signal | None:
    usual = median(night.records for night in before)
    if len(before) < _LEAST_NIGHTS or usual < _LEAST_USUAL:
        return None
    if usual / _VOLUME <= tonight.records <= usual * _VOLUME:
        return None
    return Signal("volume", (), f"{tonight.records:,} records, where {usual:,.0f} are usual")


def percent(share: float) -> str:
    """Write a share in whole percent, but never all or none where it is only nearly so."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:  # noqa: PLR2004 - percent
        return "99 %"
    return "under 1 %" if rounded == 0 and share else f"{rounded} %"


def by_source(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Sent]]:
    """Give rows of SOURCE_FIELDS by source and run, in their order."""
    found: dict[str, dict[str, Sent]] = {}
    for row in rows:
        sent = found.setdefault(row["source"], {}).setdefault(row["run_id"], Sent())
        sent.records = row["records"]
        sent.add(row["field"], row["kind"], row["filled"], row["target"])
    return found
