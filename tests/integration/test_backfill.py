"""A backfill takes a night for each day of a range, oldest first, and only what the lake has not taken as it is now."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.backfill import Day, backfill
from flows.backfill_sheet import backfill_text, night_text
from flows.lake import connect
from flows.landing import paths_of
from flows.run import run
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, write_dump
from transforms.errors import AuditFailed, UsageError

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 4)


def a_story(number: int) -> dict[str, Any]:
    return {"url": f"https://post.example/{number}", "body": f"the council voted on bill {number} of the harbour wall"}


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Deliver a dump on each of four days but the third."""
    for number in (1, 2, 4):
        write_dump(tmp_path / "landing" / f"2026-03-{number:02}" / "post.jsonl", [a_story(number)])
    (tmp_path / "landing" / "2026-03-03").mkdir()
    return tmp_path / "landing" / "{day}"


def settings_of(tmp_path: Path, landing: Path, **chosen: Any) -> Settings:
    return Settings(lake=str(tmp_path / "lake"), landing=landing, workers=1, still_seconds=0, **chosen)


def fill(settings: Settings, paths: Sequence[Path] = (), last: date = LAST) -> list[Day]:
    with PlainDriver(1) as driver:
        return list(backfill(FIRST, last, paths, settings, driver, Unaudited()))


def outcomes(days: list[Day]) -> list[str]:
    return [day.outcome for day in days]


def test_days_are_taken_in_order_once_and_told(tmp_path: Path, landing: Path) -> None:
    settings = settings_of(tmp_path, landing)
    days = fill(settings, last=date(2026, 3, 2)) + fill(settings)
    with connect(settings.lake) as lake:
        nights = lake.sql("SELECT day, snapshot FROM runs ORDER BY snapshot").fetchall()

    assert ["published"] * 2 + ["done before"] * 2 + ["no dumps", "published"] == outcomes(days)
    assert [(date(2026, 3, 1), 1), (date(2026, 3, 2), 2), (date(2026, 3, 4), 3)] == nights
    assert backfill_text(days[2:]).splitlines() == [
        "done before: 2026-03-01 to 2026-03-02",
        "no dumps: 2026-03-03",
        "4 days: 2 done before, 1 no dumps, 1 published",
    ]
    assert night_text(days[-1]).startswith("2026-03-04 published snapshot 3 ")


@pytest.mark.slow
def test_what_came_late_into_a_day_is_taken(tmp_path: Path, landing: Path) -> None:
    settings = settings_of(tmp_path, landing)
    fill(settings)
    write_dump(Path(str(landing).format(day=FIRST)) / "late.jsonl", [a_story(9)])

    assert ["published", "done before", "no dumps", "done before"] == outcomes(fill(settings))


def test_it_stops_at_the_first_night_that_is_refused_and_names_the_day(tmp_path: Path, landing: Path) -> None:
    write_dump(Path(str(landing).format(day=date(2026, 3, 2))) / "post.jsonl", [a_story(2), {"body": ""}])
    settings = settings_of(tmp_path, landing, quarantine={"max_share": 0.1, "min_records": 1})
    with PlainDriver(1) as driver:
        nights = backfill(FIRST, LAST, [], settings, driver, Unaudited())
        days = [next(nights), next(nights)]
        with pytest.raises(AuditFailed, match=r"^2026-03-02: 1 of 2 records"):
            next(nights)

    assert ["published", "failed"] == outcomes(days)
    with connect(settings.lake) as lake:
        assert (1,) == lake.sql("SELECT count(*) FROM runs").fetchone()


def test_ranges_and_paths_without_dumps_are_refused_with_the_next_step(tmp_path: Path, landing: Path) -> None:
    settings = settings_of(tmp_path, landing)
    with pytest.raises(UsageError, match="before it begins"):
        fill(settings, last=date(2026, 2, 1))
    with pytest.raises(UsageError, match=r"is the same on every day; write \{day\}"):
        fill(settings, [landing.parent])
    with pytest.raises(UsageError, match="no dumps from 2026-03-01 to 2026-03-04 under"):
        fill(settings, [tmp_path / "elsewhere" / "{day}"])
    assert not (tmp_path / "lake").exists()


def test_a_run_takes_the_landing_of_its_day(tmp_path: Path, landing: Path) -> None:
    settings = settings_of(tmp_path, landing)
    with PlainDriver(1) as driver:
        report = run([], settings, driver, auditor=Unaudited(), day=LAST)
        with pytest.raises(UsageError, match=r"the landing folder of 2026-03-09, is not there"):
            run([], settings, driver, auditor=Unaudited(), day=date(2026, 3, 9))

    assert (1, LAST) == (report.total("admitted"), report.day)


@pytest.mark.parametrize("pattern", ["in/{day}", "in/{day:%Y%m%d}.jsonl", "in/{day:%Y}/*-{day:%m-%d}.jsonl"])
def test_the_day_may_stand_anywhere_in_a_path_and_be_written_in_any_way(tmp_path: Path, pattern: str) -> None:
    for name in ("2026-03-01/a.jsonl", "20260301.jsonl", "2026/post-03-01.jsonl"):
        write_dump(tmp_path / "in" / name, [a_story(1)])
    write_dump(tmp_path / "in" / "2026" / "post-03-01.jsonl.md5", [])
    [found] = paths_of([tmp_path / pattern], FIRST, ["*.md5"])

    assert found.exists()
    assert [] == paths_of([tmp_path / pattern], LAST, ["*.md5"])


def test_a_day_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be dated .* write \{day\}"):
        paths_of([tmp_path / "{day}" / "{hour}"], FIRST)
