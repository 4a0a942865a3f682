"""Where the records of a web archive, WARC or ARC, begin and end; what is damaged costs itself, not its neighbours."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from transforms.parse.record import Data

_MOST_HEADER_BYTES: Final = 64 << 10
_MARK: Final = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_NEXT_MARK: Final = re.compile(rb"(?<=\n)WARC/\d\.\d{1,2}\r?\n")
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})(?=[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE)
_FIELD: Final = rb"^%s[ \t]*:[ \t]*([^\r\n]*)"
_CLOSING: Final = b"\r\n\r\n"
"""What follows a WARC record of the right length, whatever comes then."""
_LINES_END: Final = re.compile(rb"[\r\n]*")
_ARC_LINE: Final = re.compile(rb"([a-z][a-z0-9+.-]*:[^\n]*?) (\S+) (\d{8,20}) (\S+) (?:[^\n]*? )?(\d{1,15})\r?\n")
_ARC_NEXT: Final = re.compile(rb"(?<=\n)(?=[a-z])" + _ARC_LINE.pattern)
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
        return _lost(data, begin, _NEXT_MARK, "no record of the archive begins here")
    head_end = _HEADER_END.search(data, begin, begin + _MOST_HEADER_BYTES)
    if head_end is None:
        return _lost(data, begin, _NEXT_MARK, f"its header does not end within {_MOST_HEADER_BYTES:,} bytes")
    head = data[begin : head_end.start()]
    length = _LENGTH.search(head)
    if length is None:
        return _lost(data, begin, _NEXT_MARK, "its header says no length")
    body = head_end.end()
    kind = (_field(head, b"WARC-Type") or "nameless").lower()
    url, date = _field(head, b"WARC-Target-URI"), _field(head, b"WARC-Date")
    frame = Frame(begin, body, body + int(length[1]), kind, url and url.strip("<>").replace(" ", "%20"), date)
    return _whole(data, frame, _MARK, _NEXT_MARK)


def _arc_frame(data: Data, begin: int) -> Frame:
    line = _ARC_LINE.match(data, begin, begin + _MOST_HEADER_BYTES)
    if line is None:
        return _lost(data, begin, _ARC_NEXT, "no record of the archive begins here")
    url = line[1].decode("utf-8", "replace").replace(" ", "%20")
    kind = "filedesc" if line[1].startswith(_ARC_MAGIC) else "response" if line[1].startswith(b"http") else "other"
    date = line[3].decode("ascii")
    frame = Frame(begin, line.end(), line.end() + int(line[5]), kind, url, date, is_arc=True)
    return _whole(data, frame, _ARC_LINE, _ARC_NEXT)


def _whole(data: Data, frame: Frame, mark: re.Pattern[bytes], next_mark: re.Pattern[bytes]) -> Frame:
    """Return the frame if a record or the end of the file follows it, else what lies before the next record."""
    if frame.end > len(data):
        what = f"it is cut short: {len(data) - frame.body:,} of {frame.end - frame.body:,} bytes"
        return _lost(data, frame.begin, next_mark, what)
    after = _after(data, frame.end)
    is_closed = not frame.is_arc and data[frame.end : frame.end + len(_CLOSING)] == _CLOSING
    if is_closed or after == len(data) or mark.match(data, after, after + _MOST_HEADER_BYTES):
        return frame
    return _lost(data, frame.begin, next_mark, f"no record follows after the {frame.end - frame.body:,} bytes it says")


def _lost(data: Data, begin: int, next_mark: re.Pattern[bytes], fault: str) -> Frame:
    found = next_mark.search(data, begin + 1)
    end = len(data) if found is None else found.start()
    return Frame(begin, begin, end, "damaged", fault=fault)


def _field(head: bytes, name: bytes) -> str | None:
    found = re.search(_FIELD % re.escape(name), head, re.IGNORECASE | re.MULTILINE)
    return found[1].strip().decode("utf-8", "replace") if found else None
