"""The newest snapshot is believed only if it is whole and follows from the one before."""

from pathlib import Path

import pytest

from flows.lake import history
from flows.lake.medium import Medium
from flows.lake.store import Store
from tests.unit.lake.made import a_manifest, publish
from transforms.errors import LakeDamaged, UsageError


@pytest.fixture
def medium(store: Store) -> Medium:
    """Give a lake of three empty snapshots."""
    for _ in range(3):
        publish(store)
    return store.medium


def path_of(medium: Medium, number: int) -> Path:
    """Return where a snapshot's manifest lies."""
    return Path(medium.address) / history.manifest_name(number)


def test_the_highest_number_is_the_newest(medium: Medium) -> None:
    newest = history.newest(medium)

    assert newest is not None
    assert newest.number == 3
    assert history.numbers(medium) == (1, 2, 3)


def test_a_damaged_newest_is_not_replaced_by_an_older_one(medium: Medium) -> None:
    path = path_of(medium, 3)
    path.write_bytes(path.read_bytes().replace(b"passed", b"pessed"))
    with pytest.raises(LakeDamaged, match=r"000003\.json is damaged: it does not match its digest"):
        history.newest(medium)

    assert history.read(medium, 2).number == 2


def test_a_gap_in_the_numbers_is_damage(medium: Medium) -> None:
    path_of(medium, 2).unlink()
    with pytest.raises(LakeDamaged, match=r"000002\.json is missing"):
        history.newest(medium)


def test_older_snapshots_may_be_cleaned_away(medium: Medium) -> None:
    path_of(medium, 1).unlink()
    path_of(medium, 2).unlink()

    assert history.newest(medium) == history.read(medium, 3)


def test_a_newest_that_does_not_follow_its_parent_is_damage(medium: Medium) -> None:
    stray = a_manifest(parent=a_manifest(parent=a_manifest(run_id="other")))
    path_of(medium, 3).write_bytes(stray.to_bytes())
    with pytest.raises(LakeDamaged, match="does not follow"):
        history.newest(medium)


def test_a_manifest_under_a_number_that_is_not_its_own_is_damage(medium: Medium) -> None:
    path_of(medium, 3).write_bytes(path_of(medium, 2).read_bytes())
    with pytest.raises(LakeDamaged, match="holds snapshot 2"):
        history.read(medium, 3)


def test_a_snapshot_that_is_not_there_is_wrong_usage(medium: Medium) -> None:
    with pytest.raises(UsageError, match="no snapshot 7; kept are: 1, 2, 3"):
        history.read(medium, 7)


def test_strange_files_among_the_snapshots_are_passed_over(medium: Medium) -> None:
    path_of(medium, 9).with_suffix(".json~").write_text("an editor was here")

    assert history.numbers(medium) == (1, 2, 3)


def test_a_missing_folder_of_snapshots_is_damage_and_not_an_empty_lake(medium: Medium) -> None:
    path_of(medium, 1).parent.rename(Path(medium.address) / "moved")
    with pytest.raises(LakeDamaged, match="restore it from a backup"):
        history.newest(medium)
