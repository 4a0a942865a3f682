"""Writers: many processes with overlapping dumps at one lake, with its lock and past it, while a reader asks on.

Past the lock means: each writer removes the lock's file before it opens it, so that each locks a file of its own.
"""

import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.faults.children import PATIENCE, each, forked
from tests.faults.comparison import unequal, unsound
from tests.faults.readers import judge, watch
from tests.faults.stories import write_some
from tests.faults.verdict import Verdict
from tests.integration.nights import take_unaudited
from transforms.errors import LakeBusy

ROUNDS: Final = 60
FIELDS: Final = ((2, True), (2, False), (8, True), (8, False))
"""Writers, and whether the lock is respected."""
_STORIES: Final = 6
_SHARED: Final = 0.4
_READER: Final = -1
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Round:
    """One lake, and how many write to it at once."""

    seed: int
    number: int
    writers: int
    is_locked: bool

    def __str__(self) -> str:
        """Say all that it takes to have the same dumps again."""
        lock = "with" if self.is_locked else "past"
        return f"{self.writers} writers {lock} the lock, seed {self.seed}, round {self.number}"


def write_at_once(
    folder: Path, seed: int, rounds: int = ROUNDS, fields: tuple[tuple[int, bool], ...] = FIELDS
) -> Verdict:
    """Have some rounds written in every field."""
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    violations: list[str] = []
    planned = [Round(seed, number, *field) for field in fields for number in range(rounds)]
    for one, ended in each(lambda one, _: _fought(one, folder / "writers"), planned, width=1, seconds=4 * PATIENCE):
        counts[f"rounds of {one.writers} {'with' if one.is_locked else 'past'} the lock"] += 1
        counts["rounds"] += 1
        counts.update({} if ended.trouble else ended.answer["counts"])
        violations += [f"{one}: {found}" for found in ended.findings]
    return Verdict("writers", counts, tuple(violations), time.perf_counter() - begin)


def deliver(folder: Path, one: Round) -> list[list[Path]]:
    """Write each writer's dumps: some are given to several, and all tell the same few stories."""
    rng = Random(f"{one}")  # noqa: S311 - a seed, not a secret
    dumps = [write_some(rng, folder / f"{n}.jsonl", _STORIES) for n in range(one.writers + 1)]
    return [
        [dump for n, dump in enumerate(dumps) if n == writer or rng.random() < _SHARED] for writer in range(one.writers)
    ]


def _fought(one: Round, folder: Path) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    batches = deliver(folder / "dumps", one)
    lake, counts = folder / "lake", Counter[str]()
    violations, answers = [], []
    for number, ended in each(
        lambda n, _: _take_part(one, n, folder, batches), range(_READER, one.writers), width=1 + one.writers
    ):
        if ended.trouble:
            violations.append(f"{'the reader' if number == _READER else f'writer {number}'}: {ended.trouble}")
        elif number == _READER:
            answers = ended.answer
        else:
            counts["tries"] += ended.answer
        (folder / f"done-{number}").touch()
    judged = forked(lambda: _judge(lake, folder / "batch", batches, answers))
    violations += judged.findings
    return {"counts": {**counts, "reader answers": len(answers)}, "violations": violations}


def _take_part(one: Round, number: int, folder: Path, batches: list[list[Path]]) -> Any:
    if number == _READER:
        over = [folder / f"done-{n}" for n in range(one.writers)]
        return watch(folder / "lake", lambda: all(path.exists() for path in over))
    return _write(folder / "lake", batches[number], one)


def _write(lake: Path, dumps: list[Path], one: Round) -> int:
    """Try until it is done, and tell how often."""
    tries = 0
    while True:
        tries += 1
        if not one.is_locked:
            (lake / "lock").unlink(missing_ok=True)
        try:
            take_unaudited(lake, dumps)
        except LakeBusy:
            time.sleep(_PAUSE_SECONDS)
        else:
            return tries


def _judge(lake: Path, batch: Path, batches: list[list[Path]], answers: list[list[Any]]) -> list[str]:
    take_unaudited(batch, sorted({dump for dumps in batches for dump in dumps}))
    return [*unequal(lake, batch), *unsound(lake), *judge(lake, answers).violations]
