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
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from flows.settings import DEFAULT_FILE, Schedule, Settings
from transforms.errors import BroadsheetError, UsageError

if TYPE_CHECKING:
    from prefect.schedules import Schedule as PrefectSchedule

DEPLOYMENT: Final = "nightly"

_HOST: Final = "127.0.0.1"
_PORT: Final = "4200"
_QUIET: Final = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_START_SECONDS: Final = 300
"""The first start, which makes the database, took 26 s on an idle machine."""
_STOP_SECONDS: Final = 30
_ANSWER_SECONDS: Final = 20
"""How long a server that should be up already may take to answer."""
_GRACE_SECONDS: Final = 120
"""After this, a run that never began gives its place back; without it, its death would cancel every later night."""
_INTERRUPTED: Final = 130


def serve(settings: Settings, settings_file: Path | None = None) -> None:
    """Serve the nightly flow by the schedule of the settings, and stay until interrupted; then exit with 130.

    Raises UsageError when the port is taken, the schedule is no schedule, or the named server does not answer.
    """
    os.environ.update(_QUIET)  # Prefect reads its settings once, on import, which comes after this
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with _server(settings.lake.resolve()) as process:
            _serve_flow(settings, settings_file, process)
    except KeyboardInterrupt:
        pass
    sys.stderr.write("broadsheet: stopped; a run that was under way is ended, the lake is as it was\n")
    raise SystemExit(_INTERRUPTED)


@contextmanager
def _server(lake: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """Start a server for the block, with its database beside the lake, unless the environment names one."""
    if os.environ.get("PREFECT_API_URL"):
        yield None
        return
    port = os.environ.get("PREFECT_SERVER_API_PORT") or _PORT
    _require_free(int(port))
    home = Path(os.environ.setdefault("PREFECT_HOME", f"{lake}-prefect"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_API_URL"] = f"http://{_HOST}:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", _HOST, "--port", port]
    with (home / "server.log").open("ab") as log:
        # In a session of its own: Ctrl-C is for us, who stop it last, when the schedule has been told.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        _stop(process)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise UsageError(
                f"port {port} of {_HOST} is taken ({error.strerror}); end what listens there, set "
                f"PREFECT_SERVER_API_PORT to another port, or, if it is a Prefect server that this lake may use, "
                f"set PREFECT_API_URL=http://{_HOST}:{port}/api"
            ) from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _serve_flow(settings: Settings, settings_file: Path | None, process: subprocess.Popen[bytes] | None) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy  # noqa: PLC0415

    from flows.nightly import nightly  # noqa: PLC0415 - the server starts up while all this is imported

    schedule = _schedule(settings.schedule)
    _await_server(process)
    sys.stdout.write(_welcome(settings))
    sys.stdout.flush()
    nightly.serve(
        DEPLOYMENT,
        schedule=schedule,
        limit=1,
        global_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=_GRACE_SECONDS
        ),
        parameters=_parameters(settings, settings_file),
        print_starting_message=False,
    )


def _schedule(chosen: Schedule) -> "PrefectSchedule":
    from prefect.schedules import Cron  # noqa: PLC0415

    try:
        return Cron(chosen.cron, timezone=chosen.timezone)
    except ValueError as error:
        raise UsageError(
            f"[schedule] cron {chosen.cron!r} in timezone {chosen.timezone!r} is no schedule; "
            "write it like '15 2 * * *' and 'Europe/London'"
        ) from error


def _parameters(settings: Settings, settings_file: Path | None) -> dict[str, Any]:
    """Give runs the same lake and settings wherever they start: absolute paths."""
    file = settings_file or DEFAULT_FILE
    found = {"settings_file": str(file.resolve())} if file.is_file() else {}
    return {"lake": str(settings.lake.resolve()), **found}


def _await_server(process: subprocess.Popen[bytes] | None) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    url = os.environ["PREFECT_API_URL"]
    deadline = monotonic() + (_START_SECONDS if process else _ANSWER_SECONDS)
    with get_client(sync_client=True) as client:
        while (problem := client.api_healthcheck()) is not None:
            if process and process.poll() is not None:
                log = Path(os.environ["PREFECT_HOME"]) / "server.log"
                raise BroadsheetError(
                    f"Prefect's server ended with code {process.returncode}; its last words are in {log}"
                )
            if monotonic() > deadline:
                raise UsageError(f"no Prefect server answers at {url} ({problem}); start it, or unset PREFECT_API_URL")
            sleep(0.5)


def _welcome(settings: Settings) -> str:
    url = os.environ["PREFECT_API_URL"]
    schedule = settings.schedule
    return (
        f"Runs by the schedule {schedule.cron!r} ({schedule.timezone}) into {settings.lake.resolve()}\n"
        f"See them at {url.removesuffix('/api')}\n"
        f"Start one by hand: PREFECT_API_URL={url} prefect deployment run 'nightly/{DEPLOYMENT}'\n"
        "Ctrl-C ends it.\n"
    )
