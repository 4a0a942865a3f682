"""Children: their answers, errors and deaths come back, and one that hangs is ended."""

import os
import signal
import time

import pytest

from tests.faults.children import Ended, each, forked


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail() -> None:
    raise ValueError("no such dump")


def test_an_answer_comes_back() -> None:
    assert Ended(answer=[1, "two"]) == forked(lambda: [1, "two"])


@pytest.mark.parametrize(
    ("work", "ended", "trouble"),
    [
        (_fail, Ended(error="ValueError: no such dump"), "ValueError: no such dump"),
        (_die, Ended(signal=signal.SIGKILL), "died of signal 9"),
    ],
)
def test_an_error_and_a_death_come_back(work: object, ended: Ended, trouble: str) -> None:
    assert callable(work)
    found = forked(work)

    assert ended == found
    assert [trouble] == found.findings


def test_a_child_that_hangs_is_ended() -> None:
    assert Ended(error="did not end") == forked(lambda: time.sleep(60), seconds=0.1)


def test_all_items_are_done_and_no_two_share_a_slot() -> None:
    ended = dict(each(lambda item, slot: [item * item, slot, os.getpid()], range(6), width=2))

    assert [0, 1, 4, 9, 16, 25] == [ended[item].answer[0] for item in range(6)]
    assert {0, 1} == {end.answer[1] for end in ended.values()}
    assert 6 == len({end.answer[2] for end in ended.values()})


def test_what_children_find_is_in_their_answers_violations() -> None:
    assert ["lost"] == Ended(answer={"counts": {}, "violations": ["lost"]}).findings
