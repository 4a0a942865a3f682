"""Sabotages: the product with one of its safeguards taken out. The part of the lane that guards it must notice.

Each is done in a forked child, which then runs that part on itself: a fault test that cannot fail proves nothing. What
a dropped sync does shows only after a power loss; `tests.faults.powerloss` has that for its own.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults import undone
from tests.faults.children import PATIENCE, forked
from tests.faults.gates import damage, poison
from tests.faults.inject import Kind
from tests.faults.sweep import sweep
from tests.faults.verdict import Verdict
from tests.faults.workloads import CLEANING, FOUNDING, SECOND, Workload
from tests.faults.writers import write_at_once

Proof = Callable[[Path], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A safeguard taken out, and the part of the lane that must notice."""

    name: str
    do: Callable[[], None]
    proof: Proof


def _sweep(kind: Kind, workload: Workload = SECOND) -> Proof:
    return lambda folder: sweep(folder, (workload,), (kind,), to_the_end=False).violations


def _write_past_the_lock(folder: Path) -> Sequence[str]:
    for seed in range(5):
        if found := write_at_once(folder, seed, 1, ((6, False),)).violations:
            return found
    return ()


def _damage(folder: Path) -> Sequence[str]:
    return [*damage(folder)["violations"]]


def _poison(folder: Path) -> Sequence[str]:
    return [*poison(folder)["violations"]]


_KILL: Final = _sweep("kill after")
_ERROR: Final = _sweep("EIO")

SABOTAGES: Final = (
    Sabotage("manifest before parts", undone.manifest_before_parts, _KILL),
    Sabotage("ledger apart from data", undone.ledger_apart, _KILL),
    Sabotage("current state from a pointer file", undone.pointer_file, _KILL),
    Sabotage("catalog written in place", undone.catalog_in_place, _KILL),
    Sabotage("recovery that does not clear", undone.no_clearing, _KILL),
    Sabotage("catalog that is mended by nobody", undone.catalog_unmended, _KILL),
    Sabotage("parts cleaned before manifests", undone.parts_cleaned_first, _sweep("kill after", CLEANING)),
    Sabotage("errors of moving in swallowed", undone.swallowed_errors, _ERROR),
    Sabotage("fsync error ignored", undone.fsync_ignored, _ERROR),
    Sabotage("fsync error tried again", undone.fsync_retried, _sweep("fsync that loses data")),
    Sabotage("page's trouble told nobody", undone.page_trouble_untold, _sweep("EIO", FOUNDING)),
    Sabotage("any trouble told as the page's", undone.told_of_the_page, _sweep("EIO", FOUNDING)),
    Sabotage("draft linked without a look at errors", undone.short_writes_pass, _sweep("short write")),
    Sabotage("conflict answered by the next number", undone.manifest_alone_retried, _write_past_the_lock),
    Sabotage("manifest that overwrites", undone.last_rename_wins, _write_past_the_lock),
    Sabotage("clearing of live workspaces", undone.clearing_the_living, _write_past_the_lock),
    Sabotage("older snapshot when the newest is damaged", undone.fall_back, _damage),
    Sabotage("digests not compared", undone.sizes_only, _damage),
    Sabotage("audit skipped", undone.audit_skipped, _poison),
)


def try_sabotages(folder: Path, sabotages: Sequence[Sabotage] = SABOTAGES) -> Verdict:
    """Do each sabotage in a child, and count those that are caught; one that is not is a violation."""
    begin = time.perf_counter()
    counts: Counter[str] = Counter({"caught": 0})
    violations: list[str] = []
    for number, sabotage in enumerate(sabotages):
        ended = forked(lambda one=sabotage, n=number: _caught(one, folder / f"sabotage-{n}"), seconds=5 * PATIENCE)  # type: ignore[misc]
        counts["tried"] += 1
        if ended.trouble:
            violations.append(f"{sabotage.name}: the part that is to catch it failed: {ended.trouble}")
        elif ended.answer:
            counts["caught"] += 1
        else:
            violations.append(f"{sabotage.name}: not caught")
    return Verdict("sabotage", counts, tuple(violations), time.perf_counter() - begin)


def _caught(sabotage: Sabotage, folder: Path) -> list[str]:
    sabotage.do()
    return list(sabotage.proof(folder))
