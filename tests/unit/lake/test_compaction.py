"""Compaction: the same rows in fewer files, each of them what one run over those rows would have written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.lake.compaction import Compaction, compact
from flows.lake.integrity import verify
from flows.lake.manifest import Manifest, Part
from flows.lake.query import open_snapshot
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from tests.unit.lake.hooks import Overtaken, with_hook
from tests.unit.lake.made import publish, root_of, rows_of
from transforms.article import ARTICLES
from transforms.errors import CommitConflict, LakeBusy, LakeDamaged
from transforms.schema import Table
from transforms.tables import MEMBERSHIP, PAIRS, STORED, VIEWS

Add = Callable[..., Part]


def rows_at(store: Store, number: int | None = None) -> dict[str, list[str]]:
    """Give every row of every view, in an order of its own."""
    with open_snapshot(store, number, threads=1) as connection:
        return {view.name: sorted(map(repr, connection.execute(f"FROM {view.name}").fetchall())) for view in VIEWS}


def current(store: Store) -> Manifest:
    manifest = store.current()
    assert manifest
    return manifest


@pytest.fixture
def nights(store: Store, published: Manifest, add: Add) -> Manifest:
    """Publish a second night with some more of two days, of the undated, and of the pairs."""
    second = [add(ARTICLES, rows_of(ARTICLES, 2, 100), day) for day in ("2024-01-02", "2024-01-09", None)]
    return publish(store, *published.parts, *second, add(PAIRS, rows_of(PAIRS, 3, 700)))


def test_the_rows_are_the_same_in_fewer_files(store: Store, nights: Manifest) -> None:
    before = rows_at(store)
    done = compact(store)

    assert rows_at(store) == before
    assert done == Compaction(len(nights.parts), len(current(store).parts), 3)
    assert done.parts_after < done.parts_before
    assert verify(store.medium).damaged == ()


def test_a_merge_that_was_overtaken_takes_nothing_back(store: Store, nights: Manifest, add: Add) -> None:
    def overtake() -> None:
        (root_of(store) / "lock").unlink()
        publish(store, *nights.parts, add(PAIRS, rows_of(PAIRS, 1, 900)))

    with pytest.raises(CommitConflict):
        compact(with_hook(store, Overtaken("sync", "merged.parquet", overtake)))

    assert store.numbers() == (1, 2, 3)
    assert set(nights.parts) < set(current(store).parts)


def test_small_parts_of_a_table_and_day_are_one_part(store: Store, nights: Manifest) -> None:
    compact(store)
    places = Counter((part.table, part.day) for part in current(store).parts)

    assert set(places) == {(part.table, part.day) for part in nights.parts}
    assert set(places.values()) == {1}


def test_the_snapshot_says_what_made_it_and_consumes_nothing(store: Store, nights: Manifest) -> None:
    compact(store)
    manifest = current(store)

    assert (manifest.action, manifest.dumps, manifest.parent_digest) == ("compact", (), nights.digest)
    assert (manifest.rules_digest, manifest.verdict) == (nights.rules_digest, nights.verdict)
    assert store.medium.shown() == manifest.number


@pytest.mark.parametrize("table", STORED, ids=lambda table: table.name)
def test_a_merged_part_is_to_the_byte_what_one_run_would_have_written(store: Store, add: Add, table: Table) -> None:
    day = "2024-01-02" if table.is_partitioned else None
    rows = rows_of(table, 9)
    publish(store, *(add(table, rows.slice(start, 3), day) for start in (3, 0, 6)))
    compact(store)

    assert current(store).parts == (add(table, rows, day),)


def test_nulls_and_empty_lists_survive(store: Store, add: Add) -> None:
    hollow: dict[str, list[Any]] = {
        "title": [None, "t"],
        "authors": [[], ["a", "b"]],
        "edits": [[], [("rule", 2)]],
        "language": [None, "en"],
    }
    rows = [rows_of(ARTICLES, 2, start, **hollow) for start in (0, 2)]
    publish(store, *(add(ARTICLES, some, "2024-01-02") for some in rows))
    compact(store)
    [part] = current(store).parts
    found = pq.ParquetFile(root_of(store) / part.path).read()

    assert found == pa.concat_tables(rows).combine_chunks()


def test_parts_above_the_cap_are_left(store: Store, add: Add) -> None:
    big = add(PAIRS, rows_of(PAIRS, 3000))
    small = [add(PAIRS, rows_of(PAIRS, 1, start)) for start in (5000, 6000, 7000)]
    publish(store, big, *small)
    done = compact(store, part_bytes=big.byte_count - 1)

    assert (done.parts_before, done.parts_after) == (4, 2)
    assert big in current(store).parts


def test_a_second_compaction_finds_nothing_to_merge(store: Store, nights: Manifest) -> None:
    done = compact(store)

    assert compact(store) == Compaction(done.parts_after, done.parts_after, None)
    assert store.numbers() == (1, 2, 3)


def test_a_lake_without_a_snapshot_has_nothing_to_merge(store: Store) -> None:
    assert compact(store) == Compaction(0, 0, None)
    assert store.numbers() == ()


def test_a_part_with_other_rows_than_its_manifest_says_is_refused(store: Store, add: Add) -> None:
    parts = [add(PAIRS, rows_of(PAIRS, 2, start)) for start in (0, 10)]
    wrong = publish(store, parts[0], replace(parts[1], rows=3))
    with pytest.raises(LakeDamaged, match="2 parts of pairs hold 4 rows, not what their manifest says"):
        compact(store)

    assert store.current() == wrong


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_damaged_parts_are_not_merged_into_parts_that_look_whole(store: Store, nights: Manifest, harm: str) -> None:
    path = root_of(store) / nights.parts_of(PAIRS.name)[0].path
    content = path.read_bytes()
    match harm:
        case "flip":
            path.write_bytes(content[:12] + bytes([content[12] ^ 1]) + content[13:])
        case "cut":
            path.write_bytes(content[:-1])
        case _:
            path.unlink()
    with pytest.raises(LakeDamaged, match=path.name):
        compact(store)

    assert store.current() == nights


def test_who_has_the_snapshot_before_open_does_not_notice(store: Store, nights: Manifest) -> None:
    with open_snapshot(store, threads=1) as connection:
        before = connection.execute("SELECT article_id FROM articles ORDER BY ALL").fetchall()
        compact(store)

        assert connection.execute("SELECT article_id FROM articles ORDER BY ALL").fetchall() == before


def test_a_compaction_can_be_gone_back_on(store: Store, nights: Manifest) -> None:
    before = rows_at(store)
    compact(store)

    assert roll_back(store, nights.number).parts == nights.parts
    assert rows_at(store) == before


def test_a_lake_that_a_run_holds_is_not_compacted(store: Store, nights: Manifest) -> None:
    with store.writer(), pytest.raises(LakeBusy):
        compact(store)


def test_nothing_is_left_in_the_workspace(store: Store, nights: Manifest) -> None:
    compact(store)

    assert list((root_of(store) / "tmp").iterdir()) == []
    named = {part.path for number in store.numbers() for part in store.manifest(number).parts}
    assert set(store.medium.entries("parts")) == named


def test_membership_lies_in_no_days_and_is_merged_into_one(store: Store, nights: Manifest) -> None:
    rows = sum(part.rows for part in nights.parts_of(MEMBERSHIP.name))
    compact(store)
    [part] = current(store).parts_of(MEMBERSHIP.name)

    assert part.rows == rows
    assert Path(part.path).parent == Path("parts/membership")
