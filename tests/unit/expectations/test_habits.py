"""A source that changes its habits breaks the promise that is about it, and no other; so does a night that floods."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.audit import audit, verdict
from expectations.habits import FLOOD, LOST_CANONICAL, SOURCE_NIGHT
from expectations.projection import open_database, project
from expectations.promises import promises
from expectations.snapshot import Snapshot
from expectations.thresholds import load_thresholds
from tests.unit.expectations.small_lake import RUN_ID, Rows, good_rows, write
from transforms.ledgers import CLUSTER_CHANGES, SOURCE_COUNTS
from transforms.tables import PROFILES

TODAY = dt.date(2026, 11, 22)
NIGHTS = 28
LIMITS = load_thresholds()
WARM_UP = int(LIMITS.warm_up_nights.figure)
Row = dict[str, Any]


def night(source: str, day: dt.date, changes: Row | None = None, usual: int = 60) -> Row:
    """Give what a source sends on an ordinary day: half as much on Sundays, of which today is one."""
    records = usual // 2 if day.weekday() == TODAY.weekday() else usual
    row = {
        "run_id": RUN_ID if day == TODAY else f"run-{day}",
        "day": day,
        "dump_digest": f"{source}-{day}",
        "source": source,
        "records": records,
        "admitted": records,
        "replayed": 0,
        "quarantined": 0,
        "copies": records // 10,
        "titled": records,
        "dated": records,
        "excerpts": 0,
        "repaired": 0,
        "words": 300 * records,
        "languages": [("en", records - 2), ("fr", 2)],
        "reasons": [],
        "newest_published_at": dt.datetime(day.year, day.month, day.day, 1, tzinfo=dt.UTC),
        "encoding": "utf-8",
    }
    return row | (changes or {})


def history(source: str, nights: int = NIGHTS) -> list[Row]:
    """Give the nights before today."""
    return [night(source, TODAY - dt.timedelta(days=ago)) for ago in range(1, nights + 1)]


def broken(tonight: list[Row], before: list[Row], folder: Path, rows: Rows | None = None, **facts: Any) -> set[str]:
    """Name the promises about sources and floods that tonight breaks, asked of the tables without the audit."""
    database = folder / "projection.duckdb"
    snapshot = lake(tonight, before, folder, rows, **facts)
    project(database, snapshot, RUN_ID, set(), warm_up_nights=WARM_UP, memory_mb=256, connect=open_database)
    with duckdb.connect(database, read_only=True) as connection:
        asked = [each for each in promises(LIMITS) if each.table in (SOURCE_NIGHT, FLOOD, LOST_CANONICAL)]
        return {
            each.name
            for each in asked
            if connection.execute(str(each.broken_by).replace("{batch}", each.table)).fetchall()
        }


def lake(tonight: list[Row], before: list[Row], folder: Path, rows: Rows | None = None, **facts: Any) -> Snapshot:
    """Write tonight's tables beside the ledger of the nights before."""
    added = write({**(rows or good_rows()), SOURCE_COUNTS.name: tonight}, folder / "tonight")
    kept = write({SOURCE_COUNTS.name: before}, folder / "before")
    return replace(Snapshot(added, kept, day=TODAY), **facts)


