"""Retention: what is past its time goes, and nothing that a kept snapshot, or a run at work, may need."""

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.lake.folder import CATALOG
from flows.lake.history import manifest_name
from flows.lake.integrity import verify
from flows.lake.manifest import Manifest, Part
from flows.lake.query import open_snapshot
from flows.lake.retention import Removal, clean
from flows.lake.store import Store
from flows.settings import Retention
from tests.unit.lake.hooks import Log, with_hook
from tests.unit.lake.made import a_manifest, add_rows, root_of, rows_of
from transforms.errors import LakeBusy, LakeDamaged
from transforms.tables import PAIRS

LATER = datetime.now(UTC) + timedelta(days=400)
"""All files of these tests are old by then."""
ONE = Retention(snapshots=1, days=0)


def publish(store: Store, snapshots: Sequence[tuple[int, Sequence[Part]]]) -> list[Manifest]:
    """Publish snapshots of so many days before LATER and these parts, and show the last."""
    made = []
    with store.writer() as writer:
        for days, parts in snapshots:
            created_at = (LATER - timedelta(days=days)).isoformat(timespec="seconds")
            made.append(replace(a_manifest(*parts, parent=writer.current()), created_at=created_at))
            writer.commit(made[-1])
        writer.show_newest()
    return made


def some_parts(store: Store, count: int) -> list[Part]:
    """Write parts of one pair each, unseen."""
    with store.writer() as writer:
        return [add_rows(writer, PAIRS, rows_of(PAIRS, 1, n)) for n in range(count)]


