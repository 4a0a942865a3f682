"""The nightly flow: what `broadsheet run` does, as Prefect tasks, with a table of counts and a state that tells."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prefect import State, flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.intake.receipt import printable
from flows.report import DumpReport, RunReport
from flows.run import run
from flows.settings import Settings, load_settings
from flows.terminal import summary
from flows.work.prefect_driver import SHARES, PrefectDriver
from transforms.errors import AuditFailed, BroadsheetError

_THREADS: Any = ThreadPoolTaskRunner(max_workers=SHARES)
_COUNTS = ("records_read", "admitted", "replayed", "quarantined")


def _run_name() -> str:
    """Name a run after the day it was due, on the schedule's own clock."""
    due: datetime = runtime.flow_run.scheduled_start_time or datetime.now(UTC)
    return f"nightly-{due.astimezone(_zone()):%Y-%m-%d}"


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(_settings(runtime.flow_run.parameters.get("settings_file"), None).schedule.timezone)
    except (BroadsheetError, ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")  # wrong settings are for the run itself to tell


def _settings(settings_file: str | None, lake: str | None) -> Settings:
    return load_settings(Path(settings_file) if settings_file else None, lake=lake)


@flow(
    name="nightly",
    flow_run_name=_run_name,
    task_runner=_THREADS,
    retries=0,
    persist_result=False,
)
def nightly(
    paths: list[str] | None = None,
    lake: str | None = None,
    settings_file: str | None = None,
    source: str | None = None,
) -> State[Any]:
    """Take in one night's dumps and publish a snapshot.

    paths: dumps or folders (default: the landing folder of the settings).
    lake: folder of the lake (default: that of the settings).
    settings_file: settings file (default: broadsheet.toml in the working folder, if there is one).
    source: outlet of the files that do not say.
    """
    try:
        settings = _settings(settings_file, lake)
        with PrefectDriver(settings.cores) as driver:
            report = run([Path(path) for path in paths or []], settings, driver, source)
    except AuditFailed as error:
        if isinstance(error.report, RunReport):
            _show(error.report)
        return Failed(message=str(error))
    except BroadsheetError as error:
        return Failed(message=str(error))
    _show(report)
    return _final_state(report)


def _final_state(report: RunReport) -> State[Any]:
    """Say what came of a run that raised nothing. Refused dumps end `broadsheet run` with 2, so they show here too."""
    sentence = summary(report).splitlines()[-1]
    if not report.refused:
        return Completed(name=report.outcome.capitalize(), message=sentence)
    refusals = f"{len(report.refused)} of {len(report.dumps)} dumps refused, first {report.refused[0].detail}"
    if report.outcome != "published":
        return Failed(message=f"{refusals}; {sentence}")
    return Completed(name="Published in part", message=f"{sentence}; {refusals}")


def _show(report: RunReport) -> None:
    """Leave the counts and the summary where Prefect shows them. Numbers, names and reasons: nothing of an article."""
    create_table_artifact(_table(report), key="broadsheet-counts", description=f"Run {report.run_id}: counts by dump")
    create_markdown_artifact(
        _fenced(summary(report)), key="broadsheet-summary", description=f"Run {report.run_id}: summary"
    )


def _table(report: RunReport) -> list[dict[str, Any]]:
    """Give a row a dump, then their sums."""
    total = {"dump": f"{len(report.dumps)} dumps", "status": report.outcome}
    return [*map(_row, report.dumps), total | {name: report.total(name) for name in _COUNTS}]


def _row(dump: DumpReport) -> dict[str, Any]:
    return {"dump": printable(dump.name), "status": dump.status} | {name: getattr(dump, name) for name in _COUNTS}


def _fenced(text: str) -> str:
    """Quote text as it is: names in it are a stranger's, and may hold Markdown or bytes that are no UTF-8."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    fence = "```"
    while fence in shown:
        fence += "`"
    return f"{fence}text\n{shown}{fence}\n"
