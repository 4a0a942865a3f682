"""The search over all crashes: that leaving out a sync is noticed, and that the search is whole, once each, bounded."""

from pathlib import Path

import pytest

from tests.faults.oplog import Dropping, Mark, Recorder, Sync
from tests.faults.powerloss import MOST_FOR_ALL_SUBSETS, Enumeration, State, materialise, states
from tests.unit.faults.toy import FIRST, SECOND, SYNCS, Toy, after, two_commits


def is_bad(disk: Path, acknowledged: tuple[str, ...]) -> bool:
    """Tell whether what was promised is missing, or what is there is not whole."""
    whole = {"1": FIRST, "2": SECOND}
    found = {path.name: path.read_bytes() for path in disk.glob("store/*")}
    lost = {mark for mark in acknowledged if mark in whole} - set(found)
    newest = disk / "newest"
    is_astray = newest.is_symlink() and not newest.exists()
    is_unpointed = "pointed" in acknowledged and not newest.exists()
    return bool(lost) or is_astray or is_unpointed or any(whole[name] != content for name, content in found.items())


def bad_states(found: Enumeration, folder: Path) -> list[State]:
    """Return the states that a reader of their real folders finds bad."""
    bad = []
    for number, state in enumerate(found.states):
        materialise(state, folder / str(number))
        if is_bad(folder / str(number), state.acknowledged):
            bad.append(state)
    return bad


def test_no_disk_is_bad_when_all_is_synced(recorder: Recorder, toy: Toy, tmp_path: Path) -> None:
    two_commits(toy, recorder.mark)
    found = states(recorder.log)

    assert bad_states(found, tmp_path / "states") == []
    assert found.left_out == 0
    assert sum(isinstance(step, Sync) for step in recorder.log.steps) == SYNCS


@pytest.mark.parametrize("unread", [(), ("tmp",)])
@pytest.mark.parametrize("dropped", range(SYNCS))
def test_leaving_out_any_sync_makes_a_disk_bad(
    recorder: Recorder, tmp_path: Path, dropped: int, unread: tuple[str, ...]
) -> None:
    hook = Dropping(recorder, lambda number, _: number == dropped)
    two_commits(Toy(recorder.root, hook), recorder.mark)
    found = states(recorder.log, unread=unread)

    assert len(hook.dropped) == 1
    assert bad_states(found, tmp_path / "states")
    assert found.left_out == 0


def test_a_disk_is_judged_by_all_that_was_promised_before_the_latest_crash_that_leaves_it(
    recorder: Recorder, toy: Toy
) -> None:
    toy.write("file", b"")
    toy.sync("file")
    recorder.mark("promised too early")
    none, whole = states(recorder.log).states

    assert (none.items, none.first, none.last, none.acknowledged) == ((), 0, 4, ("promised too early",))
    assert (whole.first, whole.last, whole.acknowledged) == (1, 4, ("promised too early",))
    assert recorder.log.marks(whole.first) == ()
    assert recorder.log.steps[3] == Mark("promised too early")


def test_only_crashes_up_to_a_step_are_looked_at(recorder: Recorder, toy: Toy) -> None:
    two_commits(toy, recorder.mark)
    found = states(recorder.log, 3)

    assert found.crashes == 4
    assert max(state.last for state in found.states) == 3
    assert {state.acknowledged for state in found.states} == {()}


def test_no_two_states_are_the_same_disk_and_each_run_finds_the_same(tmp_path: Path) -> None:
    runs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        recorder = Recorder(tmp_path / name)
        two_commits(Toy(tmp_path / name, recorder), recorder.mark)
        runs.append(states(recorder.log))
    trees = [frozenset((item.path, item.content) for item in state.items) for state in runs[0].states]

    assert runs[0] == runs[1]
    assert len(set(trees)) == len(trees) == 34
    assert len({state.digest for state in runs[0].states}) == 34


def test_with_many_unsafe_names_none_all_prefixes_each_alone_and_each_missing_are_tried(
    recorder: Recorder, toy: Toy
) -> None:
    names = [f"{n:02}" for n in range(MOST_FOR_ALL_SUBSETS + 2)]
    for name in names:
        toy.mkdir(name)
    found = {tuple(sorted(disk)) for disk in after(recorder)}

    assert {tuple(names[:size]) for size in range(len(names) + 1)} <= found
    assert {(name,) for name in names} <= found
    assert {tuple(other for other in names if other != name) for name in names} <= found


def test_what_differs_only_in_unread_folders_counts_once_but_is_written_all_the_same(
    recorder: Recorder, toy: Toy, tmp_path: Path
) -> None:
    toy.mkdir("tmp")
    toy.sync()
    toy.write("tmp/a", b"a")
    toy.write("tmp/b", b"b")
    unseen = states(recorder.log, unread=("tmp",)).states
    toy.link("tmp/b", "shown")
    toy.sync()
    disks = after(recorder, unread=("tmp",))
    materialise(states(recorder.log, unread=("tmp",)).states[-1], tmp_path / "state")

    assert [[item.path for item in state.items] for state in unseen] == [[], ["tmp", "tmp/a", "tmp/b"]]
    assert {disk["shown"] for disk in disks} == {b"b", b"", bytes(1)}
    assert len(disks) == 3
    assert (tmp_path / "state" / "tmp" / "a").read_bytes() == b"a"


def test_a_bound_on_states_is_kept_and_what_it_cost_is_reported(recorder: Recorder, toy: Toy) -> None:
    two_commits(toy, recorder.mark)
    found = states(recorder.log, most=5)

    assert len(found.states) == 5
    assert found.left_out > 0
