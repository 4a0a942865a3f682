"""The run: from files in the landing folder to a published snapshot. Read `_night` as the table of contents.

One description, driven by `flows.work.drivers.PlainDriver` or by Prefect; both publish the same content.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from expectations.audit import warm_up
from expectations.promises import require_known
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
from flows.dedup.brought import Brought
from flows.drafts import Draft
from flows.forgetting.known import forgotten_in
from flows.forgetting.redaction import redact_tonight
from flows.lake.integrity import require_whole
from flows.lake.store import Store
from flows.lake.writer import Writer
from flows.landing import find_dumps, landing_of, require_some
from flows.limits import require_few_rejects, require_room
from flows.lineage import told_lineage
from flows.night import Night, audit_night, deduplicate, publish_night
from flows.publish import draft_dumps, take_in
from flows.report import RunReport
from flows.settings import Settings
from flows.sources.counts import draft_source_counts
from flows.sources.ledger import draft_source_fields, note_drift
from flows.stage import Staged, stage
from flows.under import require_same_rules
from flows.work.careful import StageCare
from flows.work.cut import CutCare, CutTask, cut
from flows.work.drivers import SMALL_BYTES, Driver
from flows.work.workers import ended, worker_pool
from transforms.errors import CommitConflict

MOST_ATTEMPTS: Final = 20
"""How often a run is made again because another one, past the lock or on a medium without one, published first."""


def run(
    paths: Iterable[Path],
    settings: Settings,
    driver: Driver,
    default_source: str | None = None,
    auditor: Executor | None = None,
    store: Store | None = None,
    *,
    day: date | None = None,
    accepted: Mapping[str, str] | None = None,
) -> RunReport:
    """Take the dumps under some paths (none: the landing folder) into the lake, as one snapshot or not at all.

    `auditor` is a process that has `expectations.audit.warm_up` behind it; without one the run starts its own.
    `store` is the lake of the settings, opened already; `day` the day that the run is for (default: today).
    `accepted` names expectations that may be broken tonight, each with the reason.
    Raises UsageError for wrong paths or settings, NoRoom, LakeBusy, LakeDamaged, and AuditFailed with the report as
    `report`.
    """
    if accepted:
        require_known(accepted)
    day = day or settings.schedule.day_of(datetime.now(UTC))
    named = list(paths)
    paths = named or landing_of(settings.landing, day, settings.ignore)
    still_seconds = 0 if named else settings.still_seconds  # what a person names, a person knows to be whole
    landing = find_dumps(paths, settings.ignore)
    require_some(landing, paths)
    store = store or Store.open(settings.lake, create=True)
    with told_lineage(settings) as told, store.writer() as writer:
        night = _nightfall(writer, settings, driver, default_source, day, accepted or {})
        night.report.ignored = landing.ignored
        tasks = [
            ReceiveTask(f.path, f.name, writer.workspace / f"dump-{i:05}", settings, still_seconds)
            for i, f in enumerate(landing.dumps)
        ]
        received = [
            *(Refusal(missing.name, missing.sentence) for missing in landing.missing),
            *_receive_while_checking(night, tasks),
        ]
        while True:
            told.append(night.report)
            try:
                _night(night, received, auditor)
            except CommitConflict:
                night = _done_again(night)
            else:
                return night.report


def _nightfall(
    writer: Writer,
    settings: Settings,
    driver: Driver,
    default_source: str | None,
    day: date,
    accepted: Mapping[str, str],
    attempt: int = 1,
) -> Night:
    """Begin on the newest snapshot."""
    parent = writer.current()
    require_same_rules(parent, settings, writer.address)
    workspace = writer.workspace / f"attempt-{attempt}"
    workspace.mkdir()
    report = RunReport(writer.run_id, settings.lake, day)
    return Night(writer, parent, settings, driver, default_source, workspace, report, attempt, accepted)


def _done_again(night: Night) -> Night:
    """Begin again on what the other writer published: what was made of the older parent may not hold on it.

    Two nights' articles may be copies of each other, so publishing the same parts under the next number would not do.
    """
    if night.attempt == MOST_ATTEMPTS:
        raise CommitConflict(f"{MOST_ATTEMPTS} times another run published first; run again when fewer are at work")
    day = night.report.day or night.settings.schedule.day_of(night.writer.started_at)
    again = _nightfall(
        night.writer, night.settings, night.driver, night.default_source, day, night.accepted, night.attempt + 1
    )
    again.report.stage_seconds |= night.report.stage_seconds
    again.report.ignored = night.report.ignored
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
    report = night.report
    arrivals = register(received, night.parent, night.writer.address, report)
    if not arrivals:
        return
    for arrival in arrivals:
        report.dumps[arrival.place].outlet = night.default_source
    with nullcontext(auditor) if auditor else ended(worker_pool(1, warm_up)) as ready:
        # Its slow import takes a core: while a few files are read here, or once the workers have read many.
        if sum(arrival.receipt.byte_count for arrival in arrivals) < SMALL_BYTES:
            ready.submit(int)
        staged = _stage(night, arrivals)
        ready.submit(int)
        pieces = accept(staged, report)
        if not any(dump.status == "consumed" for dump in report.dumps):
            return
        note_drift(report, night.parent, night.writer.address, night.settings)
        rejects = quarantine(staged, pieces, report, night.settings.quarantine.max_mb_per_dump)
        arrivals = redact_tonight(night, arrivals, rejects)
        require_few_rejects(report, night.settings.quarantine)
        taken, measured = deduplicate(night, pieces, rejects, night.parent_parts)
        taken = take_in(night.writer, taken.parts, _ledgers(night, measured))
        findings = audit_night(night, ready, taken)
        with night.timed("publish"):
            _keep_raw(night, arrivals)
            publish_night(night, taken, findings, "run")


def _ledgers(night: Night, measured: Brought) -> list[Draft]:
    report, workspace = night.report, night.workspace
    return [
        draft_dumps(report, workspace),
        draft_source_fields(report, workspace),
        draft_source_counts(report, measured, night.parent, night.writer.address, workspace),
    ]


def _receive(night: Night, tasks: list[ReceiveTask]) -> list[Arrival | Refusal]:
    with night.timed("intake"):
        size = sum(task.path.stat().st_size for task in tasks if task.path.exists())
        require_room(night.writer.workspace, size)
        return night.driver.map("intake", receive_one, tasks, byte_count=size, care=ReceiveCare())


def _stage(night: Night, arrivals: list[Arrival]) -> list[Staged]:
    with night.timed("normalise"):
        settings, size = night.settings, sum(arrival.receipt.byte_count for arrival in arrivals)
        whole = [CutTask(arrival.receipt, settings.chunk_bytes) for arrival in arrivals]
        cuts = night.driver.map("cut", cut, whole, byte_count=size, care=CutCare())
        forgotten = forgotten_in(night.parent, night.writer.address)
        tasks = stage_tasks(arrivals, settings, night.default_source, night.workspace, night.report, cuts, forgotten)
        return night.driver.map("normalise", stage, tasks, byte_count=size, care=StageCare())


def _keep_raw(night: Night, arrivals: list[Arrival]) -> None:
    for arrival in arrivals:
        raw = arrival.receipt.raw
        # A night done again has moved it already.
        if raw and raw.path.exists() and night.report.dumps[arrival.place].status == "consumed":
            night.writer.keep_raw(raw.path, raw.name)
