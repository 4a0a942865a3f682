"""Kills of the real command: `kill -9` at a random moment of a whole run, audit, worker processes and all.

The hook of the sweep cannot see into DuckDB, Arrow or a process that is only starting; the clock can. Some kills follow
each other before a run is let finish, the next run beginning while the orphans of the last may still be alive.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import psutil

from tests.faults.children import PATIENCE, each, forked
from tests.faults.course import Course, Unsteady, courses
from tests.faults.verdict import Verdict
from tests.faults.workloads import FOUNDING, SECOND, dumps_beside

KILLS: Final = 100
WIDTH: Final = 2
_CHAIN: Final = 5
"""Kills before a run is let finish."""
_ORPHAN_SECONDS: Final = 10.0
_PROJECT: Final = Path(__file__).parents[2]


def kill_real_runs(folder: Path, seed: int, kills: int = KILLS) -> Verdict:
    """Kill so many runs, in chains, each of which ends in a run that is let finish."""
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    violations: list[str] = []
    try:
        lakes = [courses(workload, folder / "kills", WIDTH) for workload in (FOUNDING, SECOND)]
    except Unsteady as error:
        return Verdict("kills", counts, (str(error),), time.perf_counter() - begin)
    usual = _usual_seconds(lakes[1][0])
    counts["usual milliseconds of a run"] = round(usual * 1000)

    def chains() -> Iterator[int]:
        number = 0
        while counts["kills"] < kills:
            yield number
            number += 1

    work = lambda number, slot: _chain(lakes[number % 2][slot], Random(f"{seed} {number}"), usual)  # noqa: E731, S311
    for number, ended in each(work, chains(), width=WIDTH, seconds=6 * PATIENCE):
        counts["chains"] += 1
        counts["kills"] += 0 if ended.trouble else ended.answer["kills"]
        violations += [f"kills, seed {seed}, chain {number}: {what}" for what in ended.findings]
    return Verdict("kills", counts, tuple(violations), time.perf_counter() - begin)


def _usual_seconds(course: Course) -> float:
    course.begin_again()
    begin = time.perf_counter()
    _start(course).wait(PATIENCE)
    return time.perf_counter() - begin


def _chain(course: Course, rng: Random, usual: float) -> dict[str, Any]:
    course.begin_again()
    killed: dict[int, float] = {}
    violations: list[str] = []
    for _ in range(_CHAIN):
        moment = rng.uniform(0, usual)
        run = _start(course)
        try:
            violations += _failed(course, run, moment)
            break  # it was faster than usual, and published
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            killed[run.pid] = time.time()
        looked = forked(lambda: list(course.strayed()))
        violations += [f"killed after {moment:.3f} s: {what}" for what in looked.findings]
    violations += _failed(course, _start(course), PATIENCE)
    looked = forked(lambda: list(course.unfinished()))
    violations += [f"after the last run, {what}" for what in looked.findings]
    violations += [trouble for session, at in killed.items() if (trouble := _orphans(session, at))]
    return {"kills": len(killed), "violations": violations}


def _start(course: Course) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own, so that all that it starts can be found again."""
    home = course.lake.parent
    dumps = sorted(map(str, dumps_beside(course.lake).glob(f"night-{course.after.number}-*")))
    with _told(course).open("wb") as told:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "run", *dumps, "--lake", str(course.lake)],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(_PROJECT)},
            start_new_session=True,
            stdout=told,
            stderr=told,
        )


def _told(course: Course) -> Path:
    """Give the file of what a run says; at the end of a pipe one would wait for the orphans, too."""
    return course.lake.with_name("told")


def _failed(course: Course, run: subprocess.Popen[bytes], seconds: float) -> Iterator[str]:
    """Wait for a run to end well; raise TimeoutExpired when it takes longer."""
    if code := run.wait(seconds):
        yield f"a run ended with {code}: {_told(course).read_text(errors='replace')[-300:]}"


def _orphans(session: int, killed_at: float) -> str | None:
    """Wait for the processes that a killed run had started to end by themselves; end them when they do not."""
    while alive := [process for process in psutil.process_iter() if _is_of(process, session, killed_at)]:
        if time.time() > killed_at + _ORPHAN_SECONDS:
            what = ", ".join(" ".join(process.cmdline()[:4]) for process in alive)
            for process in alive:
                process.kill()  # which makes sure that the number still is that process's
            return f"{len(alive)} processes were left {_ORPHAN_SECONDS:.0f} s after their run was killed: {what}"
        time.sleep(0.1)
    return None


def _is_of(process: psutil.Process, session: int, killed_at: float) -> bool:
    """Tell a process of the killed run from a later one, whose session may have been given the same number again."""
    try:
        is_older = process.create_time() < killed_at
        return is_older and os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False
