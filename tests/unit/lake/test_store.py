"""The store: what it accepts as a lake, what a commit guarantees, and in which order it does durable things."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.lake.manifest import Manifest, Part
from flows.lake.parts import write_part
from flows.lake.store import Hook, Store
from tests.unit.lake.made import a_manifest, rows_of
from transforms.article import ARTICLES
from transforms.errors import LakeBusy, LakeDamaged, NotALake, UsageError
from transforms.tables import PAIRS

Add = Callable[..., Part]


class Log:
    """A hook that notes every durable operation, and fails at the n-th when told to."""

    def __init__(self, fail_at: int | None = None, code: int = errno.EIO) -> None:
        self.steps: list[tuple[str, tuple[str, ...]]] = []
        self.fail_at = fail_at
        self.code = code

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Note the step, and take it unless it is the one that fails."""
        self.steps.append((operation, tuple(path.name for path in paths)))
        if len(self.steps) - 1 == self.fail_at:
            raise OSError(self.code, os.strerror(self.code))
        perform()

    def index(self, operation: str, name: str) -> int:
        """Return the place of the operation's last occurrence on that name."""
        return max(n for n, (done, names) in enumerate(self.steps) if done == operation and names[-1] == name)


def stage(store: Store) -> Path:
    """Write two rows where a run would."""
    staged = store.workspace("stage") / "pairs.parquet"
    write_part(PAIRS, rows_of(PAIRS, 2), staged)
    return staged


def publish_once(store: Store) -> Manifest:
    """One small night: a raw dump, a part, a commit, a catalog."""
    with store.locked():
        store.recover()
        dump = store.workspace("night") / "dump"
        dump.write_bytes(b"dump")
        store.keep_raw(dump, "digest-of-dump")
        part = store.add_part(stage(store), PAIRS, None, rows=2, minimum={}, maximum={})
        manifest = a_manifest(part, parent=store.current())
        store.commit(manifest)
        catalog = store.workspace("catalog") / "catalog"
        catalog.write_bytes(b"catalog %d" % manifest.number)
        store.swap_catalog(catalog, manifest.number)
        store.recover()
    return manifest


def test_a_new_lake_is_empty_and_opens_again(tmp_path: Path) -> None:
    made = Store.open(tmp_path / "deep" / "lake", create=True)
    again = Store.open(tmp_path / "deep" / "lake", create=False)

    assert made.root == again.root
    assert again.numbers() == ()
    assert again.current() is None
    assert not list((made.root / "tmp").iterdir())


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
    (store.root / "lake.json").write_text('{"format":2}')
    with pytest.raises(UsageError, match="of format 2, not 1"):
        Store.open(store.root, create=True)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_broken_marker_is_damage(store: Store, text: str) -> None:
    (store.root / "lake.json").write_text(text)
    with pytest.raises(LakeDamaged, match="cannot be read"):
        Store.open(store.root, create=True)


