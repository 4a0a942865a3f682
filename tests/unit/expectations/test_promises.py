"""Each promise is broken once, in a lake that keeps all others, and its expectation alone fails.

It is broken by a fault in a founding lake, by the same fault in tonight's rows upon a sound history, and, where it says
something of older rows too, by a fault in how tonight's rows and history go together.
"""

import datetime as dt
import math
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from expectations.audit import Finding, audit, critical_promises, examine, verdict, warm_up
from expectations.habits import FLOOD, LOST_CANONICAL, SOURCE_NIGHT
from expectations.projection import PROJECTIONS, open_database, project
from expectations.promise import Check, Promise
from expectations.promises import promises
from expectations.snapshot import Files, Snapshot
from expectations.thresholds import load_thresholds
from tests.unit.expectations.small_lake import (
    DUMP,
    HOSTILE,
    IDS,
    OLDER_DUMP,
    OLDER_IDS,
    OLDER_RUN_ID,
    RUN_ID,
    STRANGER,
    Rows,
    good_rows,
    kept_promises,
    night_rows,
    older_rows,
    rejected,
    write,
)
from transforms.article import CANONICAL
from transforms.ledgers import AUDITS
from transforms.tables import MEMBERSHIP

Spoil = Callable[[Rows], object]
Fault = tuple[str, str, Spoil]


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


def _chain(*versions: tuple[int, bool]) -> Spoil:
    """Make versions of one story of the articles from 3 on: the number of each, and whether it is current."""
    return _both(
        *(_set("membership", 3 + n, chain_id=IDS[3], version=v, is_current=c) for n, (v, c) in enumerate(versions))
    )


def _undate(rows: Rows) -> None:
    for row in rows["articles"][:6]:
        row.update(published_at=None, published_date=None, published_at_origin="none")


def _reject_four(rows: Rows) -> None:
    rows["quarantine"] += [rejected(number) for number in (11, 12, 13)]
    rows["dumps"][0].update(records_read=14, quarantined=4)


def _refuse_one(rows: Rows) -> None:
    counts = dict.fromkeys(("records_read", "admitted", "replayed", "quarantined"), 0)
    rows["dumps"].append({**rows["dumps"][0], **counts, "dump_digest": None, "status": "refused"})


TODAY = dt.date(2026, 11, 22)
LATE = dt.datetime(2026, 11, 24, 0, 0, 1, tzinfo=dt.UTC)
COPY_OF_OLDER = {"canonical_id": OLDER_IDS[0], "is_canonical": False, "relation": "near"}
OWN_CLUSTER = "The canonical copy of an article is a copy of its own cluster"
ONE_CANONICAL = "Every cluster has exactly one canonical copy"
EARLY = dt.datetime(1699, 12, 31, tzinfo=dt.UTC)
UNDER_ONE = "jaccard lies between 0 and 1"
CONTAINED = "containment lies between 0 and 1"
FROM_CONSUMED = "Every delivery is from a dump that was consumed"
REJECTED_FROM_CONSUMED = "Every quarantined record is from a dump that was consumed"
LOST = "No article loses its place among its copies when the part that holds it is made anew"
VERSIONS = "The versions of a story are counted from 1, and the last of them alone is current"

