"""The Prefect driver tries again what may pass, and only that; and it keeps the order of its items."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from tests.prefect.conftest import Server
from transforms.errors import AuditFailed, DumpRefused, LakeDamaged, NoRoom, Unreachable, UsageError

pytestmark = [pytest.mark.prefect, pytest.mark.filterwarnings("default")]


class Flaky:
    """Doubles a number; some numbers fail at first."""

    def __init__(self, error: Exception, *places: int) -> None:
        self.error, self.places, self.calls = error, places, Counter[int]()

    def __call__(self, number: int) -> int:
        """Count the call."""
        self.calls[number] += 1
        if number in self.places and self.calls[number] == 1:
            raise self.error
        return 2 * number


def mapped(function: Callable[[int], int], count: int) -> list[int]:
    """Map a function in a flow run of its own."""
    from prefect import flow  # noqa: PLC0415

    from flows.work.prefect_driver import PrefectDriver  # noqa: PLC0415

    @flow(name="driver-test", persist_result=False)
    def body() -> list[int]:
        with PrefectDriver(1) as driver:
            return driver.map("double", function, range(count), byte_count=0)

    return list(body())


@pytest.fixture(autouse=True)
def _at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.work.prefect_driver.RETRY_SECONDS", (0.1, 0.1))


def test_order_is_kept_when_there_are_more_items_than_task_runs() -> None:
    assert [2 * number for number in range(101)] == mapped(Flaky(OSError()), 101)


def test_no_items_are_no_task_runs() -> None:
    assert [] == mapped(Flaky(OSError()), 0)


def test_a_retry_does_only_what_is_not_done() -> None:
    flaky = Flaky(OSError("disk full"), 3, 40)

    assert [2 * number for number in range(60)] == mapped(flaky, 60)
    assert {3, 40} == {number for number, calls in flaky.calls.items() if calls == 2}
    assert 62 == flaky.calls.total()


@pytest.mark.parametrize("error", [DumpRefused("no"), LakeDamaged("no"), ValueError("no")])
def test_what_cannot_pass_is_not_tried_again(error: Exception) -> None:
    flaky = Flaky(error, 1)

    with pytest.raises(type(error), match="no"):
        mapped(flaky, 3)

    assert 1 == flaky.calls[1]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError("full"), True),
        (PermissionError("the settings'"), False),
        (MemoryError(), True),
        (NoRoom("full"), True),
        (Unreachable("away"), True),
        (AuditFailed("no", None), False),
        (UsageError("no"), False),
        (BrokenProcessPool(), True),
        (DumpRefused("no"), False),
        (KeyError("a"), False),
        (None, False),
    ],
)
def test_the_environment_is_told_from_us(error: Any, expected: bool) -> None:
    from flows.work.prefect_driver import may_pass  # noqa: PLC0415

    assert expected == may_pass(error)