def test_making_a_lake_can_stop_at_any_step_and_be_taken_up_again(tmp_path: Path) -> None:
    whole = Log()
    Store.open(tmp_path / "whole", create=True, hook=whole)
    for step in range(len(whole.steps)):
        root = tmp_path / str(step)
        with pytest.raises(OSError, match="Input/output"):
            Store.open(root, create=True, hook=Log(fail_at=step))
        healed = Store.open(root, create=True)

        assert publish_once(healed).number == 1
        assert not (root / "lake.json.new").exists()


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
@pytest.mark.parametrize("operation", ["link", "symlink", "rename"])
def test_a_file_system_without_links_or_renames_is_refused(store: Store, operation: str, code: int) -> None:
    def refuse(done: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        if done == operation:
            raise OSError(code, os.strerror(code))
        perform()

    with pytest.raises(UsageError, match="choose a folder on a local disk"), with_hook(store, refuse).locked():
        pytest.fail("the lock was given")


def with_hook(store: Store, hook: Hook) -> Store:
    """Open the same lake with its durable operations passing the hook."""
    return Store.open(store.root, create=False, hook=hook)


def test_a_part_lies_where_its_content_says(store: Store) -> None:
    part = store.add_part(stage(store), PAIRS, None, rows=2, minimum={"article_id": "a"}, maximum={"article_id": "b"})

    assert part.path == f"parts/pairs/{part.sha256[:32]}.parquet"
    assert (store.root / part.path).stat().st_size == part.byte_count
    assert (part.table, part.day, part.rows, part.maximum) == ("pairs", None, 2, {"article_id": "b"})


@pytest.mark.parametrize(("day", "folder"), [("2024-01-02", "2024-01-02"), (None, "__HIVE_DEFAULT_PARTITION__")])
def test_a_partitioned_part_lies_in_the_folder_of_its_day(add: Add, day: str | None, folder: str) -> None:
    part = add(ARTICLES, rows_of(ARTICLES, 1), day)

    assert part.path.startswith(f"parts/articles/published_date={folder}/")
    assert part.day == day


def test_a_day_that_is_none_never_becomes_a_path(store: Store) -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        store.add_part(stage(store), ARTICLES, "../../2024", rows=2, minimum={}, maximum={})


def test_the_same_content_twice_is_one_part(store: Store) -> None:
    first = store.add_part(stage(store), PAIRS, None, rows=2, minimum={}, maximum={})
    again = store.add_part(stage(store), PAIRS, None, rows=2, minimum={}, maximum={})

    assert first == again
    assert len(list((store.root / "parts" / "pairs").iterdir())) == 1


def test_a_torn_leftover_of_the_same_name_is_replaced(store: Store) -> None:
    part = store.add_part(stage(store), PAIRS, None, rows=2, minimum={}, maximum={})
    (store.root / part.path).write_bytes(b"torn")
    store.add_part(stage(store), PAIRS, None, rows=2, minimum={}, maximum={})

    assert (store.root / part.path).stat().st_size == part.byte_count


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd"])
def test_names_that_lead_elsewhere_are_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of one file"):
        store.keep_raw(store.root / "lake.json", name)
    with pytest.raises(ValueError, match="not the name of one file"):
        store.workspace(name)


def test_a_workspace_is_fresh_each_time(store: Store) -> None:
    (store.workspace("run-1") / "leftover").write_text("x")

    assert not list(store.workspace("run-1").iterdir())


def test_recovery_empties_tmp_and_keeps_the_rest(store: Store) -> None:
    manifest = publish_once(store)
    (store.workspace("killed") / "rows").write_text("x")
    (store.root / "tmp" / "loose").symlink_to("nowhere")
    with store.locked():
        store.recover()

    assert not list((store.root / "tmp").iterdir())
    assert store.current() == manifest
    assert (store.root / "raw" / "digest-of-dump").read_bytes() == b"dump"


def test_snapshots_follow_one_another(store: Store) -> None:
    first, second = publish_once(store), publish_once(store)

    assert store.numbers() == (1, 2)
    assert (store.manifest(1), store.current()) == (first, second)
    assert second.parent_digest == first.digest


def test_a_number_that_is_taken_is_not_taken_again(store: Store) -> None:
    publish_once(store)
    with pytest.raises(LakeBusy, match="does not follow 1"):
        store.commit(a_manifest(run_id="late"))

    assert store.numbers() == (1,)


def test_the_loser_of_a_race_for_a_number_is_told_and_changes_nothing(store: Store) -> None:
    winner = a_manifest(run_id="winner")

    def overtake(operation: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        if operation == "link":
            (store.root / "snapshots" / "000001.json").write_bytes(winner.to_bytes())
        perform()

    with pytest.raises(LakeBusy, match="published snapshot 1 first"):
        with_hook(store, overtake).commit(a_manifest(run_id="loser"))

    assert store.current() == winner


def test_a_manifest_over_a_missing_or_cut_part_is_not_published(store: Store, add: Add) -> None:
    part = add(PAIRS, rows_of(PAIRS, 1))
    (store.root / part.path).write_bytes(b"")
    with pytest.raises(LakeDamaged, match="nothing was published"):
        store.commit(a_manifest(part))
    (store.root / part.path).unlink()
    with pytest.raises(LakeDamaged, match="nothing was published"):
        store.commit(a_manifest(part))

    assert store.current() is None


def test_what_is_synced_before_what(store: Store) -> None:
    log = Log()
    part = publish_once(with_hook(store, log)).parts[0]
    named = log.index("rename", Path(part.path).name)
    linked = log.index("link", "000001.json")

    assert log.index("sync", "pairs.parquet") < named < log.index("sync", "pairs") < linked
    assert log.index("rename", "digest-of-dump") < log.index("sync", "raw") < linked
    assert log.index("sync", "parts") < linked
    assert log.steps[linked - 1] == ("sync", (f"run-1-{os.getpid()}.json",))
    assert log.steps[linked + 1] == ("sync", ("snapshots",))
    assert log.index("sync", "dump") < log.index("rename", "digest-of-dump")
    assert log.index("sync", "catalog") < log.index("rename", "catalog-000001.duckdb")
    assert log.index("sync", "catalogs") < log.index("rename", "catalog.duckdb") < log.index("sync", "lake")


def test_folders_are_synced_once_however_many_parts_are_new(store: Store, add: Add) -> None:
    parts = [add(ARTICLES, rows_of(ARTICLES, 1, start), "2024-01-02") for start in range(5)]
    log = Log()
    with_hook(store, log).commit(a_manifest(*parts))
    folders = [names[0] for operation, names in log.steps if operation == "sync"]

    assert sorted(folders[:-2]) == ["articles", "parts", "published_date=2024-01-02", "raw"]


def test_parts_of_the_parent_are_not_synced_again(store: Store, published: Manifest) -> None:
    log = Log()
    with_hook(store, log).commit(a_manifest(*published.parts, parent=published))

    assert [names[0] for operation, names in log.steps if operation == "sync"][:-2] == ["raw"]


def test_an_error_at_any_step_leaves_the_old_or_the_new_snapshot_and_the_next_night_heals(tmp_path: Path) -> None:
    whole = Log()
    store = Store.open(tmp_path / "whole", create=True)
    publish_once(store)
    publish_once(with_hook(store, whole))
    for step in range(len(whole.steps)):
        store = Store.open(tmp_path / str(step), create=True)
        old = publish_once(store)
        with pytest.raises(OSError, match="No space"):
            publish_once(with_hook(store, Log(fail_at=step, code=errno.ENOSPC)))
        found = store.current()

        assert found is not None
        assert found.number in {1, 2}
        assert old in {found, store.manifest(1)}
        assert publish_once(store).number == found.number + 1
        assert (store.root / "catalog.duckdb").read_bytes() == b"catalog %d" % (found.number + 1)


def test_a_second_commit_of_one_process_does_not_write_through_the_first(store: Store) -> None:
    first = a_manifest()
    store.commit(first)
    store.commit(a_manifest(parent=first))

    assert store.manifest(1) == first


def test_the_catalog_link_is_relative_and_leads_to_the_newest(store: Store) -> None:
    publish_once(store)
    publish_once(store)

    assert (store.root / "catalog.duckdb").readlink() == Path("catalogs/catalog-000002.duckdb")
    assert (store.root / "catalogs" / "catalog-000001.duckdb").read_bytes() == b"catalog 1"