FAULTS: Mapping[str, tuple[str, Row]] = {
    "half a file": ("source_volume_low", {"records": 14, "admitted": 14, "titled": 14, "dated": 14, "words": 4200}),
    "twice": ("source_volume_high", {"records": 60, "admitted": 60, "titled": 60, "dated": 60, "words": 18000}),
    "last week's": (
        "source_stale",
        {"newest_published_at": dt.datetime(2026, 11, 15, 1, tzinfo=dt.UTC)},
    ),
    "known already": ("source_again", {"admitted": 2, "replayed": 28, "copies": 0}),
    "another language": ("source_language", {"languages": [("de", 28), ("en", 2)]}),
    "no headlines": ("source_titles", {"titled": 3}),
    "no dates": ("source_dates", {"dated": 3}),
    "teasers": ("source_length", {"words": 30 * 40}),
    "whole pages": ("source_length", {"words": 30 * 900}),
    "copies": ("source_copies", {"copies": 20}),
    "bot walls": ("source_quarantine", {"quarantined": 10, "admitted": 20, "titled": 20, "dated": 20, "words": 6000}),
    "a code page": ("source_repairs", {"repaired": 12}),
    "an encoding": ("source_encoding", {"encoding": "cp1252"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_source_that_changes_breaks_one_promise(fault: str, tmp_path: Path) -> None:
    name, changes = FAULTS[fault]
    tonight = [night("harbour", TODAY), night("valley", TODAY, changes)]
    assert broken(tonight, [*history("harbour"), *history("valley")], tmp_path) == {name}


def test_a_source_that_sends_nothing_is_missed(tmp_path: Path) -> None:
    before = [*history("harbour"), *history("valley")]
    assert broken([night("harbour", TODAY)], before, tmp_path) == {"source_silent"}


def test_lost_fields_are_told_of_the_source_that_lost_them(tmp_path: Path) -> None:
    tonight = [night("harbour", TODAY)]
    assert broken(tonight, history("harbour"), tmp_path, lost_fields={"harbour": 2}) == {"source_fields"}


@pytest.mark.parametrize("nights", [0, 1, 5, 6, 7, 10, 14, 28])
def test_an_ordinary_night_breaks_nothing_however_short_the_history(nights: int, tmp_path: Path) -> None:
    assert broken([night("harbour", TODAY)], history("harbour", nights), tmp_path) == set()


def test_a_source_that_comes_on_one_weekday_alone_is_not_missed_on_others(tmp_path: Path) -> None:
    weekly = [row for row in history("weekly") if row["day"].weekday() == 2]
    assert broken([night("harbour", TODAY)], [*history("harbour"), *weekly], tmp_path) == set()


def test_a_source_is_not_held_to_habits_before_it_has_any(tmp_path: Path) -> None:
    tonight = [night("harbour", TODAY), night("valley", TODAY, {"records": 300, "repaired": 200, "dated": 0})]
    before = [*history("harbour"), *history("valley", WARM_UP - 1)]
    assert broken(tonight, before, tmp_path) == set()


def test_a_second_run_of_the_day_is_counted_to_the_first(tmp_path: Path) -> None:
    half = {"records": 15, "admitted": 15, "titled": 15, "dated": 15, "words": 4500, "languages": [("en", 15)]}
    first = night("harbour", TODAY, half) | {"run_id": "2026-11-22-earlier"}
    tonight = [night("harbour", TODAY, half)]
    assert broken(tonight, [*history("harbour"), first], tmp_path) == set()


def test_a_rebuild_is_no_night(tmp_path: Path) -> None:
    assert broken([], history("harbour"), tmp_path, day=None) == set()


def _flood(rows: Rows, size: int, spoil: Callable[[Rows, list[str]], None]) -> Rows:
    """Make a night of so many more articles."""
    ids = [f"{number:032x}" for number in range(1000, 1000 + size)]
    article, place = rows["articles"][3], rows["membership"][3]
    rows["articles"] += [{**article, "article_id": each} for each in ids]
    rows["membership"] += [{**place, "article_id": each, "cluster_id": each, "canonical_id": each} for each in ids]
    spoil(rows, ids)
    return rows


def _of_one_cluster(rows: Rows, ids: list[str]) -> None:
    for row in rows["membership"][-len(ids) :]:
        row["cluster_id"] = ids[0]


def _all_alike(rows: Rows, ids: list[str]) -> None:
    rows["pairs"] += [{**rows["pairs"][0], "article_id": ids[0], "other_id": other} for other in ids[1:]]


@pytest.mark.parametrize(
    ("spoil", "size", "expected"),
    [
        (_of_one_cluster, 201, {"largest_cluster"}),
        (_of_one_cluster, 200, set()),
        (_all_alike, 202, {"hot_boilerplate"}),
        (_all_alike, 201, set()),
    ],
)
def test_a_flood_breaks_the_circuit(
    spoil: Callable[[Rows, list[str]], None], size: int, expected: set[str], tmp_path: Path
) -> None:
    assert broken([night("harbour", TODAY)], [], tmp_path, _flood(good_rows(), size, spoil)) == expected


@pytest.mark.parametrize(("lost", "expected"), [(60, {"canonical_kept"}), (49, set())])
def test_a_source_whose_stories_lose_their_place_breaks_the_circuit(
    lost: int, expected: set[str], tmp_path: Path
) -> None:
    ids = [f"{number:032x}" for number in range(500, 500 + lost)]
    change = {"run_id": RUN_ID, "old_cluster_id": "x", "cluster_id": "x", "canonical_id": "y"}
    rows = good_rows() | {
        CLUSTER_CHANGES.name: [{**change, "article_id": each, "old_canonical_id": each} for each in ids]
    }
    before = [night("valley", TODAY - dt.timedelta(days=ago), usual=10) for ago in range(1, 15)]
    snapshot = lake([night("valley", TODAY, usual=10)], before, tmp_path, rows)
    profiles = write({PROFILES.name: [{"article_id": each, "source": "valley"} for each in ids]}, tmp_path / "profiles")
    kept = {**snapshot.kept, **profiles}
    assert broken_of(replace(snapshot, kept=kept), tmp_path) == expected


def broken_of(snapshot: Snapshot, folder: Path) -> set[str]:
    """Name the promises that a snapshot breaks, by the audit itself."""
    failed = [each for each in audit(snapshot, RUN_ID, folder) if each.status != "passed"]
    return {each.name for each in failed if each.table_name in (SOURCE_NIGHT, FLOOD, LOST_CANONICAL)}


def test_the_audit_says_who_and_by_how_much_and_how_to_see_it(tmp_path: Path) -> None:
    names = {f"{number}: O'Neill <b>": each for number, each in enumerate(FAULTS.values())}
    tonight = [night(name, TODAY, changes) for name, (_, changes) in names.items()]
    before = [row for name in names for row in history(name)]
    found = {each.name: each for each in audit(lake(tonight, before, tmp_path), RUN_ID, tmp_path)}

    expected = {name for name, _ in names.values()}
    assert {name for name, each in found.items() if each.status != "passed"} == expected
    assert verdict(found.values()) == "warned"
    assert found["source_volume_low"].observed == "0: O?Neill ?b?: 14 records, where 30 are usual"
    assert "source IN ('0: O''Neill <b>')" in found["source_volume_low"].offenders_sql
    assert found["source_length"].unexpected_count == 2
    assert found["source_encoding"].observed == "12: O?Neill ?b?: cp1252, where utf-8 is usual"
