"""From bytes to text, a line at a time, so that one damaged line does not spoil its neighbours."""

import codecs
from collections.abc import Iterator
from typing import Final

from transforms.parse.record import Data, Span

UTF8: Final = frozenset({"utf-8", "utf-8-sig", "ascii"})
WIDE: Final = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
BOM: Final = "\ufeff"
_MENDING: Final = "broadsheet.cp1252"


def _mend(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252: quotes and dashes pasted into good text are the usual damage."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    try:
        return error.object[error.start : error.end].decode("cp1252"), error.end
    except UnicodeDecodeError:
        raise error from None


codecs.register_error(_MENDING, _mend)


def decode(raw: bytes, encoding: str) -> str:
    """Decode without a byte order mark. Raises UnicodeDecodeError when the bytes are in no encoding we know."""
    if encoding in WIDE:
        return raw.decode(encoding).removeprefix(BOM)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("utf-8", _MENDING) if encoding in UTF8 else raw.decode(encoding)
    return text.removeprefix(BOM)


def is_mostly_utf8(raw: bytes) -> bool:
    """Tell UTF-8 that is damaged here and there from another encoding: more of it is sound than is not."""
    text = raw.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(not c.isascii() for c in text) - wrong > wrong


def settled(data: Data, encoding: str) -> str:
    """Replace `utf-16` by the one of its two orders that the data begins with."""
    if encoding != "utf-16":
        return encoding
    return "utf-16-be" if data[:2] == codecs.BOM_UTF16_BE else "utf-16-le"


def lines(data: Data, encoding: str, start: int = 0, stop: int | None = None) -> Iterator[Span]:
    """Yield begin and end of every line, blank ones included, without copying; the line feed belongs to none."""
    stop = len(data) if stop is None else stop
    feed = "\n".encode(encoding) if encoding in WIDE else b"\n"
    begin = start
    while begin < stop:
        end = _feed_at(data, feed, begin, stop)
        yield begin, end
        begin = end + len(feed)


def _feed_at(data: Data, feed: bytes, begin: int, stop: int) -> int:
    end = data.find(feed, begin, stop)
    # In UTF-16 the two bytes of a line feed may also be halves of two neighbouring characters.
    while end >= 0 and (end - begin) % len(feed):
        end = data.find(feed, end + 1, stop)
    return stop if end < 0 else end
