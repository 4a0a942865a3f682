"""A JSON file: one array of objects, or objects one after the other, cut into elements without loading the whole."""

import re
from collections.abc import Iterator
from typing import Final

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse.decoding import UTF8, decode
from transforms.parse.objects import objects
from transforms.parse.record import Data, Malformed, Record, Span

# Possessive, hence linear: each matches or fails without trying again, whatever the dump holds.
_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TO_BRACKET: Final = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+[\[\]{}]", re.DOTALL)
_SCALAR: Final = re.compile(_STRING + rb'|[^\s,"\[\]{}]++', re.DOTALL)
_UTF8_MARK: Final = b"\xef\xbb\xbf"


def document(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the objects of a JSON file.

    Raises DumpRefused where brackets, quotes or commas do not fit; what is wrong inside one element of an array costs
    that element only.
    """
    is_plain = encoding in UTF8 or encoding.startswith(("cp125", "latin", "iso8859"))
    if not is_plain:  # A backslash or bracket may be half of a character there.
        data = _transcoded(data, encoding)
    begin = len(_UTF8_MARK) if data[: len(_UTF8_MARK)] == _UTF8_MARK else 0
    begin = _after_space(data, begin)
    is_array = data[begin : begin + 1] == b"["
    spans = _elements(data, begin + 1) if is_array else _objects_in_a_row(data, begin)
    for found in objects(data, spans, encoding if is_plain else "utf-8", max_record_bytes):
        if isinstance(found, Malformed) and found.reason is Reason.MALFORMED and not is_array:
            raise _broken(found.offset or 0, found.detail)
        if not is_plain:
            found.offset = None
        yield found


def _transcoded(data: Data, encoding: str) -> bytes:
    try:
        return decode(data[:], encoding).encode()
    except UnicodeDecodeError as error:
        raise _broken(error.start, f"not {encoding}") from error


def _objects_in_a_row(data: Data, begin: int) -> Iterator[Span]:
    while begin < len(data):
        if data[begin : begin + 1] != b"{":
            raise _broken(begin, "an object was expected")
        end = _closed(data, begin)
        yield begin, end
        begin = _after_space(data, end)


def _elements(data: Data, begin: int) -> Iterator[Span]:
    begin = _after_space(data, begin)
    mark = data[begin : begin + 1]
    begin += mark == b"]"
    while mark != b"]":
        end = _element_end(data, begin)
        yield begin, end
        after = _after_space(data, end)
        mark = data[after : after + 1]
        if mark not in (b",", b"]"):
            raise _broken(after, "a comma or the end of the array was expected")
        begin = _after_space(data, after + 1)
    if begin < len(data) and _after_space(data, begin) < len(data):
        raise _broken(begin, "something follows the array")


def _element_end(data: Data, begin: int) -> int:
    if data[begin : begin + 1] in (b"{", b"["):
        return _closed(data, begin)
    match = _SCALAR.match(data, begin)
    if match is None:
        raise _broken(begin, "an object was expected")
    return match.end()


def _closed(data: Data, begin: int) -> int:
    """Return where the bracket opened at `begin` is closed."""
    depth, at = 0, begin
    while True:
        match = _TO_BRACKET.match(data, at)
        if match is None:
            raise _broken(begin, "the object begun there never ends")
        at = match.end()
        depth += 1 if data[at - 1] in b"[{" else -1
        if depth == 0:
            return at


def _after_space(data: Data, begin: int) -> int:
    match = _SPACE.match(data, begin)
    return match.end() if match else begin


def _broken(offset: int, what: str) -> DumpRefused:
    return DumpRefused(f"the JSON of the file breaks at byte {offset:,} ({what}); mend it or have it delivered again")
