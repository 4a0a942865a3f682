"""Promise 14: a clock that is set back, or far forward, changes neither what is published nor what is the newest."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from time import time
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import accept, lineage, publish
from flows import run as description
from flows.commands import keeping
from flows.lake import connect, folder, lock, store
from flows.lake.integrity import verify
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention, Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from tests.layering.layers import ROOT, modules
from tests.unit.lake.test_retention import publish as publish_made
from tests.unit.lake.test_retention import unsynced

pytestmark = pytest.mark.promise(14)

BACK: Final = timedelta(days=-1)
FORWARD: Final = timedelta(days=3653)
STEPS: Final = (timedelta(0), BACK, FORWARD, timedelta(0), 40 * 365 * BACK)
_CLOCKS: Final = (
    (store, "datetime"),
    (publish, "datetime"),
    (lock, "datetime"),
    (folder, "datetime"),
    (keeping, "datetime"),
    (lineage, "datetime"),
    (description, "datetime"),
    (accept, "time"),
)
"""Every module of the plain run that reads the clock, and by what name."""
WORDS: Final = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in"
NIGHTS: Final = [
    [{"url": "https://post.example/a", "published": "2024-01-02T03:04:05Z", "body": WORDS}],
    [
        {"url": "https://mail.example/a", "published": "2024-01-02T01:00:00Z", "body": f"{WORDS} again"},
        {"title": "No story"},
    ],
    [{"url": "https://post.example/b", "body": "nobody knows on which day the ferry to the islands will sail again"}],
    [{"url": "https://herald.example/a", "published": "2024-01-03T00:30:00Z", "body": f"{WORDS} again and again"}],
    [{"url": "https://post.example/a", "published": "2024-01-02T09:04:05Z", "body": f"{WORDS} or so they say"}],
]


_TOLD: Final = {
    "flows.commands.watching", "flows.forgetting.forget", "flows.nightly", "flows.schedule", "flows.watch.alerts",
}  # fmt: skip
"""Where a clock only names a day or a moment for people, or for a scheduler."""


@contextmanager
def clock_moved(shift: timedelta) -> Iterator[None]:
    """Let the run read another time than the tests do."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + shift

    with pytest.MonkeyPatch.context() as patch:
        for module, name in _CLOCKS:
            patch.setattr(module, name, Moved if name == "datetime" else lambda: time() + shift.total_seconds())
        yield


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Deliver a dump for each night."""
    place = tmp_path_factory.mktemp("dumps")
    return [write_dump(place / f"night-{n}.jsonl", records) for n, records in enumerate(NIGHTS)]


@pytest.fixture(scope="module")
def lake(dumps: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take each night by another clock."""
    place = tmp_path_factory.mktemp("clocks")
    for dump, shift in zip(dumps, STEPS, strict=True):
        with clock_moved(shift):
            take_unaudited(place / "lake", [dump])
    return place / "lake"


