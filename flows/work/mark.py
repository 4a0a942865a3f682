"""A mark of where a process is in a chunk, which outlives it: 32 bytes in a file, written before each step."""

import os
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Final, NamedTuple, Self

_LAYOUT: Final = Struct("<4q")

OPENING: Final = -1
"""In the place of a record's number: the process is about to open the file."""


class Place(NamedTuple):
    """Where a process was: at `size` records from the one of this number on; `size` 0: reading it, at `offset`.

    `steps` grows with each mark, a sign of life where the rest stays the same.
    """

    number: int
    size: int
    offset: int
    steps: int


class Mark:
    """The process's own side: writes. A context manager, which leaves the file behind."""

    def __init__(self, stem: Path) -> None:
        self._path = path_of(stem)
        self._descriptor = -1
        self._steps = 0

    def __enter__(self) -> Self:
        """Make the first mark, over what another process has left."""
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        self.write(OPENING, 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        os.close(self._descriptor)

    def write(self, number: int, size: int, offset: int = 0) -> None:
        """Say what is about to be done. Bytes given to the kernel survive the process, if not the machine."""
        self._steps += 1
        os.pwrite(self._descriptor, _LAYOUT.pack(number, size, offset, self._steps), 0)


def path_of(stem: Path) -> Path:
    """Return the mark's file beside what a chunk becomes."""
    return stem.with_suffix(".mark")


def read_mark(stem: Path) -> Place | None:
    """Return where the process is or was; None before its first mark."""
    try:
        packed = path_of(stem).read_bytes()
    except FileNotFoundError:
        return None
    return Place(*_LAYOUT.unpack(packed)) if len(packed) == _LAYOUT.size else None


def blank_mark(stem: Path) -> None:
    """Forget where a process was, before the next one."""
    path_of(stem).write_bytes(b"")
