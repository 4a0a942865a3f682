"""The nightly flow: what `broadsheet run` does, as Prefect tasks, with artifacts and a state that tells."""

from datetime import UTC, date, datetime
from pathlib import Path
from time import sleep
from typing import Any, Final

from prefect import State, flow, runtime
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.artifacts import show
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings, load_settings
from flows.terminal import summary
from flows.watch.alerts import left_out, watched
from flows.work.prefect_driver import SHARES, PrefectDriver, may_pass
from flows.work.prefect_progress import PrefectProgress
from transforms.errors import AuditFailed, BroadsheetError, LakeBusy

AGAIN_SECONDS: Final = (60, 300, 900)
"""How long to wait before a night begins again that met a busy lake, a full disk or a lost mount: 21 minutes in all."""

_THREADS: Any = ThreadPoolTaskRunner(max_workers=SHARES)


def _run_name() -> str:
    """Name a run after the day that it is for."""
    settings_file, day = (runtime.flow_run.parameters.get(name) for name in ("settings_file", "day"))
    try:
        return f"nightly-{day or _due(_settings(settings_file, None))}"
    except BroadsheetError:
        return f"nightly-{_due(Settings())}"  # wrong settings are for the run itself to tell


def _due(settings: Settings) -> date:
    """Give the day on which the current run was due, on the schedule's own clock, however late it began."""
    return settings.schedule.day_of(runtime.flow_run.scheduled_start_time or datetime.now(UTC))


def _settings(settings_file: str | None, lake: str | None) -> Settings:
    return load_settings(Path(settings_file) if settings_file else None, lake=lake)


@flow(
    name="nightly",
    flow_run_name=_run_name,
    task_runner=_THREADS,
    retries=0,  # the night itself knows what may pass; a flow's retries end Crashed where one run at a time is allowed
    persist_result=False,
)
def nightly(
    paths: list[str] | None = None,
    lake: str | None = None,
    settings_file: str | None = None,
    source: str | None = None,
    day: date | None = None,
) -> State[Any]:
    """Take in one night's dumps and publish a snapshot, whole or not at all.

    Args:
        paths: Dumps or folders to take in. Default: the landing folder of the settings.
        lake: Folder of the lake, or s3://bucket/prefix. Default: that of the settings.
        settings_file: Settings file. Default: broadsheet.toml in the working folder, if there is one.
        source: Outlet of the files that do not say whose they are.
        day: Day that the run is for. Default: the day on which it was due, in the schedule's time zone.
    """
    try:
        settings = _settings(settings_file, lake)
        return _night([Path(path) for path in paths or []], settings, source, day or _due(settings))
    except BroadsheetError as error:
        return Failed(message=str(error))


def _night(paths: list[Path], settings: Settings, source: str | None, day: date) -> State[Any]:
    try:
        with watched(settings, "the scheduled run") as troubles:
            report = _patiently(paths, settings, source, day)
            troubles.extend(left_out(report))
    except AuditFailed as error:
        if isinstance(error.report, RunReport):
            show(error.report, settings)
        return Failed(name="Refused by audit", message=str(error))
    show(report, settings)
    return _final_state(report)


def _patiently(paths: list[Path], settings: Settings, source: str | None, day: date) -> RunReport:
    """Run the night; begin it again, a few times, when it failed by what may pass without anyone's doing."""
    with PrefectProgress() as progress:
        for seconds in AGAIN_SECONDS:
            try:
                with PrefectDriver(settings.cores, progress) as driver:
                    return run(paths, settings, driver, source, day=day)
            except Exception as error:
                if not (isinstance(error, LakeBusy) or may_pass(error)):
                    raise
                get_run_logger().warning("%s; the night begins again in %s s", error, seconds)
                progress.wait(f"begins again in {seconds} s: {error}")
            sleep(seconds)
        with PrefectDriver(settings.cores, progress) as driver:
            return run(paths, settings, driver, source, day=day)


def _final_state(report: RunReport) -> State[Any]:
    """Say what came of a run that raised nothing. Refused dumps end `broadsheet run` with 2, so they show here too."""
    sentence = summary(report).splitlines()[-1]
    if not report.refused:
        return Completed(name=_outcome(report), message=sentence)
    refusals = f"{len(report.refused)} of {len(report.dumps)} dumps refused, first {report.refused[0].detail}"
    if report.outcome != "published":
        return Failed(message=f"{refusals}; {sentence}")
    return Completed(name="Published in part", message=f"{sentence}; {refusals}")


def _outcome(report: RunReport) -> str:
    return "Published with warnings" if report.verdict in ("warned", "accepted") else report.outcome.capitalize()
