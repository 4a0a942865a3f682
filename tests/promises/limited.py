"""Nights in processes that may not have the memory they want: `python -m tests.promises.limited FOLDER STEP:MIB...`.

In an interpreter of its own, for each night is forked from one that is warm, and forks want a process without threads.
From a durable step on (0: from its start; below 0: counted from its end; a word: from each in turn) a night may have so
much more memory than it has then.
Prints for each how it ended, and what was wrong with the lake then, or after the next night, which has all it wants.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from flows.lake.disk import perform_at_once
from tests.faults.children import forked, warm_up
from tests.faults.course import Course, courses
from tests.faults.workloads import SECOND

_SECONDS: Final = 10.0
"""After which a night that hangs in some library's want of memory is killed, as the kernel's own killer would."""


def limit_memory(headroom_mib: float) -> None:
    """Let this process have no more address space than it has now, and the headroom."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + int(headroom_mib * (1 << 20))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


class Starving:
    """A hook that does everything, and limits the memory before one step, counted from 1."""

    def __init__(self, step: int, headroom_mib: float) -> None:
        self._left = step
        self._headroom_mib = headroom_mib
        if step == 0:
            limit_memory(headroom_mib)

    def __call__(self, _operation: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Do it, hungry or not."""
        self._left -= 1
        if self._left == 0:
            limit_memory(self._headroom_mib)
        perform()


def starve(course: Course, step: int, headroom_mib: float) -> dict[str, Any]:
    """Take the second night with so much memory from a step on, look at the lake, and take it again with plenty."""
    course.begin_again()
    ended = forked(lambda: course.workload.act(course.lake, Starving(step, headroom_mib)), seconds=_SECONDS)
    looked = forked(lambda: [*course.strayed(), *_recovered(course)])
    violations = [looked.trouble] if looked.trouble else looked.answer
    what = (ended.trouble or "published").splitlines()[0]
    return {"step": step, "headroom_mib": headroom_mib, "ended": what, "violations": violations}


def _recovered(course: Course) -> Iterator[str]:
    course.workload.act(course.lake, perform_at_once)
    yield from (f"after the next night, {what}" for what in course.unfinished())


def main(folder: str, *cases: str) -> None:
    """Starve one night after the other."""
    warm_up()
    [course] = courses(SECOND, Path(folder), 1)
    found = []
    for case in cases:
        step, _, headroom_mib = case.partition(":")
        steps = range(len(course.steps) + 1)
        chosen = steps if step.isalpha() else [steps[int(step)]]
        found += [starve(course, n, float(headroom_mib)) for n in chosen]
    sys.stdout.buffer.write(orjson.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
