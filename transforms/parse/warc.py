"""Pages out of a web archive. A record of the archive that is no page is no record of ours; a damaged one is."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal

import pyarrow as pa

from transforms.article import Reason
from transforms.parse.frames import Frame, frames
from transforms.parse.html import begins_like_page, page_text
from transforms.parse.record import Data, Fault, Malformed, Record, malformed, too_long

_PAGES: Final = ("text/html", "application/xhtml+xml")
_HTTP: Final = b"HTTP/"
_OK: Final = 200
_KINDS: Final = {"response": "responses that are no page"}
_HEAD_BYTES: Final = 64 << 10
"""How much of a record is looked at to tell whether it holds a page."""


def pages(data: Data, start: int, stop: int | None, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the pages that were fetched, numbered from 0; `start` and `stop` are bytes where records begin.

    A page has its address, and under `fetched_at` when it was fetched, which is not when it was published.
    """
    number = 0
    for frame in frames(data, start, stop):
        found = _record(data, frame, number, max_record_bytes)
        if found is not None:
            yield found
            number += 1


def census(data: Data) -> Counter[str]:
    """Count the archive's records that are not read, by kind."""
    return Counter(kind for frame in frames(data) if (kind := _passed_over(data, frame)) is not None)


def _passed_over(data: Data, frame: Frame) -> str | None:
    """Name the kind of a record that holds no page, or null where it holds one or is damaged."""
    if frame.fault is not None or _may_hold_page(data, frame):
        return None
    return _KINDS.get(frame.kind, f"{frame.kind} records")


def _may_hold_page(data: Data, frame: Frame) -> bool:
    if frame.kind not in ("response", "resource"):
        return False
    if _is_bare(data, frame):
        return begins_like_page(data[frame.body : frame.body + _HEAD_BYTES])
    beginning = frame._replace(end=min(frame.end, frame.body + _HEAD_BYTES))
    try:
        found = _unpacked(beginning.envelope(data), "none", _HEAD_BYTES)
    except (OSError, ValueError):
        return True  # Read in full, it shall say what is wrong with it.
    return found is None or _is_page(*found)


def _is_bare(data: Data, frame: Frame) -> bool:
    """Tell a page that was kept without the header under which it came."""
    return frame.kind == "response" and data[frame.body : frame.body + len(_HTTP)] != _HTTP


def _record(data: Data, frame: Frame, number: int, max_record_bytes: int) -> Record | Malformed | None:
    if _passed_over(data, frame) is not None:
        return None
    span, byte_count = (frame.begin, frame.end), frame.end - frame.begin
    if byte_count > max_record_bytes:
        return malformed(number, data, span, too_long(byte_count, max_record_bytes))
    if frame.fault is not None:
        return malformed(number, data, span, Fault(Reason.MALFORMED, frame.fault))
    fields = _fields(data, frame, max_record_bytes)
    if isinstance(fields, Fault):
        return malformed(number, data, span, fields)
    return Record(number, frame.begin, data[frame.begin : frame.end], fields)


def _fields(data: Data, frame: Frame, max_record_bytes: int) -> dict[str, Any] | Fault:
    place = {"url": frame.url, "fetched_at": frame.date}
    if _is_bare(data, frame):
        return {"html": page_text(data[frame.body : frame.end]), **place}
    found = _read(data, frame, max_record_bytes + 1)
    if isinstance(found, Fault):
        return found
    archived, body = found
    status = archived.http_headers.status_code if archived.http_headers else _OK
    if status != _OK:
        return Fault(Reason.PLACEHOLDER, f"HTTP status {status}")
    if len(body) > max_record_bytes:
        return Fault(Reason.TOO_LONG, f"its page unpacks to more than the {max_record_bytes:,} bytes a record may have")
    if not body.strip():
        return Fault(Reason.NO_TEXT, "a page without a body")
    return {"html": page_text(body, http_charset=archived.http_charset), **place}


def _read(data: Data, frame: Frame, most_bytes: int) -> tuple[Any, bytes] | Fault:
    """Return the archived record and at most so many bytes of its body, unpacked where its header says how."""
    decodings: tuple[Literal["all", "none"], ...] = ("all", "none")
    for decoding in decodings:  # Bodies already unpacked are common under a header that says they are not.
        try:
            found = _unpacked(frame.envelope(data), decoding, most_bytes)
        except (OSError, ValueError) as error:
            fault = Fault(Reason.MALFORMED, f"its HTTP body cannot be unpacked ({_reason(error)})")
            continue
        if found is None:
            return Fault(Reason.MALFORMED, "it holds no HTTP response")
        if decoding == "all" or begins_like_page(found[1]):
            return found
    return fault


def _unpacked(record: bytes, decoding: Literal["none", "all"], most_bytes: int) -> tuple[Any, bytes] | None:
    from fastwarc.warc import ArchiveIterator  # noqa: PLC0415  only archives need it

    stream = pa.BufferReader(record)
    # Its quirks mode reads headers whose lines end in bare line feeds, which crawlers of 2009 wrote.
    archive = ArchiveIterator(stream, parse_http=True, auto_decode=decoding, quirks_mode=True)
    archived = next(iter(archive), None)
    if archived is None or (archived.is_http and archived.http_headers is None):
        return None
    return archived, archived.reader.read(most_bytes)


def _reason(error: Exception) -> str:
    """Name the fault without quoting the page."""
    return str(error).partition(":")[0].lower() or type(error).__name__


def _is_page(archived: Any, body: bytes) -> bool:
    kind = archived.http_content_type if archived.is_http else archived.headers.get("Content-Type")
    kind = (kind or "").partition(";")[0].strip().lower()
    return kind in _PAGES or (not kind and begins_like_page(body.lstrip()))
