"""What a person sees: progress bars on standard error when it is a terminal, and what commands have to tell."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from flows.intake.receipt import printable
from flows.lake.integrity import Verification
from flows.lake.manifest import Manifest
from flows.lake.retention import Removal
from flows.report import DumpReport, RunReport
from flows.work.drivers import Progress, Silent
from transforms.article import ARTICLES
from transforms.ledgers import DUMPS
from transforms.tables import QUARANTINE

_WIDTH = 100
_SHOWN_FIELDS = 8
_SHOWN_DUMPS = 24
_SHOWN_SIGNALS = 4
_SHOWN_DRIFTS = 2


class _Bars:
    """One bar a stage."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._task = TaskID(0)

    def stage(self, name: str, total: int) -> None:
        self._task = self._bars.add_task(name, total=total)

    def advance(self) -> None:
        self._bars.advance(self._task)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show bars while the block runs, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    columns = TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


def summary(report: RunReport) -> str:
    """Tell a run in one screen: a line a dump, what was refused and why, new fields, and where the answer is."""
    out = _page()
    if report.dumps:
        out.print(_dump_table(report))
    for line in refusal_lines(report):
        out.print(line, markup=False, soft_wrap=True)
    if report.quarantine:
        out.print("quarantine: " + _counts(report.quarantine), markup=False)
    for source, fields in sorted(report.unused_fields.items())[:_SHOWN_FIELDS]:
        out.print(f"fields not used, {source}: {_counts(fields)}", markup=False, overflow="ellipsis", no_wrap=True)
    for line in _drift_lines(report):
        out.print(line, markup=False, soft_wrap=True)
    if report.ignored:
        more = f", and {len(report.ignored) - _SHOWN_FIELDS} more" if len(report.ignored) > _SHOWN_FIELDS else ""
        names = ", ".join(report.ignored[:_SHOWN_FIELDS])
        out.print(f"ignored, for they are no dumps: {names}{more}", markup=False, soft_wrap=True)
    for finding in report.findings:
        how = "accepted" if finding["accepted_because"] else finding["status"]
        seen = f" ({finding['observed']})" if finding["observed"] else ""
        line = f"{finding['severity']} {how}: {finding['name']}: {finding['expectation']}{seen}"
        out.print(line, markup=False, soft_wrap=True)
    if told := report.page_trouble or (f"quality report: {report.page}" if report.page else ""):
        out.print(told, markup=False, soft_wrap=True)
    out.print(_last_line(report), markup=False, soft_wrap=True)
    return _text(out)


def refusal_lines(report: RunReport) -> Iterator[str]:
    """Tell each reason once, with the first dump that it met and how many others."""
    by_reason: dict[str, list[DumpReport]] = {}
    for dump in report.refused:
        by_reason.setdefault((dump.detail or "").replace(dump.name, ""), []).append(dump)
    for first, *others in by_reason.values():
        names = ", ".join(printable(dump.name) for dump in others[:_SHOWN_FIELDS])
        dots = ", ..." if others[_SHOWN_FIELDS:] else ""
        yield f"refused: {first.detail}" + (f" (and {len(others):,} more so: {names}{dots})" if others else "")


def _drift_lines(report: RunReport) -> Iterator[str]:
    """Tell what sources may have lost since the nights before, in few lines; the rest is for `broadsheet sources`."""
    losses = {name: [each for each in signals if each["is_loss"]] for name, signals in sorted(report.drift.items())}
    worst = sorted((name for name in losses if losses[name]), key=lambda name: -len(losses[name]))
    for name in worst[:_SHOWN_DRIFTS]:
        words = "; ".join(signal["words"] for signal in losses[name][:_SHOWN_SIGNALS])
        more = f"; and {len(losses[name]) - _SHOWN_SIGNALS} more" if len(losses[name]) > _SHOWN_SIGNALS else ""
        yield f"drift, {name}: {words}{more}"
    if others := len(report.drift) - len(worst[:_SHOWN_DRIFTS]):
        yield f"drift, {others:,} {'more ' if worst else ''}sources: `broadsheet sources` tells"


def snapshot_rows(manifests: Sequence[Manifest]) -> list[dict[str, Any]]:
    """Describe snapshots, in the order given, which is ascending."""
    return [
        {
            "snapshot": manifest.number,
            "created_at": manifest.created_at,
            "made_by": manifest.action,
            "content_of": _content_of(manifest, manifests),
            "run_id": manifest.run_id,
            "copies": sum(part.rows for part in manifest.parts_of(ARTICLES.name)),
            "dumps": len(manifest.dumps),
            "parts": len(manifest.parts),
            "verdict": manifest.verdict,
        }
        for manifest in manifests
    ]


def _content_of(manifest: Manifest, manifests: Sequence[Manifest]) -> int | None:
    """Tell which snapshot one took its content from, if it brought nothing of its own; None where that is gone."""
    if manifest.action in ("compact", "clean"):
        return manifest.number - 1
    if manifest.action != "rollback":
        return None
    older = (each.number for each in reversed(manifests) if each.number < manifest.number - 1)
    return next((number for number in older if _paths(manifests, number) == _paths(manifests, manifest.number)), None)


