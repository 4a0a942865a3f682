"""Worker processes: started when there is work, watched while they do it, replaced when they are lost."""

import gc
import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, Final, TypeVar

from transforms.errors import BroadsheetError

Item = TypeVar("Item")
Result = TypeVar("Result")

_LOOK_SECONDS: Final = 0.25
_FIRST_TO_BE_KILLED: Final = "500"
"""Where memory runs out, a worker goes before the process that can do its work again."""


class WorkerLost(BrokenExecutor):
    """Raised when a worker process ended before its work did; `how` goes on from "the process that read it"."""

    def __init__(self, how: str) -> None:
        super().__init__(f"a worker process {how} before its work was done; run again, and look at its memory")
        self.how = how


def is_of_the_data(error: Exception) -> bool:
    """Tell what bytes may do to a process from what the machine does to it, and from what we say ourselves."""
    return isinstance(error, WorkerLost) or not isinstance(error, OSError | BrokenExecutor | BroadsheetError)


def how_lost(error: Exception, memory_bytes: int) -> str:
    """Say how a process ended, to go on from "the process that read it"."""
    if isinstance(error, MemoryError):
        return f"wanted more than {memory_bytes >> 20:,} MiB of memory"
    return error.how if isinstance(error, WorkerLost) else f"raised {type(error).__name__}"


@dataclass(frozen=True, slots=True)
class Watch:
    """When work counts as stuck: its sign of life, once there is one, has stayed the same for so many seconds."""

    sign: Callable[[], object]
    seconds: float


class Worker:
    """One process of its own. Lost ones are replaced with the next piece of work."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._is_over = False

    def do(self, function: Callable[[Item], Result], item: Item, watch: Watch | None = None) -> Result:
        """Do it there. Raises WorkerLost when the process died or was stuck, else what the function raised."""
        future = self._submitted(function, item)
        is_stuck = self._is_stuck(future, watch) if watch else False
        try:
            return future.result()
        except BrokenExecutor as error:
            self._pool = None
            how = f"was stuck for {watch.seconds:,.0f} s" if watch and is_stuck else "died"
            raise WorkerLost(how) from error
        except MemoryError:
            self._leave(at_once=False)  # what is left of its memory is in pieces
            raise

    def end(self, *, at_once: bool) -> None:
        """End the process for good; at once: whatever it does."""
        self._is_over = True
        self._leave(at_once=at_once)

    def _leave(self, *, at_once: bool) -> None:
        pool, self._pool = self._pool, None
        if pool and at_once:
            _kill(pool)
        if pool:
            pool.shutdown(wait=True, cancel_futures=True)

    def _submitted(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        if self._is_over:
            raise BrokenExecutor("no work is taken any more: the run has ended")
        self._pool = self._pool or worker_pool(1)
        try:
            return self._pool.submit(function, item)
        except BrokenExecutor:  # it died while it had nothing to do
            self._pool = worker_pool(1)
            return self._pool.submit(function, item)

    def _is_stuck(self, future: Future[Any], watch: Watch) -> bool:
        """Wait; end the process and say so when there is no sign of life for too long."""
        sign, since = watch.sign(), monotonic()
        while not wait({future}, _LOOK_SECONDS).done:
            now = watch.sign()
            if now != sign or now is None:
                sign, since = now, monotonic()
            elif monotonic() - since > watch.seconds and self._pool:
                _kill(self._pool)
                return True
        return False


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - Python 3.14 has kill_workers for it
        process.kill()


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


@contextmanager
def memory_limit(byte_count: int) -> Iterator[None]:
    """Let a worker process take no more than so much memory for the block; what wants more is a MemoryError, or dies.

    Writable memory counts: of address space, libraries reserve far more than they use.
    """
    if parent_process() is None:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = byte_count if before[1] == resource.RLIM_INFINITY else min(byte_count, before[1])
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


_OBJECTS_A_COLLECTION: Final = 100_000
"""Records are trees: to look among them for cycles every 700 objects took a seventh of a worker's time."""


def _begin(begin: Callable[[], object] | None) -> None:
    """Leave Ctrl-C to the parent, which ends its workers; each of them would print a traceback of its own.

    A parent that is killed cannot do that: its workers would wait for their next task for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_OBJECTS_A_COLLECTION)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_BE_KILLED, encoding="ascii")
    Thread(target=_leave_with_parent, daemon=True).start()
    if begin:
        begin()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
