"""The rebuild: the whole lake again from its kept dumps, under today's rules, as one snapshot.

The dumps are taken in waves of bounded size, each as a night upon the ones before it, unseen: the content is the same
however the dumps are split, so memory and disk follow a wave, not history. After each wave it is noted what there is
by then, and within a wave what became of each chunk. A rebuild that died goes on from there; so does one after a trial.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Final

from expectations.audit import warm_up
from flows.accept import Arrival, accept, quarantine, stage_tasks
from flows.again.ledgers import LEDGERS, carry
from flows.again.memory import recall, remember, stage_once
from flows.again.raw import KeptDump, kept_dumps, open_dumps, require_kept
from flows.again.stored import stage_stored
from flows.forgetting.known import News, draft_forgotten, forgotten_in
from flows.forgetting.redaction import redact_kept
from flows.inquiry.changes import Rebuilt, compare
from flows.lake.integrity import part_damage
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store, required
from flows.lake.writer import Writer
from flows.limits import require_few_rejects, require_free
from flows.night import Night, audit_night, deduplicate, publish_night
from flows.publish import draft_dumps, take_in, versions
from flows.report import RunReport
from flows.settings import Settings
from flows.stage import Staged, StageTask
from flows.under import changes_of
from flows.work.careful import StageCare
from flows.work.drivers import Driver
from flows.work.workers import ended, worker_pool
from transforms.errors import LakeDamaged, UsageError
from transforms.forgotten import Forgotten
from transforms.ledgers import CLUSTER_CHANGES, FORGOTTEN
from transforms.tables import schema_digest

WAVE_BYTES = 2 << 30
"""Bytes of dumps, unpacked, that are taken at a time: some 700,000 articles."""
_ROOM: Final = 2.5
"""Bytes on the disk for each of a wave's: unpacked, staged, and in parts."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a rebuild has made by the end of a wave: parts that no reader sees yet, and what to tell of them."""

    waves: int = 0
    parts: tuple[Part, ...] = ()
    report: RunReport | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What all of a rebuild shares; `bench` is the folder that outlives it."""

    store: Store
    writer: Writer
    parent: Manifest
    settings: Settings
    driver: Driver
    bench: Path
    waves: tuple[tuple[KeptDump, ...], ...]
    report: RunReport = field(repr=False)
    without_refused: bool
    news: News | None = None
    """What is to be forgotten."""


def rebuild(
    settings: Settings,
    driver: Driver,
    auditor: Executor | None = None,
    store: Store | None = None,
    *,
    without_refused: bool = False,
    news: News | None = None,
) -> RunReport:
    """Make the lake again from its kept dumps, and publish it as one snapshot.

    `without_refused` leaves out the dumps that today's rules refuse; they count as never taken, and stay under raw.
    `news` is what is to be forgotten on the way.
    Raises UsageError for a lake without a snapshot or a dump that today's rules refuse, LakeDamaged for a kept dump or
    ledger that is missing or not as it was written, LakeBusy, NoRoom, and AuditFailed with the report as `report`.
    """
    with _begun(settings, driver, store, without_refused=without_refused, news=news) as work:
        with nullcontext(auditor) if auditor else ended(worker_pool(1, warm_up)) as ready:
            ready.submit(int)  # starts the process, and with it the slow import, while the others work
            progress = _made(work)
            _publish(work, progress, ready)
        work.store.discard(work.bench)
        return work.report


def try_rebuild(
    settings: Settings, driver: Driver, samples: int, store: Store | None = None, *, without_refused: bool = False
) -> Rebuilt:
    """Make the lake again, publish nothing, and tell what would differ; a rebuild then goes on from here.

    Raises as `rebuild` does, but for the audit.
    """
    with _begun(settings, driver, store, without_refused=without_refused) as work:
        progress = _made(work)
        changes = changes_of(work.parent, settings, work.writer.address)
        memory = settings.duckdb_memory_mb
        return compare(
            work.parent, progress.parts, changes, work.writer.address, work.writer.workspace, memory, samples
        )


@contextmanager
def _begun(
    settings: Settings, driver: Driver, store: Store | None, *, without_refused: bool, news: News | None = None
) -> Iterator[Work]:
    """Hold the lake, and give what there is to do."""
    store = store or Store.open(settings.lake, create=False)
    with store.writer() as writer:
        parent = required(writer.current(), store.address)
        _require_ledgers(writer, parent)
        dumps = kept_dumps(parent, writer.address)
        # To forget, the rows of a dump that was let go will do; other rules would need the dump.
        require_kept([dump for dump in dumps if dump.raw_name or not news], writer.medium)
        waves = tuple(_waves(dumps))
        report = RunReport(writer.run_id, settings.lake, settings.schedule.day_of(writer.started_at))
        with store.lasting.claim(parent.number, _key(settings, waves, without_refused, str(news))) as bench:
            yield Work(store, writer, parent, settings, driver, bench, waves, report, without_refused, news)


def _require_ledgers(writer: Writer, parent: Manifest) -> None:
    names = {table.name for table in LEDGERS}
    ledgers = [part for part in parent.parts if part.table in names]
    if damage := next(part_damage(writer.medium, ledgers), None):
        raise LakeDamaged(
            f"{writer.address}/{damage.path}: {damage.what}; nothing was published; restore it from a backup, or "
            "go back to a snapshot whose ledgers are whole with `broadsheet rollback`"
        )


def _waves(dumps: Iterable[KeptDump]) -> Iterator[tuple[KeptDump, ...]]:
    wave: list[KeptDump] = []
    size = 0
    for dump in dumps:
        if wave and size + dump.byte_count > WAVE_BYTES:
            yield tuple(wave)
            wave, size = [], 0
        wave.append(dump)
        size += dump.byte_count
    if wave:
        yield tuple(wave)


def _key(settings: Settings, *others: object) -> str:
    """Digest all that shapes what is made: work under another key is of no use."""
    made_of = (settings.digest, settings.rules_digest, schema_digest(), versions(), others)
    return sha256(str(made_of).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _made(work: Work) -> Progress:
    """Make every wave that is not made yet, and note each."""
    progress = _resumed(work)
    for number in range(progress.waves, len(work.waves)):
        name = f"wave-{number:05}"
        progress = _wave(work, name, work.waves[number], progress)
        remember(work.bench / "progress", progress)
        for folder in (work.bench / name, work.writer.workspace / name):
            work.store.discard(folder)
    return progress


def _resumed(work: Work) -> Progress:
    found = recall(work.bench / "progress", Progress)
    if found is None:
        return Progress()
    try:
        work.writer.adopt(found.parts)
    except LakeDamaged:
        return Progress()  # cleaned away since
    return found


def _wave(work: Work, name: str, dumps: Sequence[KeptDump], progress: Progress) -> Progress:
    """Take some dumps as a night upon what there is so far."""
    for folder in (work.bench / name, work.writer.workspace / name):
        folder.mkdir(exist_ok=True)
    byte_count = sum(dump.byte_count for dump in dumps)
    require_free(work.bench, int(_ROOM * byte_count), f"{len(dumps):,} dumps of {byte_count / 1e6:,.0f} MB")
    base = replace(work.parent, parts=(*progress.parts, *work.parent.parts_of(FORGOTTEN.name)))
    report = RunReport(work.writer.run_id, work.settings.lake)
    night = Night(work.writer, base, work.settings, work.driver, None, work.writer.workspace / name, report)
    kept = [dump for dump in dumps if dump.raw_name]
    arrivals = open_dumps(night, kept)
    _require_readable(work, report)
    forgotten = forgotten_in(night.parent, night.writer.address, work.news)
    staged = _staged(night, arrivals, kept, work.bench / name, forgotten)
    let_go = [dump for dump in dumps if not dump.raw_name]
    staged += stage_stored(night, work.parent, let_go, forgotten, night.workspace)
    pieces = accept(staged, report)
    _require_readable(work, report)
    rejects = quarantine(staged, pieces, report, work.settings.quarantine.max_mb_per_dump)
    taken, _ = deduplicate(night, pieces, rejects, progress.parts)
    # What one wave changed in the clusters of another is no news: nobody has seen these.
    parts = tuple(part for part in taken.parts if part.table != CLUSTER_CHANGES.name)
    return Progress(progress.waves + 1, parts, _summed(progress.report, report))


def _staged(
    night: Night, arrivals: Sequence[Arrival], dumps: Sequence[KeptDump], bench: Path, forgotten: Forgotten
) -> list[Staged]:
    with night.timed("normalise"):
        tasks: list[StageTask] = []
        for arrival in arrivals:
            folder = bench / f"dump-{arrival.place:05}"
            folder.mkdir(exist_ok=True)
            outlet, report = dumps[arrival.place].outlet, night.report
            tasks += stage_tasks([arrival], night.settings, outlet, folder, report, forgotten=forgotten)
        size = sum(arrival.receipt.byte_count for arrival in arrivals)
        return night.driver.map("normalise", stage_once, tasks, byte_count=size, care=StageCare())


def _require_readable(work: Work, report: RunReport) -> None:
    if report.refused and not work.without_refused:
        others = f", and {len(report.refused) - 1:,} more dumps" if report.refused[1:] else ""
        raise UsageError(
            f"today's rules refuse what the lake has taken: {report.refused[0].detail}{others}; nothing was published; "
            "raise the limit or name the fields in the settings, or leave them out with --without-refused"
        )


def _summed(before: RunReport | None, report: RunReport) -> RunReport:
    if before is None:
        return report
    return replace(
        before,
        dumps=[*before.dumps, *report.dumps],
        pairs=dict(Counter(before.pairs) + Counter(report.pairs)),
        quarantine=dict(Counter(before.quarantine) + Counter(report.quarantine)),
        stage_seconds=dict(Counter(before.stage_seconds) + Counter(report.stage_seconds)),
    )


def _publish(work: Work, progress: Progress, auditor: Executor) -> None:
    """Lay the ledgers beside what was made, audit all of it, and commit it as one snapshot."""
    report, made, writer = work.report, progress.report, work.writer
    if made:
        for name in ("dumps", "pairs", "quarantine", "stage_seconds"):
            setattr(report, name, getattr(made, name))
    workspace = writer.workspace / "ledgers"
    workspace.mkdir()
    night = Night(writer, work.parent, work.settings, work.driver, None, workspace, report)
    require_few_rejects(report, work.settings.quarantine)
    renamed = redact_kept(night, chain.from_iterable(work.waves), progress.parts)
    for dump in report.dumps:
        dump.raw_name = renamed.get(dump.raw_name or "", dump.raw_name)
    carried = carry(work.parent, writer.address, workspace, renamed)
    drafts = [*carried.drafts, draft_dumps(report, workspace)]
    if work.news:
        drafts.append(draft_forgotten(work.news, report.run_id, workspace))
    taken = take_in(writer, (*progress.parts, *carried.parts), drafts)
    findings = audit_night(night, auditor, taken)
    with night.timed("publish"):
        publish_night(night, taken, findings, "forget" if work.news else "rebuild")
