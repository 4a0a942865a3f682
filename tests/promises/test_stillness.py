"""Promise 15: a file that is still being copied into the landing folder is left for the next run."""

import os
import re
import time
from pathlib import Path
from typing import Final

import pytest

from flows import run as description
from flows.report import RunReport
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, content, write_dump

pytestmark = pytest.mark.promise(15)

WORDS: Final = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in"
STORY: Final = {"url": "https://post.example/a", "body": WORDS}
SECOND: Final = {
    "url": "https://post.example/b",
    "body": "nobody knows on which day the ferry to the islands will sail",
}


def run(folder: Path, *named: Path, still_seconds: int = 60) -> RunReport:
    """Take what was named, or else what lies in the landing folder."""
    chosen = Settings(lake=str(folder / "lake"), landing=folder / "landing", workers=1, still_seconds=still_seconds)
    with PlainDriver(1) as driver:
        return description.run(named, chosen, driver, auditor=Unaudited())


def aged(path: Path, seconds: float) -> Path:
    """Let a file have been written to so long ago."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """Copy the first half of a dump into the landing folder."""
    whole = write_dump(tmp_path / "elsewhere.jsonl", [STORY, SECOND]).read_bytes()
    path = tmp_path / "landing" / "dump.jsonl"
    path.parent.mkdir()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def test_a_half_copied_file_is_left_and_taken_whole_once_it_has_lain_still(half: Path, tmp_path: Path) -> None:
    waiting = run(tmp_path)
    aged(write_dump(half, [STORY, SECOND]), 61)
    taken = run(tmp_path)

    assert ["refused"] == [dump.status for dump in waiting.dumps]
    assert re.fullmatch(
        r"dump\.jsonl was written to \d+ s ago; a run takes it once it has lain still for 60 s",
        str(waiting.dumps[0].detail),
    )
    assert ("nothing new", None) == (waiting.outcome, waiting.snapshot)
    assert ("published", 2, 0) == (taken.outcome, taken.total("admitted"), taken.total("quarantined"))


def test_a_file_that_still_moves_does_not_keep_its_neighbours_waiting(half: Path, tmp_path: Path) -> None:
    aged(write_dump(half.with_name("still.jsonl"), [SECOND]), 3600)
    report = run(tmp_path)

    assert {"dump.jsonl": "refused", "still.jsonl": "consumed"} == {dump.name: dump.status for dump in report.dumps}
    assert 1 == len(content(tmp_path / "lake")["copies"])


@pytest.mark.parametrize(("seconds", "status"), [(50, "refused"), (61, "consumed")])
def test_the_setting_says_how_long_is_still(half: Path, tmp_path: Path, seconds: int, status: str) -> None:
    aged(half, seconds)

    assert [status] == [dump.status for dump in run(tmp_path).dumps]


def test_what_is_named_on_the_command_line_is_taken_at_once(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "landing" / "dump.jsonl", [STORY, SECOND])

    assert ["consumed"] == [each.status for each in run(tmp_path, dump).dumps]


def test_nobody_waits_where_no_stillness_is_asked_for(tmp_path: Path) -> None:
    write_dump(tmp_path / "landing" / "dump.jsonl", [STORY])

    assert ["consumed"] == [each.status for each in run(tmp_path, still_seconds=0).dumps]
