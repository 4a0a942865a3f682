"""Every durable operation passes the hook, and a sync that failed is not tried again."""

import os
from pathlib import Path

import pytest

from flows.lake.disk import Disk
from tests.unit.lake.hooks import Log


def test_every_operation_passes_the_hook_under_its_name(tmp_path: Path) -> None:
    log = Log()
    disk = Disk(log)
    disk.make_folder(tmp_path / "a")
    disk.make_folder(tmp_path / "a")
    disk.write(tmp_path / "a" / "b", b"bytes")
    disk.sync(tmp_path / "a" / "b")
    disk.link(tmp_path / "a" / "b", tmp_path / "a" / "c")
    disk.symlink("c", tmp_path / "a" / "d")
    disk.rename(tmp_path / "a" / "d", tmp_path / "a" / "b")
    disk.sync(tmp_path / "a")

    assert (tmp_path / "a" / "b").readlink() == Path("c")
    assert (tmp_path / "a" / "c").read_bytes() == b"bytes"
    assert log.steps == [
        ("mkdir", ("a",)),
        ("write", ("b",)),
        ("sync", ("b",)),
        ("link", ("b", "c")),
        ("symlink", ("d",)),
        ("rename", ("d", "b")),
        ("sync", ("a",)),
    ]


def test_a_link_never_takes_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    with pytest.raises(FileExistsError):
        Disk().link(tmp_path / "a", tmp_path / "b")


def test_a_tree_is_removed_whole_and_a_link_without_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to("kept")
    (tmp_path / "file").touch()
    for name in ("tree", "link", "file"):
        Disk().remove(tmp_path / name)

    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.promise(4)
def test_a_failed_sync_is_raised_at_once_and_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(descriptor: int) -> None:
        tried.append(descriptor)
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        Disk().sync(tmp_path)

    assert len(tried) == 1
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(tried[0])
