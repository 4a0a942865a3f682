"""The delivered file: opened once, read once, copied while it is read."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from transforms.errors import DumpRefused


class Sink(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take all of the bytes."""


class Delivery:
    """Read a delivered file forward, and give every byte read to the sink that keeps it."""

    def __init__(self, descriptor: int, label: str) -> None:
        self.label = label
        self._descriptor = descriptor
        self._opened_as = os.fstat(descriptor)
        self._unkept = b""
        self._sink: Sink | None = None
        self._is_kept = True
        self._read_bytes = 0

    @property
    def byte_count(self) -> int:
        """Size when it was opened."""
        return self._opened_as.st_size

    def read(self, byte_count: int) -> bytes:
        """Read on. Raises DumpRefused when the disk or network fails, unlike a failure to write, which is our own."""
        try:
            block = os.read(self._descriptor, byte_count)
        except OSError as error:
            raise _unreadable(self.label, error) from error
        self._read_bytes += len(block)
        if self._read_bytes > self.byte_count:
            raise self._changed()  # Now, not at its end: whoever writes it may never stop.
        if self._sink is not None:
            self._sink.write(block)
        elif self._is_kept:
            self._unkept += block
        return block

    def keep_in(self, sink: Sink | None) -> None:
        """Keep all bytes, those read so far included, in the sink; without one, forget them."""
        if sink is not None:
            sink.write(self._unkept)
        self._unkept = b""
        self._sink = sink
        self._is_kept = sink is not None

    def ensure_unchanged(self) -> None:
        """Raise DumpRefused when the file was written to meanwhile: half an upload is no dump."""
        now, then = os.fstat(self._descriptor), self._opened_as
        if (now.st_size, now.st_mtime_ns) != (then.st_size, then.st_mtime_ns):
            raise self._changed()

    def _changed(self) -> DumpRefused:
        return DumpRefused(f"{self.label} changed while it was being read; run again when its upload is complete")


@contextmanager
def opened(path: Path, label: str) -> Iterator[Delivery]:
    """Open a regular file, or a link to one, without ever waiting: a pipe would block until someone writes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(label, error) from error
    try:
        _ensure_regular(descriptor, label)
        yield Delivery(descriptor, label)
    finally:
        os.close(descriptor)


_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def _ensure_regular(descriptor: int, label: str) -> None:
    status = os.fstat(descriptor)
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind is not None:
        raise DumpRefused(f"{label} is {kind}, and only regular files are read; deliver the dump as a file")
    if status.st_size == 0:
        raise DumpRefused(f"{label} is empty (0 bytes); have it delivered again")


def _unreadable(label: str, error: OSError) -> DumpRefused:
    if isinstance(error, PermissionError):
        return DumpRefused(f"{label} may not be read by this user; give it read permission and run again")
    if isinstance(error, FileNotFoundError):
        return DumpRefused(f"{label} is not there, or is a link to nothing; deliver it again")
    if error.errno == errno.ENXIO:
        return DumpRefused(
            f"{label} is a socket or device, and only regular files are read; deliver the dump as a file"
        )
    return DumpRefused(f"{label} cannot be read ({error.strerror}); check the disk or mount and run again")