def unsynced(operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
    """Do all but sync: the machine of these tests does not lose its power."""
    if operation != "sync":
        perform()


def tree(store: Store) -> dict[str, bytes]:
    """Give every file of the lake, the lock aside, and what it holds."""
    root = root_of(store)
    files = (path for path in root.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def files_of(store: Store, folder: str) -> set[str]:
    return {name for name in tree(store) if name.startswith(f"{folder}/")}


@pytest.fixture
def parts(store: Store) -> list[Part]:
    """Write four parts."""
    return some_parts(store, 4)


def test_a_dry_run_tells_all_and_removes_nothing(store: Store, parts: list[Part]) -> None:
    publish(store, [(90, parts[:2]), (60, parts[1:3])])
    before = tree(store)
    removal = clean(store, ONE, LATER, remove=False)

    assert removal.snapshots == (1,)
    assert removal.files == tuple(sorted([parts[0].path, parts[3].path]))
    assert removal.byte_count == parts[0].byte_count + parts[3].byte_count
    assert tree(store) == before


def test_what_a_dry_run_tells_is_what_goes(store: Store, parts: list[Part]) -> None:
    publish(store, [(90, parts[:2]), (60, parts[1:3])])
    told, before = clean(store, ONE, LATER, remove=False), set(tree(store))

    assert clean(store, ONE, LATER, remove=True) == told
    assert before - set(tree(store)) == {manifest_name(1), *told.files}
    assert clean(store, ONE, LATER, remove=True) == Removal((), (), 0, 0, ONE.min_age_hours)


@pytest.mark.parametrize(
    ("ages", "keeping", "gone"),
    [
        ([90, 80, 40, 20, 10], Retention(snapshots=2, days=30), (1, 2, 3)),
        ([90, 80, 40, 20, 10], Retention(snapshots=4, days=30), (1,)),
        ([90, 80, 40, 20, 10], Retention(snapshots=5, days=0), ()),
        ([90, 80, 40, 20, 10], Retention(snapshots=30, days=0), ()),
        ([90, 80, 40, 20, 10], Retention(snapshots=1, days=85), (1,)),
        ([90, 80, 40, 20, 10], Retention(snapshots=1, days=0), (1, 2, 3, 4)),
        ([90, 20, 80, 40, 10], Retention(snapshots=1, days=30), (1,)),
        ([20, 90, 80, 40, 10], Retention(snapshots=1, days=30), ()),
    ],
)
def test_a_snapshot_goes_when_past_both_limits_and_none_before_it_stays(
    store: Store, parts: list[Part], ages: list[int], keeping: Retention, gone: tuple[int, ...]
) -> None:
    publish(store, [(days, parts) for days in ages])
    removal = clean(store, keeping, LATER, remove=True)

    assert removal.snapshots == gone
    assert store.numbers() == tuple(n for n in range(1, 6) if n not in gone)
    assert store.current() is not None


histories = st.lists(st.tuples(st.integers(0, 60), st.sets(st.integers(0, 4))), min_size=1, max_size=7)


@pytest.mark.promise(20)
@given(histories, st.integers(1, 5), st.integers(0, 60))
@settings(max_examples=6, deadline=None)
def test_every_kept_snapshot_keeps_all_its_parts_and_nothing_else_is_left(
    history: list[tuple[int, set[int]]], snapshots: int, days: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "lake", create=True, hook=unsynced)
        parts = some_parts(store, 5)
        publish(store, [(age, [parts[n] for n in sorted(chosen)]) for age, chosen in history])
        removal = clean(store, Retention(snapshots=snapshots, days=days), LATER, remove=True)

        assert verify(store.medium).damaged == ()
        assert store.numbers() == tuple(range(len(removal.snapshots) + 1, len(history) + 1))
        for number in store.numbers():
            assert pairs_at(store, number) == [(f"{n:032x}",) for n in sorted(history[number - 1][1])]
        named = {part.path for number in store.numbers() for part in store.manifest(number).parts}
        assert files_of(store, "parts") == named


def pairs_at(store: Store, number: int) -> list[Any]:
    with open_snapshot(store, number, threads=1) as connection:
        return connection.execute("SELECT article_id FROM pairs ORDER BY ALL").fetchall()


@pytest.mark.promise(20)
def test_files_too_young_to_go_stay_and_are_counted(store: Store, parts: list[Part]) -> None:
    publish(store, [(0, parts[:1])])
    before = tree(store)

    assert clean(store, ONE, datetime.now(UTC), remove=True) == Removal((), (), 0, 3, ONE.min_age_hours)
    assert tree(store) == before


def test_a_part_that_no_snapshot_names_goes_after_the_age_floor(store: Store, parts: list[Part]) -> None:
    publish(store, [(0, parts[:1])])
    now = datetime.now(UTC)
    for part, hours in zip(parts[1:], (23, 25, 49), strict=True):
        moment = (now - timedelta(hours=hours)).timestamp()
        os.utime(root_of(store) / part.path, (moment, moment))
    removal = clean(store, Retention(min_age_hours=24), now, remove=True)

    assert set(removal.files) == {parts[2].path, parts[3].path}
    assert removal.young_files == 1
    assert files_of(store, "parts") == {parts[0].path, parts[1].path}


def test_catalogs_of_removed_snapshots_go_and_the_shown_one_stays(store: Store, parts: list[Part]) -> None:
    for days in (90, 60, 30):
        publish(store, [(days, parts)])
    assert len(files_of(store, "catalogs")) == 3
    clean(store, Retention(snapshots=2, days=0), LATER, remove=True)

    assert [name[17:23] for name in sorted(files_of(store, "catalogs"))] == ["000002", "000003"]
    assert store.medium.shown() == 3


def test_readers_have_a_catalog_at_every_moment(store: Store, parts: list[Part]) -> None:
    publish(store, [(90, parts)])
    with store.writer() as writer:
        writer.commit(a_manifest(*parts, parent=writer.current()))  # and died before it showed that
    missing = []

    def look(operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        perform()
        if not (root_of(store) / CATALOG).exists():
            missing.append((operation, paths[-1].name))

    clean(with_hook(store, look), ONE, LATER, remove=True)

    assert missing == []
    assert store.medium.shown() == 2


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(path.read_bytes()[:-2]), Path.unlink])
def test_with_a_kept_manifest_damaged_nothing_is_removed(
    store: Store, parts: list[Part], harm: Callable[[Path], object]
) -> None:
    publish(store, [(90, parts[:1]), (20, parts[1:2]), (10, parts[2:3])])
    harm(root_of(store) / manifest_name(2))
    before = tree(store)
    with pytest.raises(LakeDamaged, match=r"000002\.json"):
        clean(store, Retention(snapshots=1, days=30), LATER, remove=True)

    assert tree(store) == before


def test_dumps_stay(store: Store, parts: list[Part]) -> None:
    publish(store, [(90, parts), (60, parts)])
    with store.writer() as writer:
        (writer.workspace / "dump").write_bytes(b"as delivered")
        writer.keep_raw(writer.workspace / "dump", "dump")
    clean(store, ONE, LATER, remove=True)

    assert tree(store)["raw/dump"] == b"as delivered"


def test_who_has_an_old_kept_snapshot_open_does_not_notice(store: Store, parts: list[Part]) -> None:
    publish(store, [(90, parts[:1]), (60, parts[:3]), (30, parts[2:])])
    before = pairs_at(store, 2)
    with open_snapshot(store, 2, threads=1) as connection:
        removal = clean(store, Retention(snapshots=2, days=0), LATER, remove=True)

        assert removal.snapshots == (1,)
        assert connection.execute("SELECT article_id FROM pairs ORDER BY ALL").fetchall() == before


@pytest.mark.promise(20)
def test_who_looks_for_the_newest_meanwhile_always_finds_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "lake", create=True, hook=unsynced)
    publish(store, [(90, [])] * 300)
    with ThreadPoolExecutor(1) as other:
        cleaning = other.submit(clean, store, ONE, LATER, remove=True)
        found = set()
        while not cleaning.done():
            newest = store.current()
            found |= {newest.number if newest else 0, store.numbers()[-1]}

    assert len(cleaning.result().snapshots) == 299
    assert found == {300}


