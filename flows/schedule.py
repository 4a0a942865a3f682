"""The nightly schedule, kept by Prefect's runner in this process. Imported after the environment says which server."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState
from prefect.client.schemas.filters import FlowRunFilterStateType as StateTypes
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, FlowRun, StateType
from prefect.client.schemas.schedules import construct_schedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.schedules import Schedule as PrefectSchedule
from prefect.states import Cancelled, Crashed

from flows.automations import LOST
from flows.nightly import nightly
from flows.serve import interrupt
from flows.settings import DEFAULT_FILE, Schedule, Settings
from transforms.errors import UsageError

DEPLOYMENT: Final = "nightly"

_GRACE_SECONDS: Final = 120
"""After this, a run that never began gives its place back; else its death would cancel every later night."""


class _Runner(Runner):
    """A runner that SIGTERM ends as Ctrl-C does: 3.8.8's own handler leaves the loop with the work half stopped."""

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        interrupt()


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


def bury_dead_runs() -> None:
    """End the runs that the server still believes in, though it has only just started, and nothing else runs them.

    What a power cut ended keeps its place in the deployment for ever, and the limit of one cancels every later night.
    """
    with get_client(sync_client=True) as client:
        for run in _ours(client, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING):
            with suppress(PrefectHTTPStatusError):  # a place that is free already is refused, after the state is set
                client.set_flow_run_state(run.id, Crashed(message=LOST), force=True)


def pass_over_missed_runs() -> None:
    """Of the nights that came while nothing kept the schedule, leave the last: it takes the dumps of all.

    Prefect would start all of them at once, and the limit of one cancel all but the oldest.
    """
    with get_client(sync_client=True) as client:
        due = [
            run for run in _ours(client, StateType.SCHEDULED) if run.auto_scheduled and _due(run) < datetime.now(UTC)
        ]
        for run in sorted(due, key=_due)[:-1]:
            message = f"nothing kept the schedule at {_due(run):%Y-%m-%d %H:%M} UTC; a later night takes its dumps"
            with suppress(PrefectHTTPStatusError):  # it has just begun
                client.set_flow_run_state(run.id, Cancelled(name="Missed", message=message), force=True)


def _ours(client: SyncPrefectClient, *kinds: StateType) -> list[FlowRun]:
    """List nightly runs in states of these types; the server gives 200 at most, and there are never so many."""
    return client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[nightly.name])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=StateTypes(any_=list(kinds)))),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
    )


def _due(run: FlowRun) -> datetime:
    return run.expected_start_time or datetime.now(UTC)


def cron(chosen: Schedule) -> PrefectSchedule:
    """Give the schedule of the settings as Prefect's; raise UsageError when it is none."""
    try:
        construct_schedule(cron=chosen.cron, timezone=chosen.timezone)  # what the deployment does; Cron checks no zone
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
    return {"lake": settings.lake_address, **found}
