"""Rivals: at every durable step of one run, a whole other run takes place, with the lake's lock and past it.

Chance seldom finds the one moment that matters between two processes; this tries all of them, one at a time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.children import each, forked
from tests.faults.comparison import unequal, unsound
from tests.faults.course import Course, Unsteady, courses
from tests.faults.verdict import Verdict
from tests.faults.workloads import FOUNDING, SECOND, dumps_beside, take_night
from tests.integration.nights import take_unaudited
from transforms.errors import CommitConflict, LakeBusy

WIDTH: Final = 2


@dataclass(frozen=True, slots=True)
class Meeting:
    """The step, from 1, before which the other run takes place, and whether that one respects the lock."""

    step: int
    is_locked: bool

    def __str__(self) -> str:
        """Say when the other run came."""
        return f"a run {'with' if self.is_locked else 'past'} the lock before step {self.step}"


class Interrupted:
    """Does everything, with something else before one step."""

    def __init__(self, step: int, between: Callable[[], None]) -> None:
        self._left = step
        self._between = between

    def __call__(self, _operation: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Do it, after the other thing if that is due."""
        self._left -= 1
        if self._left == 0:
            self._between()
        perform()


def meet(folder: Path, every: int = 1) -> Verdict:
    """Have another run take place at every step, or at each so many-th, of a founding night and of a second one."""
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    violations: list[str] = []
    for workload in (FOUNDING, SECOND):
        try:
            undisturbed = courses(workload, folder / "rivals", WIDTH)
        except Unsteady as error:
            violations.append(str(error))
            continue
        for meeting, found in _met(undisturbed, every):
            counts[f"meetings {'with' if meeting.is_locked else 'past'} the lock"] += 1
            violations += found
    return Verdict("rivals", counts, tuple(violations), time.perf_counter() - begin)


def _met(undisturbed: list[Course], every: int) -> Iterator[tuple[Meeting, list[str]]]:
    course = undisturbed[0]
    for one in undisturbed:
        forked(lambda one=one: take_unaudited(_batch(one), _dumps(one)))  # type: ignore[misc]
    steps = range(every, len(course.steps) + 1, every)
    meetings = [Meeting(step, is_locked) for step in steps for is_locked in (True, False)]
    for meeting, ended in each(lambda meeting, slot: _one(undisturbed[slot], meeting), meetings, width=WIDTH):
        at = f"{course.workload.name}: {meeting} ({course.steps[meeting.step - 1]})"
        yield meeting, [f"{at}: {found}" for found in ended.findings]


def _one(course: Course, meeting: Meeting) -> list[str]:
    course.begin_again()
    met = forked(lambda: _interrupted(course, meeting))
    judged = forked(lambda: [*_again(course), *unequal(course.lake, _batch(course)), *unsound(course.lake)])
    return [what for ended in (met, judged) for what in ended.findings]


def _interrupted(course: Course, meeting: Meeting) -> list[str]:
    told: list[str] = []
    try:
        course.workload.act(course.lake, Interrupted(meeting.step, lambda: told.extend(_rival(course, meeting))))
    except LakeBusy:
        pass  # it stepped aside
    except Exception as error:  # noqa: BLE001 - what a run may fail with, is to be judged
        told.append(f"the run itself: {type(error).__name__}: {error}")
    return told


def _rival(course: Course, meeting: Meeting) -> Iterator[str]:
    if not meeting.is_locked:
        (course.lake / "lock").unlink(missing_ok=True)
    trouble = forked(lambda: take_night(course.lake, course.after.number + 1)).trouble
    if trouble and not trouble.startswith((LakeBusy.__name__, CommitConflict.__name__)):
        yield f"the run between: {trouble}"


def _again(course: Course) -> Iterator[str]:
    """Let both runs be made once more, as whoever was turned away would."""
    for night in (course.after.number, course.after.number + 1):
        take_night(course.lake, night)
    yield from ()


def _dumps(course: Course) -> list[Path]:
    nights = range(1, course.after.number + 2)
    return [dump for night in nights for dump in sorted(dumps_beside(course.lake).glob(f"night-{night}-*"))]


def _batch(course: Course) -> Path:
    return course.lake.with_name("batch")