def test_a_lake_that_a_run_holds_is_not_cleaned(store: Store, parts: list[Part]) -> None:
    with store.writer(), pytest.raises(LakeBusy):
        clean(store, ONE, LATER, remove=False)


@pytest.mark.promise(20)
def test_stopped_at_any_step_it_leaves_no_snapshot_without_its_parts(tmp_path: Path) -> None:
    history = [(90, [0, 1]), (60, [1, 2]), (30, [2, 3])]
    for step in range(200):
        store = Store.open(tmp_path / str(step), create=True, hook=unsynced)
        parts = some_parts(store, 5)
        publish(store, [(age, [parts[n] for n in chosen]) for age, chosen in history])
        log = Log(fail_at=step)
        try:
            clean(with_hook(store, log), ONE, LATER, remove=True)
        except OSError:
            assert verify(store.medium).damaged == ()
            clean(store, ONE, LATER, remove=True)
        assert files_of(store, "parts") == {parts[2].path, parts[3].path}
        assert store.numbers() == (3,)
        if step >= len(log.steps):
            return
    raise AssertionError(log.steps)


def test_a_manifest_is_gone_for_good_before_the_next_and_before_any_part(store: Store, parts: list[Part]) -> None:
    """Else a power loss may bring an older one back alone, which is a gap, or one whose parts are gone."""
    publish(store, [(90, parts[:1]), (60, parts[1:2]), (30, parts[2:])])
    log = Log()
    clean(with_hook(store, log), ONE, LATER, remove=True)
    names = ("000001.json", "000002.json", "snapshots", Path(parts[0].path).name, Path(parts[1].path).name)
    steps = [step[1][0] for step in log.steps if step[1][0] in names]
    steps = steps[steps.index("000001.json") :]

    assert steps[:4] == ["000001.json", "snapshots", "000002.json", "snapshots"]
    assert set(steps[4:]) == set(names[3:])


@pytest.mark.parametrize("hours", [23, 0, -1])
def test_an_age_below_a_day_is_no_setting(hours: int) -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 24"):
        Retention(min_age_hours=hours)
    assert Retention(min_age_hours=24).min_age_hours == 24
