"""Each promise is broken once, in a lake that keeps all others, and its expectation alone fails."""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from expectations.audit import Finding, audit, examine, verdict, warm_up
from expectations.projection import PROJECTIONS, open_database, project
from tests.unit.expectations.small_lake import DUMP, HOSTILE, IDS, RUN_ID, STRANGER, Rows, good_rows, rejected, write
from transforms.article import CANONICAL

Spoil = Callable[[Rows], object]


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    warm_up()


def _set(table: str, row: int, **values: Any) -> Spoil:
    return lambda rows: rows[table][row].update(values)


def _again(table: str, row: int, **values: Any) -> Spoil:
    return lambda rows: rows[table].append({**rows[table][row], **values})


def _drop(table: str, row: int) -> Spoil:
    return lambda rows: rows[table].pop(row)


def _both(*spoils: Spoil) -> Spoil:
    return lambda rows: [spoil(rows) for spoil in spoils]


def _rename_last(new: str) -> Spoil:
    def rename(rows: Rows) -> None:
        for row in (row for table in rows.values() for row in table):
            row.update({name: new for name, value in row.items() if value == IDS[-1]})

    return rename


def _undate(rows: Rows) -> None:
    for row in rows["articles"][:6]:
        row.update(published_at=None, published_date=None, published_at_origin="none")


def _reject_four(rows: Rows) -> None:
    rows["quarantine"] += [rejected(number) for number in (11, 12, 13)]
    rows["dumps"][0].update(records_read=14, quarantined=4)


EARLY = dt.datetime(1699, 12, 31, tzinfo=dt.UTC)
UNDER_ONE = "jaccard lies between 0 and 1"
CONTAINED = "containment lies between 0 and 1"

FAULTS: list[tuple[str, str, Spoil]] = [
    ("articles", "Every article has an id", _again("articles", 9, article_id=None)),
    ("articles", "No two articles share an id", _again("articles", 9)),
    ("articles", "An article's id is 32 hexadecimal digits", _rename_last(HOSTILE)),
    ("articles", "An article's id is 32 hexadecimal digits", _rename_last("F" * 32)),
    ("articles", "Every article has a text", _set("articles", 3, char_count=0)),
    (
        "articles",
        "No article is published before 1700",
        _set("articles", 3, published_at=EARLY, published_date=EARLY.date()),
    ),
    (
        "articles",
        "An article lies in the partition of the day it was published",
        _set("articles", 3, published_date=dt.date(2026, 11, 22)),
    ),
    (
        "articles",
        "Where a date was found is one of the known places",
        _set("articles", 3, published_at_origin=HOSTILE),
    ),
    (
        "articles",
        "An article has a date exactly when its date was found somewhere",
        _set("articles", 3, published_at_origin="none"),
    ),
    ("articles", "At least 50% of the articles have a date", _undate),
    (
        "articles",
        "The language of at least 90% of the articles is known",
        _both(_set("articles", 3, language=None), _set("articles", 4, language=None)),
    ),
    (
        "articles",
        "Every article was delivered by a dump",
        _both(_drop("deliveries", 3), _set("dumps", 0, records_read=10, admitted=9)),
    ),
    ("articles", "Every article has a place among its copies", _drop("membership", 3)),
    ("membership", "No article has two places among its copies", _again("membership", 1)),
    (
        "membership",
        "Every place among copies is that of a stored article",
        _again("membership", 3, article_id=STRANGER, cluster_id=STRANGER, canonical_id=STRANGER),
    ),
    (
        "membership",
        "The canonical copy of an article is a copy of its own cluster",
        _set("membership", 1, canonical_id=IDS[2]),
    ),
    (
        "membership",
        "Every cluster has exactly one canonical copy",
        _set("membership", 1, canonical_id=IDS[1], is_canonical=True, relation="canonical"),
    ),
    (
        "membership",
        "The canonical copy, and no other, is its own canonical copy and is called so",
        _set("membership", 1, relation="canonical"),
    ),
    (
        "membership",
        "The relation to the canonical copy is one that joins a cluster",
        _set("membership", 1, relation="recurring"),
    ),
    ("membership", UNDER_ONE, _set("membership", 1, jaccard=1.01)),
    ("membership", CONTAINED, _set("membership", 1, containment=-0.01)),
    (
        "deliveries",
        "Every delivery is that of a stored article",
        _again("deliveries", 3, article_id=STRANGER, member=""),
    ),
    ("deliveries", "No record of a dump is delivered twice", _again("deliveries", 3)),
    ("pairs", "Both articles of a pair are stored", _set("pairs", 0, other_id=STRANGER)),
    ("pairs", "Both articles of a pair are stored", _set("pairs", 0, article_id="0" * 32)),
    ("pairs", "A pair names the smaller id first", _set("pairs", 0, article_id=IDS[1], other_id=IDS[0])),
    ("pairs", "No pair is there twice", _again("pairs", 0)),
    ("pairs", "The relation of a pair is one of the known ones", _set("pairs", 0, relation=CANONICAL)),
    ("pairs", UNDER_ONE, _set("pairs", 0, jaccard=math.nan)),
    ("pairs", CONTAINED, _set("pairs", 0, containment=1.01)),
    (
        "quarantine",
        "The reason of a quarantined record is one of the known ones",
        _set("quarantine", 0, reason=HOSTILE),
    ),
    ("dumps", "Every record read was admitted, replayed or quarantined", _set("dumps", 0, admitted=9)),
    (
        "dumps",
        "Every record of tonight's dumps lies in deliveries or quarantine",
        _set("dumps", 0, records_read=12, admitted=11),
    ),
    ("dumps", "At most 20% of tonight's records are quarantined", _reject_four),
]


