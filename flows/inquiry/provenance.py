"""A record as it was delivered, read again from the place in the kept dump that the ledger names."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.again.raw import KeptDump, OpenTask, Place, fetched, kept_dumps, open_dump, records_at, whole
from flows.inquiry.origin import Delivery
from flows.inquiry.shelf import Shelf
from flows.intake.receipt import printable
from flows.sources.files import source_of
from transforms.errors import DumpRefused, LakeDamaged
from transforms.fields import FieldMap
from transforms.parse import Malformed, Record

SHOWN_CHARS: Final = 2_000
MOST_BYTES: Final = 1 << 30
"""Size, unpacked, of the largest dump that is unpacked to show one record of it."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as delivered, of `char_count` characters cut to SHOWN_CHARS and escaped; or why it is not shown."""

    text: str | None
    char_count: int = 0
    why_not: str | None = None


def raw_record(shelf: Shelf, delivery: Delivery | None) -> RawRecord:
    """Read the record of a delivery again."""
    if delivery is None:
        return RawRecord(None, why_not="no delivery of it is known")
    dumps = [dump for dump in kept_dumps(shelf.manifest, shelf.past.address) if dump.digest == delivery.dump_digest]
    if not dumps or not dumps[0].raw_name:
        since = f" ({dumps[0].detail})" if dumps and dumps[0].detail else ""
        return RawRecord(None, why_not=f"dump {delivery.dump_name} is no longer kept{since}")
    if dumps[0].byte_count > MOST_BYTES:
        size = f"{dumps[0].byte_count / 1e9:,.1f} GB unpacked"
        return RawRecord(None, why_not=f"its dump has {size}: look into {shelf.past.address}/{dumps[0].path}")
    try:
        with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
            return _read(shelf, dumps[0], delivery, Path(folder))
    except (DumpRefused, LakeDamaged) as error:
        if shelf.manifest.is_refused:
            return RawRecord(None, why_not="the night was refused, and the dumps of a refused night are not kept")
        return RawRecord(None, why_not=f"its dump cannot be read: {error}")


def _read(shelf: Shelf, dump: KeptDump, delivery: Delivery, folder: Path) -> RawRecord:
    path = fetched(dump, shelf.medium, folder)
    receipt = open_dump(OpenTask(dump, path, folder / "dump", shelf.settings)).receipt
    place = Place(delivery.record_number, delivery.byte_offset)
    for member in receipt.members:
        if member.name == delivery.member:
            own = source_of(shelf.settings, dump.name, member.name)[1]
            piece, fields = whole(member), FieldMap(own.fields, own.known_fields)
            for record in records_at(piece, [place], shelf.settings.max_record_bytes, fields):
                return _shown(record, piece.encoding)
    return RawRecord(None, why_not="it does not stand there under today's settings")


def _shown(record: Record | Malformed, encoding: str) -> RawRecord:
    text = record.raw.decode(encoding or "utf-8", "backslashreplace")
    return RawRecord(printable(text[:SHOWN_CHARS]), len(text))
