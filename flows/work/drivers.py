"""Two ways to drive one description of a run. The plain one is here: this process and worker processes."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from threading import Lock, local
from types import TracebackType
from typing import Final, Generic, Protocol, Self, TypeVar

from flows.work.workers import Watch, Worker, WorkerLost, how_lost, is_of_the_data

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


class Care(Generic[Item, Result]):
    """How a stage treats items that may be the end of the process that works on them. This one trusts them."""

    def known(self, item: Item) -> Result | None:  # noqa: ARG002
        """Give what is known to come of it without trying."""
        return None

    def here(self, function: Callable[[Item], Result], item: Item) -> Result | None:
        """Do it in this process, or give None where that would be rash."""
        return function(item)

    def watch(self, item: Item) -> Watch | None:  # noqa: ARG002
        """Say when a worker process counts as stuck."""
        return None

    def is_lost(self, error: Exception) -> bool:
        """Tell whether the item is to be rescued from an error."""
        return isinstance(error, WorkerLost)

    def rescue(self, function: Callable[[Item], Result], item: Item, error: Exception, worker: Worker) -> Result:  # noqa: ARG002
        """Do what is left to do after the process was lost: the same, once more."""
        return worker.do(function, item, self.watch(item))


class Wariness(Care[Item, Result], ABC):
    """How a stage treats items whose bytes may do anything: what goes wrong over one is tried once more, and told."""

    memory_bytes: int

    def is_lost(self, error: Exception) -> bool:
        """Rescue it from all that its bytes may have done."""
        return is_of_the_data(error)

    def rescue(self, function: Callable[[Item], Result], item: Item, error: Exception, worker: Worker) -> Result:
        """Try once more, for the process may have been killed from outside."""
        try:
            return super().rescue(function, item, error, worker)
        except Exception as lost:
            if not self.is_lost(lost):
                raise
            return self.given_up(item, how_lost(lost, self.memory_bytes))

    @abstractmethod
    def given_up(self, item: Item, how: str) -> Result:
        """Say what is to come of an item over which a process ended twice, and how it did."""


class Driver(Protocol):
    """Runs steps: `map` one function over many items, order kept; `call` a function that sees the whole night."""

    name: str

    def map(
        self,
        stage: str,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        byte_count: int,
        care: Care[Item, Result] | None = None,
    ) -> list[Result]:
        """Run a function over items, which together are about `byte_count` bytes of work."""

    def call(self, stage: str, function: Callable[..., Result], *args: object) -> Result:
        """Run a function once."""


class Workers:
    """Worker processes, each with a thread that minds it: one that is lost costs its item time, and others nothing."""

    def __init__(self, count: int) -> None:
        self._minders = ThreadPoolExecutor(count)
        self._own = local()
        self._all: list[Worker] = []
        self._lock = Lock()
        self._is_open = True

    def submit(self, function: Callable[[Item], Result], item: Item, care: Care[Item, Result]) -> Future[Result]:
        """Have an item worked on by the next worker that is free."""
        return self._minders.submit(self._mind, function, item, care)

    def end(self, *, at_once: bool) -> None:
        """End the processes; at once: wherever they are."""
        self._is_open = False
        self._minders.shutdown(wait=not at_once, cancel_futures=True)
        with self._lock:
            for worker in self._all:
                worker.end(at_once=at_once)
        self._minders.shutdown(wait=True)

    def _mind(self, function: Callable[[Item], Result], item: Item, care: Care[Item, Result]) -> Result:
        if (known := care.known(item)) is not None:
            return known
        worker = self._worker()
        try:
            return worker.do(function, item, care.watch(item))
        except Exception as error:
            if not self._is_open or not care.is_lost(error):
                raise
            return care.rescue(function, item, error, worker)

    def _worker(self) -> Worker:
        if not hasattr(self._own, "worker"):
            self._own.worker = Worker()
            with self._lock:
                self._all.append(self._own.worker)
        own: Worker = self._own.worker
        return own


class PlainDriver:
    """This process and, for more than a little work, a few others. A context manager: leaving it ends them."""

    name = "plain"

    def __init__(self, workers: int, progress: Progress | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._progress = progress or Silent()
        self._pool: Workers | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: the workers come with the first stage that is worth it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers; after an error at once, whatever they still had to do."""
        if self._pool:
            self._pool.end(at_once=kind is not None)

    def map(
        self,
        stage: str,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        byte_count: int,
        care: Care[Item, Result] | None = None,
    ) -> list[Result]:
        """Run a function over items, in worker processes when it pays or when they are not to be trusted."""
        care = care or Care()
        self._progress.stage(stage, len(items))
        if is_small(items, byte_count, self._workers):
            return [self._counted(do_here(function, item, care, self._pooled)) for item in items]
        futures = [self._pooled().submit(function, item, care) for item in items]
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

    def _pooled(self) -> Workers:
        if self._pool is None:
            self._pool = Workers(self._workers)
        return self._pool


def is_small(items: Sequence[object], byte_count: int, workers: int) -> bool:
    """Tell work that is done before worker processes would have started."""
    return len(items) < 2 or byte_count < SMALL_BYTES or workers == 1  # noqa: PLR2004


def do_here(
    function: Callable[[Item], Result], item: Item, care: Care[Item, Result], pooled: Callable[[], Workers]
) -> Result:
    """Do an item in this process, or where that would be rash in a worker process."""
    try:
        found = care.here(function, item)
    except Exception as error:
        if not care.is_lost(error):
            raise
        found = None
    return pooled().submit(function, item, care).result() if found is None else found
