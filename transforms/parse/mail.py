"""News that came by mail: one message a file, or many in an mbox."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Final

from transforms.article import Reason
from transforms.parse.charset import charset
from transforms.parse.decoding import decode
from transforms.parse.record import NO_TEXT, Data, Fault, Malformed, Record, Span, malformed, too_long

_POSTMARK: Final = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*+\n")
_ESCAPED_FROM: Final = re.compile(rb"^>(?=>*+From )", re.MULTILINE)
_STRUCTURE: Final = re.compile(rb"^content-[a-z\-]{1,30}+:[^\n]*+(?:\n[ \t][^\n]*+)*+", re.MULTILINE | re.IGNORECASE)
_BOUNDARY: Final = re.compile(rb"boundary\s*\*?=", re.IGNORECASE)
_MAX_PARTS: Final = 1_000
_MAX_COMPARISONS: Final = 10_000_000
_MAX_DIVIDERS: Final = 10_000
_MAX_HEADER_CHARS: Final = 10_000
"""The mail library's work grows with the square of a header, and with the lines times the nested parts."""


def message(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the one record of a file that is a message; `encoding` is for parts that do not say theirs."""
    yield _record(data, (0, len(data)), 0, 0, encoding, max_record_bytes)


def messages(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the messages of an mbox file."""
    marks = [(mark.start(), mark.end()) for mark in _POSTMARK.finditer(data)] or [(0, 0)]
    ends = [begin for begin, _ in marks[1:]] + [len(data)]
    for number, ((begin, headers), end) in enumerate(zip(marks, ends, strict=True)):
        yield _record(data, (begin, end), headers - begin, number, encoding, max_record_bytes)


def _record(
    data: Data, span: Span, head_bytes: int, number: int, encoding: str, max_record_bytes: int
) -> Record | Malformed:
    begin, end = span
    if end - begin > max_record_bytes:
        return malformed(number, data, span, too_long(end - begin, max_record_bytes))
    raw = data[begin:end]
    written = _ESCAPED_FROM.sub(b"", raw[head_bytes:]) if head_bytes else raw
    if _is_trap(written):
        what = f"a header of over {_MAX_HEADER_CHARS:,} bytes, or parts within parts beyond measure"
        return malformed(number, data, span, Fault(Reason.MALFORMED, what))
    try:
        parsed = message_from_bytes(written)
        fields = _fields(parsed, encoding)
    except (MessageError, RecursionError):
        fault = Fault(Reason.MALFORMED, "a mail whose parts are nested beyond measure, or end nowhere")
        return malformed(number, data, span, fault)
    if not parsed.keys():
        return malformed(number, data, span, Fault(Reason.MALFORMED, "a mail without a header"))
    return Record(number, begin, raw, NO_TEXT | fields)


def _is_trap(written: bytes) -> bool:
    headers = [found.group() for found in _STRUCTURE.finditer(written)]
    boundaries = sum(len(_BOUNDARY.findall(header)) for header in headers)
    is_deep = boundaries * written.count(b"\n") > _MAX_COMPARISONS
    is_wide = boundaries > 0 and written.count(b"\n--") > _MAX_DIVIDERS
    return is_deep or is_wide or any(len(header) > _MAX_HEADER_CHARS for header in headers)


def _fields(mail: Message, encoding: str) -> dict[str, object]:
    date, language = _header(mail, "Date"), _header(mail, "Content-Language")
    fields = {
        "title": _header(mail, "Subject"),
        "authors": _names(mail),
        "published": date,
        "source_id": _header(mail, "Message-ID").strip("<> "),
        "language": language,
        **_story(mail, encoding),
    }
    return {name: value for name, value in fields.items() if value}


def _header(mail: Message, name: str) -> str:
    """Return a header in plain characters; what cannot be decoded stays as it was written."""
    written = " ".join(str(mail.get(name, ""))[:_MAX_HEADER_CHARS].split())
    try:
        pieces = [_piece(*pair) for pair in decode_header(written)]
    except (HeaderParseError, ValueError):
        return written
    return "".join(pieces).strip()


def _piece(piece: bytes | str, declared: str | None) -> str:
    return piece if isinstance(piece, str) else _decoded(piece, declared, "utf-8")


def _names(mail: Message) -> list[str]:
    return [name for name, _ in getaddresses([_header(mail, "From")]) if name and "@" not in name]


def _story(mail: Message, encoding: str) -> dict[str, str]:
    """Return the first plain part that says anything, else the first page."""
    parts = [part for _, part in zip(range(_MAX_PARTS), mail.walk(), strict=False) if not part.is_multipart()]
    for kind, field in (("text/plain", "text"), ("text/html", "html")):
        shown = (_text(part, encoding) for part in parts if part.get_content_type() == kind and not _is_attached(part))
        text = next(filter(str.strip, shown), None)
        if text is not None:
            return {field: text.replace("\r\n", "\n")}
    return {}


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).lstrip().lower().startswith("attachment")


def _text(part: Message, encoding: str) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload, part.get_content_charset(), encoding) if isinstance(payload, bytes) else ""


def _decoded(payload: bytes, declared: str | None, fallback: str) -> str:
    for name in filter(None, (charset(declared) if declared else None, fallback)):
        try:
            return decode(payload, name)
        except UnicodeError:
            continue
    return payload.decode("latin-1")
