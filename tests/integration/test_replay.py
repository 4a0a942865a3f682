"""A replay runs rejected records again: what passes joins, and the lake is as if the settings had always been so."""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from flows.again.replay import replay
from flows.lake import connect
from flows.lake.store import Store
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.sources.settings import Source
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, content, write_dump
from transforms.errors import UsageError

WALL = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in " * 3
FERRY = "the last ferry to skerravoe was held in port on friday by a strike of the harbour pilots of norrvik " * 3
UNMAPPED = {"post": Source(files=("*.jsonl",))}
MAPPED = {"post": Source(files=("*.jsonl",), fields={"text": ("words",)})}


def taken(lake: Path, dumps: list[Path], **changes: Any) -> RunReport:
    with PlainDriver(1) as driver:
        settings = Settings(lake=str(lake), workers=1, reports=False, **{"sources": UNMAPPED, **changes})
        return run(dumps, settings, driver, auditor=Unaudited())


def replayed(
    lake: Path, reason: str | None = None, dump: str | None = None, auditor: Executor | None = None, **changes: Any
) -> RunReport:
    with PlainDriver(1) as driver:
        settings = Settings(lake=str(lake), workers=1, reports=False, **{"sources": UNMAPPED, **changes})
        return replay(settings, driver, reason, dump, auditor or Unaudited())


@pytest.fixture
def dumps(tmp_path: Path) -> list[Path]:
    """Write two dumps with records whose text is in a field that no mapping knows, and with some that are too long."""
    long = {"title": "Long", "body": FERRY * 40}
    return [
        write_dump(
            tmp_path / "one.jsonl",
            [{"title": "Wall", "body": WALL}, {"title": "Ferry", "words": FERRY}, {"title": "Empty", "body": ""}, long],
        ),
        write_dump(tmp_path / "two.jsonl", [{"title": "Other ferry", "words": FERRY}, {"title": "Bare", "body": WALL}]),
    ]


def test_a_replay_under_mended_settings_gives_the_content_of_settings_that_were_right_at_once(
    dumps: list[Path], tmp_path: Path, auditor: Executor
) -> None:
    taken(tmp_path / "lake", dumps, max_record_bytes=4000)
    report = replayed(tmp_path / "lake", auditor=auditor, sources=MAPPED)
    taken(tmp_path / "right", dumps, sources=MAPPED)

    assert ("published", 2, 5, 3, 1, 1) == (
        report.outcome, report.snapshot, report.total("records_read") + 1, report.total("admitted"),
        report.total("quarantined"), len([dump for dump in report.dumps if dump.quarantined]),
    )  # fmt: skip
    assert content(tmp_path / "right") == content(tmp_path / "lake")


def test_a_replay_of_one_reason_leaves_the_others(dumps: list[Path], tmp_path: Path) -> None:
    taken(tmp_path / "lake", dumps, max_record_bytes=4000)
    replayed(tmp_path / "lake", reason="too_long", sources=MAPPED)
    with connect(tmp_path / "lake") as reader:
        left = reader.sql("SELECT reason, record_number FROM quarantine ORDER BY dump_name, record_number").fetchall()
        titles = reader.sql("SELECT title FROM copies ORDER BY ALL").fetchall()

    assert [("no_text", 1), ("no_text", 2), ("no_text", 0)] == left
    assert [("Bare",), ("Long",), ("Wall",)] == titles


def test_a_replay_that_changes_nothing_publishes_nothing(dumps: list[Path], tmp_path: Path) -> None:
    taken(tmp_path / "lake", dumps)
    report = replayed(tmp_path / "lake", dump="two.jsonl")

    assert ("nothing new", (1,)) == (report.outcome, Store.open(tmp_path / "lake", create=False).numbers())


def test_a_reason_or_dump_that_is_not_there_is_said_so(dumps: list[Path], tmp_path: Path) -> None:
    taken(tmp_path / "lake", dumps)
    with pytest.raises(UsageError, match="'bad' is no reason; there are malformed, "):
        replayed(tmp_path / "lake", reason="bad")
    with pytest.raises(UsageError, match="no such record of a dump 'three"):
        replayed(tmp_path / "lake", dump="three.jsonl")


def test_a_record_that_holds_several_under_todays_settings_is_left_for_a_rebuild(tmp_path: Path) -> None:
    answer = {"status": "ok", "articles": [{"title": "Wall", "words": WALL}, {"title": "Ferry", "words": FERRY}]}
    dump = write_dump(tmp_path / "one.jsonl", [{"title": "Bare", "body": WALL * 2}, answer])
    taken(tmp_path / "lake", [dump])
    report = replayed(tmp_path / "lake", sources=MAPPED)

    assert "nothing new" == report.outcome
    assert ["one.jsonl: under today's settings it holds other records; `broadsheet rebuild` takes it in anew"] == [
        dump.detail for dump in report.refused
    ]


@pytest.mark.slow
def test_bytes_of_rejects_beyond_the_quota_are_not_kept_whatever_the_order_of_nights(tmp_path: Path) -> None:
    rejects = [{"title": "Wall", "body": WALL}] + [
        {"title": f"{n}", "words": FERRY, "more": "x" * 300_000} for n in range(6)
    ]
    dumps = [
        write_dump(tmp_path / f"{name}.jsonl", rejects[:1] + rejects[at:]) for name, at in (("one", 1), ("two", 3))
    ]
    limit: dict[str, Any] = {"quarantine": {"max_mb_per_dump": 1}}
    taken(tmp_path / "lake", dumps, **limit)
    for dump in reversed(dumps):
        taken(tmp_path / "other", [dump], **limit)
    with connect(tmp_path / "lake") as reader:
        kept = reader.sql("""
            SELECT dump_name, count(raw), count(*) FILTER (detail LIKE '%; not kept, for its dump has more than 1 MiB%')
            FROM quarantine GROUP BY ALL ORDER BY ALL""").fetchall()

    assert [("one.jsonl", 3, 3), ("two.jsonl", 3, 1)] == kept
    assert content(tmp_path / "other") == content(tmp_path / "lake")
    replayed(tmp_path / "lake", sources=MAPPED, **limit)
    taken(tmp_path / "right", dumps, sources=MAPPED, **limit)
    assert content(tmp_path / "right") == content(tmp_path / "lake")
