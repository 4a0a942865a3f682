"""Records kept of a file from which some were forgotten: a line each, as they were read before, in their old places.

A line is JSON. A record is `[offset, raw, fields]`, what was no record `[offset, raw, reason, detail]`; of one that was
forgotten nothing is left but its place. Values that JSON has no type for stand as `["type", "as text"]`, and so every
list begins with its type.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse.decoding import lines
from transforms.parse.record import Data, Malformed, Record


class Kept(Record):
    """A record that was taken out of its answer, if it was in one, when it was first read."""


def dumped(record: Record | Malformed, forgotten: str | None = None) -> bytes:
    """Write a record as a line; of one that was forgotten the place, and why."""
    row: list[Any]
    if forgotten is not None:
        row = [record.offset, "", Reason.FORGOTTEN, forgotten]
    elif isinstance(record, Malformed):
        row = [record.offset, _text(record.raw), record.reason, record.detail]
    else:
        row = [record.offset, _text(record.raw), _plain(record.fields)]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def records(data: Data, start: int, stop: int | None, _most: int) -> Iterator[Record | Malformed]:
    """Read what was written, however long: it was within the limit of its day. Raises DumpRefused for other lines."""
    for number, (begin, end) in enumerate(lines(data, "utf-8", start, stop)):
        try:
            yield _record(number, data[begin:end].decode("utf-8", "surrogatepass"))
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise DumpRefused(
                f"line {number + 1:,} is no record that was kept; restore the file from a backup"
            ) from error


def _record(number: int, line: str) -> Record | Malformed:
    offset, raw, *rest = json.loads(line)
    if len(rest) == 1:
        return Kept(number, offset, _bytes(raw), _typed(rest[0]))
    reason, detail = rest
    return Malformed(number, offset, _bytes(raw), Reason(reason), detail)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    bytes: lambda value: b64encode(value).decode(),
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: lambda value: f"{value // timedelta(microseconds=1)}",
    Decimal: str,
}
_READ: Final[dict[str, Callable[[str], Any]]] = {
    "bytes": b64decode,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda text: timedelta(microseconds=int(text)),
    "Decimal": Decimal,
}


def _plain(value: Any) -> Any:
    """Write a value; one of a type that no format here has as its text, which is all that is made of it."""
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if kind in (list, tuple):
        return [kind.__name__, *map(_plain, value)]
    if kind is dict:
        return {name: _plain(inner) for name, inner in value.items()}
    written = next((each for each in kind.__mro__ if each in _WRITTEN), None)
    return str(value) if written is None else [written.__name__, _WRITTEN[written](value)]


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _typed(inner) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    kind, *inner = value
    if kind in _READ:
        return _READ[kind](inner[0])
    return tuple(map(_typed, inner)) if kind == "tuple" else [*map(_typed, inner)]


def strings(value: Any) -> Iterator[str]:
    """Give all texts inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "surrogateescape")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
