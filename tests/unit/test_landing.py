"""Which files of a folder are dumps."""

from pathlib import Path

import pytest

from flows.landing import Landing, find_dumps, require_some
from flows.settings import NO_DUMPS
from transforms.errors import UsageError

BESIDE = ("README.md", "ReadMe", "readme.txt", "Thumbs.db", "desktop.ini", "b.jsonl.part", "c.tmp", "a.jsonl.sha256")


def names(landing: Landing) -> list[str]:
    return [dump.name for dump in landing.dumps]


def test_files_beside_dumps_are_left_and_told_of(tmp_path: Path) -> None:
    for name in (*BESIDE, "a.jsonl", "sub/readings.csv", ".DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    landing = find_dumps([tmp_path], NO_DUMPS)

    assert ["a.jsonl", "sub/readings.csv"] == names(landing)
    assert sorted(BESIDE) == sorted(landing.ignored)


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("x")

    assert ["readme.txt"] == names(find_dumps([tmp_path / "readme.txt"], NO_DUMPS))


def test_a_folder_without_dumps_is_told_of_with_what_is_ignored_there(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")

    with pytest.raises(UsageError, match=r"no file but README\.md, which `ignore` names"):
        require_some(find_dumps([tmp_path], NO_DUMPS), [tmp_path])