FAULTS: list[Fault] = [
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
    ("articles", "At least 50% of tonight's articles have a date", _undate),
    (
        "articles",
        "No article of tonight is dated later than the day after",
        _set("articles", 3, published_at=LATE, published_date=LATE.date()),
    ),
    ("dumps", "Every file of tonight could be read", _refuse_one),
    (
        "articles",
        "The language of at least 90% of tonight's articles is known",
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
    ("membership", VERSIONS, _set("membership", 3, is_current=False)),
    ("membership", VERSIONS, _set("membership", 3, version=2)),
    ("membership", VERSIONS, _chain((1, True), (2, True))),
    ("membership", VERSIONS, _chain((1, False), (2, False))),
    ("membership", VERSIONS, _chain((1, True), (2, False))),
    ("membership", VERSIONS, _chain((1, False), (3, True))),
    ("membership", UNDER_ONE, _set("membership", 1, jaccard=1.01)),
    ("membership", CONTAINED, _set("membership", 1, containment=-0.01)),
    (
        "deliveries",
        "Every delivery is that of a stored article",
        _again("deliveries", 3, article_id=STRANGER, member=""),
    ),
    ("deliveries", "No record of a dump is delivered twice", _again("deliveries", 3)),
    ("deliveries", FROM_CONSUMED, _again("deliveries", 3, dump_digest=OLDER_DUMP)),
    ("pairs", "Both articles of a pair are stored", _set("pairs", 0, other_id=STRANGER)),
    ("pairs", "Both articles of a pair are stored", _set("pairs", 0, article_id="0" * 32)),
    ("pairs", "A pair names the smaller id first", _set("pairs", 0, article_id=IDS[1], other_id=IDS[0])),
    ("pairs", "No pair is there twice", _again("pairs", 0)),
    ("pairs", "The relation of a pair is one of the known ones", _set("pairs", 0, relation=CANONICAL)),
    ("pairs", UNDER_ONE, _set("pairs", 0, jaccard=math.nan)),
    ("pairs", CONTAINED, _set("pairs", 0, containment=1.01)),
    ("pairs", f"number_{CONTAINED}", _set("pairs", 0, number_containment=1.01)),
    (
        "quarantine",
        "The reason of a quarantined record is one of the known ones",
        _set("quarantine", 0, reason=HOSTILE),
    ),
    ("quarantine", REJECTED_FROM_CONSUMED, _again("quarantine", 0, dump_digest=OLDER_DUMP)),
    ("dumps", "No dump is consumed twice", _again("dumps", 0)),
    ("dumps", "Every record read was admitted, replayed or quarantined", _set("dumps", 0, admitted=9)),
    (
        "dumps",
        "Every record of tonight's dumps lies in deliveries or quarantine",
        _set("dumps", 0, records_read=12, admitted=11),
    ),
    ("dumps", "At most 20% of tonight's records are quarantined", _reject_four),
]


PROMISES = {fault[:2] for fault in FAULTS} | {("membership", LOST)}
PROJECTED = {table.name for table in PROJECTIONS}

RELATION_FAULTS: list[tuple[str, set[str], Spoil]] = [
    ("an id that history has", {"No two articles share an id"}, _again("articles", 3, article_id=OLDER_IDS[2])),
    (
        "a place for an article that has one",
        {"No article has two places among its copies"},
        _again("membership", 3, article_id=OLDER_IDS[1], cluster_id=OLDER_IDS[0], **COPY_OF_OLDER),
    ),
    (
        "a place for an article that has one, twice in a part that is made anew",
        {"No article has two places among its copies"},
        _again("membership", 10),
    ),
    (
        "a place that stays, twice in a part that is made anew",
        {"No article has two places among its copies", ONE_CANONICAL},
        _again("membership", 13),
    ),
    (
        "a new part holds a place for nothing",
        {"Every place among copies is that of a stored article"},
        _again("membership", 13, article_id=STRANGER, cluster_id=STRANGER, canonical_id=STRANGER),
    ),
    ("a part that is made anew lacks a row that was to stay", {LOST}, _drop("membership", 13)),
    ("a part that is made anew lacks a row that was to change", {LOST}, _drop("membership", 10)),
    (
        "a canonical copy that is nowhere",
        {OWN_CLUSTER},
        _set("membership", 6, cluster_id=OLDER_IDS[0], **{**COPY_OF_OLDER, "canonical_id": STRANGER}),
    ),
    (
        "a canonical copy of another cluster",
        {OWN_CLUSTER},
        _set("membership", 6, cluster_id=OLDER_IDS[2], **COPY_OF_OLDER),
    ),
    (
        "the canonical copy goes, an older copy stays",
        {OWN_CLUSTER, ONE_CANONICAL},
        _set("membership", 11, cluster_id=OLDER_IDS[6]),
    ),
    ("a second canonical copy for an older cluster", {ONE_CANONICAL}, _set("membership", 6, cluster_id=OLDER_IDS[0])),
    ("the last version stays current", {VERSIONS}, _set("membership", 12, is_current=True)),
    ("a version is left out", {VERSIONS}, _set("membership", 5, version=4)),
    ("an older version goes", {VERSIONS}, _set("membership", 12, chain_id=None, version=1, is_current=True)),
    (
        "an article that nobody has is delivered",
        {"Every delivery is that of a stored article"},
        _set("deliveries", 10, article_id=STRANGER),
    ),
    ("a delivery from an older dump", {FROM_CONSUMED}, _again("deliveries", 3, dump_digest=OLDER_DUMP)),
    (
        "a pair with an article that nobody has",
        {"Both articles of a pair are stored"},
        _again("pairs", 1, other_id=STRANGER),
    ),
    (
        "a pair that is there",
        {"No pair is there twice"},
        _again("pairs", 0, article_id=OLDER_IDS[0], other_id=OLDER_IDS[1]),
    ),
    ("a reject from an older dump", {REJECTED_FROM_CONSUMED}, _again("quarantine", 0, dump_digest=OLDER_DUMP)),
    (
        "a dump that was consumed before",
        {"No dump is consumed twice"},
        _again("dumps", 0, dump_digest=OLDER_DUMP, records_read=0, admitted=0, replayed=0, quarantined=0),
    ),
]


def _founding(rows: Rows, folder: Path) -> Snapshot:
    return Snapshot(write(rows, folder / "tonight"), day=TODAY)


def _addition(rows: Rows, folder: Path) -> Snapshot:
    """Put tonight's rows upon a history that was found sound, and that they have nothing to do with."""
    older = older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    return Snapshot(write(rows, folder / "tonight"), write(older, folder / "older"), {}, OLDER_RUN_ID, day=TODAY)


def _night(rows: Rows, older: Rows, folder: Path) -> Snapshot:
    """Put rows like those of `night_rows` upon `older`."""
    places = older[MEMBERSHIP.name]
    kept = write(older | {MEMBERSHIP.name: places[:5]}, folder / "kept")
    replaced = write({MEMBERSHIP.name: places[5:]}, folder / "replaced")
    return Snapshot(write(rows, folder / "tonight"), kept, replaced, OLDER_RUN_ID)


def _audited(snapshot: Snapshot, folder: Path) -> tuple[Finding, ...]:
    return audit(snapshot, RUN_ID, folder)


def _broken(snapshot: Snapshot, folder: Path) -> set[str]:
    findings = _audited(snapshot, folder)
    assert {each.status for each in findings} <= {"passed", "failed"}
    return {each.expectation for each in findings if each.status == "failed"}


def _packs() -> list[tuple[Fault, ...]]:
    """Take a fault of each table at a time: they have nothing to do with one another."""
    by_table = [[fault for fault in FAULTS if fault[0] == table.name] for table in PROJECTIONS]
    return [tuple(filter(None, pack)) for pack in zip_longest(*by_table)]


@pytest.mark.parametrize(
    "pack",
    [pytest.param(pack, marks=() if place % 3 == 0 else pytest.mark.slow) for place, pack in enumerate(_packs())],
)
def test_broken_promises_fail_and_no_others(pack: tuple[Fault, ...], tmp_path: Path) -> None:
    """The slow twin breaks each of them alone."""
    rows = good_rows()
    for _, _, spoil in pack:
        spoil(rows)
    broken = [each for each in _audited(_addition(rows, tmp_path), tmp_path) if each.status != "passed"]
    assert {(each.table_name, each.expectation, each.status) for each in broken} == {
        (table, promise, "failed") for table, promise, _ in pack
    }
    assert all(each.unexpected_count for each in broken)
    assert "script" not in "".join(str(each.observed) for each in broken)


@pytest.mark.slow
@pytest.mark.parametrize("upon", [_founding, _addition])
@pytest.mark.parametrize(("table", "promise", "spoil"), FAULTS, ids=[f"{table}: {each}" for table, each, _ in FAULTS])
def test_a_broken_promise_fails_alone(
    table: str, promise: str, spoil: Spoil, upon: Callable[[Rows, Path], Snapshot], tmp_path: Path
) -> None:
    rows = good_rows()
    spoil(rows)
    broken = [each for each in _audited(upon(rows, tmp_path), tmp_path) if each.status != "passed"]
    assert [(each.table_name, each.expectation, each.status) for each in broken] == [(table, promise, "failed")]
    assert broken[0].unexpected_count
    assert "script" not in str(broken[0].observed)
    assert verdict(broken) == ("failed" if broken[0].severity == "critical" else "warned")


@pytest.mark.parametrize(
    ("promises", "spoil"),
    [
        pytest.param(*fault[1:], id=fault[0], marks=() if place % 6 == 0 else pytest.mark.slow)
        for place, fault in enumerate(RELATION_FAULTS)
    ],
)
def test_a_promise_that_tonight_and_history_break_together_fails_alone(
    promises: set[str], spoil: Spoil, tmp_path: Path
) -> None:
    rows, older = night_rows(), older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    spoil(rows)
    assert _broken(_night(rows, older, tmp_path), tmp_path) == promises


def test_a_night_that_changes_places_of_history_keeps_every_promise(tmp_path: Path) -> None:
    older = older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    assert _broken(_night(night_rows(), older, tmp_path), tmp_path) == set()
    assert _broken(_night(night_rows(), older_rows(), tmp_path / "kept"), tmp_path) == set()


def _sound(_: Rows) -> None:
    """Leave the history as it is."""


@pytest.mark.parametrize(
    ("unaudited", "is_examined"),
    [
        (_sound, False),
        (_drop("audits", 0), True),
        (_set("audits", 0, status="errored"), True),
        (_set("audits", 0, run_id=RUN_ID), True),
        (_set("audits", 0, expectation="No article is published before 1600"), True),
        (lambda rows: rows["audits"].clear(), True),
    ],
    ids=["kept", "not examined", "errored", "another run's", "another promise", "not audited"],
)
def test_history_is_examined_again_unless_its_own_run_found_every_critical_promise_kept(
    unaudited: Spoil, is_examined: bool, tmp_path: Path
) -> None:
    older = older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    older["articles"][3]["char_count"] = 0
    unaudited(older)
    expected = {"Every article has a text"} if is_examined else set()
    assert _broken(_night(night_rows(), older, tmp_path), tmp_path) == expected


def test_history_is_examined_again_when_more_than_places_among_copies_is_replaced(tmp_path: Path) -> None:
    older = older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    older["articles"][3]["char_count"] = 0
    snapshot = _night(night_rows(), older, tmp_path)
    files: Files = {**snapshot.replaced, "quarantine": snapshot.kept["quarantine"]}
    kept: Files = {**snapshot.kept, "quarantine": ()}
    replacing = Snapshot(snapshot.added, kept, files, OLDER_RUN_ID)
    assert _broken(replacing, tmp_path) == {"Every article has a text"}


@pytest.mark.parametrize("unaudited", [_sound, lambda rows: rows["audits"].clear()], ids=["alone", "all"])
def test_a_bad_night_does_not_hide_in_a_good_history(unaudited: Spoil, tmp_path: Path) -> None:
    older = older_rows() | {AUDITS.name: kept_promises(OLDER_RUN_ID, critical_promises())}
    unaudited(older)
    rows = night_rows()
    _undate(rows)
    findings = [each for each in _audited(_night(rows, older, tmp_path), tmp_path) if each.status != "passed"]
    assert [(each.expectation, each.observed) for each in findings] == [
        ("At least 50% of tonight's articles have a date", "6 of 10 rows (60.0%)")
    ]


def test_every_promise_is_broken_once_and_kept_by_the_good_lake(tmp_path: Path) -> None:
    findings = _audited(_founding(good_rows(), tmp_path), tmp_path)
    about_rows = {(each.table_name, each.expectation) for each in findings if each.table_name in PROJECTED}
    assert about_rows == PROMISES
    assert {each.status for each in findings} == {"passed"}
    assert verdict(findings) == "passed"


def test_an_empty_lake_keeps_every_promise(tmp_path: Path) -> None:
    findings = _audited(Snapshot({}), tmp_path)
    about_rows = {(each.table_name, each.expectation) for each in findings if each.table_name in PROJECTED}
    assert about_rows == PROMISES
    assert {(each.status, each.unexpected_count) for each in findings} == {("passed", 0)}


def test_a_fault_of_an_older_run_is_not_held_against_tonight(tmp_path: Path) -> None:
    rows = good_rows()
    _reject_four(rows)
    rows["quarantine"].clear()
    rows["dumps"][0]["run_id"] = "older"
    assert verdict(_audited(_founding(rows, tmp_path), tmp_path)) == "passed"


def test_a_finding_names_the_rows_that_broke_it(tmp_path: Path) -> None:
    rows = good_rows()
    rows["deliveries"].append({**rows["deliveries"][3]})
    rows["articles"][3]["char_count"] = 0
    findings = _audited(_founding(rows, tmp_path), tmp_path)
    observed = {each.observed for each in findings if each.status == "failed"}
    assert observed == {f"1 rows, such as {DUMP}", "1 of 10 rows (10.0%), such as 0"}


def test_an_expectation_without_an_answer_is_errored_and_shows_no_value(tmp_path: Path) -> None:
    database = tmp_path / "projection.duckdb"
    files = write(good_rows(), tmp_path / "lake")
    project(database, Snapshot(files), RUN_ID, set(), warm_up_nights=7, memory_mb=256, connect=open_database)
    broken: list[str | Check] = [
        Check("ExpectColumnValuesToNotBeNull", {"column": "nowhere"}),
        "SELECT nowhere FROM {batch}",
        "SELECT CAST(relation AS INT) FROM {batch}",
        "SELECT relation FROM {batch} WHERE relation = 'xx'",
    ]
    made = [Promise(f"promise_{n}", "membership", "", by, "SELECT 1") for n, by in enumerate(broken)]
    findings = examine(database, made, RUN_ID, memory_mb=256)
    assert [each.status for each in findings] == ["errored", "errored", "errored", "passed"]
    assert "nowhere" in str(findings[0].observed)
    assert not any("'" in str(each.observed) or "canonical" in str(each.observed) for each in findings)
    assert verdict(findings) == "errored"


def test_no_promise_stands_under_a_table_that_is_not_projected() -> None:
    from expectations.suite import by_table  # noqa: PLC0415

    projected = [table.name for table in PROJECTIONS]
    assert list(by_table(promises(load_thresholds()))) == [*projected, SOURCE_NIGHT, FLOOD, LOST_CANONICAL]
