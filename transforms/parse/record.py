"""What parsing yields: a record, or a piece of the dump that is none, with the reason."""

from dataclasses import dataclass
from enum import StrEnum
from mmap import mmap
from typing import Any, Final, NamedTuple

from transforms.article import Reason
from transforms.errors import DumpRefused

Data = bytes | mmap
Span = tuple[int, int]
"""Begin and end of a record or line in the data, in bytes, without its line end."""

MAX_RECORD_BYTES: Final = 16 << 20
MAX_FIELDS: Final = 1_000
"""Of one record. Those of scrapers have dozens, tables of all sorts some hundreds."""
KEPT_BYTES: Final = 64 << 10
"""How much of an overlong record is kept as evidence."""


NO_TEXT: Final[dict[str, Any]] = {"text": None}
"""What a record begins with where we name the fields: then a story may be missing, but never a field for it."""


class Format(StrEnum):
    """How the records of a file are written."""

    TXT = "txt"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    FEED = "feed"
    """RSS, RSS 1.0 (RDF) and Atom."""
    NITF = "nitf"
    NEWSML = "newsml"
    """NewsML-G2 and NewsML 1."""
    SGML = "sgm"
    """The Reuters-21578 kind."""
    EML = "eml"
    MBOX = "mbox"
    LINES = "lines"
    """A text file with an article on every line; only a setting tells it from a text file that is one article."""
    HTML = "html"
    WARC = "warc"
    KEPT = "kept"
    """Our own: what is kept of a file from which records were forgotten."""


class Fault(NamedTuple):
    """Why a piece of the dump is no record."""

    reason: Reason
    detail: str


@dataclass(slots=True)
class Record:
    """One record: position from 0, offset of its first byte (null where unknown), bytes, and fields as typed there."""

    number: int
    offset: int | None
    raw: bytes
    fields: dict[str, Any]


@dataclass(slots=True)
class Malformed:
    """One piece that is no record, in the place of one; the detail never quotes it."""

    number: int
    offset: int | None
    raw: bytes
    reason: Reason
    detail: str


def malformed(number: int, data: Data, span: Span, fault: Fault) -> Malformed:
    """Keep the bytes as evidence; of an overlong record only the beginning."""
    begin, end = span
    if fault.reason is Reason.TOO_LONG:
        end = min(end, begin + KEPT_BYTES)
    return Malformed(number, begin, data[begin:end], fault.reason, fault.detail)


def too_long(byte_count: int, max_record_bytes: int) -> Fault:
    """Say how long the record is, and how long it may be."""
    return Fault(Reason.TOO_LONG, f"{byte_count:,} bytes, more than the {max_record_bytes:,} a record may have")


def too_wide(count: int) -> Fault:
    """Say how many fields the record has, and how many it may have."""
    return Fault(Reason.MALFORMED, f"{count:,} fields, more than the {MAX_FIELDS:,} a record may have")


def distinct(names: list[str]) -> tuple[str, ...]:
    """Name the nameless columns by their place and number the repeated ones, so that no cell hides another.

    Raises DumpRefused when there are more than a record may have.
    """
    if len(names) > MAX_FIELDS:
        raise DumpRefused(f"it has {len(names):,} columns, more than the {MAX_FIELDS:,} a record may have; split it")
    taken = {name.strip() for name in names}
    seen: set[str] = set()
    result = []
    for place, given in enumerate(names, 1):
        base = given.strip() or f"column_{place}"
        name, copy = base, 2
        while name in seen or (name != given.strip() and name in taken):
            name, copy = f"{base}_{copy}", copy + 1
        seen.add(name)
        result.append(name)
    return tuple(result)
