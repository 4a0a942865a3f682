"""What a run leaves on its page in Prefect: numbers, names, reasons and SQL; nothing of an article, ever."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import quote

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.logging import get_run_logger

from flows.intake.receipt import printable
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from flows.terminal import summary
from flows.work.prefect_progress import TROUBLE

_COUNTS: Final = ("records_read", "admitted", "replayed", "quarantined")
_MOST_ROWS: Final = 200
"""Rows of a table: it is sent, stored and shown as one piece. Of more, what is out of the ordinary comes first."""


def show(report: RunReport, settings: Settings) -> None:
    """Leave counts by dump and by source, what the audit found, the summary, and a link to the run's page.

    A server that is away loses them; the run ends as it would have.
    """
    run = f"Run {report.run_id}"
    _leave(create_table_artifact, _counts(report), "counts", f"{run}: counts by dump")
    if report.sent:
        _leave(create_table_artifact, _sources(report), "sources", f"{run}: its sources, those that changed first")
    if report.findings:
        _leave(create_table_artifact, _findings(report), "findings", f"{run}: what its audit found")
        _leave(create_markdown_artifact, _questions(report), "offenders", f"{run}: how to see what the audit found")
    _leave(create_markdown_artifact, _fenced(summary(report)), "summary", f"{run}: summary")
    if report.page:
        _leave(create_link_artifact, _address(report.page, settings), "report", f"{run}: report {report.page}")


def _leave(create: Callable[..., Any], value: Any, key: str, description: str) -> None:
    try:
        create(value, key=f"broadsheet-{key}", description=description)
    except TROUBLE as error:
        get_run_logger().warning("the artifact broadsheet-%s is not shown: %s", key, error)


def _counts(report: RunReport) -> list[dict[str, Any]]:
    """Give a row a dump, then their sums."""
    total = {"dump": f"{len(report.dumps)} dumps", "status": report.outcome}
    shown = _first(report.dumps, lambda dump: dump.status == "consumed" and not dump.quarantined)
    return [*map(_dump, shown), total | {name: report.total(name) for name in _COUNTS}]


def _dump(dump: DumpReport) -> dict[str, Any]:
    return {"dump": printable(dump.name), "status": dump.status} | {name: getattr(dump, name) for name in _COUNTS}


def _sources(report: RunReport) -> list[dict[str, Any]]:
    """Give a row a source: how much it sent, how much of that was rejected, and what it sends otherwise than before."""
    rejected = Counter[str]()
    for dump in report.dumps:
        rejected.update({name: sum(each.rejects.values()) for name, each in dump.sources.items()})
    names = sorted(report.sent, key=lambda name: (-len(report.drift.get(name, ())), -report.sent[name].records, name))
    return [
        {
            "source": printable(name),
            "records": report.sent[name].records,
            "quarantined": rejected[name],
            "fields not used": len(report.unused_fields.get(name, ())),
            "changed": len(report.drift.get(name, ())),
        }
        for name in names[:_MOST_ROWS]
    ]


def _findings(report: RunReport) -> list[dict[str, Any]]:
    """Give a row an expectation that was broken, short enough to be read without scrolling."""
    return [
        {
            "name": finding["name"],
            "severity": finding["severity"],
            "expected": f"{finding['table_name']}: {finding['expectation']}",
            "seen": finding["observed"],
            "rows": finding["unexpected_count"],
        }
        for finding in report.findings
    ]


def _questions(report: RunReport) -> str:
    """Give for each finding the SQL that lists its offenders, and the command that asks it."""
    refused = "" if report.outcome == "published" else " --at refused"
    asked = f"Ask with `broadsheet query{refused} --lake {report.lake} 'SQL'`.\n"
    return asked + "".join(
        f"\n**{finding.get('name')}**, {finding['severity']}: {finding['expectation']}\n\n"
        + _fenced(f"{finding['offenders_sql']}\n", "sql")
        for finding in report.findings
        if finding["offenders_sql"]
    )


def _first(dumps: Sequence[DumpReport], is_usual: Callable[[DumpReport], bool]) -> Sequence[DumpReport]:
    return dumps if len(dumps) <= _MOST_ROWS else sorted(dumps, key=is_usual)[:_MOST_ROWS]


def _address(page: str, settings: Settings) -> str:
    """Say where the page of a run opens: below the address that serves the lake's reports, or as a file."""
    if settings.schedule.reports_url:
        return f"{settings.schedule.reports_url.rstrip('/')}/{quote(PurePath(page).name)}"
    return page if "://" in page else Path(page).resolve().as_uri()


def _fenced(text: str, language: str = "text") -> str:
    """Quote text as it is: names in it are a stranger's, and may hold Markdown or bytes that are no UTF-8."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    fence = "```"
    while fence in shown:
        fence += "`"
    return f"{fence}{language}\n{shown}{fence}\n"
