"""Workspaces: a folder of drafts for each run, whose lock dies with the run and so tells which of them are dead.

The lake's own lock is not enough: where it is bypassed, one run's recovery would take the floor from under another.

One kind of work is too long to be lost with its run: what a rebuild has done lies in a folder of another kind, named by
the snapshot that it is to follow and by what it is made of. It is stale once there is another snapshot.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from flows.lake.disk import Disk
from transforms.errors import LakeBusy

_LOCK: Final = ".lock"
_LASTING: Final = "lasting-"
_RUN_ID: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


def new_run_id(now: datetime) -> str:
    """Name a run by its moment, UTC, to the microsecond, and by chance: the name of its workspace, too.

    Names are in the order of their moments: ledgers and refused nights are sorted by them.
    """
    return f"{now:%Y%m%dT%H%M%S}-{now.microsecond:05x}{uuid4().hex[:3]}"


def is_workspace(name: str) -> bool:
    """Tell a workspace or its lock, by its name in the lake, from what nobody here has made."""
    return bool(_RUN_ID.fullmatch(name.removeprefix("tmp/").removesuffix(_LOCK))) and name.startswith("tmp/")


@dataclass(frozen=True, slots=True)
class Workspaces:
    """The workspaces of a lake, in a local folder that holds nothing else."""

    folder: Path
    disk: Disk

    @contextmanager
    def claim(self, name: str) -> Iterator[Path]:
        """Make a fresh workspace; it goes with the block, or, after a crash, with the next `clear`."""
        with _locked(self.folder / (name + _LOCK)):
            self.disk.make_folder(self.folder / name)
            try:
                yield self.folder / name
            finally:
                self._remove(name)

    def clear(self) -> None:
        """Remove what dead runs left here: no manifest speaks of it."""
        for name in sorted({entry.name.removesuffix(_LOCK) or entry.name for entry in self.folder.iterdir()}):
            if name.startswith(_LASTING):
                continue
            with (self.folder / (name + _LOCK)).open("w") as lock:
                if _can_take(lock):
                    self._remove(name)

    def _remove(self, name: str) -> None:
        """Remove a workspace whose lock is held, the lock last: a folder without one would be nobody's to judge."""
        for path in (self.folder / name, self.folder / (name + _LOCK)):
            if os.path.lexists(path):
                self.disk.remove(path)


@dataclass(frozen=True, slots=True)
class Lasting:
    """Where a rebuild's work outlives its process, in the folder of the workspaces; one at a time."""

    folder: Path
    disk: Disk

    @contextmanager
    def claim(self, number: int, key: str) -> Iterator[Path]:
        """Give the folder of work upon a snapshot, made of what `key` names; raise LakeBusy when it is in use.

        All other work is removed.
        """
        path = self.folder / f"{_LASTING}{number:06}-{key}"
        with self._held() as is_ours:
            if not is_ours:
                raise LakeBusy(f"another rebuild is at work in {self.folder}; wait for it to end, or end it")
            for other in self.left():
                if other != path:
                    self.disk.remove(other)
            self.disk.make_folder(path)
            yield path

    def clear(self, but_upon: int | None = None) -> None:
        """Remove the work that nobody is at, or all but that upon one snapshot."""
        stale = [path for path in self.left() if but_upon is None or int(path.name.split("-")[1]) != but_upon]
        if stale:
            with self._held() as is_ours:
                for path in stale if is_ours else ():
                    self.disk.remove(path)

    def left(self) -> list[Path]:
        """List the folders of work that are there."""
        return sorted(path for path in self.folder.glob(f"{_LASTING}*") if path.is_dir())

    @contextmanager
    def _held(self) -> Iterator[bool]:
        with (self.folder / f"{_LASTING}{_LOCK}").open("w") as lock:
            yield _can_take(lock)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file that has its name: a `clear` may have removed it before it was locked."""
    while True:
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.fstat(lock.fileno()).st_nlink:
                continue
            try:
                yield
            finally:
                # Said outright: a forked child that outlives us shares the descriptor, and would hold on.
                fcntl.flock(lock, fcntl.LOCK_UN)
            return


def _can_take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
