"""Going back: an earlier snapshot's content under a new number, and never onto parts that are not whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.lake.folder import CATALOG
from flows.lake.integrity import verify
from flows.lake.manifest import Manifest, Part
from flows.lake.query import open_snapshot
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from tests.unit.lake.made import publish, root_of, rows_of
from transforms.article import ARTICLES
from transforms.errors import LakeDamaged, UsageError
from transforms.tables import PAIRS, VIEWS

Rows = dict[str, list[str]]


def rows_at(store: Store, number: int | None = None) -> Rows:
    """Give every row of every view, in an order of its own."""
    with open_snapshot(store, number, threads=1) as connection:
        return {view.name: sorted(map(repr, connection.execute(f"FROM {view.name}").fetchall())) for view in VIEWS}


def spoil(path: Path) -> None:
    """Change one byte, and the size not at all."""
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.fixture
def bad(store: Store, published: Manifest, add: Callable[..., Part]) -> Manifest:
    """Publish, over the good snapshot, one without its first articles and with pairs that nobody wants."""
    kept = [part for part in published.parts if part != published.parts_of(ARTICLES.name)[0]]
    return publish(store, *kept, add(PAIRS, rows_of(PAIRS, 2, 500)), run_id="run-2")


def test_two_contents_that_differ_would_be_noticed(store: Store, bad: Manifest) -> None:
    assert rows_at(store, 1) != rows_at(store, 2)


@pytest.mark.promise(19)
def test_going_back_shows_the_earlier_rows_under_a_new_number(store: Store, bad: Manifest) -> None:
    good = rows_at(store, 1)
    manifest = roll_back(store, 1)

    assert rows_at(store) == good
    assert store.current() == manifest
    assert (manifest.number, manifest.action, manifest.parent_digest) == (3, "rollback", bad.digest)
    assert manifest.dumps == ()


def test_going_back_is_no_run_of_its_own_name(store: Store, bad: Manifest) -> None:
    manifest = roll_back(store, 1)

    assert manifest.run_id not in {"run-1", "run-2"}
    assert manifest.created_at > bad.created_at


@pytest.mark.promise(19)
def test_going_back_removes_nothing_and_can_be_undone(store: Store, bad: Manifest) -> None:
    unwanted = rows_at(store, 2)
    roll_back(store, 1)
    roll_back(store, 2)

    assert store.numbers() == (1, 2, 3, 4)
    assert rows_at(store) == unwanted
    assert not verify(store.medium).damaged


def test_the_catalog_that_analysts_open_is_of_the_new_number(store: Store, bad: Manifest) -> None:
    assert store.medium.shown() == 2
    roll_back(store, 1)

    assert store.medium.shown() == 3
    assert "catalog-000003-" in (root_of(store) / CATALOG).resolve().name


@pytest.mark.parametrize("number", [2, 3])
def test_going_back_to_what_readers_see_is_wrong_usage(store: Store, bad: Manifest, number: int) -> None:
    publish(store, *bad.parts)
    with pytest.raises(UsageError, match=f"snapshot {number} is what readers see already"):
        roll_back(store, number)

    assert store.numbers() == (1, 2, 3)


@pytest.mark.parametrize("number", [0, -1, 7])
def test_a_snapshot_that_is_not_kept_is_wrong_usage(store: Store, bad: Manifest, number: int) -> None:
    with pytest.raises(UsageError, match=f"there is no snapshot {number}; kept are: 1, 2"):
        roll_back(store, number)


def test_a_lake_without_a_snapshot_has_nothing_to_go_back_to(store: Store) -> None:
    with pytest.raises(UsageError, match="there is no snapshot 1; kept are: none"):
        roll_back(store, 1)


def test_a_snapshot_with_a_damaged_part_is_not_gone_back_to(store: Store, bad: Manifest) -> None:
    [lost] = set(store.manifest(1).parts) - set(bad.parts)
    spoil(root_of(store) / lost.path)
    with pytest.raises(LakeDamaged, match=rf"{lost.path}: SHA-256 .*; snapshot 1 is not whole, choose another"):
        roll_back(store, 1)

    assert store.current() == bad


def test_a_part_that_only_the_newest_names_does_not_hinder_going_back(store: Store, bad: Manifest) -> None:
    [unwanted] = set(bad.parts) - set(store.manifest(1).parts)
    good = rows_at(store, 1)
    for harm in (spoil, Path.unlink):
        harm(root_of(store) / unwanted.path)
        roll_back(store, 1)
        assert rows_at(store) == good
        publish(store, *store.manifest(1).parts[1:])


def test_what_verify_says_to_go_back_to_can_be_gone_back_to(store: Store, bad: Manifest) -> None:
    [unwanted] = set(bad.parts) - set(store.manifest(1).parts)
    spoil(root_of(store) / unwanted.path)
    found = verify(store.medium)

    assert found.way_back == 1
    assert roll_back(store, found.way_back).parts == store.manifest(1).parts
