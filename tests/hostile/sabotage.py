"""Sabotages: a limit or a safeguard taken out. The attacks that it is there for must be missed then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.hostile.attack import Family
from tests.hostile.bombs import BOMBS
from tests.hostile.night import meet
from tests.hostile.truncation import TRUNCATION
from tests.hostile.words import POISON, SECRETS


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What is taken out, and one attack that must be missed without it."""

    undone: str
    family: Family
    attack: str


SABOTAGES: Final = (
    Sabotage("any expansion", BOMBS, "zstd-30000.jsonl.zst"),
    Sabotage("poison without rescue", POISON, "abort.jsonl"),
    Sabotage("cut gzip is whole", TRUNCATION, "cut-0.5.jsonl.gz"),
    Sabotage("records in messages", SECRETS, "broken.json"),
    Sabotage("neighbours lost", SECRETS, "admitted.jsonl"),
)


def try_sabotages(folder: Path, sabotages: Sequence[Sabotage] = SABOTAGES) -> list[str]:
    """Run each attack without its safeguard; give the sabotages that nobody noticed."""
    return [each.undone for number, each in enumerate(sabotages) if not _noticed(each, folder / f"without-{number}")]


def _noticed(sabotage: Sabotage, folder: Path) -> bool:
    attacks = tuple(attack for attack in sabotage.family.attacks if attack.name == sabotage.attack)
    return any(outcome.wrong for outcome in meet(replace(sabotage.family, attacks=attacks), folder, sabotage.undone))
