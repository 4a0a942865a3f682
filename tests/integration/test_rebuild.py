"""A rebuild makes the lake again from its kept dumps: the rows of a first run over all of them, as one snapshot."""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import rebuild as again
from flows.drivers import PlainDriver
from flows.lake import connect
from flows.lake.store import Store
from flows.rebuild import rebuild, try_rebuild
from flows.report import RunReport
from flows.settings import Settings
from tests.faults.stories import all_of, write_nights
from tests.integration.nights import Unaudited, content, take_unaudited
from transforms import rules
from transforms.errors import LakeDamaged, RulesChanged, UsageError
from transforms.relation import PairSettings


def settings_of(lake: Path, **changes: Any) -> Settings:
    return Settings(lake=str(lake), workers=1, **changes)


def rebuilt(lake: Path, auditor: Executor | None = None, **changes: Any) -> RunReport:
    with PlainDriver(1) as driver:
        return rebuild(settings_of(lake, **changes), driver, auditor or Unaudited())


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Make a lake of three nights."""
    for night in write_nights(tmp_path / "dumps"):
        take_unaudited(tmp_path / "lake", night)
    return tmp_path / "lake"


def test_a_rebuild_gives_the_rows_of_one_run_over_all_dumps_and_keeps_the_history(
    lake: Path, auditor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "WAVE_BYTES", 1)  # each dump a wave of its own
    before = content(lake)
    report = rebuilt(lake, auditor)

    assert ("published", 4, "passed") == (report.outcome, report.snapshot, report.verdict)
    assert before == content(lake)
    with connect(lake) as reader:
        runs = reader.sql("SELECT count(*) FROM runs").fetchall()
        statuses = reader.sql(
            "SELECT status, count(*), sum(records_read) FROM dumps GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert [(4,)] == runs
    assert [status for status, _, _ in statuses] == ["consumed", "superseded"]
    assert len({figures[1:] for figures in statuses}) == 1
    assert [] == Store.open(lake, create=False).lasting.left()
