"""Taking dumps in: received, known or refused; cut into tasks; and what came of them counted back to each dump."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.dedup.tonight import Piece, open_staged
from flows.intake.receipt import Receipt, printable
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.limits import within_quota
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from flows.sources.files import received, source_of
from flows.stage import Staged, StageTask, no_text_sentence
from flows.work.cut import Cut, CutTask, cut
from flows.work.drivers import Wariness
from flows.work.workers import Watch, memory_limit
from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.forgotten import NOTHING, Forgotten
from transforms.ledgers import DUMPS
from transforms.tables import QUARANTINE

_SMALL_BYTES: Final = 16 << 20
_MEMORY_BYTES: Final = 2 << 30
"""What a worker process may take to unpack a file; what decompression asks for is bounded far below."""


@dataclass(frozen=True, slots=True)
class ReceiveTask:
    """A file to take in, the name it goes by, and a folder of its own to unpack it in."""

    path: Path
    name: str
    workspace: Path
    settings: Settings
    still_seconds: int = 0
    """How long it must have lain there unchanged."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dump that can be read, and its place among the dumps of the report."""

    receipt: Receipt
    place: int = -1


@dataclass(frozen=True, slots=True)
class Refusal:
    """A dump that cannot be read, and why."""

    name: str
    sentence: str


def receive_one(task: ReceiveTask) -> Arrival | Refusal:
    """Unpack and digest one file, unless it may still be on its way."""
    if moving := _moving(task):
        return Refusal(task.name, moving)
    try:
        with memory_limit(_MEMORY_BYTES):
            return Arrival(received(task.path, task.name, task.workspace, task.settings))
    except DumpRefused as error:
        return Refusal(task.name, str(error))


class ReceiveCare(Wariness[ReceiveTask, Arrival | Refusal]):
    """How files are taken in: one over which its process dies, or that never ends, is refused."""

    memory_bytes = _MEMORY_BYTES

    def here(self, function: Callable[[ReceiveTask], Arrival | Refusal], item: ReceiveTask) -> Arrival | Refusal | None:
        """Leave large files to a process that has only so much memory, as for the directory of an archive."""
        try:
            return function(item) if item.path.stat().st_size < _SMALL_BYTES else None
        except OSError:
            return function(item)

    def watch(self, item: ReceiveTask) -> Watch:
        """Look at what has been written so far."""
        return Watch(lambda: _written(item.workspace), _STALL_SECONDS)

    def given_up(self, item: ReceiveTask, how: str) -> Arrival | Refusal:
        """Refuse it."""
        what = f"{printable(item.name)}: the process that unpacked it {how}, twice; look at the file"
        return Refusal(item.name, what)


_STALL_SECONDS: Final = 600.0
"""How long nothing of a file may arrive."""


def _written(workspace: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_size for path in sorted(workspace.glob("*")))


def _moving(task: ReceiveTask) -> str | None:
    """Say that a file was written to just now. One from the future is no news: a clock was set back."""
    age = time() - task.path.stat().st_mtime if task.still_seconds and task.path.is_file() else None
    if age is None or not 0 <= age < task.still_seconds:
        return None
    label = printable(task.name)
    return f"{label} was written to {age:.0f} s ago; a run takes it once it has lain still for {task.still_seconds} s"


def register(
    received: Iterable[Arrival | Refusal], parent: Manifest | None, address: str, report: RunReport
) -> list[Arrival]:
    """Enter each dump in the report; give those whose content is new."""
    known = _known_dumps(parent, address)
    fresh: dict[str, Arrival] = {}
    for each in received:
        if isinstance(each, Refusal):
            report.dumps.append(DumpReport(printable(each.name), "refused", detail=each.sentence))
            continue
        receipt = each.receipt
        dump = DumpReport(receipt.name, "consumed", receipt.digest, receipt.byte_count)
        dump.detail = "; ".join(receipt.skipped) or None
        dump.encoding = ", ".join(sorted({member.encoding for member in receipt.members}))
        if receipt.digest in known or receipt.digest in fresh:
            dump.status = "replayed"
            dump.records_read = dump.replayed = known.get(receipt.digest, 0)
        else:
            fresh[receipt.digest] = Arrival(receipt, len(report.dumps))
            dump.raw_name = receipt.raw.name if receipt.raw else None
        report.dumps.append(dump)
    return list(fresh.values())


def _known_dumps(parent: Manifest | None, address: str) -> dict[str, int]:
    """Digest to number of records of every dump consumed so far."""
    if not parent:
        return {}
    with open_duckdb(address) as connection:
        rows = connection.execute(f"""
            SELECT dump_digest, records_read FROM {source(DUMPS, parent.parts_of(DUMPS.name), address)}
            WHERE status = 'consumed'
        """).fetchall()
    return dict(rows)


