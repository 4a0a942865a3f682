"""Bytes past their days: taken out of the newest snapshot first, removed with the last that names them, told after."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.again.rebuild import rebuild
from flows.again.replay import replay
from flows.inquiry.explain import explain
from flows.inquiry.shelf import open_shelf
from flows.lake.integrity import verify
from flows.lake.retention import clean
from flows.lake.store import Store
from flows.settings import Retention, Settings
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from transforms.errors import UsageError

LATER = datetime.now(UTC) + timedelta(days=400)
RECORDS = [
    {"url": "https://post.example/a", "body": "the council of marrick voted on monday to mend the harbour wall"},
    {"title": "A record without a story"},
]


@pytest.fixture
def store(tmp_path: Path, model: Path) -> Store:
    """Give a lake of two nights to do things to."""
    shutil.copytree(model, tmp_path / "lake", symlinks=True)
    return Store.open(tmp_path / "lake", create=False)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take two nights."""
    folder = tmp_path_factory.mktemp("model")
    for name in ("one", "two"):
        records = [{**record, "note": name} for record in RECORDS]
        take_unaudited(folder / "lake", [write_dump(folder / f"{name}.jsonl", records)])
    return folder / "lake"


def kept_raw(store: Store) -> int:
    return len(store.medium.entries("raw"))


def test_dumps_past_their_days_leave_the_newest_snapshot_first_and_the_disk_with_the_last(store: Store) -> None:
    before = content(store.address)
    told = clean(store, Retention(raw_days=30), LATER, remove=False)
    done = clean(store, Retention(raw_days=30), LATER, remove=True)

    assert told.let_go == done.let_go == {"dumps": 2}
    newest = store.current()
    assert newest is not None
    assert (3, "clean", store.manifest(2).run_id) == (newest.number, newest.action, newest.run_id)
    assert (2, before) == (kept_raw(store), content(store.address))
    assert not verify(store.medium).damaged

    gone = clean(store, Retention(raw_days=30, snapshots=1, days=0), LATER, remove=True)
    assert {} == gone.let_go
    assert (1, 2) == gone.snapshots
    assert 0 == kept_raw(store)
    assert not verify(store.medium).damaged


def test_what_needs_a_dump_that_was_let_go_says_so_in_a_sentence(store: Store) -> None:
    settings = Settings(lake=store.address, workers=1)
    clean(store, Retention(raw_days=30, snapshots=1), LATER, remove=True)
    since = rf"one.jsonl is no longer kept \(let go on {LATER:%Y-%m-%d}, past raw_days \(30\)\)"
    with PlainDriver(1) as driver:
        for again in (rebuild, replay):
            with pytest.raises(UsageError, match=since):
                again(settings, driver, auditor=Unaudited(), store=store)
    with open_shelf(store, None, settings) as shelf:
        [row] = shelf.rows("SELECT min(article_id) AS article_id FROM copies")
        told = explain(shelf, row["article_id"])

    assert "is no longer kept (let go on " in str(told)


def test_bytes_of_rejects_past_their_days_go_and_their_rows_and_places_stay(store: Store) -> None:
    before = content(store.address)
    done = clean(store, Retention(quarantine_days=30), LATER, remove=True)
    after = content(store.address)

    assert {"quarantine": 2} == done.let_go
    bare = {(*row[:2], None, *row[3:]) for row in before.pop("quarantine")}
    assert bare == set(after.pop("quarantine"))
    assert before == after
    assert {} == clean(store, Retention(quarantine_days=30), LATER, remove=True).let_go


def test_without_a_limit_nothing_is_let_go_and_within_it_neither(store: Store) -> None:
    for retention in (Retention(), Retention(raw_days=4000, quarantine_days=4000)):
        assert {} == clean(store, retention, LATER, remove=True).let_go
    assert [1, 2] == list(store.numbers())