def _audit(rows: Rows, folder: Path) -> tuple[Finding, ...]:
    return audit(write(rows, folder / "lake"), RUN_ID, folder)


@pytest.mark.parametrize(("table", "promise", "spoil"), FAULTS, ids=[f"{table}: {each}" for table, each, _ in FAULTS])
def test_a_broken_promise_fails_alone(table: str, promise: str, spoil: Spoil, tmp_path: Path) -> None:
    rows = good_rows()
    spoil(rows)
    broken = [each for each in _audit(rows, tmp_path) if each.status != "passed"]
    assert [(each.table_name, each.expectation, each.status) for each in broken] == [(table, promise, "failed")]
    assert broken[0].unexpected_count
    assert "script" not in str(broken[0].observed)
    assert verdict(broken) == ("failed" if broken[0].severity == "critical" else "warned")


def test_every_promise_is_broken_once_and_kept_by_the_good_lake(tmp_path: Path) -> None:
    findings = _audit(good_rows(), tmp_path)
    assert {(each.table_name, each.expectation) for each in findings} == {fault[:2] for fault in FAULTS}
    assert {each.status for each in findings} == {"passed"}
    assert verdict(findings) == "passed"


def test_an_empty_lake_keeps_every_promise(tmp_path: Path) -> None:
    findings = audit({}, RUN_ID, tmp_path)
    assert {(each.table_name, each.expectation) for each in findings} == {fault[:2] for fault in FAULTS}
    assert {(each.status, each.unexpected_count) for each in findings} == {("passed", 0)}


def test_a_fault_of_an_older_run_is_not_held_against_tonight(tmp_path: Path) -> None:
    rows = good_rows()
    _reject_four(rows)
    rows["quarantine"].clear()
    rows["dumps"][0]["run_id"] = "older"
    assert verdict(_audit(rows, tmp_path)) == "passed"


def test_a_finding_names_the_rows_that_broke_it(tmp_path: Path) -> None:
    rows = good_rows()
    rows["deliveries"].append({**rows["deliveries"][3]})
    rows["articles"][3]["char_count"] = 0
    observed = {each.observed for each in _audit(rows, tmp_path) if each.status == "failed"}
    assert observed == {f"1 rows, such as {DUMP}", "1 of 10 rows (10.0%), such as 0"}


def test_an_expectation_without_an_answer_is_errored_and_shows_no_value(tmp_path: Path) -> None:
    from great_expectations.expectations import ExpectColumnValuesToBeUnique  # type: ignore[attr-defined]  # noqa: PLC0415

    from expectations.broken_rows import BrokenRows  # noqa: PLC0415

    database = tmp_path / "projection.duckdb"
    files = write(good_rows(), tmp_path / "lake")
    project(database, files, RUN_ID, memory_mb=256, connect=open_database)
    expected = [
        ExpectColumnValuesToBeUnique(column="nowhere", description="a column that is not there"),
        BrokenRows(unexpected_rows_query="SELECT nowhere FROM {batch}", description="a query that fails"),
        BrokenRows(unexpected_rows_query="SELECT CAST(language AS INT) FROM {batch}", description="a value that fails"),
        BrokenRows(
            unexpected_rows_query="SELECT language FROM {batch} WHERE language = 'xx'", description="no failure"
        ),
    ]
    findings = examine(database, {"articles": expected}, memory_mb=256)
    assert [each.status for each in findings] == ["errored", "errored", "errored", "passed"]
    assert "nowhere" in str(findings[0].observed)
    assert not any("'" in str(each.observed) or each.observed == "en" for each in findings)
    assert verdict(findings) == "errored"


def test_no_promise_stands_under_a_table_that_is_not_projected() -> None:
    from expectations.suite import promises  # noqa: PLC0415
    from expectations.thresholds import load_thresholds  # noqa: PLC0415

    assert list(promises(load_thresholds())) == [table.name for table in PROJECTIONS]
