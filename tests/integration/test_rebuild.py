"""A rebuild makes the lake again from its kept dumps: the rows of a first run over all of them, as one snapshot."""

import shutil
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.again import memory
from flows.again import rebuild as again
from flows.again.rebuild import rebuild, try_rebuild
from flows.inquiry.changes_sheet import changes_sheet
from flows.lake import connect
from flows.lake.store import Store
from flows.night import deduplicate
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.stage import Staged, StageTask
from flows.stage import stage as stage_chunk
from flows.work.drivers import PlainDriver
from tests.faults.stories import all_of, write_nights
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from tests.integration.told import Told
from transforms.errors import LakeDamaged, RulesChanged, UsageError
from transforms.relation import PairSettings
from transforms.tables import STORED

BODY = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in " * 3
OTHER_RULES = PairSettings(near_jaccard=0.99, containment=0.99)


def rebuilt(lake: Path, auditor: Executor | None = None, **changes: Any) -> RunReport:
    with PlainDriver(1) as driver:
        return rebuild(Settings(lake=str(lake), workers=1, reports=False, **changes), driver, auditor or Unaudited())


def first_run(lake: Path, dumps: list[Path], **changes: Any) -> None:
    with PlainDriver(1) as driver:
        run(dumps, Settings(lake=str(lake), workers=1, reports=False, **changes), driver, auditor=Unaudited())


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a lake of three nights, and their dumps."""
    folder = tmp_path_factory.mktemp("nights")
    for night in write_nights(folder / "dumps"):
        take_unaudited(folder / "lake", night)
    return folder


@pytest.fixture
def lake(three_nights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the lake of three nights, which a rebuild then takes a dump at a time."""
    monkeypatch.setattr(again, "WAVE_BYTES", 1)
    shutil.copytree(three_nights, tmp_path / "home", symlinks=True)
    return tmp_path / "home" / "lake"


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note every chunk that is staged, and not taken from what was done before."""
    noted: list[Path] = []

    def stage(task: StageTask) -> Staged:
        noted.append(task.stem)
        return stage_chunk(task)

    monkeypatch.setattr(memory, "stage", stage)
    return noted


def test_a_rebuild_gives_the_rows_of_one_run_over_all_dumps_and_keeps_the_history(
    lake: Path, auditor: Executor
) -> None:
    before = content(lake)
    report = rebuilt(lake, auditor)

    assert ("published", 4, "warned") == (report.outcome, report.snapshot, report.verdict)
    assert before == content(lake)
    with connect(lake) as reader:
        [runs] = reader.sql("SELECT count(*) FROM runs").fetchall()
        statuses = reader.sql("SELECT status, count(*), sum(records_read) FROM dumps GROUP BY ALL ORDER BY ALL")
        [consumed, superseded] = statuses.fetchall()
        [changes] = reader.sql("SELECT count(DISTINCT run_id) FROM cluster_changes").fetchall()
    assert (4,) == runs
    assert ("consumed", "superseded", consumed[1:]) == (consumed[0], superseded[0], superseded[1:])
    assert (2,) == changes
    assert [] == Store.open(lake, create=False).lasting.left()


def test_a_rebuild_that_died_goes_on_from_the_chunks_that_were_done(
    lake: Path, staged: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, undisturbed, calls = content(lake), deduplicate, []

    def dies(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return undisturbed(*arguments)

    monkeypatch.setattr(again, "deduplicate", dies)
    with pytest.raises(KeyboardInterrupt):
        rebuilt(lake)
    assert before == content(lake)
    assert 3 == len(staged)
    report = rebuilt(lake)

    assert ("published", before) == (report.outcome, content(lake))
    assert 6 == len(set(staged)) == len(staged)
    assert 6 == len(report.dumps)


def test_a_chunk_that_is_not_whole_is_staged_again(tmp_path: Path) -> None:
    rows, note = tmp_path / "chunk.arrow", tmp_path / "chunk.done"
    rows.write_bytes(b"rows")
    memory.remember(note, "what became of it", [rows])

    assert "what became of it" == memory.recall(note, str)
    rows.write_bytes(b"row")
    assert memory.recall(note, str) is None
    rows.write_bytes(b"rows")
    note.write_bytes(note.read_bytes()[:-1])
    assert memory.recall(note, str) is None


def test_a_trial_publishes_nothing_and_tells_what_would_differ(lake: Path, staged: list[Path]) -> None:
    before = content(lake)
    changed = Settings(lake=str(lake), workers=1, reports=False, pairs=OTHER_RULES)
    with PlainDriver(1) as driver:
        found = try_rebuild(changed, driver, samples=2)
    first_run(lake.with_name("new"), sorted(lake.with_name("dumps").iterdir()), pairs=OTHER_RULES)
    then, now = ({row[0]: row[1:] for row in content(side)["copies"]} for side in (lake, lake.with_name("new")))

    assert before == content(lake)
    assert 3 == Store.open(lake, create=False).current().number  # type: ignore[union-attr]
    assert (0, 0) == (found.added, found.gone)
    assert found.changed == sum(then[article_id] != now[article_id] for article_id in then) > 0
    assert "other settings under [pairs], [canonical] or [cleaning]" in changes_sheet(found)
    assert all(len(column.samples) <= 2 for column in found.columns)
    chunks = len(staged)
    rebuilt(lake, pairs=OTHER_RULES)
    assert content(lake.with_name("new")) == content(lake)
    assert chunks == len(staged)


def test_a_run_under_other_rules_refuses_and_a_rebuild_lets_it_go_on(lake: Path) -> None:
    late = write_dump(lake.with_name("late.jsonl"), [{"title": "Wall", "body": BODY}])
    with pytest.raises(RulesChanged, match=r"make it again with `broadsheet rebuild` \(with --dry-run"):
        first_run(lake, [late], pairs=OTHER_RULES)
    rebuilt(lake, pairs=OTHER_RULES)
    first_run(lake, [late], pairs=OTHER_RULES)
    dumps = [late, *all_of([sorted(lake.with_name("dumps").iterdir())])]
    first_run(lake.with_name("new"), dumps, pairs=OTHER_RULES)

    assert content(lake.with_name("new")) == content(lake)


def test_the_outlet_that_a_run_named_is_remembered(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump.jsonl", [{"title": "Wall", "body": BODY}])
    with PlainDriver(1) as driver:
        run(
            [dump],
            Settings(lake=str(tmp_path / "lake"), workers=1, reports=False),
            driver,
            "The Marrick Post",
            Unaudited(),
        )
    before = content(tmp_path / "lake")
    rebuilt(tmp_path / "lake")

    assert before == content(tmp_path / "lake")
    assert "The Marrick Post" in before["articles"][0]


def test_a_kept_dump_that_is_missing_or_damaged_is_named_and_nothing_is_published(lake: Path) -> None:
    raw = min((lake / "raw").iterdir())
    whole = raw.read_bytes()
    raw.write_bytes(whole[:-9])
    with pytest.raises(LakeDamaged, match=rf"raw/{raw.name} is not as it was kept"):
        rebuilt(lake)
    raw.unlink()
    with pytest.raises(LakeDamaged, match=rf"raw/{raw.name}, which is dump night-\d-\d.jsonl, is missing"):
        rebuilt(lake)

    assert (1, 2, 3) == Store.open(lake, create=False).numbers()


def test_a_dump_that_is_refused_today_stops_a_rebuild(lake: Path) -> None:
    with pytest.raises(UsageError, match=r"today's rules refuse what the lake has taken: night-1-0.jsonl"):
        rebuilt(lake, max_dump_bytes=700)
    with PlainDriver(1) as driver:
        settings = Settings(lake=str(lake), workers=1, reports=False, max_dump_bytes=700)
        report = rebuild(settings, driver, Unaudited(), without_refused=True)
    taken = [dump.name for dump in report.dumps if dump.status == "consumed"]
    first_run(lake.with_name("new"), [lake.with_name("dumps") / name for name in taken])

    assert 0 < len(taken) < len(report.dumps)
    assert content(lake.with_name("new")) == content(lake)


def test_the_commands_say_what_would_differ_and_what_is_wrong(lake: Path, told: Told, tmp_path: Path) -> None:
    tried = told("rebuild", "--dry-run", "--lake", lake)
    nothing = told("replay", "--dump", "night-9.jsonl", "--lake", lake)
    nowhere = told("rebuild", "--lake", tmp_path / "nowhere")

    assert (0, 2, 2) == (tried.code, nothing.code, nowhere.code)
    assert "nothing was published: a trial, beside snapshot 3" in tried.out
    assert "the same rules and columns" in tried.out
    assert "no such record of a dump 'night-9.jsonl' is in quarantine; `broadsheet quarantine` lists" in nothing.err
    assert f"there is no lake at {tmp_path}/nowhere" in nowhere.err


def test_a_lake_without_a_snapshot_has_nothing_to_rebuild(tmp_path: Path) -> None:
    Store.open(tmp_path / "lake", create=True)
    with pytest.raises(UsageError, match="has no snapshot yet"):
        rebuilt(tmp_path / "lake")


def older_version(lake: Path) -> None:
    """Make the newest snapshot one of a version that knew no `agency` of an article and no `outlet` of a dump."""
    lacked = {"articles": "agency", "dumps": "outlet"}
    with Store.open(lake, create=False).writer() as writer:
        parent = writer.current()
        assert parent
        parts = []
        for part in parent.parts:
            table = next(table for table in STORED if table.name == part.table)
            draft = writer.workspace / "draft.parquet"
            rows = pq.ParquetFile(lake / part.path).read()
            pq.write_table(rows.drop_columns([lacked[part.table]] if part.table in lacked else []), draft)
            bounds = {"minimum": part.minimum, "maximum": part.maximum}
            parts.append(writer.add_part(draft, table, part.day, rows=part.rows, **bounds))
        older = replace(parent, parts=tuple(parts), schema_digest="older", rules_digest="older")
        writer.publish_again(parent, older, "compact")


@pytest.mark.slow
def test_a_lake_of_a_version_with_other_columns_is_read_and_made_again(lake: Path) -> None:
    before = content(lake)
    older_version(lake)
    assert before == content(lake)  # no article of these has an agency
    with pytest.raises(RulesChanged, match=r"rules of an unknown version, now \d+, other columns"):
        first_run(lake, [write_dump(lake.with_name("late.jsonl"), [{"title": "Wall", "body": BODY}])])
    with PlainDriver(1) as driver:
        found = try_rebuild(Settings(lake=str(lake), workers=1), driver, samples=1)
    rebuilt(lake)

    assert (("agency",), 0, 0, 0) == (found.new_columns, found.added, found.gone, found.changed)
    assert before == content(lake)
    with connect(lake) as reader:
        assert [(4,)] == reader.sql("SELECT count(DISTINCT run_id) FROM dumps").fetchall()
