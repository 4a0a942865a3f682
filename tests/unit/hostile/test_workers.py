"""A worker process that is lost costs its own item, and the next item finds another process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.work.drivers import Care, Workers
from flows.work.workers import Watch, Worker, WorkerLost
from tests.unit.hostile.errands import run


class Mourning(Care[str, str]):
    """Gives the lost up, and says so."""

    def rescue(self, function: object, item: str, error: Exception, worker: Worker) -> str:  # noqa: ARG002
        """Say what was lost."""
        return f"lost: {item}"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Start one process; others follow when it is lost."""
    started = Workers(1)
    yield started
    started.end(at_once=True)


def test_an_item_that_kills_its_process_is_rescued_and_those_around_it_are_done(workers: Workers) -> None:
    items = ["one", "die", "two"]

    assert ["one", "lost: die", "two"] == [f.result() for f in [workers.submit(run, i, Mourning()) for i in items]]


def test_an_item_whose_process_was_killed_from_outside_is_done_again(workers: Workers, tmp_path: Path) -> None:
    item = f"die once {tmp_path / 'died'}"

    assert item == workers.submit(run, item, Care()).result()


def test_an_item_that_takes_too_much_memory_is_an_error_of_its_own(workers: Workers) -> None:
    with pytest.raises(MemoryError):
        workers.submit(run, "take 1024", Care()).result()

    assert "take 1" == workers.submit(run, "take 1", Care()).result()


def test_a_process_without_a_sign_of_life_is_ended() -> None:
    worker = Worker()
    with pytest.raises(WorkerLost, match="was stuck for 1 s"):
        worker.do(run, "hang", Watch(lambda: True, 1.0))
    worker.end(at_once=True)
