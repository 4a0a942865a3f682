"""`broadsheet serve`, for real: it deploys, the server plans runs, and a signal ends all of it without a traceback."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.settings import Schedule
from tests.prefect.conftest import ROOT, Server, await_that, free_port

pytestmark = pytest.mark.prefect

SETTINGS = '[schedule]\ncron = "5 3 * * *"\ntimezone = "Europe/London"\n'


@contextmanager
def serving(folder: Path, text: str = SETTINGS, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a lake in a folder."""
    settings = folder / "my.toml"
    settings.write_text(text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [sys.executable, "-m", "flows.cli", "serve", "--lake", str(folder / "lake"), "--settings", str(settings)]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command, env={**clean, **env, "PYTHONPATH": str(ROOT)}, stdout=out, stderr=err, cwd=folder
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def planned(server: Server) -> list[str]:
    runs = server.ask("flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
    return [run["expected_start_time"] for run in runs]


def test_a_server_that_is_named_gets_the_schedule_and_plans_runs(server: Server, tmp_path: Path) -> None:
    with serving(tmp_path, PREFECT_API_URL=server.url) as process:
        found = await_that(
            "deployment",
            lambda: server.ask("deployments/filter", {"deployments": {"name": {"any_": ["nightly"]}}}),
            process,
        )
        # Prefect 3.8.8 under SQLAlchemy 2.1 takes the schedule and never plans a run: the night would not come.
        times = await_that("planned run", lambda: planned(server), process)
        process.send_signal(signal.SIGINT)
        code = process.wait(60)

    (deployment,) = found
    (schedule,) = deployment["schedules"]
    assert ("5 3 * * *", "Europe/London") == (schedule["schedule"]["cron"], schedule["schedule"]["timezone"])
    assert {"lake": f"{tmp_path}/lake", "settings_file": f"{tmp_path}/my.toml"} == deployment["parameters"]
    assert (1, "CANCEL_NEW") == (
        deployment["global_concurrency_limit"]["limit"],
        deployment["concurrency_options"]["collision_strategy"],
    )
    assert all(re.search("T0[23]:05:00", time) for time in times)
    assert 130 == code
    assert "Traceback" not in (tmp_path / "err").read_text()
    assert f"{server.url.removesuffix('/api')}\n" in (tmp_path / "out").read_text()
    assert not (tmp_path / "lake-prefect").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_one_a_server_is_started_beside_the_lake_and_stopped(number: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    own = Server(f"http://127.0.0.1:{port}/api")
    with serving(tmp_path, PREFECT_SERVER_API_PORT=str(port)) as process:
        await_that("deployment", lambda: own.ask("deployments/filter", {}), process)
        process.send_signal(number)
        code = process.wait(60)

    assert 130 == code
    assert (tmp_path / "lake-prefect" / "prefect.db").is_file()
    assert not (tmp_path / "lake").exists()
    said = (tmp_path / "err").read_text()
    assert said.endswith("broadsheet: stopped; a run that was under way has ended, and published whole or not at all\n")
    assert "Traceback" not in said
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_server_that_is_killed_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    own = Server(f"http://127.0.0.1:{port}/api")
    with serving(tmp_path, PREFECT_SERVER_API_PORT=str(port)) as process:
        await_that("deployment", lambda: own.ask("deployments/filter", {}), process)
        await_that("welcome", (tmp_path / "out").read_text, process)
        (first,) = servers(process)
        first.kill()
        await_that("another server", lambda: servers(process) not in ([], [first]), process)
        await_that("health", lambda: own.ask("health"), process)
        process.send_signal(signal.SIGHUP)
        code = process.wait(60)

    assert 130 == code
    assert "Prefect's server ended with code -9, and is started again\n" in (tmp_path / "err").read_text()


def test_after_a_kill_nothing_is_left_and_a_new_start_buries_the_dead_and_leaves_the_last_missed_night(
    tmp_path: Path,
) -> None:
    port = free_port()
    own = Server(f"http://127.0.0.1:{port}/api")
    with serving(tmp_path, PREFECT_SERVER_API_PORT=str(port)) as process:
        runs = await_that("three planned runs", lambda: three(own), process)
        dead, *missed = (run["id"] for run in runs)
        own.ask(f"flow_runs/{dead}/set_state", {"state": {"type": "RUNNING"}, "force": True})
        server = servers(process)
        process.kill()
    assert not psutil.wait_procs(server, 60)[1]
    set_back(tmp_path / "lake-prefect" / "prefect.db", missed)

    with serving(tmp_path, PREFECT_SERVER_API_PORT=str(port)) as process:
        await_that("a night", lambda: state(own, missed[-1])["type"] == "FAILED", process)  # there is no landing folder
        assert "CRASHED" == state(own, dead)["type"]
        assert "Missed" == state(own, missed[0])["name"]
        assert "nothing kept the schedule at 2001-01-01 02:15 UTC" in state(own, missed[0])["message"]
        process.send_signal(signal.SIGINT)
        process.wait(60)


def servers(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Find the server that a `serve` has started."""
    alive = [each for each in psutil.Process(process.pid).children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in alive if "flows.server" in each.cmdline()]


def three(server: Server) -> Any:
    runs = server.ask("flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
    return runs if len(runs) == 3 else None


def state(server: Server, run_id: str) -> Any:
    return server.ask(f"flow_runs/{run_id}")["state"]


def set_back(database: Path, planned: list[str]) -> None:
    """Make of planned runs some that were due long ago."""
    with closing(sqlite3.connect(database)) as db, db:
        for day, run in enumerate(planned, 1):
            due = f"2001-01-0{day} 02:15:00.000000"
            change = "UPDATE flow_run SET expected_start_time = ?, next_scheduled_start_time = ? WHERE id = ?"
            db.execute(change, [due, due, run])
            state = "UPDATE flow_run_state SET state_details = json_set(state_details, '$.scheduled_time', ?)"
            db.execute(f"{state} WHERE flow_run_id = ?", [f"2001-01-0{day}T02:15:00Z", run])


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(tmp_path, PREFECT_SERVER_API_PORT=str(port)) as process:
            code = process.wait(60)

    said = (tmp_path / "err").read_text()
    assert 2 == code
    assert said.startswith(f"broadsheet: port {port} of 127.0.0.1 cannot be had")
    assert 1 == said.count("\n")


@pytest.mark.parametrize("line", ['cron = "99 2 * * *"', 'cron = "nightly"', 'timezone = "Mars/Olympus"'])
def test_what_is_no_schedule_is_said_in_one_sentence(line: str, tmp_path: Path) -> None:
    with serving(tmp_path, f"[schedule]\n{line}\n", PREFECT_SERVER_API_PORT=str(free_port())) as process:
        code = process.wait(120)

    said = (tmp_path / "err").read_text()
    assert 2 == code
    assert said.startswith("broadsheet: [schedule] cron ")
    assert 1 == said.count("\n")


def test_a_named_server_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    with serving(tmp_path, PREFECT_API_URL=url) as process:
        code = process.wait(120)

    said = (tmp_path / "err").read_text()
    assert 2 == code
    assert said.startswith(f"broadsheet: no Prefect server answers at {url}")
    assert 1 == said.count("\n")


def test_the_deployment_file_has_the_schedule_that_the_settings_have_by_default() -> None:
    text = (ROOT / "prefect.yaml").read_text()

    assert f'cron: "{Schedule().cron}"' in text
    assert f"timezone: {Schedule().timezone}\n" in text
    assert "entrypoint: flows/nightly.py:nightly\n" in text
