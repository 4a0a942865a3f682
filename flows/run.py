"""The run: from files in the landing folder to a published snapshot. Read `_night` as the table of contents.

One description, driven by `flows.drivers.PlainDriver` or by Prefect; both publish the same content.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Final

from expectations.audit import Finding, verdict, warm_up
from flows.accept import (
    Arrival,
    ReceiveCare,
    ReceiveTask,
    Refusal,
    accept,
    quarantine,
    receive_one,
    register,
    stage_tasks,
)
from flows.careful import StageCare
from flows.cut import CutCare, CutTask, cut
from flows.dedup.history import Past
from flows.dedup.steps import propose_pairs, settle
from flows.dedup.tonight import NightTask, Piece
from flows.dedup.verify import verify
from flows.drafts import draft_all, draft_days
from flows.drivers import Driver
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.integrity import require_whole
from flows.lake.manifest import Manifest
from flows.lake.store import Store
from flows.lake.writer import Writer
from flows.landing import find_dumps, require_some
from flows.publish import (
    Taken,
    draft_dumps,
    draft_ledger,
    examine,
    next_manifest,
    schema_digest,
    take_in,
)
from flows.report import RunReport
from flows.settings import Settings
from flows.stage import Staged, stage
from flows.workers import ended, worker_pool
from transforms.errors import AuditFailed, CommitConflict, RulesChanged, UsageError
from transforms.tables import MEMBERSHIP, QUARANTINE

MOST_ATTEMPTS: Final = 20
"""How often a run is made again because another one, past the lock or on a medium without one, published first."""


@dataclass(frozen=True, slots=True)
class Night:
    """What every stage of one run shares, from one parent on."""

    writer: Writer
    parent: Manifest | None
    settings: Settings
    driver: Driver
    default_source: str | None
    workspace: Path
    report: RunReport
    attempt: int = 1

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
    auditor: Executor | None = None,
    store: Store | None = None,
) -> RunReport:
    """Take the dumps under some paths (none: the landing folder) into the lake, as one snapshot or not at all.

    `auditor` is a process that has `expectations.audit.warm_up` behind it; without one the run starts its own.
    `store` is the lake of the settings, opened already.
    Raises UsageError for wrong paths or settings, LakeBusy, LakeDamaged, and AuditFailed with the report as `report`.
    """
    named = list(paths)
    paths = named or [settings.landing]
    still_seconds = 0 if named else settings.still_seconds  # what a person names, a person knows to be whole
    if not named and not settings.landing.is_dir():
        raise UsageError(f"{settings.landing}, the landing folder, is not there: put dumps there, or name some")
    landed, missing = find_dumps(paths)
    require_some(landed, missing, paths)
    store = store or Store.open(settings.lake, create=True)
    with store.writer() as writer:
        night = _nightfall(writer, settings, driver, default_source)
        tasks = [
            ReceiveTask(f.path, f.name, writer.workspace / f"dump-{i:05}", settings, still_seconds)
            for i, f in enumerate(landed)
        ]
        received = [*(Refusal(m.name, m.sentence) for m in missing), *_receive_while_checking(night, tasks)]
        while True:
            try:
                _night(night, received, auditor)
            except CommitConflict:
                night = _done_again(night)
            else:
                return night.report


def _nightfall(
    writer: Writer, settings: Settings, driver: Driver, default_source: str | None, attempt: int = 1
) -> Night:
    """Begin on the newest snapshot."""
    parent = writer.current()
    _require_same_rules(parent, settings)
    workspace = writer.workspace / f"attempt-{attempt}"
    workspace.mkdir()
    report = RunReport(writer.run_id, settings.lake)
    return Night(writer, parent, settings, driver, default_source, workspace, report, attempt)


def _done_again(night: Night) -> Night:
    """Begin again on what the other writer published: what was made of the older parent may not hold on it.

    Two nights' articles may be copies of each other, so publishing the same parts under the next number would not do.
    """
    if night.attempt == MOST_ATTEMPTS:
        raise CommitConflict(f"{MOST_ATTEMPTS} times another run published first; run again when fewer are at work")
    again = _nightfall(night.writer, night.settings, night.driver, night.default_source, night.attempt + 1)
    again.report.stage_seconds |= night.report.stage_seconds
    return again


def _receive_while_checking(night: Night, tasks: list[ReceiveTask]) -> list[Arrival | Refusal]:
    """Take files in while the parent's digests are checked; nothing of it is read before they are."""
    with ThreadPoolExecutor(1) as aside:
        checked = aside.submit(require_whole, night.writer.medium, night.parent, night.settings.verify_mb << 20)
        received = _receive(night, tasks)
        checked.result()
        return received


