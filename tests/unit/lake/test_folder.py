"""A lake in a folder: files come whole or not at all, and the catalog shown is one of this very place."""

import os
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from flows.lake.disk import Disk
from flows.lake.folder import Folder
from tests.unit.lake.hooks import Log


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def folder(tmp_path: Path, log: Log) -> Folder:
    made = Folder.open(tmp_path / "lake", Disk(log), create=True)
    log.steps.clear()
    return made


def catalog(path: Path, number: int) -> Path:
    """Write a catalog that tells its number."""
    with duckdb.connect(path) as connection:
        connection.execute(f"CREATE VIEW number AS SELECT {number}")
    return path


def test_a_file_is_made_under_a_free_name_only(folder: Folder, tmp_path: Path) -> None:
    folder.create("snapshots/000001.json", b"first", tmp_path)
    with pytest.raises(FileExistsError):
        folder.create("snapshots/000001.json", b"second", tmp_path)

    assert folder.read("snapshots/000001.json") == b"first"


def test_a_file_that_is_moved_in_takes_the_place_of_another(folder: Folder, tmp_path: Path) -> None:
    for content in (b"torn", b"whole"):
        (tmp_path / "staged").write_bytes(content)
        folder.move_in(tmp_path / "staged", "parts/pairs/a.parquet")

    assert folder.read("parts/pairs/a.parquet") == b"whole"
    assert folder.digest("parts/pairs/a.parquet") == sha256(b"whole").hexdigest()
    assert not (tmp_path / "staged").exists()


def test_names_last_once_every_folder_that_leads_to_them_is_synced(folder: Folder, log: Log) -> None:
    (folder.root / "parts" / "pairs").mkdir()
    folder.settle(["parts/pairs/a.parquet", "parts/pairs/b.parquet", "raw/a"])

    assert sorted(log.synced()) == ["pairs", "parts", "raw"]


def test_files_are_listed_however_deep_and_looked_up_one_by_one(folder: Folder) -> None:
    deep = folder.root / "parts" / "articles" / "published_date=2024-01-02" / "a.parquet"
    deep.parent.mkdir(parents=True)
    deep.write_bytes(b"1234")
    os.utime(deep, (0, 0))
    name = deep.relative_to(folder.root).as_posix()
    entry = folder.entries("parts")[name]

    assert list(folder.entries("parts")) == [name]
    assert (entry.byte_count, entry.modified_at.isoformat()) == (4, "1970-01-01T00:00:00+00:00")
    assert folder.entry(name) == entry
    assert folder.entry("parts/articles") is None
    assert folder.entry("parts/none.parquet") is None


def test_what_is_not_there_is_told(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        folder.entries("nowhere")
    with pytest.raises(FileNotFoundError):
        folder.read("lock.json")
    with pytest.raises(FileNotFoundError):
        folder.digest("lock.json")


def test_the_catalog_link_is_relative_and_leads_to_the_newest(folder: Folder, tmp_path: Path) -> None:
    for number in (1, 2):
        folder.show(catalog(tmp_path / "draft", number), number, tmp_path)
    kept = sorted(path.name for path in (folder.root / "catalogs").iterdir())

    assert folder.shown() == 2
    assert [name[:15] for name in kept] == ["catalog-000001-", "catalog-000002-"]
    assert (folder.root / "catalog.duckdb").readlink() == Path("catalogs") / kept[1]
    with duckdb.connect(folder.root / "catalog.duckdb", read_only=True) as connection:
        assert connection.execute("FROM number").fetchall() == [(2,)]


@pytest.mark.parametrize("target", [None, "catalogs/gone", "lake.json", "catalogs/catalog-000001.duckdb"])
def test_no_catalog_or_a_strange_one_counts_as_none_shown(folder: Folder, target: str | None) -> None:
    (folder.root / "catalogs" / "catalog-000001.duckdb").touch()
    if target:
        (folder.root / "catalog.duckdb").symlink_to(target)

    assert folder.shown() is None


def test_the_catalog_of_another_place_counts_as_none_shown_until_the_lake_is_back(
    folder: Folder, tmp_path: Path
) -> None:
    folder.show(catalog(tmp_path / "draft", 1), 1, tmp_path)
    folder.root.rename(tmp_path / "elsewhere")
    moved = Folder.open(tmp_path / "elsewhere", Disk(), create=False)

    assert moved.shown() is None
    moved.root.rename(folder.root)
    assert folder.shown() == 1


def test_the_catalog_of_a_place_with_two_names_is_one(folder: Folder, tmp_path: Path) -> None:
    folder.show(catalog(tmp_path / "draft", 1), 1, tmp_path)
    (tmp_path / "alias").symlink_to(folder.root)

    assert Folder.open(tmp_path / "alias", Disk(), create=False).shown() == 1
