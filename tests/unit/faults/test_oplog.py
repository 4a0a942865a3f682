"""The op log: what a recorder sees, what it refuses, and what dropping a sync leaves of it."""

from pathlib import Path

import pytest

from tests.faults.oplog import Dropping, Recorder, Sync
from tests.unit.faults.toy import Toy, after


def test_a_dropped_sync_is_neither_done_nor_recorded_and_the_rest_is(recorder: Recorder) -> None:
    done: list[str] = []
    hook = Dropping(recorder, lambda _, path: path.name == "b")
    for name in ("a", "b"):
        path = recorder.root / name
        path.touch()
        hook("sync", (path,), lambda name=name: done.append(name))  # type: ignore[misc]

    assert done == ["a"]
    assert hook.dropped == [recorder.root / "b"]
    assert [step for step in recorder.log.steps if isinstance(step, Sync)] == [Sync(1)]


@pytest.mark.parametrize("operation", ["sync", "link", "rename"])
def test_bytes_written_behind_the_hook_are_taken_from_disk(recorder: Recorder, toy: Toy, operation: str) -> None:
    (toy.root / "deep").mkdir()
    (toy.root / "deep" / "draft").write_bytes(b"by an engine")
    if operation == "sync":
        toy.sync("deep/draft")
    else:
        getattr(toy, operation)("deep/draft", "file")

    assert b"by an engine" in {content for disk in after(recorder) for content in disk.values()}
    assert {} in after(recorder)


def test_bytes_changed_behind_the_hook_are_not_safe_before_the_next_sync(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"old")
    toy.sync("file")
    toy.sync()
    (toy.root / "file").write_bytes(b"newer")
    toy.link("file", "second")

    assert {b"old", b"newer", b"ne"} <= {disk["file"] for disk in after(recorder)}

    toy.sync("file")

    assert {disk["file"] for disk in after(recorder)} == {b"newer"}


def test_what_was_there_at_the_start_is_safe_and_its_hard_links_are_known(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"abcd")
    (tmp_path / "second").hardlink_to(tmp_path / "folder" / "file")
    (tmp_path / "link").symlink_to("folder")
    recorder = Recorder(tmp_path)
    at_first = after(recorder)
    Toy(tmp_path, recorder).write("second", b"new")

    assert at_first == [{"folder": None, "folder/file": b"abcd", "link": "folder", "second": b"abcd"}]
    assert all(disk["folder/file"] == disk["second"] for disk in after(recorder))


def test_an_operation_that_fails_is_not_logged(recorder: Recorder, toy: Toy) -> None:
    toy.write("a", b"x")
    toy.write("b", b"x")
    steps = list(recorder.log.steps)
    with pytest.raises(FileExistsError):
        toy.link("a", "b")
    with pytest.raises(FileNotFoundError):
        toy.rename("absent", "b")

    assert recorder.log.steps == steps


def test_a_rename_of_a_file_onto_itself_does_nothing(recorder: Recorder, toy: Toy) -> None:
    toy.write("a", b"x")
    toy.link("a", "b")
    steps = list(recorder.log.steps)
    toy.rename("a", "b")

    assert recorder.log.steps == steps
    assert (toy.root / "a").samefile(toy.root / "b")


def test_what_is_above_the_root_is_taken_as_safe_and_what_leaves_it_is_refused(recorder: Recorder, toy: Toy) -> None:
    recorder("sync", (toy.root.parent,), lambda: None)
    toy.write("file", b"x")
    steps = list(recorder.log.steps)
    with pytest.raises(ValueError, match="reaches out of"):
        recorder("rename", (toy.root / "file", toy.root.parent / "file"), lambda: None)

    assert recorder.log.steps == steps
    assert not any(isinstance(step, Sync) for step in steps)


def test_what_is_not_modelled_is_refused(recorder: Recorder, toy: Toy) -> None:
    toy.mkdir("folder")
    with pytest.raises(ValueError, match="moving folders is not modelled"):
        toy.rename("folder", "other")
    with pytest.raises(ValueError, match="truncate is unknown"):
        recorder("truncate", (toy.root / "folder",), lambda: None)


def test_writing_the_same_bytes_again_puts_them_at_risk(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"same")
    toy.sync("file")
    toy.sync()
    toy.write("file", b"same")

    assert b"sa" in {disk["file"] for disk in after(recorder)}


def test_a_new_file_does_not_inherit_from_a_removed_one_of_its_name(recorder: Recorder, toy: Toy) -> None:
    toy.write("file", b"old")
    toy.sync("file")
    toy.sync()
    toy.remove("file")
    toy.write("file", b"new!")

    assert {disk.get("file") for disk in after(recorder)} == {None, b"old", b"new!", b"", b"ne", bytes(4)}


def test_a_write_through_one_hard_link_changes_what_the_other_shows(recorder: Recorder, toy: Toy) -> None:
    toy.write("draft", b"old")
    toy.sync("draft")
    toy.link("draft", "published")
    toy.sync()
    toy.write("draft", b"new")
    toy.sync("draft")

    assert after(recorder) == [{"draft": b"new", "published": b"new"}]
