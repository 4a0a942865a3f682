"""Power loss in a lake's founding and first night: no disk is bad, and the judge sees it when a sync is missing."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from tests.faults.oplog import Dropping, Log
from tests.faults.power_judge import Judge, Life, new_life
from tests.faults.power_lane import Killed, Killing, disks, killed_and_begun_again, kinds, window, without


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    """Found a lake, with its first night."""
    with new_life() as life:
        life.found()
        yield life


@pytest.fixture
def log(life: Life) -> Log:
    """Give the record of it."""
    return life.recorder.log


@pytest.mark.promise(3)
def test_no_disk_is_bad(life: Life, log: Log) -> None:
    found = disks(log)

    assert list(Judge(life).bad(found.states, log)) == []
    assert len(found.states) > 300
    assert found.crashes == len(log.steps) + 1


@pytest.mark.promise(3)
@pytest.mark.parametrize("spared", ["snapshots", "parts/dumps"])
def test_a_night_that_leaves_out_the_syncs_of_a_folder_is_found_bad(spared: str) -> None:
    with new_life() as life:
        dropping = Dropping(life.recorder, lambda _, path: path == life.lake / spared)
        life.hook = dropping
        life.found()
        log = window(life.recorder.log, len(life.recorder.log.steps) - 1, len(life.recorder.log.steps))

        assert dropping.dropped
        assert any(spared in text for text in Judge(life).bad(disks(log).states, log))


@pytest.mark.parametrize(
    "kind", ["bytes in snapshots", "bytes in raw", "file in catalogs", "catalog.duckdb in the lake"]
)
def test_a_sync_that_is_taken_out_of_the_record_is_missed(life: Life, log: Log, kind: str) -> None:
    spoilt = without(log, next(number for number, each in kinds(log).items() if each == kind))
    end = window(spoilt, len(log.steps) - 1, len(log.steps))

    assert list(Judge(life).bad(disks(end).states, end))


def test_a_window_shows_no_disk_that_the_whole_record_does_not_and_one_of_all_shows_them_all(log: Log) -> None:
    whole = {state.digest: len(state.acknowledged) for state in disks(log).states}
    for begin in (0, 14, len(log.steps) // 2, len(log.steps) - 10):
        part = {state.digest: len(state.acknowledged) for state in disks(window(log, begin, len(log.steps))).states}

        assert part
        assert all(promised <= whole[digest] for digest, promised in part.items())
        assert begin or part == whole


def test_founding_that_is_killed_and_begun_again_never_leaves_a_folder_that_is_refused() -> None:
    for sync in count():
        with new_life() as life:
            killing = Killing(life.recorder, sync)
            life.hook = killing
            with suppress(Killed):
                life.open()
            if not killing.is_dead:
                break
            killing.is_dead = False
            life.open()
            log = life.recorder.log

            assert list(Judge(life).bad(disks(log).states, log)) == []
    assert sync >= 4


@pytest.mark.slow
@pytest.mark.parametrize("sync", [0, 1])
def test_a_folder_above_the_lake_lasts_though_the_run_that_made_it_was_killed_before_it_synced_it(sync: int) -> None:
    assert killed_and_begun_again(sync) == []
