"""The course of a workload that nothing disturbs: what every disturbed one is compared with."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.faults.children import each
from tests.faults.inject import Counting
from tests.faults.sight import Sight, differences, inventory, misread, seen, snapshot_rows
from tests.faults.workloads import Workload


class Unsteady(Exception):
    """Raised when a workload fails undisturbed, or does not do the same twice: no comparison would mean anything."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a workload does undisturbed: its steps, what readers see before and after, and the files in the end."""

    workload: Workload
    lake: Path
    steps: tuple[str, ...]
    before: Sight
    rows_before: str
    """Of the snapshot, which the catalog may not show yet."""
    after: Sight
    files: dict[str, str]

    @property
    def legal(self) -> tuple[Sight, ...]:
        """What readers may see after a fault: the old, the old with its catalog mended, the new."""
        return self.before, replace(self.before, rows=self.rows_before), self.after

    def begin_again(self) -> None:
        """Bring the lake back to where it was before the act."""
        shutil.rmtree(self.lake, ignore_errors=True)
        kept = self.lake.with_name("kept")
        if kept.exists():
            shutil.copytree(kept, self.lake, symlinks=True)

    def strayed(self) -> Iterator[str]:
        """Say what a reader sees that is neither old nor new."""
        return misread(self.lake, self.legal)

    def unfinished(self) -> Iterator[str]:
        """Say in what the lake is not as the undisturbed act left it, file for file."""
        yield from misread(self.lake, (self.after,))
        yield from differences(_without_address(inventory(self.lake)), self.files)


def courses(workload: Workload, folder: Path, width: int) -> list[Course]:
    """Run a workload undisturbed in `width` folders at once, each of which then has a lake of its own to be harmed."""
    homes = [folder / workload.name.replace(" ", "-") / f"slot-{slot}" for slot in range(width)]
    ended = dict(each(lambda home, _: _undisturbed(workload, home), homes, width=width))
    for end in ended.values():
        if end.trouble:
            raise Unsteady(f"{workload.name}, undisturbed: {end.trouble}")
    found = [_course(workload, home, ended[home].answer) for home in homes]
    for course in found[1:]:
        if (course.after, course.files, len(course.steps)) != (found[0].after, found[0].files, len(found[0].steps)):
            raise Unsteady(f"{workload.name}, undisturbed: two runs differ, {found[0].after} and {course.after}")
    return found


def _undisturbed(workload: Workload, home: Path) -> dict[str, Any]:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    lake = home / "lake"
    workload.prepare(lake)
    if lake.exists():
        shutil.copytree(lake, home / "kept", symlinks=True)
    before, counting = seen(lake), Counting()
    rows_before = snapshot_rows(lake, before.number)
    workload.act(lake, counting)
    return {
        "steps": counting.steps,
        "before": asdict(before),
        "rows_before": rows_before,
        "after": asdict(seen(lake)),
        "files": _without_address(inventory(lake)),
    }


def _course(workload: Workload, home: Path, answer: dict[str, Any]) -> Course:
    before, after = Sight(**answer["before"]), Sight(**answer["after"])
    return Course(
        workload, home / "lake", tuple(answer["steps"]), before, answer["rows_before"], after, answer["files"]
    )


def _without_address(files: dict[str, str]) -> dict[str, str]:
    """Take the address out of the catalogs' names, so that lakes in different folders have the same files."""
    return {name.rpartition("-")[0] if name.startswith("catalogs/") else name: what for name, what in files.items()}
