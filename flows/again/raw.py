"""Kept dumps, opened again: what the ledger knows of each, and its records as they were delivered, all or by place."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

from flows.accept import Arrival, Refusal
from flows.intake.chunks import Chunk, chunks, mapped, records
from flows.intake.kept import KEPT_SUFFIX, read_kept
from flows.intake.receipt import Member
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.lake.medium import Medium
from flows.night import Night
from flows.report import DumpReport
from flows.settings import Settings
from flows.sources.files import received
from transforms.errors import DumpRefused, LakeDamaged, UsageError
from transforms.fields import FieldMap
from transforms.ledgers import DUMPS
from transforms.parse import WIDE, Format, Malformed, Record, parse, settled
from transforms.parse.envelope import opened

WHOLE_BYTES: Final = 1 << 62
"""More bytes than any member has: it is cut into one piece."""


@dataclass(frozen=True, slots=True)
class KeptDump:
    """A consumed dump as the ledger has it: the name it first came under, its file under raw/, and its `--source`.

    Of a dump that was let go the file has no name, and `detail` says since when.
    """

    digest: str
    name: str
    raw_name: str
    outlet: str | None
    byte_count: int
    detail: str | None = None

    @property
    def path(self) -> str:
        """Where it lies in the lake."""
        return f"raw/{self.raw_name}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in its member: number from 0, and offset in bytes where its format has one."""

    number: int
    offset: int | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A kept dump, the local file that it is in, and a folder of its own to unpack it in."""

    dump: KeptDump
    path: Path
    workspace: Path
    settings: Settings
    place: int = 0
    """Among the dumps of the report."""


def kept_dumps(manifest: Manifest, address: str) -> list[KeptDump]:
    """List the consumed dumps of a snapshot in the order in which they came, even where an older version noted them."""
    parts = manifest.parts_of(DUMPS.name)
    if not parts:
        return []
    with open_duckdb(address) as connection:
        ledger = source(DUMPS, parts, address)
        known = {row[0] for row in connection.execute(f"DESCRIBE FROM {ledger}").fetchall()}
        outlet = "outlet" if "outlet" in known else "NULL"
        rows = connection.execute(f"""
            SELECT dump_digest, dump_name, coalesce(raw_name, ''), {outlet}, byte_count, detail FROM {ledger}
            WHERE status = 'consumed' ORDER BY run_id, dump_name, dump_digest
        """).fetchall()
    return [KeptDump(*row) for row in rows]


def require_kept(dumps: Collection[KeptDump], medium: Medium) -> None:
    """Raise UsageError, naming the first dump that was let go, or LakeDamaged, naming the first that is missing."""
    if gone := [dump for dump in dumps if not dump.raw_name]:
        others = f", nor are {len(gone) - 1:,} more" if gone[1:] else ""
        raise UsageError(
            f"dump {gone[0].name} is no longer kept ({gone[0].detail}){others}; nothing was changed; what is still "
            f"kept can be taken into a new lake: `broadsheet run {medium.address}/raw --lake NEW`"
        )
    there = medium.entries("raw")
    missing = [dump for dump in dumps if dump.path not in there]
    if missing:
        others = f", and {len(missing) - 1:,} more," if missing[1:] else ""
        raise LakeDamaged(
            f"{medium.address}/{missing[0].path}, which is dump {missing[0].name},{others} is missing; nothing was "
            "changed; restore it from a backup, or deliver it again into a new lake"
        )


def open_dump(task: OpenTask) -> Arrival:
    """Unpack a kept dump, under today's limits and with the format and encoding that intake finds.

    Raises DumpRefused when it is refused today, LakeDamaged when it is not as it was kept. What it holds has another
    digest than the ledger says where today's intake reads other members of an archive.
    """
    dump = task.dump
    try:
        receipt = (
            read_kept(task.path, dump.name, task.workspace)
            if dump.raw_name.endswith(KEPT_SUFFIX)
            else received(task.path, dump.name, task.workspace, task.settings, keep_raw=False)
        )
    except DumpRefused:
        _require_as_kept(task)
        raise
    if receipt.digest != dump.digest:
        _require_as_kept(task)
    return Arrival(receipt, task.place)


def open_or_refuse(task: OpenTask) -> Arrival | Refusal:
    """Unpack a kept dump, or say why it is refused today."""
    try:
        return open_dump(task)
    except DumpRefused as error:
        return Refusal(task.dump.name, str(error))


def open_dumps(night: Night, dumps: Sequence[KeptDump], status: str = "consumed") -> list[Arrival]:
    """Unpack kept dumps, and enter them in the report under the names that they first came under."""
    report, workspace = night.report, night.workspace
    with night.timed("intake"):
        tasks = [
            OpenTask(dump, fetched(dump, night.writer.medium, workspace), workspace / f"dump-{n:05}", night.settings, n)
            for n, dump in enumerate(dumps, len(report.dumps))
        ]
        size = sum(dump.byte_count for dump in dumps)
        opened = night.driver.map("intake", open_or_refuse, tasks, byte_count=size)
    for dump, each in zip(dumps, opened, strict=True):
        entry = DumpReport(dump.name, status, dump.digest, dump.byte_count, dump.raw_name, outlet=dump.outlet)
        if isinstance(each, Arrival):
            entry.digest, entry.byte_count = each.receipt.digest, each.receipt.byte_count
            entry.detail = "; ".join(each.receipt.skipped) or None
        else:
            entry.status, entry.detail = "refused", each.sentence
        report.dumps.append(entry)
    return [each for each in opened if isinstance(each, Arrival)]


def fetched(dump: KeptDump, medium: Medium, folder: Path) -> Path:
    """Give the local file of a kept dump, or a copy in a folder; raise LakeDamaged when it is missing."""
    try:
        return medium.fetch(dump.path, folder)
    except FileNotFoundError as error:
        raise LakeDamaged(f"{medium.address}/{dump.path} is missing; restore it from a backup") from error


def _require_as_kept(task: OpenTask) -> None:
    with task.path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if not task.dump.raw_name.startswith(found):
        raise LakeDamaged(f"{task.dump.path} is not as it was kept; nothing was changed; restore it from a backup")


def whole(member: Member) -> Chunk:
    """Give a member as one piece, so that numbers count from its beginning."""
    [piece] = chunks(member, WHOLE_BYTES)
    return piece


def records_at(
    piece: Chunk, places: Sequence[Place], max_record_bytes: int, fields: FieldMap, count: int | None = None
) -> Iterator[Record | Malformed]:
    """Yield the records of a whole member that stand at these places still.

    Those of JSON Lines are jumped to, others read up to. Raises DumpRefused where it has to count the member's records
    and finds other than `count`: then a number means another record than it did.
    """
    if _can_jump(piece, places, max_record_bytes, fields):
        for place in sorted(places, key=lambda place: place.number):
            for record in _line_at(piece, place, max_record_bytes, fields):
                record.number = place.number
                yield record
        return
    wanted = {place.number: place.offset for place in places}
    if count is not None and sum(1 for _ in opened(records(piece, max_record_bytes), fields)) != count:
        raise DumpRefused("under today's settings it holds other records; `broadsheet rebuild` takes it in anew")
    last = max(wanted, default=-1)
    for record in opened(records(piece, max_record_bytes), fields):
        if record.number in wanted and wanted[record.number] == record.offset:
            yield record
        if record.number >= last:
            return


def _can_jump(piece: Chunk, places: Sequence[Place], max_record_bytes: int, fields: FieldMap) -> bool:
    """Tell JSON Lines of which each line that is asked for is one record."""
    offsets = {place.offset for place in places}
    if piece.format is not Format.JSONL or None in offsets or len(offsets) < len(places):
        return False
    if settled(mapped(piece.path), piece.encoding) in WIDE:
        return False
    return all(len(list(_line_at(piece, place, max_record_bytes, fields))) == 1 for place in places)


def _line_at(piece: Chunk, place: Place, max_record_bytes: int, fields: FieldMap) -> Iterator[Record | Malformed]:
    data, offset = mapped(piece.path), place.offset or 0
    begin, feed = data.rfind(b"\n", 0, offset) + 1, data.find(b"\n", offset)
    end = len(data) if feed < 0 else feed + 1
    line = parse(data, piece.format, piece.encoding, start=begin, stop=end, max_record_bytes=max_record_bytes)
    return (record for record in opened(line, fields) if record.offset == offset)