def _paths(manifests: Sequence[Manifest], number: int) -> list[str]:
    return [part.path for part in manifests[number - manifests[0].number].parts]


def snapshot_table(rows: Sequence[dict[str, Any]]) -> str:
    """Show a line a snapshot, without what there is of none."""
    if not rows:
        return "no snapshot yet; `broadsheet run` makes the first\n"
    table = Table(box=None, header_style="")
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    for name in names:
        is_number = any(isinstance(row[name], int) for row in rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in names))
    return _printed(table)


def _cell(value: str | int | None) -> str:
    return f"{value:,}" if isinstance(value, int) else value or ""


def verification_text(found: Verification) -> str:
    """Tell what was compared, and name each damaged file."""
    compared = (
        f"{found.snapshots:,} snapshots, {found.parts:,} parts ({found.part_bytes / 1e6:,.1f} MB), "
        f"{found.dumps:,} kept dumps: "
    )
    damaged = "".join(f"{printable(damage.path)}: {printable(damage.what)}\n" for damage in found.damaged)
    return damaged + compared + (f"{len(found.damaged):,} files damaged\n" if damaged else "all whole\n")


def removal_text(removal: Removal, *, removed: bool) -> str:
    """Tell what goes, or went, and how much that nothing names is too young to go."""
    young = ""
    if removal.young_files:
        young = f"; {removal.young_files:,} unnamed files stay until they are {removal.min_age_hours} h old"
    gone = _let_go_text(removal, removed=removed)
    if not removal.snapshots and not removal.files and not removal.rebuilds:
        return f"{gone}nothing to remove{young}\n"
    numbers = f" ({removal.snapshots[0]} to {removal.snapshots[-1]})" if removal.snapshots else ""
    what = f"{len(removal.snapshots):,} snapshots{numbers}, {len(removal.files):,} unnamed files"
    if removal.rebuilds:
        what += ", the work of an unfinished rebuild"
    what = f"{what} ({removal.byte_count / 1e6:,.1f} MB){young}"
    return gone + (f"removed {what}\n" if removed else f"would remove {what}; --remove does it\n")


def _let_go_text(removal: Removal, *, removed: bool) -> str:
    """Say which bytes are past their days, what can no longer be done without them, and when they go."""
    lost = {
        DUMPS.name: "dumps, past raw_days: without them no rebuild, no replay, and no record as it came",
        QUARANTINE.name: "rejected records, past quarantine_days",
    }
    verb = "let go of" if removed else "would let go of"
    lines = [
        f"{verb} the bytes of {removal.let_go[name]:,} {what}\n"
        for name, what in lost.items()
        if name in removal.let_go
    ]
    return "".join(lines) + ("their files go with the last snapshot that names them\n" if lines else "")


def _dump_table(report: RunReport) -> Table:
    table = Table(box=None, header_style="")
    table.add_column("dump", overflow="fold")
    table.add_column("status")
    names = ("records_read", "admitted", "replayed", "quarantined")
    for name in names:
        table.add_column(name.removeprefix("records_"), justify="right")
    for dump in _rows(report):
        table.add_row(Text(dump.name), dump.status, *(f"{getattr(dump, name):,}" for name in names))
    return table


def _rows(report: RunReport) -> list[DumpReport]:
    """Give a row a dump, then the sums; of a long night only the sums and what is out of the ordinary."""
    total = DumpReport(f"{len(report.dumps)} dumps", "")
    for name in ("records_read", "admitted", "replayed", "quarantined"):
        setattr(total, name, report.total(name))
    odd = [d for d in report.dumps if d.status != "consumed" or d.quarantined]
    shown = report.dumps if len(report.dumps) <= _SHOWN_DUMPS else odd[:_SHOWN_DUMPS]
    return [*shown, total]


def _counts(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = f", and {len(ordered) - _SHOWN_FIELDS} more" if len(ordered) > _SHOWN_FIELDS else ""
    return ", ".join(f"{name} {count:,}" for name, count in ordered[:_SHOWN_FIELDS]) + rest


def _last_line(report: RunReport) -> str:
    if report.outcome != "published":
        return f"{report.outcome}: the lake {report.lake} stays as it was"
    seconds = sum(report.stage_seconds.values())
    return (
        f"published snapshot {report.snapshot} ({report.verdict}) in {seconds:.1f} s: "
        f"{report.articles:,} articles, {report.copies:,} copies, {sum(report.pairs.values()):,} new pairs"
    )


def _printed(table: Table) -> str:
    out = _page()
    out.print(table)
    return _text(out)


def _page() -> Console:
    return Console(file=StringIO(), width=_WIDTH, highlight=False)


def _text(page: Console) -> str:
    text: str = page.file.getvalue()  # type: ignore[attr-defined]
    return "".join(printable(line.rstrip()) + "\n" for line in text.split("\n")[:-1])