def _night(night: Night, received: list[Arrival | Refusal], auditor: Executor | None) -> None:
    """Parse, normalise and fingerprint what is new; deduplicate; partition; audit; publish."""
    arrivals = register(received, night.parent, night.writer.address, night.report)
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
        return night.driver.map("intake", receive_one, tasks, byte_count=size, care=ReceiveCare())


def _stage(night: Night, arrivals: list[Arrival]) -> list[Staged]:
    with night.timed("normalise"):
        settings, size = night.settings, sum(arrival.receipt.byte_count for arrival in arrivals)
        whole = [CutTask(arrival.receipt, settings.chunk_bytes) for arrival in arrivals]
        cuts = night.driver.map("cut", cut, whole, byte_count=size, care=CutCare())
        tasks = stage_tasks(arrivals, cuts, settings, night.default_source, night.workspace, night.report)
        return night.driver.map("normalise", stage, tasks, byte_count=size, care=StageCare())


def _night_task(night: Night, pieces: tuple[Piece, ...]) -> NightTask:
    settings = night.settings
    return NightTask(
        pieces,
        Past(night.parent, night.writer.address),
        night.report.run_id,
        night.workspace,
        settings.pairs,
        settings.canonical,
        settings.duckdb_memory_mb,
        settings.cores,
    )


def _deduplicate(night: Night, task: NightTask, staged: list[Staged]) -> Taken:
    driver, report = night.driver, night.report
    size = sum(piece.path.stat().st_size for piece in task.pieces)
    with night.timed("candidates"):
        tiles = driver.call("candidates", propose_pairs, task)
    with night.timed("verify"):
        answers = driver.map("verify", verify, tiles, byte_count=size)
    with night.timed("clusters"):
        settled = driver.call("clusters", settle, task, tuple(answers))
    with night.timed("partition"):
        days = chain.from_iterable(driver.map("partition", draft_days, settled.days, byte_count=size))
        report.pairs = dict(settled.pairs)
        _count(report, settled.admitted)
        rejects = quarantine(staged, task.pieces, report)
        drafts = [*days, *settled.drafts, *draft_all([(QUARANTINE, rejects)], night.workspace)]
        parts = night.parent.parts if night.parent else ()
        return take_in(night.writer, parts, [*drafts, draft_dumps(report, night.workspace)])


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


def _audit(night: Night, auditor: Executor, taken: Taken) -> tuple[Finding, ...]:
    with night.timed("audit"):
        report = night.report
        findings: tuple[Finding, ...] = night.driver.call(
            "audit",
            examine,
            auditor,
            taken.snapshot(night.writer.address, night.parent),
            night.writer.address,
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
    writer, report = night.writer, night.report
    with night.timed("publish"):
        for arrival in arrivals:
            raw = arrival.receipt.raw
            # A night done again has moved it already.
            if raw and raw.path.exists() and report.dumps[arrival.place].status == "consumed":
                writer.keep_raw(raw.path, raw.name)
        report.snapshot = night.parent.number + 1 if night.parent else 1
        ledger = draft_ledger(report, findings, night.settings, night.driver.name, writer.started_at, night.workspace)
        taken = take_in(writer, taken.parts, ledger)
        manifest = next_manifest(night.parent, taken, report, night.settings, writer.created_at)
        writer.commit(manifest)
        report.outcome = "published"
        writer.show_newest()
        report.articles, report.copies = _sizes(manifest, writer.address)


def _sizes(manifest: Manifest, address: str) -> tuple[int, int]:
    """Count the canonical copies and all, by their places alone: the views would join the texts of years."""
    places = source(MEMBERSHIP, manifest.parts_of(MEMBERSHIP.name), address)
    with open_duckdb(address) as connection:
        [(articles, copies)] = connection.execute(
            f"SELECT count(*) FILTER (is_canonical), count(*) FROM {places}"
        ).fetchall()
    return int(articles), int(copies)


def _require_same_rules(parent: Manifest | None, settings: Settings) -> None:
    if parent and (parent.rules_digest, parent.schema_digest) != (settings.rules_digest, schema_digest()):
        raise RulesChanged(
            f"the lake {settings.lake} was made under other rules ({parent.rules_digest[:8]}, now "
            f"{settings.rules_digest[:8]}); undo the change under [pairs] or [canonical], or run all dumps into a new "
            "lake"
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
