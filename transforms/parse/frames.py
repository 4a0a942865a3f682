"""Where the records of a web archive, WARC or ARC, begin and end; what is damaged costs itself, not its neighbours."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from transforms.parse.record import Data

_MOST_HEADER_BYTES: Final = 64 << 10
_MARK: Final = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_NEXT_MARK: Final = re.compile(rb"(?<=\n)WARC/\d\.\d{1,2}\r?\n")
_HEADER_END: Final = re.compile(rb"(\r?\n\r?\n)|\n(?=WARC/\d\.\d{1,2}\r?\n)")
"""A blank line; or the next record, so that no header is looked at twice."""
_MOST_DIGITS: Final = 15
_LENGTH: Final = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})(?=[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE)
_FIELD: Final = rb"^%s[ \t]*:[ \t]*([^\r\n]*)"
_CLOSING: Final = b"\r\n\r\n"
"""What follows a WARC record of the right length, whatever comes then."""
_LINES_END: Final = re.compile(rb"[\r\n]*")
_ARC_URL: Final = re.compile(rb"[a-z][a-z0-9+.-]{0,30}:")
_ARC_DATE: Final = re.compile(rb"\d{8,20}")
_ARC_AFTER_DATE: Final = (2, 7)
"""Words of an ARC record's line after its date, in either version of the format."""
_MOST_LINE_BYTES: Final = 8 << 10
_ARC_MAGIC: Final = b"filedesc://"
_ENVELOPE: Final = (
    b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
)


class Frame(NamedTuple):
    """A record of the archive: where it begins, where what it holds begins and ends, and why it cannot be read."""

    begin: int
    body: int
    end: int
    kind: str
    url: str | None = None
    date: str | None = None
    is_arc: bool = False
    fault: str | None = None

    def envelope(self, data: Data) -> bytes:
        """Return the record as WARC, whose header an ARC record is given."""
        if not self.is_arc:
            head = _LENGTH.sub(b"Content-Length: %d" % (self.end - self.body), data[self.begin : self.body], count=1)
            return head + data[self.body : self.end] + b"\r\n\r\n"
        return _ENVELOPE % (self.end - self.body) + data[self.body : self.end] + b"\r\n\r\n"


def is_archive(head: bytes) -> bool:
    """Tell a web archive by its first bytes."""
    return _MARK.match(head) is not None or head.startswith(_ARC_MAGIC)


def frames(data: Data, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
    """Yield the records that begin from `start` to before `stop`, by hopping over what they hold."""
    stop = len(data) if stop is None else stop
    next_frame = _arc_frame if data[: len(_ARC_MAGIC)] == _ARC_MAGIC else _warc_frame
    begin = start
    while begin < stop:
        frame = next_frame(data, begin)
        yield frame
        begin = _after(data, frame.end)


def _after(data: Data, end: int) -> int:
    match = _LINES_END.match(data, end)
    return match.end() if match else end


def _warc_frame(data: Data, begin: int) -> Frame:
    if not _MARK.match(data, begin):
        return _lost(begin, _next_mark(data, begin), "no record of the archive begins here")
    head_end = _HEADER_END.search(data, begin, begin + _MOST_HEADER_BYTES)
    if head_end is None or head_end[1] is None:
        return _lost(begin, _next_mark(data, begin), f"its header does not end within {_MOST_HEADER_BYTES:,} bytes")
    head = data[begin : head_end.start()]
    length = _LENGTH.search(head)
    if length is None:
        return _lost(begin, _next_mark(data, begin), "its header says no length")
    body = head_end.end()
    kind = (_field(head, b"WARC-Type") or "nameless").lower()
    url, date = _field(head, b"WARC-Target-URI"), _field(head, b"WARC-Date")
    frame = Frame(begin, body, body + int(length[1]), kind, url and url.strip("<>").replace(" ", "%20"), date)
    return _whole(data, frame)


def _arc_frame(data: Data, begin: int) -> Frame:
    line = _arc_line(data, begin)
    if line is None:
        return _lost(begin, _next_arc_line(data, begin), "no record of the archive begins here")
    url, date, length, body = line
    kind = "filedesc" if url.startswith("filedesc:") else "response" if url.startswith("http") else "other"
    return _whole(data, Frame(begin, body, body + length, kind, url.replace(" ", "%20"), date, is_arc=True))


def _arc_line(data: Data, begin: int) -> tuple[str, str, int, int] | None:
    """Return address, date and length that the line at this place says, and where the next line begins."""
    feed = data.find(b"\n", begin, begin + _MOST_LINE_BYTES)
    if feed < 0 or not _ARC_URL.match(data, begin):
        return None
    words = data[begin:feed].rstrip(b"\r").split(b" ")
    for after in _ARC_AFTER_DATE:
        date = len(words) - after - 1
        if date > 1 and _ARC_DATE.fullmatch(words[date]) and words[-1].isdigit() and len(words[-1]) <= _MOST_DIGITS:
            url = b" ".join(words[: date - 1]).decode("utf-8", "replace")
            return url, words[date].decode("ascii"), int(words[-1]), feed + 1
    return None


def _next_arc_line(data: Data, begin: int) -> int:
    """Return where the next line that begins a record begins, or the end."""
    while (feed := data.find(b"\n", begin)) >= 0:
        begin = feed + 1
        if _arc_line(data, begin) is not None:
            return begin
    return len(data)


def _next_mark(data: Data, begin: int) -> int:
    found = _NEXT_MARK.search(data, begin + 1)
    return len(data) if found is None else found.start()


def _whole(data: Data, frame: Frame) -> Frame:
    """Return the frame if a record or the end of the file follows it, else what lies before the next record."""
    said = frame.end - frame.body
    after = _after(data, frame.end)
    if frame.end > len(data):
        what = f"it is cut short: {len(data) - frame.body:,} of {said:,} bytes"
    elif after == len(data) or _follows(data, frame, after):
        return frame
    else:
        what = f"no record follows after the {said:,} bytes it says"
    return _lost(frame.begin, (_next_arc_line if frame.is_arc else _next_mark)(data, frame.begin), what)


def _follows(data: Data, frame: Frame, after: int) -> bool:
    if frame.is_arc:
        return _arc_line(data, after) is not None
    return data[frame.end : frame.end + len(_CLOSING)] == _CLOSING or _MARK.match(data, after) is not None


def _lost(begin: int, end: int, fault: str) -> Frame:
    return Frame(begin, begin, end, "damaged", fault=fault)


def _field(head: bytes, name: bytes) -> str | None:
    found = re.search(_FIELD % re.escape(name), head, re.IGNORECASE | re.MULTILINE)
    return found[1].strip().decode("utf-8", "replace") if found else None
