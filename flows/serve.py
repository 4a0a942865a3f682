"""`broadsheet serve`: Prefect's server, unless one is named, and the nightly schedule, until interrupted.

PREFECT_API_URL           a server of yours; without it, one is started here, on 127.0.0.1
PREFECT_SERVER_API_PORT   the port of the one started here (default 4200)
PREFECT_HOME              the folder of its database and log (default: beside the lake, `<lake>-prefect`)
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from flows.settings import Settings
from transforms.errors import BroadsheetError, UsageError

_HOST: Final = "127.0.0.1"
_PORT: Final = "4200"
_QUIET: Final = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_START_SECONDS: Final = 300
"""The first start, which makes the database, takes 12 to 26 s on an idle machine."""
_ANSWER_SECONDS: Final = 20
"""How long a server that should be up already may take to answer."""
_STOP_SECONDS: Final = 30
_INTERRUPTED: Final = 130


def serve(settings: Settings, settings_file: Path | None = None) -> None:
    """Serve the nightly flow by the schedule of the settings, and stay until interrupted; then exit with 130.

    Raises UsageError when the port is taken, the schedule is no schedule, or the named server does not answer.
    """
    os.environ.update(_QUIET)  # Prefect reads its settings once, on import, which comes after this
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job starts with it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        with _server(settings.lake_address) as process:
            _keep_schedule(settings, settings_file, process)
    except KeyboardInterrupt:
        sys.stderr.write("broadsheet: stopped; a run that was under way has ended, and published whole or not at all\n")
        raise SystemExit(_INTERRUPTED) from None


def interrupt(*_: object) -> None:
    """Do what Ctrl-C at a terminal does: interrupt this process and the runs that it has started."""
    for child in active_children():
        if child.pid:
            os.kill(child.pid, signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


@contextmanager
def _server(lake: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """Start a server for the block, with its database beside the lake, unless the environment names one."""
    if os.environ.get("PREFECT_API_URL"):
        yield None
        return
    port = os.environ.get("PREFECT_SERVER_API_PORT") or _PORT
    _require_free(port)
    beside = lake.rpartition("/")[2] if "://" in lake else lake
    home = Path(os.environ.setdefault("PREFECT_HOME", str(Path(f"{beside}-prefect").resolve())))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_API_URL"] = f"http://{_HOST}:{port}/api"
    process = _start(home, port)
    try:
        yield process
    finally:
        _stop(process)


def _start(home: Path, port: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", _HOST, "--port", port]
    with _log(home).open("ab") as log:
        # In a session of its own: Ctrl-C is for us, who stop it last, when the schedule has been told.
        return subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _log(home: Path) -> Path:
    return home / "server.log"


def _require_free(port: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, int(port)))
        except (OSError, OverflowError, ValueError) as error:
            raise UsageError(
                f"port {port} of {_HOST} cannot be had ({error}); end what listens there, set PREFECT_SERVER_API_PORT "
                f"to another, or, for a Prefect server that runs there, PREFECT_API_URL=http://{_HOST}:{port}/api"
            ) from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server, and do not let a second Ctrl-C leave it behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _keep_schedule(settings: Settings, settings_file: Path | None, process: subprocess.Popen[bytes] | None) -> None:
    from flows.schedule import bury_dead_runs, cron, keep  # noqa: PLC0415 - slow, and the server starts up meanwhile

    schedule = cron(settings.schedule)
    _await_server(process)
    if process:
        bury_dead_runs()
    sys.stdout.write(_welcome(settings))
    sys.stdout.flush()
    keep(schedule, settings, settings_file)


def _await_server(process: subprocess.Popen[bytes] | None) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    url = os.environ["PREFECT_API_URL"]
    deadline = monotonic() + (_START_SECONDS if process else _ANSWER_SECONDS)
    with get_client(sync_client=True) as client:
        while problem := client.api_healthcheck():
            if process and process.poll() is not None:
                log = _log(Path(os.environ["PREFECT_HOME"]))
                raise BroadsheetError(
                    f"Prefect's server ended with code {process.returncode}; its last words are in {log}"
                )
            if monotonic() > deadline:
                raise UsageError(f"no Prefect server answers at {url} ({problem}); start it, or unset PREFECT_API_URL")
            sleep(0.5)


def _welcome(settings: Settings) -> str:
    url = os.environ["PREFECT_API_URL"]
    return (
        f"Runs start by the schedule {settings.schedule.cron!r} ({settings.schedule.timezone}), "
        f"into {settings.lake_address}\n"
        f"See them at {url.removesuffix('/api')}\n"
        f"Start one now: PREFECT_API_URL={url} prefect deployment run 'nightly/nightly'\n"
        "Ctrl-C stops the schedule.\n"
    )
