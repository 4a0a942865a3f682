"""The fault lane: `python -m tests.faults`. All parts, one table, one JSON file; exit 1 when anything is broken.

--quick          a small, deterministic share of every part
--only PART      this part alone; may be given several times
--seed N         draws the dumps, moments and faults that are drawn
--at FOLDER      where the lakes lie, instead of in memory (/dev/shm) or the temporary folder
--result FILE    where the figures go
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.faults.children import warm_up
from tests.faults.gates import try_gates
from tests.faults.inject import Kind
from tests.faults.kills import kill_real_runs
from tests.faults.machine import run_machine
from tests.faults.power_lane import lose_power
from tests.faults.rivals import meet
from tests.faults.sabotage import SABOTAGES, try_sabotages
from tests.faults.soak import soak
from tests.faults.summary import Lane, show, write_json
from tests.faults.sweep import sweep
from tests.faults.verdict import Verdict
from tests.faults.workloads import SECOND
from tests.faults.writers import write_at_once

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
QUICK_KINDS: Final[tuple[Kind, ...]] = ("kill after", "EIO")
QUICK_FIELDS: Final = ((2, True), (4, False))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the lane: the whole of it, and a small share. Both take the folder of the lakes and the seed."""

    name: str
    whole: Callable[[Path, int], Verdict]
    share: Callable[[Path, int], Verdict]


PARTS: Final = (
    Part("sweep", lambda at, _: sweep(at), lambda at, _: sweep(at, (SECOND,), QUICK_KINDS, every=5)),
    Part("rivals", lambda at, _: meet(at), lambda at, _: meet(at, every=20)),
    Part("writers", write_at_once, lambda at, seed: write_at_once(at, seed, 2, QUICK_FIELDS)),
    Part("kills", kill_real_runs, lambda at, seed: kill_real_runs(at, seed, 5)),
    Part("power loss", lambda _at, _: lose_power(), lambda _at, _: lose_power()),
    Part("state machine", run_machine, lambda at, seed: run_machine(at, seed, 5, 10)),
    Part("soak", soak, lambda at, seed: soak(at, seed, 10)),
    Part("gates", lambda at, _: try_gates(at), lambda at, _: try_gates(at)),
    Part("sabotage", lambda at, _: try_sabotages(at), lambda at, _: try_sabotages(at, SABOTAGES[::4])),
)


def main() -> int:
    """Run the lane; return the exit code."""
    chosen = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-faults-", dir=chosen.at or (MEMORY if MEMORY.is_dir() else None)))
    begun_at, begin = datetime.now(UTC), time.perf_counter()
    sys.stderr.write(f"lakes in {folder}\n")
    verdicts = []
    try:
        warm_up()
        for part in PARTS:
            if not chosen.only or part.name in chosen.only:
                verdicts.append((part.share if chosen.quick else part.whole)(folder, chosen.seed))
                _tell(verdicts[-1])
        lane = Lane(begun_at, time.perf_counter() - begin, chosen.seed, chosen.quick, folder.parent, tuple(verdicts))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_json(lane, chosen.result)
    show(lane)
    return 1 if lane.violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=[part.name for part in PARTS])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--result", type=Path, default=Path("faults/result.json"))
    return parser.parse_args()


def _tell(verdict: Verdict) -> None:
    sys.stderr.write(f"{verdict.part}: {len(verdict.violations)} violations in {verdict.seconds:.0f} s\n")
    for violation in verdict.violations:
        sys.stderr.write(f"  {violation}\n")


if __name__ == "__main__":
    raise SystemExit(main())
