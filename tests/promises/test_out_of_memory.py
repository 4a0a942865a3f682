"""Promise 18: want of memory is a kill like any other: readers see an old or a new snapshot; the next night heals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson
import psutil
import pytest

from flows.lake.store import Store
from tests.benchmarks.generate import generate
from tests.integration.nights import content

pytestmark = pytest.mark.promise(18)

PROJECT: Final = Path(__file__).parents[2]
_PATIENCE: Final = 600
"""Seconds after which a run counts as hanging."""


def told(module: str, folder: Path, *cases: str) -> list[dict[str, Any]]:
    """Have nights disturbed in an interpreter of their own, and hear what came of them."""
    command = [sys.executable, "-m", f"tests.promises.{module}", str(folder), *cases]
    done = subprocess.run(command, capture_output=True, cwd=PROJECT, check=False, timeout=_PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    nights: list[dict[str, Any]] = orjson.loads(done.stdout)
    return nights


def wrong(nights: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [night for night in nights if night["violations"]]


@pytest.mark.slow
def test_a_night_that_loses_a_worker_has_its_work_done_again_and_publishes_the_same(tmp_path: Path) -> None:
    nights = told("bereft", tmp_path, "normalise:1")

    assert ["published"] == [night["ended"] for night in nights]
    assert [] == wrong(nights)


@pytest.mark.slow
def test_a_night_that_wants_memory_leaves_an_old_or_a_new_snapshot(tmp_path: Path) -> None:
    nights = told("limited", tmp_path, "0:1", "-7:1", "-1:1000")

    assert 3 == len(nights)
    assert "OutOfMemory" in nights[0]["ended"] or "MemoryError" in nights[0]["ended"]
    assert "published" == nights[-1]["ended"]
    assert [] == wrong(nights)


@pytest.mark.slow
def test_a_worker_may_be_lost_at_any_moment(tmp_path: Path) -> None:
    nights = told("bereft", tmp_path, "intake:1", "intake:2", "normalise:0", "normalise:1", "normalise:2")

    assert {"published"} == {night["ended"] for night in nights}
    assert [] == wrong(nights)


@pytest.mark.slow
def test_memory_may_be_wanting_from_any_step_on(tmp_path: Path) -> None:
    nights = told("limited", tmp_path, "all:1", *(f"0:{headroom}" for headroom in (0.2, 4, 64, 700, 900)))
    died = [night for night in nights if night["ended"] != "published"]

    assert 5 <= len(died) < len(nights)
    assert 2 <= len({night["ended"] for night in died})
    assert [] == wrong(nights)


def run_command(lake: Path, dumps: Path) -> subprocess.Popen[str]:
    """Start a whole run, worker processes, audit and all."""
    settings = lake.with_name("settings.toml")
    settings.write_text("workers = 2\nchunk_bytes = 1048576\n")
    command = [sys.executable, "-m", "flows.cli", "run", str(dumps), "--lake", str(lake), "--settings", str(settings)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def spawned(run: subprocess.Popen[str]) -> list[psutil.Process]:
    """Give the processes that a run has started to work for it, the first first: workers, and then the auditor."""
    children = psutil.Process(run.pid).children()
    return sorted((c for c in children if "spawn_main" in " ".join(c.cmdline())), key=psutil.Process.create_time)


def first_chunk_is_there(lake: Path) -> bool:
    return any((lake / "tmp").glob("*/attempt-1/chunk-*.arrow"))


def parts_are_there(lake: Path) -> bool:
    return any((lake / "tmp").glob("*/attempt-1/dumps.parquet")) or any((lake / "parts").rglob("*.parquet"))


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write enough that worker processes pay."""
    return generate(3000, 7, tmp_path_factory.mktemp("corpus")).dumps


@pytest.fixture(scope="module")
def undisturbed(dumps: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """Give the content that a run over them publishes."""
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    require_published(lake, dumps)
    return content(lake)


def require_published(lake: Path, dumps: Path) -> None:
    run = run_command(lake, dumps)
    _, errors = run.communicate(timeout=_PATIENCE)
    assert (0, "") == (run.returncode, errors)


def killed(lake: Path, dumps: Path, victim: int, moment: Callable[[Path], bool]) -> tuple[int, str, str]:
    """Run, and kill one of the run's processes at a moment."""
    run = run_command(lake, dumps)
    deadline = time.monotonic() + _PATIENCE
    while not (moment(lake) and len(processes := spawned(run)) > (2 if victim < 0 else max(victim, 0))):
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(processes[victim].pid, signal.SIGKILL)
    output, errors = run.communicate(timeout=_PATIENCE)
    return run.returncode, output, errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("victim", "moment"),
    [(0, Path.exists), (0, first_chunk_is_there), (1, first_chunk_is_there)],
    ids=["a worker that starts", "a worker at work", "the other at work"],
)
def test_a_real_run_that_loses_a_worker_publishes_all_the_same(
    tmp_path: Path,
    dumps: Path,
    undisturbed: dict[str, list[tuple[Any, ...]]],
    victim: int,
    moment: Callable[[Path], bool],
) -> None:
    lake = tmp_path / "lake"
    code, _, errors = killed(lake, dumps, victim, moment)

    assert (0, "") == (code, errors)
    assert undisturbed == content(lake)


@pytest.mark.slow
def test_a_real_run_that_loses_the_auditor_says_so_and_publishes_nothing(
    tmp_path: Path, dumps: Path, undisturbed: dict[str, list[tuple[Any, ...]]]
) -> None:
    lake = tmp_path / "lake"
    code, output, errors = killed(lake, dumps, -1, parts_are_there)

    assert (1, "") == (code, output)
    assert 1 == len(errors.splitlines())
    assert "terminated abruptly" in errors
    assert () == Store.open(lake, create=False).numbers()
    require_published(lake, dumps)
    assert undisturbed == content(lake)
