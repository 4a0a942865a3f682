"""Kept dumps without the records that were forgotten: every other one at its number and offset, as it was read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.accept import Arrival
from flows.again.raw import KeptDump, OpenTask, fetched, open_dump, whole
from flows.intake.chunks import records
from flows.intake.kept import with_members, write_kept
from flows.intake.receipt import Member, RawCopy, Receipt
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Part
from flows.lake.writer import Writer
from flows.night import Night
from flows.settings import Settings
from flows.sources.files import source_of
from transforms.article import Reason
from transforms.fields import FieldMap
from transforms.parse.envelope import opened
from transforms.parse.kept import dumped
from transforms.tables import QUARANTINE

Struck = Mapping[str | None, Mapping[int, str]]
"""Numbers of the records that were forgotten, by member, and why."""

_PLACE = ("dump_digest", "member", "record_number", "detail")


@dataclass(frozen=True, slots=True)
class RedactTask:
    """A dump that is unpacked, the name it first came under, what of it is forgotten, and where the rest goes."""

    receipt: Receipt
    name: str
    struck: Struck
    path: Path
    settings: Settings


def redact(task: RedactTask) -> RawCopy:
    """Write what is to be kept of a dump."""
    lines = {}
    for number, member in enumerate(task.receipt.members):
        if struck := task.struck.get(member.name):
            lines[number] = task.path.with_name(f"{task.path.name}-{number:06}")
            with lines[number].open("wb") as file:
                file.writelines(_lines(task, member, struck))
    return write_kept(with_members(task.receipt, lines), task.path)


def _lines(task: RedactTask, member: Member, struck: Mapping[int, str]) -> Iterable[bytes]:
    own = source_of(task.settings, task.name, member.name)[1]
    found = records(whole(member), task.settings.max_record_bytes)
    for record in opened(found, FieldMap(own.fields, own.known_fields)):
        yield dumped(record, struck.get(record.number))


def redact_tonight(night: Night, arrivals: Sequence[Arrival], rejects: pa.Table) -> list[Arrival]:
    """Give tonight's dumps, and in the place of those with records that were forgotten what is to be kept of them."""
    struck = _by_dump(rejects.filter(pc.equal(rejects["reason"], Reason.FORGOTTEN)).select(_PLACE))
    kept = list(arrivals)
    for number, arrival in enumerate(arrivals):
        receipt, dump = arrival.receipt, night.report.dumps[arrival.place]
        if receipt.raw and receipt.digest in struck and dump.status == "consumed":
            _take_back(night.writer, receipt.raw)
            path = night.workspace / f"kept-{arrival.place:05}"
            task = RedactTask(receipt, dump.name, struck[receipt.digest], path, night.settings)
            raw = night.driver.call("redact", redact, task)
            dump.raw_name = raw.name
            kept[number] = replace(arrival, receipt=replace(receipt, raw=raw))
    return kept


def _take_back(writer: Writer, raw: RawCopy) -> None:
    """Remove the dump as it came, where an earlier attempt of this night had kept it."""
    if not raw.path.exists() and writer.medium.entry(f"raw/{raw.name}"):
        writer.medium.remove(f"raw/{raw.name}")


def redact_kept(night: Night, dumps: Iterable[KeptDump], parts: Sequence[Part]) -> dict[str, str]:
    """Keep dumps without what the quarantine among these parts says was forgotten; give old and new names.

    The old files stay until nothing speaks of them.
    """
    rejects = source(QUARANTINE, [part for part in parts if part.table == QUARANTINE.name], night.writer.address)
    with open_duckdb(night.writer.address) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(_PLACE)} FROM {rejects} WHERE reason = '{Reason.FORGOTTEN}'"
        ).to_arrow_table()
    struck = _by_dump(rows)
    found = (dump for dump in dumps if dump.digest in struck and dump.raw_name)
    return {dump.raw_name: _redact_one(night, dump, struck[dump.digest]) for dump in found}


def _redact_one(night: Night, dump: KeptDump, struck: Struck) -> str:
    folder = night.workspace / dump.digest
    folder.mkdir()
    task = OpenTask(dump, fetched(dump, night.writer.medium, folder), folder / "dump", night.settings)
    receipt = night.driver.call("intake", open_dump, task).receipt
    raw = night.driver.call("redact", redact, RedactTask(receipt, dump.name, struck, folder / "kept", night.settings))
    night.writer.keep_raw(raw.path, raw.name)
    return raw.name


def _by_dump(places: pa.Table) -> dict[str, dict[str | None, dict[int, str]]]:
    found: dict[str, dict[str | None, dict[int, str]]] = {}
    for row in places.to_pylist():
        members = found.setdefault(row["dump_digest"], {})
        members.setdefault(row["member"], {})[row["record_number"]] = row["detail"]
    return found