@pytest.fixture(scope="module")
def model(dumps: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take two nights by an honest clock."""
    place = tmp_path_factory.mktemp("model")
    for dump in dumps[:2]:
        take_unaudited(place / "lake", [dump])
    return place / "lake"


@pytest.fixture
def two_nights(model: Path, tmp_path: Path) -> Path:
    """Give a lake of those nights to do things to."""
    shutil.copytree(model, tmp_path / "lake", symlinks=True)
    return tmp_path / "lake"


def test_no_module_reads_a_clock_that_is_not_moved_here() -> None:
    reads = re.compile(r"\b(?:datetime\.(?:utc)?now|date\.today)\(|(?<![.\w])time(?:_ns)?\(\)")

    assert {name for name, source in modules(ROOT).items() if reads.search(source)} == {
        *(module.__name__ for module, _ in _CLOCKS),
        *_TOLD,
    }


def test_the_nights_were_made_by_clocks_that_ran_back_and_forward(lake: Path) -> None:
    opened = Store.open(lake, create=False)
    made = [opened.manifest(number).created_at for number in opened.numbers()]
    with connect(lake) as reader:
        finished = reader.sql("SELECT finished_at FROM runs ORDER BY snapshot").fetchall()

    assert made != sorted(made)
    assert finished != sorted(finished)
    assert "198" == made[-1][:3]


def test_the_content_is_that_of_one_run_by_an_honest_clock(lake: Path, dumps: list[Path], tmp_path: Path) -> None:
    take_unaudited(tmp_path / "lake", dumps)

    assert content(tmp_path / "lake") == content(lake)


def test_the_newest_snapshot_is_the_last_that_was_published(lake: Path) -> None:
    opened = Store.open(lake, create=False)
    newest = opened.current()

    assert newest
    assert len(NIGHTS) == newest.number == opened.medium.shown()
    assert tuple(range(1, len(NIGHTS) + 1)) == opened.numbers()
    assert not verify(opened.medium).damaged


def test_going_back_by_a_clock_that_was_set_back_is_the_newest_and_is_undone(two_nights: Path) -> None:
    opened, last = Store.open(two_nights, create=False), content(two_nights)
    with clock_moved(BACK):
        back = roll_back(opened, 1)
    with connect(two_nights, at=1) as earlier, connect(two_nights) as reader:
        sql = "SELECT * FROM copies ORDER BY article_id"

        assert back.created_at < opened.manifest(1).created_at
        assert earlier.sql(sql).fetchall() == reader.sql(sql).fetchall()
    roll_back(opened, 2)
    assert last == content(two_nights)


@pytest.mark.parametrize("shift", [BACK, FORWARD], ids=["back", "forward"])
def test_a_landed_file_that_lay_still_is_taken_by_any_clock(tmp_path: Path, shift: timedelta) -> None:
    dump = write_dump(tmp_path / "landing" / "dump.jsonl", NIGHTS[0])
    long_ago = dump.stat().st_mtime - 3600
    os.utime(dump, (long_ago, long_ago))
    chosen = Settings(lake=str(tmp_path / "lake"), landing=tmp_path / "landing", workers=1)
    with clock_moved(shift), PlainDriver(1) as driver:
        report = description.run([], chosen, driver, auditor=Unaudited())

    assert ["consumed"] == [each.status for each in report.dumps]


def clean_by_hand(lake: Path, shift: timedelta, settings_file: Path) -> None:
    """Give the command, by a clock that was moved."""
    with clock_moved(shift):
        keeping.clean(lake=str(lake), settings=settings_file, remove=True, as_json=False)


def stray_part(lake: Path) -> Path:
    """Leave a part that no snapshot names, as a run does that died a moment ago."""
    manifest = Store.open(lake, create=False).manifest(1)
    path = lake / "parts" / "pairs" / "stray.parquet"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((lake / manifest.parts[0].path).read_bytes())
    return path


@pytest.mark.parametrize(("shift", "is_kept"), [(timedelta(0), True), (BACK, True), (FORWARD, False)])
def test_cleaning_spares_what_is_young_by_a_clock_set_back_and_what_readers_see_by_any(
    tmp_path: Path, two_nights: Path, shift: timedelta, is_kept: bool
) -> None:
    settings_file = tmp_path / "settings.toml"
    settings_file.write_text("[retention]\nsnapshots = 1\ndays = 1\nmin_age_hours = 24\n")
    stray, before = stray_part(two_nights), content(two_nights)
    clean_by_hand(two_nights, shift, settings_file)
    opened = Store.open(two_nights, create=False)

    assert is_kept == stray.exists()
    assert ((1, 2) if is_kept else (2,)) == opened.numbers()
    assert before == content(two_nights)
    assert not verify(opened.medium).damaged


moments = st.lists(st.integers(-9000, 9000), min_size=1, max_size=6)


@given(moments, st.integers(-9000, 9000), st.integers(1, 3), st.integers(0, 60))
@settings(max_examples=12, deadline=None)
def test_by_whatever_clocks_snapshots_were_made_and_are_cleaned_the_newest_stays(
    made: list[int], now: int, snapshots: int, days: int
) -> None:
    with tempfile.TemporaryDirectory() as place:
        opened = Store.open(Path(place) / "lake", create=True, hook=unsynced)
        published = publish_made(opened, [(ago, []) for ago in made])
        clean(opened, Retention(snapshots=snapshots, days=days), datetime.now(UTC) + timedelta(days=now), remove=True)

        assert published[-1] == opened.current()
        assert published[-snapshots:] == [opened.manifest(number) for number in opened.numbers()][-snapshots:]
