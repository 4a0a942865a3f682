"""Nights whose worker processes are killed at their work: `python -m tests.promises.bereft FOLDER STAGE:PIECES...`.

In an interpreter of its own, so that a run that hangs can be ended whole. Prints, for each case, how the night ended
and what was wrong with the lake then, or after the next night, which nobody disturbs.
"""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import orjson

from flows import run as description
from flows.lake.disk import perform_at_once
from flows.settings import Settings
from flows.work import drivers
from flows.work.drivers import PlainDriver, Silent
from tests.faults.children import warm_up
from tests.faults.course import Course, courses
from tests.faults.workloads import SECOND, dumps_beside
from tests.integration.nights import Unaudited


class Killing(Silent):
    """Kills one worker process of the driver when so many pieces of a stage are done."""

    def __init__(self, stage: str, pieces: int) -> None:
        self.driver = PlainDriver(2, self)
        self._wanted = stage, pieces
        self._at = "", 0

    def stage(self, name: str, total: int) -> None:  # noqa: ARG002
        """Begin a stage, and kill if its very beginning is the moment."""
        self._at = name, 0
        self._kill()

    def advance(self) -> None:
        """Finish a piece, and kill if that was the last to be."""
        self._at = self._at[0], self._at[1] + 1
        self._kill()

    def _kill(self) -> None:
        if self._at == self._wanted:
            pool = self.driver._pool
            assert pool is not None
            own = next(worker._pool for worker in pool._all if worker._pool)
            os.kill(next(iter(own._processes)), signal.SIGKILL)


def bereave(course: Course, stage: str, pieces: int) -> dict[str, Any]:
    """Take the second night with a worker killed at that moment, look at the lake, and take it again."""
    course.begin_again()
    killing = Killing(stage, pieces)
    dumps = sorted(dumps_beside(course.lake).glob("night-2-*"))
    try:
        with killing.driver:
            description.run(dumps, Settings(lake=str(course.lake)), killing.driver, auditor=Unaudited())
        ended = "published"
    except BrokenExecutor as error:
        ended = type(error).__name__
    number = course.before.number
    seen = [] if ended == "published" else [f"{what}" for what in _changed(course, number)]
    return {"case": f"{stage}:{pieces}", "ended": ended, "violations": [*seen, *course.strayed(), *_recovered(course)]}


def _changed(course: Course, number: int) -> Iterator[str]:
    names = sorted(path.name for path in (course.lake / "snapshots").iterdir())
    if len(names) != number:
        yield f"a night that failed left the snapshots {names}"


def _recovered(course: Course) -> Iterator[str]:
    course.workload.act(course.lake, perform_at_once)
    yield from (f"after the next night, {what}" for what in course.unfinished())


def main(folder: str, *cases: str) -> None:
    """Kill a worker of one night after the other."""
    warm_up()
    [course] = courses(SECOND, Path(folder), 1)
    drivers.SMALL_BYTES = 0  # type: ignore[misc] # a small night is to have workers, too
    found = [bereave(course, stage, int(pieces)) for stage, _, pieces in (case.partition(":") for case in cases)]
    sys.stdout.buffer.write(orjson.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
