"""The lock: one writer at a time, held by the kernel for as long as its process lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import EINVAL, ENOSYS, ENOTSUP, EPERM
from pathlib import Path
from typing import IO, Final

from transforms.errors import LakeBusy, UsageError

LOCK: Final = "lock"


@contextmanager
def hold(root: Path) -> Iterator[None]:
    """Hold `root`/lock without waiting; raise LakeBusy, naming the holder and since when, if it is taken."""
    with (root / LOCK).open("a+", encoding="utf-8") as lock:
        _acquire(lock, root)
        try:
            yield
        finally:
            lock.truncate(0)
            # Said outright: a forked child that outlives us shares the descriptor, and would hold on.
            fcntl.flock(lock, fcntl.LOCK_UN)


def unsupported(root: Path, error: OSError) -> Exception:
    """Tell a file system that cannot from one that is full or failing, which stays the error it is."""
    if error.errno not in {EINVAL, ENOSYS, ENOTSUP, EPERM}:
        return error
    needs = "hard links, symbolic links, renames or locks"
    return UsageError(f"{root}: the file system has no {needs} ({error.strerror}); choose a folder on a local disk")


def _acquire(lock: IO[str], root: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "one that has only just started"
        raise LakeBusy(f"another run holds {root}: {holder}; wait for it to end, or end it") from error
    except OSError as error:
        raise unsupported(root, error) from error
    lock.truncate(0)
    lock.write(f"pid {os.getpid()} since {datetime.now(UTC).isoformat(timespec='seconds')}\n")
    lock.flush()
