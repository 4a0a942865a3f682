"""A failed audit changes nothing that readers see, and the dumps stay to be taken when they are mended."""

import gzip
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import orjson
import pytest

from flows import run as description
from flows.again.rebuild import rebuild
from flows.lake import connect
from flows.report import RunReport
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import content, take, write_dump
from tests.integration.told import Told
from transforms.errors import AuditFailed

GOOD = {"url": "https://post.example/a", "body": "The council of Marrick voted on Monday to mend the harbour wall."}
IMPOSSIBLE = {**GOOD, "url": "https://post.example/b", "published": "1650-01-01T00:00:00Z"}


@pytest.mark.promise(8)
def test_a_refused_night_leaves_every_row_and_the_catalog_as_they_were(tmp_path: Path, auditor: Executor) -> None:
    lake = tmp_path / "lake"
    take(lake, [write_dump(tmp_path / "good.jsonl", [GOOD])], auditor)
    before, catalog = content(lake), (lake / "catalog.duckdb").resolve()
    bad = write_dump(tmp_path / "bad.jsonl", [IMPOSSIBLE])

    with pytest.raises(AuditFailed, match="No article is published before 1700") as refusal:
        take(lake, [bad], auditor)

    assert before == content(lake)
    assert catalog == (lake / "catalog.duckdb").resolve()
    assert isinstance(refusal.value.report, RunReport)
    assert refusal.value.report.outcome == "refused by the audit"


@pytest.mark.promise(8)
def test_a_refused_dump_is_taken_once_it_is_mended(tmp_path: Path, auditor: Executor) -> None:
    lake = tmp_path / "lake"
    dump = write_dump(tmp_path / "dump.jsonl", [IMPOSSIBLE])
    with pytest.raises(AuditFailed):
        take(lake, [dump], auditor)

    report = take(lake, [write_dump(dump, [GOOD])], auditor)

    assert ("published", 1, 1) == (report.outcome, report.snapshot, report.articles)


def test_a_file_that_comes_twice_in_one_night_is_taken_once_and_counted_twice(
    tmp_path: Path, auditor: Executor
) -> None:
    files = [write_dump(tmp_path / name, [GOOD]) for name in ("a.jsonl", "b.jsonl")]

    report = take(tmp_path / "lake", files, auditor)

    assert [("consumed", 1, 1, 0), ("replayed", 1, 0, 1)] == [
        (dump.status, dump.records_read, dump.admitted, dump.replayed) for dump in report.dumps
    ]
    assert 1 == len(content(tmp_path / "lake")["deliveries"])


def test_a_damaged_table_is_refused_and_its_neighbours_are_taken(tmp_path: Path, auditor: Executor) -> None:
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1" + bytes(400) + b"PAR1")
    broken = tmp_path / "broken.json"
    broken.write_text('{"body": "The council of Marrick voted')

    report = take(tmp_path / "lake", [damaged, broken, write_dump(tmp_path / "good.jsonl", [GOOD])], auditor)

    assert ["refused", "refused", "consumed"] == [dump.status for dump in report.dumps]
    assert ("published", 1) == (report.outcome, report.articles)


@pytest.mark.slow
def test_a_lake_inside_the_named_folder_is_not_taken_in(tmp_path: Path, auditor: Executor) -> None:
    write_dump(tmp_path / "good.jsonl", [GOOD])
    take(tmp_path / "lake", [tmp_path], auditor)

    report = take(tmp_path / "lake", [tmp_path], auditor)

    assert ["good.jsonl"] == [dump.name for dump in report.dumps]


def test_a_lost_catalog_is_built_again_though_nothing_is_new(tmp_path: Path, auditor: Executor) -> None:
    dump = write_dump(tmp_path / "good.jsonl", [GOOD])
    take(tmp_path / "lake", [dump], auditor)
    (tmp_path / "lake" / "catalog.duckdb").unlink()

    report = take(tmp_path / "lake", [dump], auditor)

    assert "nothing new" == report.outcome
    assert (tmp_path / "lake" / "catalog.duckdb").is_file()


def test_a_dump_whose_fields_we_do_not_know_is_refused_and_taken_once_they_are_named(
    tmp_path: Path, auditor: Executor
) -> None:
    dump = write_dump(tmp_path / "odd.jsonl", [{"geschrieben": GOOD["body"]}])
    lake = tmp_path / "lake"

    refused = take(lake, [dump, write_dump(tmp_path / "good.jsonl", [GOOD])], auditor)
    source = {"Odd": {"files": ["odd.*"], "fields": {"text": ["geschrieben"]}}}
    mended = take(lake, [dump], auditor, sources=source)

    assert ["refused", "consumed"] == [each.status for each in refused.dumps]
    assert "none of its fields (geschrieben) holds the text" in (refused.dumps[0].detail or "")
    assert ("published", 1) == (mended.outcome, mended.total("admitted"))


def test_dumps_that_cannot_be_read_are_named_and_the_others_are_taken(
    tmp_path: Path, told: Told, auditor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = tmp_path / "landing"
    write_dump(landing / "good.jsonl", [GOOD])
    (landing / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"body": "x"}\n' * 1000)[:-9])
    (landing / "no-text.csv").write_text("a,b\n1,2\n")
    (landing / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (landing / "empty.jsonl").write_bytes(b"")
    monkeypatch.setattr(description, "run", partial(description.run, auditor=auditor))
    result = told("run", landing, "--lake", tmp_path / "lake", "--json")
    report = orjson.loads(result.out)

    assert 2 == result.code, result.err
    assert ("published", 1, 1) == (report["outcome"], report["articles"], report["snapshot"])
    assert {"good.jsonl": "consumed", "cut.jsonl.gz": "refused", "no-text.csv": "refused", "noise.bin": "refused",
            "empty.jsonl": "refused"} == {dump["name"]: dump["status"] for dump in report["dumps"]}  # fmt: skip
    assert all(dump["name"] in dump["detail"] for dump in report["dumps"] if dump["status"] == "refused")


def test_what_was_accepted_on_record_stops_no_later_night_and_no_rebuild_but_its_like_does(
    tmp_path: Path, auditor: Executor
) -> None:
    lake, settings = tmp_path / "lake", Settings(lake=str(tmp_path / "lake"), workers=1, reports=False)
    why = {"published_not_too_early": "a facsimile"}
    with PlainDriver(1) as driver:
        old = write_dump(tmp_path / "old.jsonl", [IMPOSSIBLE])
        accepted = description.run([old], settings, driver, auditor=auditor, accepted=why)
        night = take(lake, [write_dump(tmp_path / "good.jsonl", [GOOD])], auditor)
        again = rebuild(settings, driver, auditor)
    worse = {**IMPOSSIBLE, "url": "https://post.example/c", "body": "Another one of those years, and other words."}
    with pytest.raises(AuditFailed, match="No article is published before 1700"):
        take(lake, [write_dump(tmp_path / "worse.jsonl", [worse])], auditor)

    assert ["accepted", "warned", "accepted"] == [each.verdict for each in (accepted, night, again)]


def test_a_refused_night_is_asked_as_if_it_had_been_published(tmp_path: Path, auditor: Executor) -> None:
    with pytest.raises(AuditFailed):
        take(tmp_path / "lake", [write_dump(tmp_path / "bad.jsonl", [GOOD, IMPOSSIBLE])], auditor)

    with connect(tmp_path / "lake", at="refused") as reader:
        sql = "SELECT offenders_sql FROM audits WHERE status = 'failed'"
        [(offenders,)] = reader.sql(sql).fetchall()
        assert [("post.example",)] == reader.sql(f"SELECT source FROM ({offenders})").fetchall()
