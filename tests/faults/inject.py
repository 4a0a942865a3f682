"""Hooks that harm: the n-th durable operation is not done, or only half, or is the last thing its process does."""

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, get_args

Kind = Literal[
    "kill before", "kill after", "ENOSPC", "EIO", "EDQUOT", "EIO after the act", "short write", "fsync that loses data"
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
KILLS: Final[tuple[Kind, ...]] = ("kill before", "kill after")

_NUMBERS: Final = {
    "ENOSPC": errno.ENOSPC,
    "EIO": errno.EIO,
    "EDQUOT": errno.EDQUOT,
    "EIO after the act": errno.EIO,
    "short write": errno.ENOSPC,
    "fsync that loses data": errno.EIO,
}
_ONLY: Final = {
    "short write": ("write",),
    "fsync that loses data": ("sync",),
    "EIO after the act": ("link", "rename", "symlink"),
}
"""Operations to which alone a kind can happen, or at which alone it differs from EIO."""


class Counting:
    """Does everything, and notes each step's operation and path."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Note, and do it."""
        self.steps.append(_described(operation, paths))
        perform()


class Faulty:
    """Does everything but one step: the first, from the n-th on, to which this kind of fault can happen."""

    def __init__(self, step: int, kind: Kind) -> None:
        self.kind = kind
        self.has_struck = False
        self._left = step

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Do it, or harm it when its turn has come."""
        self._left -= 1
        if self._left > 0 or self.has_struck or not can_suffer(_described(operation, paths), self.kind):
            perform()
            return
        self.has_struck = True
        if self.kind in KILLS:
            _die(self.kind, perform)
        _fail(self.kind, paths[0], perform)


def errno_of(kind: Kind) -> int:
    """Give the number of the error that a kind of fault raises; a kill raises none."""
    return _NUMBERS[kind]


def can_suffer(step: str, kind: Kind) -> bool:
    """Tell whether a kind of fault can happen to a step, as `Counting` noted it."""
    if kind == "fsync that loses data" and step.startswith("sync folder"):
        return False
    return kind not in _ONLY or step.partition(" ")[0] in _ONLY[kind]


def _described(operation: str, paths: tuple[Path, ...]) -> str:
    folder = " folder" if operation == "sync" and paths[0].is_dir() else ""
    return f"{operation}{folder} {'/'.join(paths[-1].parts[-2:])}"


def _die(kind: Kind, perform: Callable[[], object]) -> None:
    if kind == "kill after":
        perform()
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(kind: Kind, path: Path, perform: Callable[[], object]) -> None:
    if kind in ("EIO after the act", "short write"):
        perform()
    if kind in ("short write", "fsync that loses data"):
        _halve(path)
    raise OSError(_NUMBERS[kind], os.strerror(_NUMBERS[kind]), str(path))


def _halve(path: Path) -> None:
    """Lose the second half: of a write there was no room for it, after a failed sync the kernel may have dropped it."""
    os.truncate(path, path.stat().st_size // 2)
