"""The sweep: every durable step of a workload meets every kind of fault, one at a time, each in a process of its own.

Of each fault it is asked: did the run die, or say so; does a reader see the old snapshot or the new one, whole; and
does the next run bring the lake to where an undisturbed one had brought it, file for file, with nothing left over.

An error says so by ending the run. One that meets the page of a night, which comes last, may be told in the report
instead, as what it is; then nothing but pages may be missing, before any other run has mended anything.
"""

import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.lake.disk import perform_at_once
from tests.faults.children import Ended, each, forked
from tests.faults.course import Course, Unsteady, courses
from tests.faults.inject import KILLS, KINDS, Faulty, Kind, can_suffer, errno_of
from tests.faults.verdict import Verdict
from tests.faults.workloads import WORKLOADS, Workload

WIDTH: Final = 2
"""Cases at a time."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault: the step, from 1, and the kind."""

    step: int
    kind: Kind


def sweep(
    folder: Path,
    workloads: Sequence[Workload] = WORKLOADS,
    kinds: Sequence[Kind] = KINDS,
    every: int = 1,
    *,
    to_the_end: bool = True,
) -> Verdict:
    """Try these kinds of fault at every step of every workload, or at each so many-th; all, or until one is not stood.

    The last steps come first: most of what can go wrong lies around the commit.
    """
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    violations: list[str] = []
    for workload in workloads:
        try:
            undisturbed = courses(workload, folder / "sweep", WIDTH)
        except Unsteady as error:
            violations.append(str(error))
            continue
        counts[f"steps of {workload.name}"] = len(undisturbed[0].steps)
        for case, found in _swept(undisturbed, kinds, every):
            counts[case.kind] += 1
            violations += found
            if violations and not to_the_end:
                break
    counts["faults"] = sum(counts[kind] for kind in kinds)
    return Verdict("sweep", counts, tuple(violations), time.perf_counter() - begin)


def _swept(undisturbed: list[Course], kinds: Sequence[Kind], every: int) -> Iterator[tuple[Case, list[str]]]:
    course = undisturbed[0]
    cases = [
        Case(step, kind)
        for step, what in reversed(list(enumerate(course.steps, 1)))
        for kind in kinds
        if kind in course.workload.kinds
        if step % every == 0 and can_suffer(what, kind)
    ]
    for case, ended in each(lambda case, slot: _tried(undisturbed[slot], case), cases, width=WIDTH):
        at = f"{course.workload.name}: {case.kind} at step {case.step} ({course.steps[case.step - 1]})"
        yield case, [f"{at}: {found}" for found in ended.findings]


def _tried(course: Course, case: Case) -> list[str]:
    """Bring one fault upon the workload, look, recover, and look again."""
    course.begin_again()
    ended = forked(lambda: course.workload.act(course.lake, Faulty(case.step, case.kind)))
    recovered = forked(lambda: [*_unpublished(course, ended), *course.strayed(), *_after_recovery(course)])
    return [*_untold(ended, case.kind, is_of_a_page=_is_of_a_page(course.steps[case.step - 1])), *recovered.findings]


def _unpublished(course: Course, ended: Ended) -> Iterator[str]:
    """Say so when an error was told as one of the page, and more than pages is missing."""
    if ended.answer:
        yield from (f"told of the page alone, but {what}" for what in course.unfinished())


def _after_recovery(course: Course) -> Iterator[str]:
    course.workload.act(course.lake, perform_at_once)
    yield from (f"after recovery, {what}" for what in course.unfinished())


def _is_of_a_page(step: str) -> bool:
    """Tell whether a step lays a page, or the index over them, down."""
    return "/reports" in f"/{step.rpartition(' ')[2]}" or step.endswith("/page.html")


def _untold(ended: Ended, kind: Kind, *, is_of_a_page: bool) -> Iterator[str]:
    """Say so when a kill did not kill, or an error was not told, of a page or by ending the run."""
    if kind in KILLS and ended.signal != signal.SIGKILL:
        yield f"the run was not killed, but ended with {ended.trouble or 'success'}"
    is_raised = (ended.error or "").startswith("OSError")
    if kind not in KILLS and not (is_raised or (is_of_a_page and _is_told(ended.answer, kind))):
        yield f"the error did not come out, but {ended.trouble or ended.answer or 'success'}"


def _is_told(page_trouble: str | None, kind: Kind) -> bool:
    """Tell whether a run said of its page that it met this very error."""
    return (page_trouble or "").startswith(f"the quality report could not be laid down: [Errno {errno_of(kind)}] ")
