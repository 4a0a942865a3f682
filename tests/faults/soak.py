"""The soak: hundreds of nights in one lake, about every other one disturbed, each recovered from by the next.

Dumps come late, twice, renamed, cut short, packed; stories are copied from earlier nights. Every so often the lake is
compacted. In the end it must hold what one run over everything that was ever delivered holds.
"""

import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from flows.lake.compaction import compact
from flows.lake.disk import Hook, perform_at_once
from flows.lake.integrity import part_damage
from flows.lake.store import Store
from tests.faults.children import PATIENCE, Ended, each, forked
from tests.faults.comparison import unequal, unsound
from tests.faults.inject import KILLS, KINDS, Faulty
from tests.faults.readers import judge, watch
from tests.faults.sight import content_digest
from tests.faults.stories import cut_short, pack, write_some
from tests.faults.verdict import Verdict
from tests.integration.nights import take_unaudited

NIGHTS: Final = 200
_COMPACTED_EVERY: Final = 20
_MOST_STEPS: Final = 90
_FAULTY, _REPEATED, _CUT, _PACKED_AGAIN = 0.5, 0.3, 0.15, 0.5
"""Shares: of nights that are disturbed, that bring an old dump again, or a broken one; of old dumps now under gzip."""


@dataclass(slots=True)
class Landing:
    """What was delivered so far, and what of it still waits to be taken."""

    folder: Path
    delivered: list[Path] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)

    def deliver(self, night: int, rng: Random) -> None:
        """Bring tonight's dumps."""
        fresh = [write_some(rng, self.folder / f"{night}-{n}.jsonl", 5 + night) for n in range(rng.randint(1, 2))]
        if self.delivered and rng.random() < _REPEATED:
            old = rng.choice(self.delivered)
            again = Path(shutil.copyfile(old, self.folder / f"{night}-again-{old.name}"))
            fresh.append(pack(again) if again.suffix == ".jsonl" and rng.random() < _PACKED_AGAIN else again)
        if rng.random() < _CUT:
            fresh.append(cut_short(fresh[0], self.folder / f"{night}-cut.jsonl.gz"))
        self.delivered += fresh
        self.waiting += fresh


def soak(folder: Path, seed: int, nights: int = NIGHTS) -> Verdict:
    """Let a lake live through so many nights, with a reader at it all the time."""
    begin = time.perf_counter()
    home = folder / "soak"
    shutil.rmtree(home, ignore_errors=True)
    parts: dict[str, Callable[[], Any]] = {
        "nights": lambda: _nights(home, seed, nights),
        "reader": lambda: watch(home / "lake", (home / "over").exists),
    }
    ended: dict[str, Ended] = {}
    for name, end in each(lambda name, _: parts[name](), parts, seconds=nights * PATIENCE):
        ended[name] = end
        (home / "over").touch()
    violations = [f"{name}: {end.trouble}" for name, end in ended.items() if end.trouble]
    counts: Counter[str] = Counter()
    if not violations:
        counts.update(ended["nights"].answer["counts"])
        counts["reader answers"] = len(ended["reader"].answer)
        judged = forked(lambda: judge(home / "lake", ended["reader"].answer).violations, seconds=nights * PATIENCE)
        violations = [*ended["nights"].answer["violations"], *judged.findings]
    found = tuple(f"soak, seed {seed}: {what}" for what in violations)
    return Verdict("soak", counts, found, time.perf_counter() - begin)


def _nights(home: Path, seed: int, nights: int) -> dict[str, Any]:
    lake, landing = home / "lake", Landing(home / "dumps")
    counts: Counter[str] = Counter()
    violations: list[str] = []
    for night in range(1, nights + 1):
        rng = Random(f"{seed} {night}")  # noqa: S311 - a seed, not a secret
        landing.deliver(night, rng)
        is_compaction = night % _COMPACTED_EVERY == 0
        found = _night(lake, landing, rng, counts, is_compaction=is_compaction)
        violations += [f"night {night}: {what}" for what in found]
        counts["nights"] += 1
    judged = forked(lambda: _judge(home, landing), seconds=4 * PATIENCE)
    violations += judged.findings
    return {"counts": counts, "violations": violations}


def _night(lake: Path, landing: Landing, rng: Random, counts: Counter[str], *, is_compaction: bool) -> list[str]:
    fault = Faulty(rng.randint(1, _MOST_STEPS), rng.choice(KINDS)) if rng.random() < _FAULTY else None
    before = _state(lake)
    ended = forked(lambda: _act(lake, landing, fault, is_compaction=is_compaction))
    found = [*_untold(ended, fault), *_illegal(lake, before)]
    if ended.trouble:
        counts["faults"] += 1
        counts[fault.kind if fault else "none"] += 1
    elif not is_compaction:
        landing.waiting.clear()
    at = f"{fault.kind} in it" if fault else "no fault in it"
    return [f"{at}: {what}" for what in found]


def _act(lake: Path, landing: Landing, fault: Faulty | None, *, is_compaction: bool) -> bool:
    """Do the night's work, and tell whether a fault has struck that did not end it."""
    hook: Hook = fault or perform_at_once
    if is_compaction and lake.exists():
        compact(Store.open(lake, create=False, hook=hook))
    else:
        take_unaudited(lake, landing.waiting, hook)
    return bool(fault and fault.has_struck)


def _untold(ended: Ended, fault: Faulty | None) -> Iterator[str]:
    """Say so when a night without a fault failed, or one with a fault did not."""
    if fault is None:
        yield from [ended.trouble] if ended.trouble else []
    elif fault.kind in KILLS:
        if ended.error or ended.signal not in (0, signal.SIGKILL):
            yield f"it ended with {ended.trouble}"
    elif ended.answer is True or (ended.trouble and not (ended.error or "").startswith("OSError")):
        yield f"the error did not come out, but {ended.trouble or 'success'}"


def _state(lake: Path) -> tuple[int, str]:
    if not (lake / "lake.json").exists():
        return 0, ""
    manifest = Store.open(lake, create=False).current()
    return (manifest.number, content_digest(manifest)) if manifest else (0, "")


def _illegal(lake: Path, before: tuple[int, str]) -> Iterator[str]:
    """Say so when the lake is neither as it was nor one snapshot further, or a part of it is not whole."""
    after = _state(lake)
    if after[0] - before[0] not in (0, 1) or (after[0] == before[0] and after != before):
        yield f"{before} became {after}"
    if after[0]:
        store = Store.open(lake, create=False)
        yield from (f"{bad.path}: {bad.what}" for bad in part_damage(store.medium, store.manifest(after[0]).parts))


def _judge(home: Path, landing: Landing) -> list[str]:
    """Recover from the last night, take what still waits, and compare with one run over everything."""
    take_unaudited(home / "lake", landing.waiting or landing.delivered[:1])
    take_unaudited(home / "batch", landing.delivered)
    return [*unequal(home / "lake", home / "batch"), *unsound(home / "lake")]
