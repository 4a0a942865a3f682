"""The writer: where it puts parts, what a commit guarantees, and in which order it does durable things."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.lake.manifest import Manifest, Part
from flows.lake.parts import write_part
from flows.lake.store import Store
from flows.lake.writer import Writer
from tests.unit.lake.hooks import Log, Overtaken, with_hook
from tests.unit.lake.made import a_manifest, add_rows, publish, root_of, rows_of
from transforms.article import ARTICLES
from transforms.errors import CommitConflict, LakeBusy, LakeDamaged
from transforms.tables import PAIRS

Add = Callable[..., Part]
TWO = rows_of(PAIRS, 2)


def stage(writer: Writer) -> Path:
    """Write two rows where a run would."""
    staged = writer.workspace / "pairs.parquet"
    write_part(PAIRS, TWO, staged)
    return staged


def test_a_part_lies_where_its_content_says(store: Store) -> None:
    with store.writer() as writer:
        part = writer.add_part(
            stage(writer), PAIRS, None, rows=2, minimum={"article_id": "a"}, maximum={"article_id": "b"}
        )

    assert part.path == f"parts/pairs/{part.sha256[:32]}.parquet"
    assert (root_of(store) / part.path).stat().st_size == part.byte_count
    assert (part.table, part.day, part.rows, part.maximum) == ("pairs", None, 2, {"article_id": "b"})


@pytest.mark.parametrize(("day", "folder"), [("2024-01-02", "2024-01-02"), (None, "__HIVE_DEFAULT_PARTITION__")])
def test_a_partitioned_part_lies_in_the_folder_of_its_day(add: Add, day: str | None, folder: str) -> None:
    part = add(ARTICLES, rows_of(ARTICLES, 1), day)

    assert part.path.startswith(f"parts/articles/published_date={folder}/")
    assert part.day == day


def test_a_day_that_is_none_never_becomes_a_path(store: Store) -> None:
    with store.writer() as writer, pytest.raises(ValueError, match="Invalid isoformat"):
        writer.add_part(stage(writer), ARTICLES, "../../2024", rows=2, minimum={}, maximum={})


def test_the_same_content_twice_is_one_part(store: Store, add: Add) -> None:
    assert add(PAIRS, TWO) == add(PAIRS, TWO)
    assert len(list((root_of(store) / "parts" / "pairs").iterdir())) == 1


def test_a_torn_leftover_of_the_same_name_is_replaced(store: Store, add: Add) -> None:
    part = add(PAIRS, TWO)
    (root_of(store) / part.path).write_bytes(b"torn")
    add(PAIRS, TWO)

    assert (root_of(store) / part.path).stat().st_size == part.byte_count


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd"])
def test_names_that_lead_elsewhere_are_refused(store: Store, name: str) -> None:
    with store.writer() as writer, pytest.raises(ValueError, match="not the name of one file"):
        writer.keep_raw(root_of(store) / "lake.json", name)


def test_every_writer_has_a_fresh_workspace_and_a_name_of_its_own(store: Store) -> None:
    with store.writer() as first:
        (first.workspace / "leftover").write_text("x")
    with store.writer() as second:
        assert not list(second.workspace.iterdir())

    assert first.run_id != second.run_id
    assert second.workspace.name == second.run_id
    assert not first.workspace.exists()


def test_a_manifest_that_does_not_follow_the_newest_is_a_conflict(store: Store) -> None:
    publish(store)
    with store.writer() as writer, pytest.raises(CommitConflict, match="does not follow 1"):
        writer.commit(a_manifest(run_id="late"))

    assert store.numbers() == (1,)


def test_the_loser_of_a_race_for_a_number_is_told_and_changes_nothing(store: Store) -> None:
    winner = a_manifest(run_id="winner")
    path = root_of(store) / "snapshots" / "000001.json"
    overtaken = with_hook(store, Overtaken("link", path.name, lambda: path.write_bytes(winner.to_bytes())))
    with overtaken.writer() as writer, pytest.raises(CommitConflict, match="published snapshot 1 first"):
        writer.commit(a_manifest(run_id="loser"))

    assert store.current() == winner


def test_a_conflict_is_told_as_a_busy_lake() -> None:
    assert issubclass(CommitConflict, LakeBusy)


def test_a_manifest_that_is_there_already_because_its_answer_was_lost_is_published(store: Store) -> None:
    ours = a_manifest()

    def lose_the_answer(operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        perform()
        if operation == "link" and paths[-1].name == "000001.json":
            raise FileExistsError

    with with_hook(store, lose_the_answer).writer() as writer:
        writer.commit(ours)

    assert store.current() == ours


def test_the_loser_can_publish_on_top_of_the_winner(store: Store) -> None:
    with store.writer() as writer:
        writer.commit(a_manifest(run_id="winner"))
        with pytest.raises(CommitConflict):
            writer.commit(a_manifest(run_id="loser"))
        writer.commit(a_manifest(parent=writer.current(), run_id="loser"))

    assert [store.manifest(number).run_id for number in store.numbers()] == ["winner", "loser"]


def test_a_manifest_over_a_missing_or_cut_part_is_not_published(store: Store, add: Add) -> None:
    part = add(PAIRS, rows_of(PAIRS, 1))
    (root_of(store) / part.path).write_bytes(b"")
    with store.writer() as writer, pytest.raises(LakeDamaged, match="nothing was published"):
        writer.commit(a_manifest(part))
    (root_of(store) / part.path).unlink()
    with store.writer() as writer, pytest.raises(LakeDamaged, match="nothing was published"):
        writer.commit(a_manifest(part))

    assert store.current() is None


def test_what_is_synced_before_what(store: Store) -> None:
    log = Log()
    with with_hook(store, log).writer() as writer:
        (writer.workspace / "dump").write_bytes(b"dump")
        writer.keep_raw(writer.workspace / "dump", "digest-of-dump")
        part = writer.add_part(stage(writer), PAIRS, None, rows=2, minimum={}, maximum={})
        writer.commit(a_manifest(part))
        writer.show_newest()
    catalog = (root_of(store) / "catalog.duckdb").resolve().name
    named, linked = log.index("rename", Path(part.path).name), log.index("link", "000001.json")

    assert log.index("sync", "pairs.parquet") < named < log.index("sync", "pairs") < linked
    assert log.index("rename", "digest-of-dump") < log.index("sync", "raw") < linked
    assert log.index("sync", "parts") < linked
    assert log.steps[linked - 1] == ("sync", ("000001.json",))
    assert log.steps[linked + 1] == ("sync", ("snapshots",))
    assert log.index("sync", "dump") < log.index("rename", "digest-of-dump")
    assert linked < log.index("sync", "catalog-1.duckdb") < log.index("rename", catalog) < log.index("sync", "catalogs")
    assert log.index("sync", "catalogs") < log.index("rename", "catalog.duckdb") < log.index("sync", "lake")


def test_folders_are_synced_once_however_many_parts_are_new(store: Store) -> None:
    log = Log()
    with with_hook(store, log).writer() as writer:
        parts = [add_rows(writer, ARTICLES, rows_of(ARTICLES, 1, start), "2024-01-02") for start in range(5)]
        log.steps.clear()
        writer.commit(a_manifest(*parts))

    assert sorted(log.synced()[:-2]) == ["articles", "parts", "published_date=2024-01-02"]


def test_parts_of_the_parent_are_not_synced_again(store: Store, published: Manifest) -> None:
    log = Log()
    with with_hook(store, log).writer() as writer:
        log.steps.clear()
        writer.commit(a_manifest(*published.parts, parent=published))
        assert log.synced() == ["000002.json", "snapshots"]


def test_the_catalog_is_made_once_and_again_when_it_is_lost(store: Store) -> None:
    publish(store)
    log = Log()
    with with_hook(store, log).writer() as writer:
        log.steps.clear()
        writer.show_newest()
        assert log.steps == []
        (root_of(store) / "catalog.duckdb").unlink()
        writer.show_newest()

    assert store.medium.shown() == 1


def test_a_catalog_that_was_overtaken_is_brought_to_the_newest(store: Store) -> None:
    def publish_past_the_lock() -> None:
        (root_of(store) / "lock").unlink()
        publish(store, run_id="other")

    publish(with_hook(store, Overtaken("rename", "catalog.duckdb", publish_past_the_lock)))

    assert store.numbers() == (1, 2)
    assert store.medium.shown() == 2
