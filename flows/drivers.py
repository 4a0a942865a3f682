"""Two ways to drive one description of a run. The plain one is here: this process and a pool of worker processes."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

SMALL_BYTES: Final = 4 << 20
"""Below this much input, starting worker processes takes longer than the work."""


class Progress(Protocol):
    """Where a driver tells how far a stage has come."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of so many pieces."""

    def advance(self) -> None:
        """Finish one piece."""


class Silent:
    """Shows nothing."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage, silently."""

    def advance(self) -> None:
        """Finish a piece, silently."""


class Driver(Protocol):
    """Runs steps: `map` one function over many items, order kept; `call` a function that sees the whole night."""

    name: str

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item], *, byte_count: int
    ) -> list[Result]:
        """Run a function over items, which together are about `byte_count` bytes of work."""

    def call(self, stage: str, function: Callable[..., Result], *args: object) -> Result:
        """Run a function once."""


class PlainDriver:
    """This process and, for more than a little work, a pool of others. A context manager: leaving it ends the pool."""

    name = "plain"

    def __init__(self, workers: int, progress: Progress | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._progress = progress or Silent()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: the pool comes with the first stage that is worth it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the pool; after an error at once, whatever it still had to do."""
        if self._pool:
            end(self._pool, at_once=kind is not None)

    def map(
        self, stage: str, function: Callable[[Item], Result], items: Sequence[Item], *, byte_count: int
    ) -> list[Result]:
        """Run a function over items, in worker processes when it pays."""
        self._progress.stage(stage, len(items))
        if len(items) < 2 or byte_count < SMALL_BYTES or self._workers == 1:  # noqa: PLR2004
            return [self._counted(function(item)) for item in items]
        futures = [self._workers_pool().submit(function, item) for item in items]
        for future in as_completed(futures):
            self._counted(future)
        return [future.result() for future in futures]

    def call(self, stage: str, function: Callable[..., Result], *args: object) -> Result:
        """Run a function here."""
        self._progress.stage(stage, 1)
        return self._counted(function(*args))

    def _counted(self, result: Result) -> Result:
        if isinstance(result, Future) and (error := result.exception()):
            raise error
        self._progress.advance()
        return result

    def _workers_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = worker_pool(self._workers)
        return self._pool


def worker_pool(workers: int, begin: Callable[[], object] | None = None) -> ProcessPoolExecutor:
    """Start a pool of fresh processes: a fork would copy locks that DuckDB's and Arrow's threads may hold."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin,))


def end(pool: ProcessPoolExecutor, *, at_once: bool) -> None:
    """End a pool. At once: its processes, and any others of this one, are told to stop where they are."""
    if at_once:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            child.join(1)  # an idle one leaves by itself, and takes back what its libraries registered
            child.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def ended(pool: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    """End a pool with the block."""
    try:
        yield pool
    except BaseException:
        end(pool, at_once=True)
        raise
    end(pool, at_once=False)


def _begin(begin: Callable[[], object] | None) -> None:
    """Leave Ctrl-C to the parent, which ends its workers; each of them would print a traceback of its own.

    A parent that is killed cannot do that: its workers would wait for their next task for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_leave_with_parent, daemon=True).start()
    if begin:
        begin()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
