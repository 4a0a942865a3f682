"""`broadsheet serve`: Prefect's server, unless one is named, and the nightly schedule, until interrupted.

PREFECT_API_URL           a server of yours; without it, one is started here, on 127.0.0.1
PREFECT_SERVER_API_PORT   the port of the one started here (default 4200)
PREFECT_HOME              the folder of its database and log (default: beside the lake, `<lake>-prefect`)
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from flows.server import HOST, Server
from flows.settings import Settings
from transforms.errors import BroadsheetError, UsageError

_PORT: Final = "4200"
_QUIET: Final = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_RETENTION: Final = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs"}
"""The server started here lets go of events after 7 days and of runs after 90; else its database grows for ever."""
_START_SECONDS: Final = 300
"""The first start, which makes the database, takes 12 to 26 s on an idle machine."""
_ANSWER_SECONDS: Final = 20
"""How long a server that should be up already may take to answer."""
_INTERRUPTED: Final = 130
_UNTOLD: Final = (
    "broadsheet: [schedule] notify names the block {block}, which the server at {url} does not have: nobody is told of "
    "failed nights; make it on the page Blocks, and start `broadsheet serve` again\n"
)


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
def _server(lake: str) -> Iterator[Server | None]:
    """Start a server for the block, with its database beside the lake, unless the environment names one."""
    if os.environ.get("PREFECT_API_URL"):
        yield None
        return
    port = os.environ.get("PREFECT_SERVER_API_PORT") or _PORT
    _require_free(port)
    beside = lake.rpartition("/")[2] if "://" in lake else lake
    home = Path(os.environ.setdefault("PREFECT_HOME", str(Path(f"{beside}-prefect").resolve())))
    home.mkdir(parents=True, exist_ok=True)
    address = f"http://{HOST}:{port}"
    os.environ |= {"PREFECT_API_URL": f"{address}/api", "PREFECT_UI_URL": address}
    for name, value in _RETENTION.items():
        os.environ.setdefault(name, value)
    server = Server(home, port)
    try:
        yield server
    finally:
        server.stop()


def _require_free(port: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except (OSError, OverflowError, ValueError) as error:
            raise UsageError(
                f"port {port} of {HOST} cannot be had ({error}); end what listens there, set PREFECT_SERVER_API_PORT "
                f"to another, or, for a Prefect server that runs there, PREFECT_API_URL=http://{HOST}:{port}/api"
            ) from error


def _keep_schedule(settings: Settings, settings_file: Path | None, server: Server | None) -> None:
    from flows.automations import automate  # noqa: PLC0415 - slow, and the server starts up meanwhile
    from flows.schedule import bury_dead_runs, cron, keep, pass_over_missed_runs  # noqa: PLC0415

    schedule = cron(settings.schedule)
    _await_server(server)
    if server:
        server.mind()
        bury_dead_runs()
        pass_over_missed_runs()
    if not automate(settings.schedule.notify):
        sys.stderr.write(_UNTOLD.format(block=settings.schedule.notify, url=os.environ["PREFECT_API_URL"]))
    sys.stdout.write(_welcome(settings))
    sys.stdout.flush()
    keep(schedule, settings, settings_file)


def _await_server(server: Server | None) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    url = os.environ["PREFECT_API_URL"]
    deadline = monotonic() + (_START_SECONDS if server else _ANSWER_SECONDS)
    with get_client(sync_client=True) as client:
        while problem := client.api_healthcheck():
            if server and server.exit_code is not None:
                raise BroadsheetError(
                    f"Prefect's server ended with code {server.exit_code}; its last words are in {server.log}"
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
