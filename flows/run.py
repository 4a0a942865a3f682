"""The run: from files in the landing folder to a published snapshot. Read `_night` as the table of contents.

One description, driven by `flows.drivers.PlainDriver` or by Prefect; both publish the same content.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from expectations.audit import Finding, verdict, warm_up
from flows.accept import Arrival, ReceiveTask, Refusal, accept, quarantine, receive_one, register, stage_tasks
from flows.dedup.steps import propose_pairs, settle
from flows.dedup.tonight import NightTask, Piece
from flows.dedup.verify import verify
from flows.drafts import draft_all, draft_days
from flows.drivers import Driver, ended, worker_pool
from flows.lake.manifest import Manifest
from flows.lake.query import connect
from flows.lake.store import Store
from flows.landing import find_dumps, require_some
from flows.publish import (
    Taken,
    draft_dumps,
    draft_ledger,
    examine,
    next_manifest,
    schema_digest,
    show,
    take_in,
)
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from flows.stage import Staged, stage
from transforms.errors import AuditFailed, RulesChanged
from transforms.tables import QUARANTINE


@dataclass(frozen=True, slots=True)
class Night:
    """What every stage of one run shares."""

    store: Store
    parent: Manifest | None
    settings: Settings
    driver: Driver
    default_source: str | None
    workspace: Path
    report: RunReport
    started_at: datetime

    @contextmanager
    def timed(self, stage_name: str) -> Iterator[None]:
        """Add the time that the block takes to a stage of the report."""
        begin = perf_counter()
        yield
        seconds = self.report.stage_seconds
        seconds[stage_name] = round(seconds.get(stage_name, 0.0) + perf_counter() - begin, 3)


def run(
    paths: Iterable[Path],
    settings: Settings,
    driver: Driver,
    default_source: str | None = None,
    auditor: ProcessPoolExecutor | None = None,
) -> RunReport:
    """Take the dumps under some paths (none: the landing folder) into the lake, as one snapshot or not at all.

    `auditor` is a process that has `expectations.audit.warm_up` behind it; without one the run starts its own.
    Raises UsageError for wrong paths or settings, LakeBusy, LakeDamaged, and AuditFailed with the report as `report`.
    """
    paths = list(paths) or [settings.landing]
    landed, missing = find_dumps(paths)
    require_some(landed, missing, paths)
    store = Store.open(settings.lake, create=True)
    with store.locked():
        store.recover()
        parent = store.current()
        _require_same_rules(parent, settings)
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        report = RunReport(run_id, str(settings.lake))
        report.dumps += [DumpReport(sentence.split(":")[0], "refused", detail=sentence) for sentence in missing]
        workspace = store.workspace(run_id)
        night = Night(store, parent, settings, driver, default_source, workspace, report, datetime.now(UTC))
        tasks = [ReceiveTask(f.path, f.name, workspace / f"dump-{i:05}", settings) for i, f in enumerate(landed)]
        _mend_catalog(night)
        _night(night, tasks, auditor)
        store.recover()
        return report


def _mend_catalog(night: Night) -> None:
    """Build the catalog again where a run ended between its commit and its catalog, or somebody removed it."""
    if night.parent and not night.store.shows(night.parent.number):
        show(night.store, night.parent, night.workspace)


def _night(night: Night, tasks: list[ReceiveTask], auditor: ProcessPoolExecutor | None) -> None:
    """Land, parse, normalise and fingerprint; deduplicate; partition; audit; publish."""
    arrivals = register(_receive(night, tasks), night.parent, night.store.root, night.report)
    if not arrivals:
        return
    with nullcontext(auditor) if auditor else ended(worker_pool(1, warm_up)) as ready:
        ready.submit(int)  # starts the process, and with it the slow import, while the others work
        staged = _stage(night, arrivals)
        task = _night_task(night, accept(staged, night.report))
        if not any(dump.status == "consumed" for dump in night.report.dumps):
            return
        taken = _deduplicate(night, task, staged)
        findings = _audit(night, ready, taken)
        _publish(night, arrivals, taken, findings)


def _receive(night: Night, tasks: list[ReceiveTask]) -> list[Arrival | Refusal]:
    with night.timed("intake"):
        size = sum(task.path.stat().st_size for task in tasks if task.path.exists())
        return night.driver.map("intake", receive_one, tasks, byte_count=size)


def _stage(night: Night, arrivals: list[Arrival]) -> list[Staged]:
    with night.timed("normalise"):
        tasks = stage_tasks(arrivals, night.settings, night.default_source, night.workspace, night.report)
        size = sum(arrival.receipt.byte_count for arrival in arrivals)
        return night.driver.map("normalise", stage, tasks, byte_count=size)


def _night_task(night: Night, pieces: tuple[Piece, ...]) -> NightTask:
    settings = night.settings
    return NightTask(
        pieces,
        night.parent,
        night.store.root,
        night.workspace,
        settings.pairs,
        settings.duckdb_memory_mb,
        settings.cores,
    )


def _deduplicate(night: Night, task: NightTask, staged: list[Staged]) -> Taken:
    driver, report = night.driver, night.report
    size = sum(piece.path.stat().st_size for piece in task.pieces)
    with night.timed("candidates"):
        ranges = driver.call("candidates", propose_pairs, task)
    with night.timed("verify"):
        verified = driver.map("verify", verify, ranges, byte_count=size)
    with night.timed("clusters"):
        settled = driver.call("clusters", settle, task, tuple(verified))
    with night.timed("partition"):
        days = chain.from_iterable(driver.map("partition", draft_days, settled.days, byte_count=size))
        report.pairs = dict(settled.pairs)
        _count(report, settled.admitted)
        rejects = quarantine(staged, task.pieces, report)
        drafts = [*days, *settled.drafts, *draft_all([(QUARANTINE, rejects)], night.workspace)]
        parts = night.parent.parts if night.parent else ()
        return take_in(night.store, parts, [*drafts, draft_dumps(report, night.workspace)])


def _count(report: RunReport, admitted: dict[int, int]) -> None:
    """Of the records that were no rejects, those that no dump had brought before are admitted, the rest replayed."""
    for place, count in admitted.items():
        report.dumps[place].admitted = count
    read = {dump.digest: dump.records_read for dump in report.dumps if dump.status == "consumed"}
    for dump in report.dumps:
        if dump.status == "consumed":
            dump.replayed = dump.records_read - dump.quarantined - dump.admitted
        elif dump.status == "replayed" and dump.digest in read:
            dump.records_read = dump.replayed = read[dump.digest]


def _audit(night: Night, auditor: ProcessPoolExecutor, taken: Taken) -> tuple[Finding, ...]:
    with night.timed("audit"):
        report = night.report
        findings: tuple[Finding, ...] = night.driver.call(
            "audit",
            examine,
            auditor,
            taken,
            night.store.root,
            report.run_id,
            night.workspace,
            night.settings.duckdb_memory_mb,
        )
        report.findings = [_as_dict(finding) for finding in findings if finding.status != "passed"]
        report.verdict = verdict(findings)
    if report.verdict in ("failed", "errored"):
        report.outcome = "refused by the audit"
        raise AuditFailed(_why(report), report)
    return findings


def _publish(night: Night, arrivals: list[Arrival], taken: Taken, findings: tuple[Finding, ...]) -> None:
    store, report = night.store, night.report
    with night.timed("publish"):
        for arrival in arrivals:
            if arrival.raw and report.dumps[arrival.place].status == "consumed":
                store.keep_raw(arrival.raw, arrival.raw_name)
        report.snapshot = night.parent.number + 1 if night.parent else 1
        ledger = draft_ledger(report, findings, night.settings, night.driver.name, night.started_at, night.workspace)
        taken = take_in(store, taken.parts, ledger)
        manifest = next_manifest(night.parent, taken, report, night.settings, report.verdict or "")
        store.commit(manifest)
        show(store, manifest, night.workspace)
        report.outcome = "published"
        report.articles, report.copies = _sizes(store)


def _sizes(store: Store) -> tuple[int, int]:
    with connect(store) as connection:
        [(articles, copies)] = connection.execute(
            "SELECT count(*) FILTER (is_canonical), count(*) FROM copies"
        ).fetchall()
    return int(articles), int(copies)


def _require_same_rules(parent: Manifest | None, settings: Settings) -> None:
    if parent and (parent.rules_digest, parent.schema_digest) != (settings.rules_digest, schema_digest()):
        raise RulesChanged(
            f"the lake {settings.lake} was made under other rules ({parent.rules_digest[:8]}, now "
            f"{settings.rules_digest[:8]}); undo the change under [pairs], or run all dumps into a new lake"
        )


def _as_dict(finding: Finding) -> dict[str, object]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def _why(report: RunReport) -> str:
    worst = [f for f in report.findings if f["status"] == "errored" or f["severity"] == "critical"]
    first = worst[0]
    seen = f", seen: {first['observed']}" if first["observed"] else ""
    return (
        f"the audit refused the run, nothing was published: {len(worst)} of its expectations {first['status']}, first "
        f"{first['table_name']}: {first['expectation']}{seen}; mend the dumps or the expectation and run again"
    )
