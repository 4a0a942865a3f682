"""The store: what it accepts as a lake, how it is made, and that it can be left at any step and healed."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.lake.manifest import Manifest
from flows.lake.store import Store
from tests.unit.lake.hooks import Log, with_hook
from tests.unit.lake.made import a_manifest, add_rows, publish, root_of, rows_of
from transforms.errors import LakeDamaged, NotALake, UsageError
from transforms.tables import PAIRS


def one_night(store: Store) -> Manifest:
    """Take a dump, a part, a commit, a catalog; first of all mend the catalog of the night before."""
    with store.writer() as writer:
        writer.show_newest()
        dump = writer.workspace / "dump"
        dump.write_bytes(b"dump")
        writer.keep_raw(dump, "digest-of-dump")
        part = add_rows(writer, PAIRS, rows_of(PAIRS, 2))
        manifest = a_manifest(part, parent=writer.current())
        writer.commit(manifest)
        writer.show_newest()
    return manifest


def test_a_new_lake_is_empty_and_opens_again(tmp_path: Path) -> None:
    made = Store.open(tmp_path / "deep" / "lake", create=True)
    again = Store.open(str(tmp_path / "deep" / "lake"), create=False)

    assert made.address == again.address == str(tmp_path / "deep" / "lake")
    assert again.numbers() == ()
    assert again.current() is None
    assert not list((root_of(made) / "tmp").iterdir())


def test_a_path_from_here_is_opened_by_its_absolute_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert Store.open("lake", create=True).address == str(tmp_path / "lake")


def test_opening_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no lake at"):
        Store.open(tmp_path / "lake", create=False)

    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, create: bool) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "thesis.txt").write_text("years of work")
    with pytest.raises(NotALake, match="holds tmp"):
        Store.open(tmp_path, create=create)

    assert [path.name for path in tmp_path.rglob("*")] == ["tmp", "thesis.txt"]


def test_a_file_is_no_lake(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("not a folder")
    with pytest.raises(NotALake, match="is a file"):
        Store.open(tmp_path / "lake", create=True)


@pytest.mark.parametrize("name", ["Published_Date=2020-01-01", "what?"])
def test_a_path_that_duckdb_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="choose another path"):
        Store.open(tmp_path / name / "lake", create=True)


def test_a_lake_of_another_format_is_refused(store: Store) -> None:
    (root_of(store) / "lake.json").write_text('{"format":1}')
    with pytest.raises(UsageError, match="of format 1, not 2"):
        Store.open(store.address, create=True)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_broken_marker_is_damage(store: Store, text: str) -> None:
    (root_of(store) / "lake.json").write_text(text)
    with pytest.raises(LakeDamaged, match="cannot be read"):
        Store.open(store.address, create=True)


def test_making_a_lake_can_stop_at_any_step_and_be_taken_up_again(tmp_path: Path) -> None:
    whole = Log()
    Store.open(tmp_path / "whole", create=True, hook=whole)
    for step in range(len(whole.steps)):
        root = tmp_path / str(step)
        with pytest.raises(OSError, match="Input/output"):
            Store.open(root, create=True, hook=Log(fail_at=step))
        healed = Store.open(root, create=True)

        assert publish(healed).number == 1
        assert not (root / "lake.json.new").exists()


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
@pytest.mark.parametrize("operation", ["link", "symlink", "rename"])
def test_a_file_system_without_links_or_renames_is_refused(store: Store, operation: str, code: int) -> None:
    def refuse(done: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        if done == operation:
            raise OSError(code, os.strerror(code))
        perform()

    with pytest.raises(UsageError, match="choose a folder on a local disk"), with_hook(store, refuse).writer():
        pytest.fail("the lake was given")
    assert not list((root_of(store) / "tmp").iterdir())


def test_snapshots_follow_one_another(store: Store) -> None:
    first, second = publish(store), publish(store)

    assert store.numbers() == (1, 2)
    assert (store.manifest(1), store.current()) == (first, second)
    assert second.parent_digest == first.digest


def test_a_writer_clears_what_dead_runs_left_and_keeps_the_rest(store: Store) -> None:
    manifest = one_night(store)
    (root_of(store) / "tmp" / "killed").mkdir()
    (root_of(store) / "tmp" / "killed" / "rows").write_text("x")
    (root_of(store) / "tmp" / "loose").symlink_to("nowhere")
    with store.writer() as writer:
        left = {path.name for path in (root_of(store) / "tmp").iterdir()}

    assert left == {writer.run_id, f"{writer.run_id}.lock"}
    assert not list((root_of(store) / "tmp").iterdir())
    assert store.current() == manifest
    assert (root_of(store) / "raw" / "digest-of-dump").read_bytes() == b"dump"


def test_a_missing_folder_of_workspaces_is_made_again(store: Store) -> None:
    (root_of(store) / "tmp").rmdir()

    assert publish(store).number == 1


@pytest.mark.promise(4)
@pytest.mark.slow
def test_an_error_at_any_step_leaves_the_old_or_the_new_snapshot_and_the_next_night_heals(tmp_path: Path) -> None:
    whole = Log()
    store = Store.open(tmp_path / "whole", create=True)
    one_night(store)
    one_night(with_hook(store, whole))
    for step in range(len(whole.steps)):
        store = Store.open(tmp_path / str(step), create=True)
        old = one_night(store)
        with pytest.raises(OSError, match="No space"):
            one_night(with_hook(store, Log(fail_at=step, code=errno.ENOSPC)))
        found = store.current()

        assert found is not None
        assert found.number in {1, 2}
        assert old in {found, store.manifest(1)}
        assert one_night(store).number == store.medium.shown() == found.number + 1
        assert not list((root_of(store) / "tmp").iterdir())
