"""SGML of the Reuters-21578 kind: one `<REUTERS>` element an article, in files that have no root and no closing tag."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from transforms.article import Reason
from transforms.parse.decoding import decode
from transforms.parse.record import NO_TEXT, Data, Fault, Malformed, Record, Span, malformed, too_long

_OPENING: Final = b"<REUTERS"
_CLOSING: Final = b"</REUTERS>"
_ATTRIBUTE: Final = re.compile(r'([A-Z]+)="([^"<>]*+)"')
_BODYLESS_PARTS: Final = re.compile(r"<(TITLE|AUTHOR|DATELINE)>[^<]*+</\1>")
_TAG: Final = re.compile(r"</?[A-Z]+(?: [^<>]*+)?>")
_MARKS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]+")
"""STX and ETX around every text, and what else the wire left."""


def articles(
    data: Data, encoding: str, start: int, stop: int | None, max_record_bytes: int
) -> Iterator[Record | Malformed]:
    """Yield the articles between `start` and `stop`, neither of which may lie within one."""
    for number, (begin, end) in enumerate(_spans(data, start, len(data) if stop is None else stop)):
        yield _article(data, (begin, end), number, encoding, max_record_bytes)


def _spans(data: Data, start: int, stop: int) -> Iterator[Span]:
    begin = data.find(_OPENING, start, stop)
    while begin >= 0:
        following = data.find(_OPENING, begin + 1, stop)
        limit = stop if following < 0 else following
        closing = data.find(_CLOSING, begin, limit)
        yield begin, limit if closing < 0 else closing + len(_CLOSING)
        begin = following


def _article(data: Data, span: Span, number: int, encoding: str, max_record_bytes: int) -> Record | Malformed:
    begin, end = span
    if end - begin > max_record_bytes:
        return malformed(number, data, span, too_long(end - begin, max_record_bytes))
    raw = data[begin:end]
    if not raw.endswith(_CLOSING):
        what = "the <REUTERS> element is not closed before the next one begins or the file ends"
        return malformed(number, data, span, Fault(Reason.MALFORMED, what))
    try:
        written = decode(raw, encoding)
    except UnicodeDecodeError as error:
        what = f"byte {error.start:,} of the record is in no encoding we know"
        return malformed(number, data, span, Fault(Reason.MALFORMED, what))
    return Record(number, begin, raw, NO_TEXT | _fields(written))


def _fields(written: str) -> dict[str, str]:
    head, _, after = written.partition(">")
    # The date stands before the text; the same tags in the text are text.
    before, _, text = after.partition("<TEXT")
    text = text.partition(">")[2].rpartition("</TEXT>")[0]
    fields = {
        "source_id": dict(_ATTRIBUTE.findall(head)).get("NEWID", ""),
        "published": _plain(_within(before, "DATE")),
        "title": _plain(_within(text, "TITLE")),
        "dateline": _plain(_within(text, "DATELINE")),
        "authors": _plain(_within(text, "AUTHOR")),
        "agency": "Reuters",
        "text": _plain(_body(text)),
    }
    return {name: value for name, value in fields.items() if value}


def _body(text: str) -> str:
    """Return the body; unprocessed and brief texts have none marked, and are all that is not title or dateline."""
    return _within(text, "BODY") or _BODYLESS_PARTS.sub("", text)


def _within(text: str, name: str) -> str:
    _, opening, after = text.partition(f"<{name}>")
    return after.partition(f"</{name}>")[0] if opening else ""


def _plain(text: str) -> str:
    return _MARKS.sub("", unescape(_TAG.sub("", text)).replace("\x7f", "")).strip()
