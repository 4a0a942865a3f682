"""The power-loss model: which disks may be left of the last operations."""

from pathlib import Path

import pytest

from tests.faults.oplog import Recorder
from tests.faults.powerloss import describe, materialise, states
from tests.unit.faults.toy import Toy, after, files


def test_unsynced_bytes_are_whole_or_empty_or_torn_or_blank(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"abcd")
    toy.sync()

    assert {disk["file"] for disk in after(recorder)} == {b"abcd", b"", b"ab", bytes(4)}


def test_an_unsynced_write_over_synced_bytes_may_also_leave_the_old_ones(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"old")
    toy.sync("file")
    toy.sync()
    toy.write("file", b"newer")

    assert {disk["file"] for disk in after(recorder)} == {b"old", b"newer", b"", b"ne", bytes(5)}


def test_synced_bytes_are_whole_wherever_the_file_has_a_name(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"abcd")
    toy.sync("file")
    toy.link("file", "second")

    assert after(recorder) == [{}, {"file": b"abcd"}, {"second": b"abcd"}, {"file": b"abcd", "second": b"abcd"}]


def test_each_unsynced_file_may_be_the_only_one_that_is_torn(recorder: Recorder, toy: Toy) -> None:
    toy.write("a", b"aa")
    toy.write("b", b"bb")

    assert {"a": b"a", "b": b"bb"} in after(recorder)
    assert {"a": b"aa", "b": b"b"} in after(recorder)
    assert {"a": b"a", "b": b"b"} in after(recorder)


def test_writes_over_several_synced_files_may_all_be_lost(recorder: Recorder, toy: Toy) -> None:
    for name in ("a", "b"):
        toy.write(name, b"old")
        toy.sync(name)
    toy.sync()
    for name in ("a", "b"):
        toy.write(name, b"newer")

    assert {"a": b"old", "b": b"old"} in after(recorder)
    assert {"a": b"newer", "b": b"old"} in after(recorder)


def test_a_hard_link_and_a_file_of_the_same_bytes_are_different_disks(recorder: Recorder, toy: Toy) -> None:
    for name in ("a", "b"):
        toy.write(name, b"same")
        toy.sync(name)
    toy.sync()
    toy.rename("a", "b")

    assert sorted(map(len, after(recorder))) == [1, 2, 2]


def test_hard_links_share_torn_bytes(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"abcd")
    toy.link("file", "second")
    toy.sync()

    assert {(disk["file"], disk["second"]) for disk in after(recorder)} == {
        (b, b) for b in (b"abcd", b"", b"ab", bytes(4))
    }


def test_an_unsynced_rename_shows_the_old_target_or_the_new(recorder: Recorder, toy: Toy) -> None:
    for name, content in (("target", b"old"), ("draft", b"new")):
        toy.write(name, content)
        toy.sync(name)
    toy.sync()
    toy.rename("draft", "target")

    assert after(recorder) == [
        {"draft": b"new", "target": b"old"},
        {"draft": b"new", "target": b"new"},
        {"target": b"new"},
    ]


def made_for_moving(toy: Toy) -> None:
    """Make folders `here` and `there`, with a safe file in the first, and move it over."""
    toy.mkdir("here")
    toy.mkdir("there")
    toy.write("here/file", b"x")
    for name in ("here/file", "here", ""):
        toy.sync(name)
    toy.rename("here/file", "there/file")


def test_an_unsynced_move_between_folders_may_leave_both_names_but_never_none(recorder: Recorder, toy: Toy) -> None:
    made_for_moving(toy)

    assert [sorted(disk) for disk in files(recorder)] == [["here/file"], ["here/file", "there/file"], ["there/file"]]


def test_a_move_with_the_new_folder_synced_may_leave_the_old_name(recorder: Recorder, toy: Toy) -> None:
    made_for_moving(toy)
    toy.sync("there")

    assert [sorted(disk) for disk in files(recorder)] == [["here/file", "there/file"], ["there/file"]]


def test_a_move_with_only_the_old_folder_synced_may_lose_the_file(recorder: Recorder, toy: Toy) -> None:
    made_for_moving(toy)
    toy.sync("here")

    assert [sorted(disk) for disk in files(recorder)] == [[], ["there/file"]]


def test_a_link_and_a_removal_are_no_rename_and_may_lose_the_file(recorder: Recorder, toy: Toy) -> None:
    toy.write("old", b"x")
    toy.sync("old")
    toy.sync()
    toy.link("old", "new")
    toy.remove("old")

    assert {} in after(recorder)


def test_a_removed_file_may_come_back_until_its_folder_is_synced(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"x")
    toy.sync("file")
    toy.sync()
    toy.remove("file")

    assert after(recorder) == [{}, {"file": b"x"}]

    toy.sync()

    assert after(recorder) == [{}]


def test_a_removed_folder_may_be_left_in_part(recorder: Recorder, toy: Toy) -> None:
    toy.mkdir("folder")
    for name in ("folder/a", "folder/b"):
        toy.write(name, b"x")
        toy.sync(name)
    toy.sync("folder")
    toy.sync()
    toy.remove("folder")

    assert {} in after(recorder)
    assert {tuple(sorted(disk)) for disk in after(recorder) if disk} == {
        ("folder",), ("folder", "folder/a"), ("folder", "folder/b"), ("folder", "folder/a", "folder/b"),
    }  # fmt: skip


def test_a_folder_whose_own_name_is_not_safe_takes_all_in_it_along(recorder: Recorder, toy: Toy) -> None:
    toy.mkdir("folder")
    toy.write("folder/file", b"x")
    toy.sync("folder/file")
    toy.sync("folder")

    assert after(recorder) == [{}, {"folder": None, "folder/file": b"x"}]


def test_a_state_becomes_a_real_folder_with_hard_links_and_symbolic_links(
    recorder: Recorder, toy: Toy, tmp_path: Path
) -> None:
    toy.mkdir("folder")
    toy.write("folder/file", b"abcd")
    toy.sync("folder/file")
    toy.link("folder/file", "second")
    toy.symlink("folder/file", "link")
    toy.sync("folder")
    toy.sync()
    (state,) = [state for state in states(recorder.log).states if state.last == len(recorder.log.steps)]
    materialise(state, tmp_path / "state")

    assert (tmp_path / "state" / "link").readlink() == Path("folder/file")
    assert (tmp_path / "state" / "link").read_bytes() == b"abcd"
    assert (tmp_path / "state" / "second").samefile(tmp_path / "state" / "folder" / "file")
    assert not (tmp_path / "state" / "second").samefile(toy.root / "second")
    with pytest.raises(FileExistsError):
        materialise(state, tmp_path / "state")


def test_a_state_tells_how_it_came_about(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"abcd")
    recorder.mark("done")
    told = [describe(state, recorder.log) for state in states(recorder.log).states]

    assert "  0: /file = inode 1\nunsynced bytes: complete" in told[0]
    assert "  1: 4 bytes of inode 1\n  2: Mark(label='done')\nnames that were lost:\n  none" in told[1]
    assert any(text.endswith("unsynced bytes: torn") for text in told)
