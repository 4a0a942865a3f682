"""CSV and TSV: rows with quoted line breaks, each with its bytes, and a way back after a quote that never closes."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse.decoding import WIDE, decode, lines, settled
from transforms.parse.record import Data, Fault, Format, Malformed, Record, Span, distinct, malformed, too_long

_DELIMITERS: Final = ",;\t|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_SAMPLE_BYTES: Final = 64 << 10
_RESCANS: Final = 16
"""How often, at most and on average, a line is read again on the way back: keeps hostile quotes linear."""


class _OverlongError(Exception):
    """Raised inside when a row goes on beyond the limit."""


def header(data: Data, form: Format, encoding: str) -> tuple[str, ...]:
    """Return the column names, distinct and none empty. Raises DumpRefused when the first row cannot be read."""
    first = next(_Rows(data, form, settled(data, encoding)), None)
    if first is None or isinstance(first[1], Fault):
        raise DumpRefused("the header row cannot be read; mend it or have the file delivered again")
    return distinct(first[1])


def table(data: Data, form: Format, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the rows below the header; a row of another width than the header's is malformed."""
    encoding = settled(data, encoding)
    names = header(data, form, encoding)
    rows = _Rows(data, form, encoding, max_record_bytes)
    next(rows)
    for number, ((begin, end), cells) in enumerate(rows):
        if isinstance(cells, Fault):
            yield malformed(number, data, (begin, end), cells)
        elif len(cells) != len(names):
            fault = Fault(Reason.MALFORMED, f"{len(cells):,} cells where the header has {len(names):,}")
            yield malformed(number, data, (begin, end), fault)
        else:
            yield Record(number, begin, data[begin:end], dict(zip(names, cells, strict=True)))


class _Lines:
    """The file's lines as text; remembers those of the current row and takes them back."""

    def __init__(self, data: Data, encoding: str, max_record_bytes: int) -> None:
        self.data = data
        self.encoding = encoding
        self.max_record_bytes = max_record_bytes
        self.taken: list[Span] = []
        self.has_ended = False
        self._spans = lines(data, encoding)
        self._given_back: deque[Span] = deque()
        self._rescans_left = _RESCANS * len(data)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        span = self._given_back.popleft() if self._given_back else next(self._spans, None)
        if span is None:
            self.has_ended = True
            raise StopIteration
        self.taken.append(span)
        if span[1] - self.taken[0][0] > self.max_record_bytes:
            raise _OverlongError
        return decode(self.data[span[0] : span[1]], self.encoding) + "\n"

    def begin_row(self) -> None:
        self.taken = []
        self.has_ended = False

    def keep_first(self) -> None:
        """Give back every line of the row but its first, unless that has been done too often."""
        cost = self.taken[-1][1] - self.taken[0][1]
        if cost <= self._rescans_left:
            self._rescans_left -= cost
            self._given_back.extendleft(reversed(self.taken[1:]))
            del self.taken[1:]


class _Rows:
    """Iterate over (span, cells or Fault), blank rows left out, the header being the first."""

    def __init__(self, data: Data, form: Format, encoding: str, max_record_bytes: int = 1 << 30) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), 1 << 30))
        self._lines = _Lines(data, encoding, max_record_bytes)
        self._delimiter = "\t" if form is Format.TSV else _delimiter(data, encoding)
        self._escape = _escape(data, encoding, self._delimiter)
        self._reader = csv.reader(self._lines, delimiter=self._delimiter, escapechar=self._escape, strict=True)
        self._feed = "\r".encode(encoding) if encoding in WIDE else b"\r"

    def __iter__(self) -> Iterator[tuple[Span, list[str] | Fault]]:
        return self

    def __next__(self) -> tuple[Span, list[str] | Fault]:
        while True:
            self._lines.begin_row()
            cells = self._cells()
            if cells or isinstance(cells, Fault):
                return self._span(), cells

    def _cells(self) -> list[str] | Fault:
        try:
            return next(self._reader)
        except _OverlongError:
            return self._overlong()
        except UnicodeDecodeError:
            self._lines.keep_first()
            return Fault(Reason.MALFORMED, "bytes in no encoding we know")
        except csv.Error:
            return self._misquoted()

    def _overlong(self) -> Fault:
        begin, end = self._lines.taken[0]
        limit = self._lines.max_record_bytes
        if end - begin > limit:
            return too_long(end - begin, limit)
        self._lines.keep_first()
        return Fault(Reason.MALFORMED, f"a quote opens and does not close within {limit:,} bytes")

    def _misquoted(self) -> list[str] | Fault:
        """Take stray quotes within one line as text; a quote that runs on into other rows costs its first line only."""
        if self._lines.has_ended:
            self._lines.keep_first()
            return Fault(Reason.MALFORMED, "a quote opens and never closes")
        if len(self._lines.taken) > 1:
            self._lines.keep_first()
            return Fault(Reason.MALFORMED, "a quote opens, and where it closes no cell ends")
        begin, end = self._lines.taken[0]
        line = decode(self._lines.data[begin:end], self._lines.encoding)
        try:
            return next(csv.reader([line], delimiter=self._delimiter, escapechar=self._escape))
        except csv.Error:
            return Fault(Reason.MALFORMED, "a carriage return within a cell without quotes")

    def _span(self) -> Span:
        begin, end = self._lines.taken[0][0], self._lines.taken[-1][1]
        if self._lines.data[end - len(self._feed) : end] == self._feed:
            end -= len(self._feed)
        return begin, end


def _delimiter(data: Data, encoding: str) -> str:
    """Return the delimiter that the header uses most: spreadsheets write semicolons where the comma is decimal."""
    begin, end = next(lines(data, encoding), (0, 0))
    head = _QUOTED.sub("", data[begin:end].decode("latin-1"))
    return max(_DELIMITERS, key=head.count)


def _escape(data: Data, encoding: str, delimiter: str) -> str | None:
    """Return the backslash where it stands before quotes, as databases export them, and more rows fit the header so."""
    sample = data[: _SAMPLE_BYTES + 1]
    sample = sample[: sample.rfind(b"\n") + 1] if len(sample) > _SAMPLE_BYTES else sample
    text = sample.decode(encoding, "replace")
    if '\\"' not in text:
        return None
    plain, escaped = (_fitting_rows(text, delimiter, escape) for escape in (None, "\\"))
    return "\\" if escaped > plain else None


def _fitting_rows(text: str, delimiter: str, escape: str | None) -> int:
    """Count rows of the header's width, all of them well quoted."""
    rows = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=delimiter, escapechar=escape, strict=True)
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(map(len, rows))
    return widths.count(widths[0]) if widths else 0
