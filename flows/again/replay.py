"""The replay: rejected records once more, from their places in the kept dumps, under today's settings, as one night.

What is admitted now leaves quarantine and joins the lake as any night's articles do; the rest stays, with today's
reason. Where the settings change nothing of what was admitted, the content is that of a lake which always had them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.audit import warm_up
from flows.accept import Arrival, quarantine, stage_tasks
from flows.again.raw import WHOLE_BYTES, KeptDump, Place, kept_dumps, open_dumps, records_at, require_kept
from flows.dedup.tonight import Piece, open_staged
from flows.forgetting.known import forgotten_in
from flows.inquiry.rejects import rejected_by
from flows.lake.catalog import quoted, source
from flows.lake.duck import open_duckdb, open_part
from flows.lake.integrity import require_whole
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store, required
from flows.limits import within_quota
from flows.night import Night, audit_night, deduplicate, publish_night
from flows.publish import draft_dumps, take_in
from flows.report import RunReport
from flows.settings import Settings
from flows.stage import Staged, StageTask, fields_of, stage_records, staged_paths
from flows.under import require_same_rules
from flows.work.careful import StageCare
from flows.work.drivers import Care, Driver
from flows.work.workers import Watch, Worker, WorkerLost, ended, worker_pool
from transforms.article import Reason
from transforms.errors import UsageError
from transforms.tables import DELIVERIES, QUARANTINE

_KEY = ("dump_digest", "member", "record_number")

Rejected = Mapping[str, Mapping[str | None, Sequence[Place]]]
"""Places of rejected records, by dump digest and member."""


@dataclass(frozen=True, slots=True)
class RetryTask:
    """A member of a kept dump, and which of its records to stage once more."""

    task: StageTask
    places: tuple[Place, ...]
    record_count: int
    """Of the whole member, when it was taken in."""


def replay(
    settings: Settings,
    driver: Driver,
    reason: str | None = None,
    dump: str | None = None,
    auditor: Executor | None = None,
    store: Store | None = None,
) -> RunReport:
    """Run rejected records, all or those of a reason or a dump (its name, or the beginning of its digest), again.

    Raises UsageError when there are none such, RulesChanged, LakeBusy, LakeDamaged, and AuditFailed as a run does.
    """
    store = store or Store.open(settings.lake, create=False)
    with store.writer() as writer:
        parent = required(writer.current(), store.address)
        require_same_rules(parent, settings, writer.address)
        require_whole(writer.medium, parent, settings.verify_mb << 20)
        chosen = _chosen(parent, writer.address, reason, dump)
        report = RunReport(writer.run_id, settings.lake, settings.schedule.day_of(writer.started_at))
        workspace = writer.workspace / "replay"
        workspace.mkdir()
        night = Night(writer, parent, settings, driver, None, workspace, report)
        if chosen:
            _retry(night, parent, chosen, auditor)
        return report


def _retry(night: Night, parent: Manifest, chosen: Rejected, auditor: Executor | None) -> None:
    """Stage the records again; deduplicate, audit and publish if anything became of them."""
    report, address = night.report, night.writer.address
    dumps = [dump for dump in kept_dumps(parent, address) if dump.digest in chosen]
    if kept := [dump for dump in dumps if dump.raw_name]:  # those that were let go are passed over, if not alone
        dumps, chosen = kept, {dump.digest: chosen[dump.digest] for dump in kept}
    require_kept(dumps, night.writer.medium)
    with nullcontext(auditor) if auditor else ended(worker_pool(1, warm_up)) as ready:
        ready.submit(int)  # starts the process, and with it the slow import, while the others work
        staged = _staged(night, open_dumps(night, dumps, "retried"), dumps, chosen)
        pieces = _pieces(staged, report)
        rejects = quarantine(staged, pieces, report, night.settings.quarantine.max_mb_per_dump)
        touched = _holding(parent, address, chosen)
        before = pa.concat_tables([QUARANTINE.schema.empty_table(), *(rows for _, rows in touched)])
        after = _after(before, pieces, rejects, night.settings.quarantine.max_mb_per_dump)
        if after.select(_NARROW).sort_by(_ORDER).equals(before.select(_NARROW).sort_by(_ORDER)):
            return
        gone = {part.path for part, _ in touched}
        parts = [part for part in parent.parts if part.path not in gone]
        taken, _ = deduplicate(night, pieces, after, parts)
        taken = take_in(night.writer, taken.parts, [draft_dumps(report, night.workspace)])
        findings = audit_night(night, ready, taken)
        with night.timed("publish"):
            publish_night(night, taken, findings, "replay")


_NARROW = (*_KEY, "reason", "detail")
_ORDER = [(key, "ascending") for key in _KEY]


def _chosen(parent: Manifest, address: str, reason: str | None, dump: str | None) -> Rejected:
    """Find the rejected records that are meant; of a dump with some that were not kept, all: it has a quota.

    Those that ended a process are let be unless they are asked for: no setting is likely to have mended that. What was
    forgotten is let be.
    """
    known = f"reason <> '{Reason.FORGOTTEN}'"
    meant = f"{rejected_by(reason, dump)} AND {known}"
    if reason != Reason.CRASHED:
        meant += f" AND reason <> '{Reason.CRASHED}'"
    rejects = source(QUARANTINE, parent.parts_of(QUARANTINE.name), address)
    with open_duckdb(address) as connection:
        rows = connection.execute(f"""
            WITH meant AS (SELECT dump_digest FROM {rejects} WHERE {meant}),
                over_quota AS (
                    SELECT dump_digest FROM {rejects} SEMI JOIN meant USING (dump_digest) WHERE raw IS NULL AND {known})
            SELECT dump_digest, member, record_number, byte_offset FROM {rejects}
            WHERE ({meant})
                OR (dump_digest IN (FROM over_quota) AND reason <> '{Reason.CRASHED}' AND {known}) ORDER BY ALL
        """).fetchall()
    if dump is not None and not rows:
        raise UsageError(f"no such record of a dump {dump!r} is in quarantine; `broadsheet quarantine` lists them")
    chosen: dict[str, dict[str | None, list[Place]]] = {}
    for digest, member, number, offset in rows:
        chosen.setdefault(digest, {}).setdefault(member, []).append(Place(number, offset))
    return chosen


def _staged(night: Night, arrivals: Iterable[Arrival], dumps: Sequence[KeptDump], chosen: Rejected) -> list[Staged]:
    whole = night.settings.model_copy(update={"chunk_bytes": WHOLE_BYTES})  # so that numbers count from the beginning
    tasks = []
    counts = _record_counts(night, chosen)
    forgotten = forgotten_in(night.parent, night.writer.address)
    with night.timed("normalise"):
        for arrival in arrivals:
            dump = dumps[arrival.place]
            folder = night.workspace / f"retry-{arrival.place:05}"
            folder.mkdir()
            for task in stage_tasks([arrival], whole, dump.outlet, folder, night.report, forgotten=forgotten):
                places = tuple(chosen[dump.digest].get(task.member, ()))
                if places:
                    tasks.append(RetryTask(task, places, counts[dump.digest, task.member]))
        size = sum(task.task.chunk.path.stat().st_size for task in tasks)
        return night.driver.map("normalise", retry, tasks, byte_count=size, care=RetryCare())


def _record_counts(night: Night, chosen: Rejected) -> dict[tuple[str, str | None], int]:
    """Count the records of each member of the chosen dumps, admitted or not."""
    digests = ", ".join(map(quoted, chosen))
    sides = [
        source(table, [part for part in night.parent_parts if part.table == table.name], night.writer.address)
        for table in (DELIVERIES, QUARANTINE)
    ]
    rows = " UNION ALL ".join(f"SELECT dump_digest, member FROM {s} WHERE dump_digest IN ({digests})" for s in sides)
    with open_duckdb(night.writer.address) as connection:
        found = connection.execute(f"SELECT dump_digest, member, count(*) FROM ({rows}) GROUP BY ALL").fetchall()
    return {(digest, member): count for digest, member, count in found}


def retry(task: RetryTask) -> Staged:
    """Stage the records at some places of a member."""
    fields, whole = fields_of(task.task.outlet), task.task.chunk
    most = task.task.max_record_bytes
    return stage_records(task.task, fields, records_at(whole, task.places, most, fields, task.record_count))


class RetryCare(Care[RetryTask, Staged]):
    """How records are staged again: with the care of a run, but a member that costs a process stays as it was."""

    def here(self, function: Callable[[RetryTask], Staged], item: RetryTask) -> Staged | None:
        """Stage them in this process, if the member holds text and no web page."""
        return StageCare().here(lambda _: function(item), item.task)

    def watch(self, item: RetryTask) -> Watch:
        """Give it the time that a run gives a batch."""
        return StageCare().watch(item.task)

    def rescue(
        self, function: Callable[[RetryTask], Staged], item: RetryTask, error: Exception, worker: Worker
    ) -> Staged:
        """Try once more, for the process may have been killed from outside."""
        try:
            return super().rescue(function, item, error, worker)
        except (WorkerLost, MemoryError) as lost:
            how = lost.how if isinstance(lost, WorkerLost) else "wanted too much memory"
            chunk, paths = item.task.chunk, staged_paths(item.task)
            sentence = f"the process that read its rejects again {how}; they stay as they are, look at them"
            return Staged(item.task.dump, item.task.member, chunk.member_index, *paths, refusal=sentence)


def _pieces(staged: Iterable[Staged], report: RunReport) -> tuple[Piece, ...]:
    """Count what was staged to its dumps; leave out what cannot be read today."""
    pieces = []
    for each in staged:
        dump = report.dumps[each.dump]
        if each.refusal:
            dump.status, dump.detail = "refused", f"{dump.name}: {each.refusal}"
            continue
        dump.records_read += each.records_read
        dump.quarantined += each.quarantined
        report.add_seen(each.seen, each.targets, dump)
        rows = each.admitted_or_replayed
        pieces.append(Piece(each.articles, rows, each.dump, dump.digest or "", dump.name, each.member, 0))
    return tuple(pieces)


def _holding(parent: Manifest, address: str, chosen: Rejected) -> list[tuple[Part, pa.Table]]:
    """Give the parts of quarantine with records of the chosen dumps, and their rows."""
    found = []
    for part in parent.parts_of(QUARANTINE.name):
        least, most = str(part.minimum["dump_digest"]), str(part.maximum["dump_digest"])
        if any(least <= digest <= most for digest in chosen):
            rows = pq.ParquetFile(open_part(address, part.path)).read()
            if pc.any(pc.is_in(rows["dump_digest"], pa.array([*chosen]))).as_py():
                found.append((part, rows.cast(QUARANTINE.schema)))
    return found


def _after(before: pa.Table, pieces: Sequence[Piece], rejects: pa.Table, max_mb: int) -> pa.Table:
    """Give quarantine's rows without those that were read again, but with what was rejected again."""
    read = {key for piece in pieces for key in _admitted(piece)} | set(_keys(rejects))
    stays = pa.array([key not in read for key in _keys(before)], pa.bool_())
    return within_quota(pa.concat_tables([before.filter(stays), rejects]), max_mb)


def _admitted(piece: Piece) -> Iterable[tuple[str, str | None, int]]:
    numbers = open_staged([piece.path])["record_number"].to_pylist()
    return ((piece.dump_digest, piece.member, number) for number in numbers)


def _keys(rows: pa.Table) -> Iterable[tuple[str, str | None, int]]:
    return zip(*(rows[name].to_pylist() for name in _KEY), strict=True)
