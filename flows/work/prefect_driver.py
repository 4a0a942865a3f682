"""Drive the run as Prefect tasks: a thread a task run, which only waits; processes of this driver's own do the work.

A stage is at most SHARES task runs, however many files the night has: each takes every n-th item. What a task gets
and gives never passes through Prefect, which hashes, serialises and stores none of it. A retry does what is not done.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, cast

import duckdb
from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed

from flows.work.drivers import Care, Progress, Silent, Workers, do_here, is_small
from transforms.errors import NoRoom, Unreachable

Item = TypeVar("Item")
Result = TypeVar("Result")

SHARES: Final = 24
"""Task runs a stage at most: a screenful to look at, and 0.2 s of Prefect's time."""

RETRY_SECONDS: Final = (10, 60)
"""How long to wait before the second and the third attempt."""

_Submit = Callable[[Callable[[Item], Result], Item], Future[Result]]


class PrefectDriver:
    """Runs steps as task runs of the current flow run. A context manager: leaving it ends the worker processes."""

    name = "prefect"

    def __init__(self, workers: int, progress: Progress | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._progress = progress or Silent()
        self._here = ThreadPoolExecutor(1)  # one: the steps are not made to run side by side in a process
        self._pool: Workers | None = None
        self._pool_lock = Lock()
        self._is_open = True

    def __enter__(self) -> Self:
        """Start nothing yet: the processes come with the first stage that is worth them."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes; after an error at once, and nothing is tried again."""
        self._is_open = False
        self._here.shutdown(wait=kind is None, cancel_futures=True)
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
        """Run a function over items, at most SHARES task runs of them, in worker processes as the plain driver does."""
        how = care or Care()
        here = is_small(items, byte_count, self._workers)
        submit: _Submit[Item, Result] = partial(self._submit_here if here else self._submit, care=how)
        count = min(len(items), SHARES)
        self._progress.stage(stage, count)
        shares = [_Share(submit, function, items[first::count]) for first in range(count)]
        futures = [self._task(stage, f"{stage} {n} of {count}").submit(share) for n, share in enumerate(shares, 1)]
        for future in as_completed(futures):
            future.result()
            self._progress.advance()
        results = [share.results() for share in shares]
        return [results[place % count][place // count] for place in range(len(items))]

    def call(self, stage: str, function: Callable[..., Result], *args: object) -> Result:
        """Run a function here, as one task run, once: these steps share a file that a failed one leaves half made."""
        step = _step.with_options(name=stage, task_run_name=stage)
        self._progress.stage(stage, 1)
        result = cast("Result", step(partial(function, *args)))
        self._progress.advance()
        return result

    def _task(self, stage: str, name: str) -> Task[[Callable[[], Any]], Any]:
        return _step.with_options(
            name=stage,
            task_run_name=name,
            retries=len(RETRY_SECONDS),
            retry_delay_seconds=list(RETRY_SECONDS),
            retry_condition_fn=lambda _task, _run, state: self._is_open and may_pass(state.data),
        )

    def _submit_here(self, function: Callable[[Item], Result], item: Item, care: Care[Item, Result]) -> Future[Result]:
        return self._here.submit(do_here, function, item, care, self._pooled)

    def _submit(self, function: Callable[[Item], Result], item: Item, care: Care[Item, Result]) -> Future[Result]:
        return self._pooled().submit(function, item, care)

    def _pooled(self) -> Workers:
        with self._pool_lock:
            if not self._is_open:
                raise CancelledError
            if self._pool is None:
                self._pool = Workers(self._workers)
            return self._pool


class _Share(Generic[Item, Result]):
    """Some items of a stage; called again, it does those that failed. No dataclass: Prefect would search its fields."""

    def __init__(
        self, submit: _Submit[Item, Result], function: Callable[[Item], Result], items: Sequence[Item]
    ) -> None:
        self._submit = submit
        self._function = function
        self._items = items
        self._futures: dict[int, Future[Result]] = {}

    def __call__(self) -> int:
        for place, item in enumerate(self._items):
            past = self._futures.get(place)
            if past is None or _error(past):
                self._futures[place] = self._submit(self._function, item)
        for future in self._futures.values():
            _error(future)  # all of them end before a failure is told: no retry may meet its own first attempt
        return len(self.results())

    def results(self) -> list[Result]:
        """Give what the items became, in order; raise what the first that failed had raised."""
        return [self._futures[place].result() for place in range(len(self._items))]


@task(cache_policy=NO_CACHE, persist_result=False, log_prints=False)
def _step(work: Callable[[], Any]) -> Any:
    return work()


_PASSING = (OSError, MemoryError, BrokenExecutor, Unreachable, NoRoom, duckdb.IOException, duckdb.OutOfMemoryException)


def may_pass(error: object) -> bool:
    """Whether a failure may be the environment's: a full disk, a lost mount or network, a killed worker.

    A permission that is lacking is the settings', and waits for a person.
    """
    return isinstance(error, _PASSING) and not isinstance(error, PermissionError)


def _error(future: Future[Any]) -> BaseException | None:
    """Wait for a future; `concurrent.futures.wait` would wait for ever for one that a pool's end has cancelled."""
    try:
        return future.exception()
    except CancelledError as error:
        return error
