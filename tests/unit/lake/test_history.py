"""The newest snapshot is believed only if it is whole and follows from the one before."""

from pathlib import Path

import pytest

from flows.lake import history
from flows.lake.store import Store
from tests.unit.lake.made import a_manifest
from transforms.errors import LakeDamaged, UsageError


@pytest.fixture
def root(store: Store) -> Path:
    """Give a lake of three empty snapshots."""
    for _ in range(3):
        store.commit(a_manifest(parent=store.current()))
    return store.root


def test_the_highest_number_is_the_newest(root: Path) -> None:
    newest = history.newest(root)

    assert newest is not None
    assert newest.number == 3
    assert history.numbers(root) == (1, 2, 3)


def test_a_damaged_newest_is_not_replaced_by_an_older_one(root: Path) -> None:
    path = history.manifest_path(root, 3)
    path.write_bytes(path.read_bytes().replace(b"passed", b"pessed"))
    with pytest.raises(LakeDamaged, match=r"000003\.json is damaged: it does not match its digest"):
        history.newest(root)

    assert history.read(root, 2).number == 2


def test_a_gap_in_the_numbers_is_damage(root: Path) -> None:
    history.manifest_path(root, 2).unlink()
    with pytest.raises(LakeDamaged, match=r"000002\.json is missing"):
        history.newest(root)


def test_older_snapshots_may_be_cleaned_away(root: Path) -> None:
    history.manifest_path(root, 1).unlink()
    history.manifest_path(root, 2).unlink()

    assert history.newest(root) == history.read(root, 3)


def test_a_newest_that_does_not_follow_its_parent_is_damage(root: Path) -> None:
    stray = a_manifest(parent=a_manifest(parent=a_manifest(run_id="other")))
    history.manifest_path(root, 3).write_bytes(stray.to_bytes())
    with pytest.raises(LakeDamaged, match="does not follow"):
        history.newest(root)


def test_a_manifest_under_a_number_that_is_not_its_own_is_damage(root: Path) -> None:
    history.manifest_path(root, 3).write_bytes(history.manifest_path(root, 2).read_bytes())
    with pytest.raises(LakeDamaged, match="holds snapshot 2"):
        history.read(root, 3)


def test_a_snapshot_that_is_not_there_is_wrong_usage(root: Path) -> None:
    with pytest.raises(UsageError, match="no snapshot 7; kept are: 1, 2, 3"):
        history.read(root, 7)


def test_strange_files_among_the_snapshots_are_passed_over(root: Path) -> None:
    (root / "snapshots" / "000009.json~").write_text("an editor was here")

    assert history.numbers(root) == (1, 2, 3)


def test_a_missing_folder_of_snapshots_is_damage_and_not_an_empty_lake(root: Path) -> None:
    (root / "snapshots").rename(root / "moved")
    with pytest.raises(LakeDamaged, match="restore it from a backup"):
        history.newest(root)
