"""The nightly schedule, kept by Prefect's runner in this process. Imported after the environment says which server."""

import asyncio
import os
import signal
from multiprocessing import active_children
from pathlib import Path
from typing import Any, Final

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.schedules import Schedule as PrefectSchedule

from flows.nightly import nightly
from flows.settings import DEFAULT_FILE, Schedule, Settings
from transforms.errors import UsageError

DEPLOYMENT: Final = "nightly"

_GRACE_SECONDS: Final = 120
"""After this, a run that never began gives its place back; else its death would cancel every later night."""


class _Runner(Runner):
    """A runner that SIGTERM ends as Ctrl-C does: 3.8.8's own handler leaves the loop with the work half stopped."""

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        interrupt()


def interrupt(*_: object) -> None:
    """Do what Ctrl-C at a terminal does: interrupt this process and the runs that it has started."""
    for child in active_children():
        if child.pid:
            os.kill(child.pid, signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


def keep(schedule: PrefectSchedule, settings: Settings, settings_file: Path | None) -> None:
    """Deploy the nightly flow and start its runs, one at a time, until interrupted; then pause the schedule."""
    runner = _Runner(name=DEPLOYMENT, limit=1, pause_on_shutdown=True)
    runner.add_flow(
        nightly,
        name=DEPLOYMENT,
        schedule=schedule,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=_GRACE_SECONDS
        ),
        parameters=_parameters(settings, settings_file),
    )
    asyncio.run(runner.start())


def cron(chosen: Schedule) -> PrefectSchedule:
    """Give the schedule of the settings as Prefect's; raise UsageError when it is none."""
    try:
        return Cron(chosen.cron, timezone=chosen.timezone)
    except ValueError as error:
        raise UsageError(
            f"[schedule] cron {chosen.cron!r} in timezone {chosen.timezone!r} is no schedule; "
            "write them like '15 2 * * *' and 'Europe/London'"
        ) from error


def _parameters(settings: Settings, settings_file: Path | None) -> dict[str, Any]:
    """Give runs the same lake and settings wherever they start: absolute paths."""
    file = settings_file or DEFAULT_FILE
    found = {"settings_file": str(file.resolve())} if file.is_file() else {}
    return {"lake": str(settings.lake.resolve()), **found}
