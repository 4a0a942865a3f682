"""The lock: one writer at a time, held by the kernel for as long as its process lives."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from errno import EINVAL, ENOSYS, ENOTSUP, EPERM
from pathlib import Path
from typing import IO, Final

from transforms.errors import LakeBusy, UsageError

LOCK: Final = "lock"

_WORDS: Final = re.compile(r"pid (\d+) since (\S+)")
_TICK: Final = timedelta(minutes=1)
"""By how much the kernel's account of when a process began may be off."""


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


def holder(root: Path) -> str | None:
    """Tell who holds the lock and since when, from what it wrote there; None when nobody does.

    The lock is left alone: to try it would, for a moment, be to hold it, and a run that came then would step aside.
    What a killed process wrote stays, so it counts only while that process lives, as far as this machine can see.
    """
    try:
        words = (root / LOCK).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    match = _WORDS.fullmatch(words)
    return words if match and _lives(int(match[1]), datetime.fromisoformat(match[2])) else None


def _lives(pid: int, since: datetime) -> bool:
    """Tell whether a process lives that was there then; a younger one has only been given its number."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # somebody else's, but there
    except ProcessLookupError:
        return False
    began = _began(pid)
    return began is None or began <= since + _TICK


def _began(pid: int) -> datetime | None:
    """Tell when a process began, where the kernel gives account of that."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[19])
        [boot] = (line for line in Path("/proc/stat").read_text("utf-8").splitlines() if line.startswith("btime "))
    except (OSError, ValueError, IndexError):
        return None
    return datetime.fromtimestamp(int(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK"), UTC)
