"""A workspace lives as long as the run that claimed it, and not a moment longer."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.lake.disk import Disk
from flows.lake.workspaces import Workspaces, is_workspace, new_run_id

HOLDER = """
import sys, time
from pathlib import Path
from flows.lake.disk import Disk
from flows.lake.workspaces import Workspaces
with Workspaces(Path(sys.argv[1]), Disk()).claim("held") as workspace:
    (workspace / "draft").write_text("x")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def workspaces(tmp_path: Path) -> Workspaces:
    return Workspaces(tmp_path, Disk())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_workspace_goes_with_its_block_and_with_an_error(workspaces: Workspaces) -> None:
    with workspaces.claim("run") as workspace:
        (workspace / "draft").write_text("x")
        assert names(workspaces.folder) == {"run", "run.lock"}
    with pytest.raises(KeyError), workspaces.claim("run"):
        raise KeyError

    assert names(workspaces.folder) == set()


def test_what_nobody_holds_is_cleared_whatever_it_is(workspaces: Workspaces) -> None:
    (workspaces.folder / "dead").mkdir()
    (workspaces.folder / "dead" / "draft").write_text("x")
    (workspaces.folder / "dead.lock").touch()
    (workspaces.folder / "lonely.lock").touch()
    (workspaces.folder / "unlocked").mkdir()
    (workspaces.folder / "loose").symlink_to("nowhere")
    workspaces.clear()

    assert names(workspaces.folder) == set()


def test_a_workspace_in_use_outlives_what_others_clear(workspaces: Workspaces) -> None:
    with workspaces.claim("mine") as workspace:
        (workspace / "draft").write_text("x")
        (workspaces.folder / "dead").mkdir()
        workspaces.clear()

        assert names(workspaces.folder) == {"mine", "mine.lock"}
        assert names(workspace) == {"draft"}


def test_a_killed_run_leaves_a_workspace_that_the_next_one_clears(workspaces: Workspaces) -> None:
    command = [sys.executable, "-c", HOLDER, str(workspaces.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        workspaces.clear()
        assert names(workspaces.folder / "held") == {"draft"}
        holder.kill()
    workspaces.clear()

    assert names(workspaces.folder) == set()


def test_runs_of_one_second_are_named_in_the_order_of_their_moments() -> None:
    begin = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
    names = [new_run_id(begin + timedelta(microseconds=step)) for step in (0, 1, 15, 16, 4_095, 65_536, 999_999)]

    assert sorted(names) == names
    assert all(is_workspace(f"tmp/{name}") for name in names)
