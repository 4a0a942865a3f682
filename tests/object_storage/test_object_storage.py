"""A lake in a bucket is the lake in a folder, row for row; conditional puts stand in for the lock."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import orjson
import pytest

from flows.forgetting.forget import forget
from flows.forgetting.request import Request
from flows.lake import connect
from flows.lake.bucket import client
from flows.lake.compaction import compact
from flows.lake.integrity import verify
from flows.lake.query import open_snapshot
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention, Settings
from flows.trial import try_run
from flows.watch.health import examine
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from tests.object_storage.conftest import BUCKET, PROJECT
from tests.object_storage.server import LOSES_ANSWERS, WITHOUT_CONDITIONS
from tests.promises.bytewise import files_with
from transforms.errors import LakeDamaged, NotALake, Unreachable, UsageError

SAMPLES = PROJECT / "data" / "samples"
NIGHTS = [SAMPLES / "night-1" / "courier.json", SAMPLES / "night-3"]
"""The second night brings the late original of a story of the first, so a part is made anew."""
Rows = dict[str, list[tuple[Any, ...]]]
WORDS = "the council of marrick voted on monday to mend the harbour wall before the winter storms come back to town"


def a_dump(folder: Path, name: str, *extra: str) -> Path:
    return write_dump(
        folder / f"{name}.jsonl", [{"source": name, "published": "2026-03-01", "body": " ".join((WORDS, *extra))}]
    )


@pytest.fixture(scope="module")
def contents(lake_in: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Rows, Rows]]:
    """Take the nights into a folder and a bucket; give what is in both after each."""
    folder, bucket = tmp_path_factory.mktemp("nights") / "lake", lake_in(BUCKET)
    found = []
    for night in NIGHTS:
        take_unaudited(folder, [night])
        take_unaudited(bucket, [night])
        found.append((content(folder), content(bucket)))
    return found


def test_the_same_nights_in_a_folder_and_in_a_bucket_are_equal_row_for_row(contents: list[tuple[Rows, Rows]]) -> None:
    assert all(contents[-1][0].values())
    for in_folder, in_bucket in contents:
        assert in_folder == in_bucket


def test_a_folder_that_lacks_a_night_would_differ(contents: list[tuple[Rows, Rows]]) -> None:
    assert contents[0][0] != contents[1][1]


@pytest.mark.slow
def test_a_writer_that_was_overtaken_makes_its_night_again_on_what_the_other_published(
    lake: str, tmp_path: Path
) -> None:
    first, mine, other = a_dump(tmp_path, "a"), a_dump(tmp_path, "b", "again"), a_dump(tmp_path, "c", "at last")
    take_unaudited(lake, [first])
    waiting = [other]

    def overtake(operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        if operation == "create" and paths[0].parts[0] == "snapshots" and waiting:
            take_unaudited(lake, [waiting.pop()])
        perform()

    report = take_unaudited(lake, [mine], hook=overtake)
    take_unaudited(tmp_path / "lake", [first, mine, other])

    assert not waiting
    assert 3 == report.snapshot
    assert (1, 2, 3) == Store.open(lake, create=False).numbers()
    assert content(tmp_path / "lake") == content(lake)


def test_a_lost_answer_to_our_own_put_is_no_lost_race(lake_in: Callable[[str], str], tmp_path: Path) -> None:
    lake = lake_in(LOSES_ANSWERS)
    report = take_unaudited(lake, [a_dump(tmp_path, "a")])

    assert ("published", 1) == (report.outcome, report.snapshot)
    assert (1,) == Store.open(lake, create=False).numbers()
    assert 1 == len(content(lake)["deliveries"])


def test_a_service_that_lets_every_put_pass_is_refused(lake_in: Callable[[str], str], tmp_path: Path) -> None:
    lake = lake_in(WITHOUT_CONDITIONS)
    with pytest.raises(UsageError, match="ignores `If-None-Match"):
        take_unaudited(lake, [a_dump(tmp_path, "a")])

    assert not Store.open(lake, create=False).numbers()


def test_a_service_that_does_not_answer_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lake: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="check bucket, AWS_ENDPOINT_URL and credentials"):
        take_unaudited("s3://nobody/here", [a_dump(tmp_path, "a")])


def test_a_prefix_that_holds_something_else_is_left_alone(lake: str, tmp_path: Path) -> None:
    obstore.put(client(lake), "thesis.txt", b"years of work")
    with pytest.raises(NotALake, match=r"holds thesis\.txt"):
        take_unaudited(lake, [a_dump(tmp_path, "a")])


@pytest.mark.parametrize("address", ["gs://news/lake", "s3://", "s3://news/what?"])
def test_an_address_that_names_no_bucket_of_ours_is_wrong_usage(address: str, lake: str) -> None:
    with pytest.raises(UsageError):
        Store.open(address, create=True)


def test_an_analyst_reaches_the_parts_and_nothing_else(lake: str, tmp_path: Path) -> None:
    take_unaudited(lake, [a_dump(tmp_path, "a")])
    parts = f"{lake}/parts"
    with open_snapshot(Store.open(lake, create=False)) as connection:
        assert [(1,)] == connection.execute("SELECT count(*) FROM articles").fetchall()
        for sql in (
            f"SELECT * FROM read_text('{lake}/lake.json')",
            f"SELECT * FROM read_text('{parts}/../lake.json')",
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM read_parquet('s3://other/x.parquet')",
            "SELECT * FROM read_csv('https://news.example/a.csv')",
            f"COPY (SELECT 1) TO '{parts}/evil.parquet'",
            f"COPY (SELECT 1) TO '{tmp_path}/evil.csv'",
            "RESET enable_external_access",
        ):
            with pytest.raises(Exception, match=r"(?i)permission|locked|not allowed|cannot"):
                connection.execute(sql)

    assert not list(tmp_path.glob("evil*"))
    assert not [name for name in Store.open(lake, create=False).medium.entries("parts") if "evil" in name]


def test_a_reader_keeps_its_snapshot_and_the_next_sees_the_new_one(lake: str, tmp_path: Path) -> None:
    take_unaudited(lake, [a_dump(tmp_path, "a")])
    with connect(lake) as before:
        take_unaudited(lake, [a_dump(tmp_path, "b", "again")])
        with connect(lake) as after:
            counts = [reader.sql("SELECT count(*) FROM copies").fetchall() for reader in (before, after)]

    assert [[(1,)], [(2,)]] == counts


def test_a_changed_object_is_named(lake: str, tmp_path: Path) -> None:
    take_unaudited(lake, [a_dump(tmp_path, "a")])
    store = Store.open(lake, create=False)
    assert not verify(store.medium).damaged
    name = next(iter(store.medium.entries("parts/articles")))
    data = bytearray(store.medium.read(name))
    data[len(data) // 2] ^= 1
    obstore.put(client(lake), name, bytes(data))
    raw = next(iter(store.medium.entries("raw")))
    obstore.delete(client(lake), raw)

    assert [name, raw] == [damage.path for damage in verify(store.medium).damaged]


def test_a_missing_object_stops_the_next_run(lake: str, tmp_path: Path) -> None:
    take_unaudited(lake, [a_dump(tmp_path, "a")])
    store = Store.open(lake, create=False)
    obstore.delete(client(lake), next(iter(store.medium.entries("parts"))))
    with pytest.raises(LakeDamaged, match="missing"):
        take_unaudited(lake, [a_dump(tmp_path, "b")])

    assert (1,) == store.numbers()


@pytest.mark.slow
def test_going_back_merging_and_cleaning_work_as_in_a_folder(lake: str, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        take_unaudited(lake, [a_dump(tmp_path, name, name)])
    store = Store.open(lake, create=False)
    before = content(lake)

    assert compact(store).snapshot == 4
    assert before == content(lake)
    roll_back(store, 2)
    assert len(content(lake)["copies"]) == 2
    removal = clean(
        store, Retention(snapshots=1, days=0, min_age_hours=24), datetime.now(UTC) + timedelta(days=3), remove=True
    )
    assert (1, 2, 3, 4) == removal.snapshots
    assert not verify(store.medium).damaged
    assert len(content(lake)["copies"]) == 2
    assert 5 == store.medium.shown()


@pytest.mark.slow
def test_the_command_line_audits_publishes_and_asks_under_an_address(lake: str, tmp_path: Path) -> None:
    def broadsheet(*arguments: str) -> str:
        command = [sys.executable, "-m", "flows.cli", *arguments, "--lake", lake, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False, env=os.environ)
        assert ("", 0) == (done.stderr, done.returncode)
        return done.stdout

    report = orjson.loads(broadsheet("run", str(a_dump(tmp_path, "a"))))
    answer = orjson.loads(broadsheet("query", "SELECT source, count(*) AS n FROM articles GROUP BY ALL"))

    assert ("published", 1) == (report["outcome"], report["snapshot"])
    assert [{"source": "a", "n": 1}] == answer


def test_a_nights_page_and_the_index_lie_under_the_address(lake: str, tmp_path: Path) -> None:
    told = take_unaudited(lake, [a_dump(tmp_path, "a")], reports=True)
    reports = Store.open(lake, create=False).medium.entries("reports")

    assert told.page_trouble is None
    assert {told.page, f"{lake}/reports/index.html"} == {f"{lake}/{name}" for name in reports}


@pytest.mark.slow
def test_a_dry_run_and_a_look_at_its_health_leave_a_bucket_as_it_is(lake: str, tmp_path: Path) -> None:
    take_unaudited(lake, [a_dump(tmp_path, "first")])
    settings = Settings(lake=lake, workers=1)
    before = objects(lake)
    with PlainDriver(1) as driver:
        found = try_run([a_dump(tmp_path, "second", "as before")], settings, driver, auditor=Unaudited())
    health = examine(settings, datetime.now(UTC))

    assert ("would be published", 1) == (found.report.outcome, sum(found.report.pairs.values()))
    assert (1, 1, None) == tuple(health.facts[name] for name in ("snapshot", "shown", "held_by"))
    assert before == objects(lake)


def objects(lake: str) -> dict[str, str]:
    """Give every object of a lake and what tells its bytes."""
    return {head["path"]: str(head["e_tag"]) for page in obstore.list(client(lake)) for head in page}


@pytest.mark.slow
@pytest.mark.promise(22)
def test_what_is_forgotten_leaves_no_byte_in_a_bucket(lake: str, tmp_path: Path) -> None:
    own = write_dump(tmp_path / "own.jsonl", [{"author": "Ada", "body": f"{WORDS} quillfeather"}, {"body": WORDS * 2}])
    take_unaudited(lake, [own])
    take_unaudited(lake, [a_dump(tmp_path, "other")])
    settings, request = Settings(lake=lake, workers=1), Request(author="Ada")
    with PlainDriver(1) as driver:
        done = forget(settings, driver, request, Unaudited())
    for page in obstore.list(client(lake)):
        for head in page:
            copy = tmp_path / "bucket" / head["path"]
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(obstore.get(client(lake), head["path"]).bytes().to_bytes())

    assert () == done.searched.found
    assert done.searched.stretches > 0
    assert [] == files_with(tmp_path / "bucket", "quillfeather")
    assert [3] == [*Store.open(lake, create=False).numbers()]
    assert () == verify(Store.open(lake, create=False).medium).damaged
    assert {"forgotten": 1} == dict(_reasons(lake))


def _reasons(lake: str) -> list[tuple[str, int]]:
    with connect(lake) as reader:
        return reader.sql("SELECT reason, count(*) FROM quarantine GROUP BY ALL").fetchall()