def stage_tasks(
    arrivals: Sequence[Arrival],
    settings: Settings,
    default_source: str | None,
    workspace: Path,
    report: RunReport,
    cuts: Sequence[Cut | str] | None = None,
    forgotten: Forgotten = NOTHING,
) -> list[StageTask]:
    """Make tasks of dumps, cut already or cut here, each with the field names of its source; refuse the uncuttable."""
    if cuts is None:
        cuts = [cut(CutTask(arrival.receipt, settings.chunk_bytes)) for arrival in arrivals]
    tasks: list[StageTask] = []
    for arrival, pieces in zip(arrivals, cuts, strict=True):
        if isinstance(pieces, str):
            _refuse(report.dumps[arrival.place], pieces)
            continue
        for member, chunk in pieces:
            name, own = source_of(settings, arrival.receipt.name, member)
            stem = workspace / f"chunk-{len(tasks):06}"
            outlet = own.outlet(name or default_source, settings.extractor)
            guide = own.guide(settings.cleaning.off)
            most = settings.max_record_bytes
            tasks.append(StageTask(arrival.place, member, chunk, stem, outlet, guide, most, forgotten))
    return tasks


def _refuse(dump: DumpReport, sentence: str) -> None:
    dump.status, dump.detail, dump.raw_name = "refused", f"{dump.name}: {sentence}", None


def accept(staged: Sequence[Staged], report: RunReport) -> tuple[Piece, ...]:
    """Count each chunk back to its dump; drop the chunks of dumps that turned out to be unreadable."""
    for each in staged:
        dump = report.dumps[each.dump]
        if each.refusal and dump.status == "consumed":
            _refuse(dump, each.refusal)
    for dump, names in _storyless(staged, report):
        _refuse(dump, no_text_sentence(names))
    refused = {dump.digest for dump in report.dumps if dump.status == "refused" and dump.digest}
    for dump in report.dumps:
        if dump.status == "replayed" and dump.digest in refused:
            _refuse(dump, "it holds the same as a dump of this run that was refused")
    pieces = []
    first_records: dict[tuple[int, int], int] = {}
    for each in staged:
        dump = report.dumps[each.dump]
        if dump.status == "refused":
            continue
        place = each.dump, each.member_index
        first = first_records.get(place, 0)
        first_records[place] = first + each.records_read
        rows = each.admitted_or_replayed
        pieces.append(Piece(each.articles, rows, each.dump, dump.digest or "", dump.name, each.member, first))
        _count(each, dump, report)
    return tuple(pieces)


def _storyless(staged: Sequence[Staged], report: RunReport) -> Iterator[tuple[DumpReport, tuple[str, ...]]]:
    """Give the dumps in which no record has a field for the text: wrong settings, not records without a story."""
    by_dump: dict[int, list[Staged]] = {}
    for each in staged:
        if each.records_read:
            by_dump.setdefault(each.dump, []).append(each)
    for place, chunks_read in by_dump.items():
        dump = report.dumps[place]
        if dump.status == "consumed" and all(each.without_story for each in chunks_read):
            yield dump, chunks_read[0].without_story


def _count(staged: Staged, dump: DumpReport, report: RunReport) -> None:
    dump.records_read += staged.records_read
    dump.quarantined += staged.quarantined
    report.add_seen(staged.seen, staged.targets, dump)


def quarantine(staged: Sequence[Staged], pieces: Sequence[Piece], report: RunReport, max_mb: int) -> pa.Table:
    """Give the rows of QUARANTINE, raw bytes up to so many MiB a dump, and count their reasons into the report."""
    by_path = {piece.path: piece for piece in pieces}
    found = [each for each in staged if each.quarantined and each.articles in by_path]
    tables = [_placed(open_staged([each.rejects]), by_path[each.articles]) for each in found]
    rows = pa.concat_tables([QUARANTINE.schema.empty_table(), *tables])
    refused = Counter(rows.filter(pc.equal(rows["reason"], Reason.FORGOTTEN))["dump_digest"].to_pylist())
    for dump in report.dumps:
        dump.forgotten = refused[dump.digest] if dump.status == "consumed" else 0
    for reason in rows["reason"].to_pylist():
        report.quarantine[reason] = report.quarantine.get(reason, 0) + 1
    return within_quota(rows, max_mb)


def _placed(rejects: pa.Table, piece: Piece) -> pa.Table:
    """Add to rejects the dump that they came from."""
    constants: dict[str, Any] = {name: getattr(piece, name) for name in ("dump_digest", "dump_name", "member")}
    numbers = pa.array([n + piece.first_record for n in rejects["record_number"].to_pylist()], pa.int64())
    columns = {name: rejects[name] for name in rejects.schema.names} | {"record_number": numbers}
    for name, value in constants.items():
        columns[name] = pa.array([value] * rejects.num_rows, pa.string())
    return pa.table({name: columns[name] for name in QUARANTINE.schema.names}, schema=QUARANTINE.schema)
