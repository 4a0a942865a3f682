"""One real Prefect server for all tests here: in a folder without __init__.py, not to be taken for Prefect itself."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import orjson
import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 300
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Server:
    """A server, asked over its public interface."""

    url: str

    def ask(self, path: str, question: Mapping[str, Any] | None = None) -> Any:
        """Post a question, or get a page."""
        body = None if question is None else orjson.dumps(question)
        request = Request(f"{self.url}/{path}", body, {"Content-Type": "application/json"})  # noqa: S310
        with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
            return orjson.loads(answer.read())

    def of_run(self, what: str, run_id: Any) -> Any:
        """List artifacts, task runs or log lines of a flow run."""
        if what == "logs":
            return self.ask("logs/filter", {"logs": {"flow_run_id": {"any_": [str(run_id)]}}})
        return self.ask(f"{what}/filter", {"flow_runs": {"id": {"any_": [str(run_id)]}}})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_that(what: str, is_so: Any, process: subprocess.Popen[bytes] | None = None) -> Any:
    """Wait until a question has an answer, and give it."""
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline:
        try:
            if answer := is_so():
                return answer
        except URLError:
            pass
        assert process is None or process.poll() is None, f"ended with {process.returncode} before {what}"
        sleep(0.5)
    raise AssertionError(f"no {what} within {START_SECONDS} s")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server with a home of its own, and make this process use it."""
    home, port = tmp_path_factory.mktemp("prefect-home"), free_port()
    env = {**os.environ, **QUIET, "PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    made = Server(f"http://127.0.0.1:{port}/api")
    with (home / "server.log").open("wb") as log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
        try:
            await_that("health", lambda: made.ask("health"), process)
            with _used(made, home):
                yield made
        finally:
            process.terminate()


def _used(server: Server, home: Path) -> Any:
    os.environ.update(QUIET)
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings  # noqa: PLC0415

    return temporary_settings({PREFECT_API_URL: server.url, PREFECT_HOME: home})
