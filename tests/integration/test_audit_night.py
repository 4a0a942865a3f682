"""A night is examined upon its parent's verdict where there is one, and with every older row where there is none."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.audit import audit, critical_promises
from expectations.projection import open_database, project
from expectations.snapshot import Snapshot
from flows.lake.compaction import compact
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from tests.integration.nights import Here, take, take_unaudited, write_dump

BODY = "The council of Marrick voted on Monday to mend the harbour wall before the winter storms come in from the west."
FIRST = {"url": "https://post.example/a", "published": "2024-01-02T08:00:00Z", "body": BODY}
EARLIER = {"url": "https://mail.example/b", "published": "2024-01-02T06:00:00Z", "body": f"{BODY} Nobody was asked."}
OTHER = {"url": "https://post.example/c", "body": "A ferry ran aground off Lindmoor in the night and nobody was hurt."}


class Watched(Here):
    """Audits in this process, and keeps what it was given."""

    snapshot: Snapshot
    run_id: str

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Do it at once."""
        if function is audit:
            self.snapshot, self.run_id, *_ = arguments
        return super().submit(function, *arguments, **named)


def _examined(auditor: Watched, folder: Path) -> Mapping[str, int]:
    """Count the rows that the last night's expectations were shown."""
    database = folder / "projection.duckdb"
    database.unlink(missing_ok=True)
    project(
        database,
        auditor.snapshot,
        auditor.run_id,
        critical_promises(),
        warm_up_nights=7,
        memory_mb=256,
        connect=open_database,
    )
    with duckdb.connect(database, read_only=True) as connection:
        counted = {}
        for table in ("articles", "membership", "known"):
            [(counted[table],)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return counted


def _night(folder: Path, name: str, record: dict[str, Any]) -> list[Path]:
    return [write_dump(folder / f"{name}.jsonl", [record])]


def test_a_second_night_is_examined_alone_with_the_places_that_it_changes(tmp_path: Path) -> None:
    auditor = Watched()
    take(tmp_path / "lake", _night(tmp_path, "other", OTHER), auditor)
    assert _examined(auditor, tmp_path) == {"articles": 1, "membership": 1, "known": 0}
    take(tmp_path / "lake", _night(tmp_path, "first", FIRST), auditor)
    assert _examined(auditor, tmp_path) == {"articles": 1, "membership": 1, "known": 0}

    report = take(tmp_path / "lake", _night(tmp_path, "earlier", EARLIER), auditor)

    # The earlier copy is canonical from now on, and the place of the first one is made anew.
    assert ("published", "passed", 2, 3) == (report.outcome, report.verdict, report.articles, report.copies)
    assert len(auditor.snapshot.replaced["membership"]) == 1
    assert _examined(auditor, tmp_path) == {"articles": 1, "membership": 2, "known": 1}


@pytest.mark.slow
@pytest.mark.parametrize(
    "act",
    [lambda store: roll_back(store, 1), compact],
    ids=["rolled back", "compacted"],
)
def test_after_a_snapshot_that_no_run_made_every_row_is_examined(
    act: Callable[[Store], object], tmp_path: Path
) -> None:
    auditor, lake = Watched(), tmp_path / "lake"
    for name, record in (("other", OTHER), ("first", FIRST)):
        take(lake, _night(tmp_path, name, record), auditor)
    act(Store.open(lake, create=False))

    report = take(lake, _night(tmp_path, "earlier", EARLIER), auditor)

    every_row = {"articles": report.copies, "membership": report.copies, "known": 0}
    assert _examined(auditor, tmp_path) == every_row
    assert report.copies > 1
    take(lake, _night(tmp_path, "last", {**OTHER, "url": "https://post.example/d", "body": BODY[::-1]}), auditor)
    assert _examined(auditor, tmp_path)["articles"] == 1


def test_after_a_night_that_nobody_audited_every_row_is_examined(tmp_path: Path) -> None:
    auditor, lake = Watched(), tmp_path / "lake"
    take_unaudited(lake, _night(tmp_path, "other", OTHER))

    take(lake, _night(tmp_path, "first", FIRST), auditor)

    assert _examined(auditor, tmp_path) == {"articles": 2, "membership": 2, "known": 0}
