"""Children: every run in a process of its own, forked from one that has everything imported, compiled and warm.

DuckDB ends its threads with its connections, and Arrow starts its own again in a child, so a process that has done
whole nights may be forked. What a child holds when it is killed, it loses, as any process does.
"""

import gc
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Generic, TypeVar

import orjson

from tests.faults.stories import write_nights
from tests.integration.nights import content, take_unaudited

Item = TypeVar("Item")

PATIENCE: Final = 120.0
"""Seconds after which a child counts as hanging. Parents of children wait longer than they do."""
_LOOK_SECONDS: Final = 0.003


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: with an answer, with an error, or by a signal."""

    answer: Any = None
    error: str | None = None
    signal: int = 0

    @property
    def trouble(self) -> str | None:
        """Say what kept it from an answer."""
        return self.error or (f"died of signal {self.signal}" if self.signal else None)

    @property
    def findings(self) -> list[str]:
        """Give the violations it found, or the trouble that kept it from finding any."""
        found = self.answer["violations"] if isinstance(self.answer, dict) else self.answer
        return [self.trouble] if self.trouble else list(found)


@dataclass(frozen=True, slots=True)
class _Child(Generic[Item]):
    item: Item
    slot: int
    answers: IO[bytes]
    deadline: float


def warm_up() -> None:
    """Take two tiny nights here and read them, so that no child has to load or compile anything."""
    with tempfile.TemporaryDirectory() as folder:
        for dumps in write_nights(Path(folder) / "dumps"):
            take_unaudited(Path(folder) / "lake", dumps)
            content(Path(folder) / "lake")
    gc.collect()
    gc.freeze()  # what is here for good need not be looked through, nor copied, in any child


def forked(work: Callable[[], Any], *, seconds: float = PATIENCE) -> Ended:
    """Do some work in one child, and wait for it."""
    [(_, ended)] = each(lambda _item, _slot: work(), [None], width=1, seconds=seconds)
    return ended


def each(
    work: Callable[[Item, int], Any], items: Iterable[Item], *, width: int = 2, seconds: float = 3 * PATIENCE
) -> Iterator[tuple[Item, Ended]]:
    """Do some work on every item in a child of its own, `width` at a time, each with a slot below `width` to itself.

    Answers are what JSON can hold. They come as they are ready.
    """
    waiting, free, running = iter(items), list(range(width)), dict[int, _Child[Item]]()
    try:
        while True:
            for item in islice(waiting, len(free)):
                answers = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child has ended
                child = _Child(item, free.pop(), answers, time.monotonic() + seconds)
                running[_fork(work, child)] = child
            if not running:
                return
            for pid, ended in _ended(running):
                child = running.pop(pid)
                free.append(child.slot)
                yield child.item, ended
    finally:
        for pid, child in running.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            child.answers.close()


def _fork(work: Callable[[Item, int], Any], child: _Child[Item]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of the threads that Arrow looks after
        pid = os.fork()
    if pid == 0:
        _be_child(work, child)
    return pid


def _be_child(work: Callable[[Item, int], Any], child: _Child[Item]) -> None:
    try:
        answer: dict[str, Any] = {"answer": work(child.item, child.slot)}
    except BaseException as error:  # noqa: BLE001 - the parent is to judge it
        answer = {"error": f"{type(error).__name__}: {error}"}
    child.answers.write(orjson.dumps(answer))
    child.answers.flush()
    sys.stderr.flush()
    os._exit(0)


def _ended(running: dict[int, _Child[Item]]) -> Iterator[tuple[int, Ended]]:
    time.sleep(_LOOK_SECONDS)
    for pid, child in list(running.items()):
        is_late = time.monotonic() > child.deadline
        if is_late:
            os.kill(pid, signal.SIGKILL)
        found, status = os.waitpid(pid, 0 if is_late else os.WNOHANG)
        if found:
            with child.answers:
                yield pid, Ended(error="did not end") if is_late else _how(status, child.answers)


def _how(status: int, answers: IO[bytes]) -> Ended:
    if os.WIFSIGNALED(status):
        return Ended(signal=os.WTERMSIG(status))
    answers.seek(0)
    return Ended(**orjson.loads(answers.read()))
