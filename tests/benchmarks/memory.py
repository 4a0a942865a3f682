"""Runs a command as a child process and measures it from outside: wall seconds, and peak memory of its process tree."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil

INTERVAL_SECONDS: Final = 0.05
_PSS_SECONDS: Final = 0.5
_PSS_GROWTH: Final = 1.01
"""The system walks every page to answer for PSS, 10 ms for a gigabyte; asked at each sample, it would slow what is
measured. So RSS, which is never less, is looked at each time, and PSS when that grew by a hundredth or time went by."""

Kind = Literal["PSS", "RSS"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command did: exit code, output, wall seconds from start to end, peak bytes of its process tree."""

    command: list[str]
    code: int
    output: str
    errors: str
    seconds: float
    peak_bytes: int
    kind: Kind


def memory_kind() -> Kind:
    """Say how memory is counted.

    PSS, which shares out the pages that processes share, where the system tells it; else RSS.
    """
    return "PSS" if _pss(psutil.Process().pid) is not None else "RSS"


def tree_bytes(root: psutil.Process, kind: Kind) -> int:
    """Return the summed memory of a process and all its descendants; those that have ended count nothing."""
    try:
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_bytes(process, kind) for process in tree)


def measure(command: list[str], folder: Path) -> Measured:
    """Run `command` in `folder` to its end, its memory sampled every `INTERVAL_SECONDS`."""
    kind = memory_kind()
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sampler = _Sampler(child.pid, kind)
    try:
        output, errors = child.communicate()
        seconds = time.perf_counter() - began
    finally:
        child.kill()  # an interrupted benchmark leaves no run behind; a child that has ended feels nothing
        peak = sampler.stop()
    return Measured(command, child.returncode, output, errors, seconds, peak, kind)


def python(*arguments: str) -> list[str]:
    """Return the command that runs this interpreter."""
    return [sys.executable, *arguments]


class _Sampler:
    """A thread that looks at a process tree until told to stop, and keeps the highest sum."""

    def __init__(self, pid: int, kind: Kind) -> None:
        self._root = psutil.Process(pid)
        self._kind: Kind = kind
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Return the peak in bytes."""
        self._done.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        asked_rss, asked_at = 0.0, 0.0
        while not self._done.wait(INTERVAL_SECONDS):
            rss, now = tree_bytes(self._root, "RSS"), time.perf_counter()
            is_due = rss > asked_rss * _PSS_GROWTH or now - asked_at > _PSS_SECONDS
            if self._kind == "RSS":
                self._peak = max(self._peak, rss)
            elif rss > self._peak and is_due:
                asked_rss, asked_at = rss, now
                self._peak = max(self._peak, tree_bytes(self._root, "PSS"))


def _bytes(process: psutil.Process, kind: Kind) -> int:
    if kind == "PSS":
        return _pss(process.pid) or 0
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _pss(pid: int) -> int | None:
    """Return a process's proportional set size in bytes; None when it has ended or the system does not tell."""
    try:
        with Path(f"/proc/{pid}/smaps_rollup").open(encoding="ascii") as lines:
            return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)
    except OSError:
        return None
