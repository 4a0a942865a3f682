"""One JSON object: fast where it is clean, patient where it is not."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from transforms.article import Reason
from transforms.parse.decoding import WIDE, decode
from transforms.parse.record import MAX_FIELDS, Data, Fault, Malformed, Record, Span, malformed, too_long, too_wide

MAX_DEPTH: Final = 64
_FIRST_WIDE_INT: Final = 2.0**63
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def objects(data: Data, spans: Iterable[Span], encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield what each span holds, numbered from 0; blank spans do not count."""
    number = 0
    for span in spans:
        found = _at(data, span, number, encoding, max_record_bytes)
        if found is not None:
            yield found
            number += 1


def _at(data: Data, span: Span, number: int, encoding: str, max_record_bytes: int) -> Record | Malformed | None:
    begin, end = span
    if end - begin > max_record_bytes:
        return malformed(number, data, span, too_long(end - begin, max_record_bytes))
    raw = data[begin:end]
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _patiently(data, span, number, encoding)
    if type(fields) is not dict or len(fields) > MAX_FIELDS or _needs_care(fields):
        return _patiently(data, span, number, encoding)
    return Record(number, begin, raw[:-1] if raw[-1] == _RETURN else raw, fields)


_RETURN: Final = ord("\r")


def _patiently(data: Data, span: Span, number: int, encoding: str) -> Record | Malformed | None:
    begin, end = _without_edges(data, span, encoding)
    raw = data[begin:end]
    if not raw or raw.isspace():
        return None
    found = value(raw, encoding)
    if isinstance(found, Fault):
        return malformed(number, data, (begin, end), found)
    if not isinstance(found, dict):
        what = f"a JSON {_KINDS[type(found)]} instead of an object"
        return malformed(number, data, (begin, end), Fault(Reason.NOT_AN_OBJECT, what))
    if len(found) > MAX_FIELDS:
        return malformed(number, data, (begin, end), too_wide(len(found)))
    return Record(number, begin, raw, found)


_KINDS: Final = {list: "list", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _without_edges(data: Data, span: Span, encoding: str) -> Span:
    """Leave out a byte order mark, which joined files carry in their middle too, and a carriage return."""
    begin, end = span
    step = encoding if encoding in WIDE else "utf-8"
    mark, carriage = "\ufeff".encode(step), "\r".encode(step)
    if data[begin : begin + len(mark)] == mark:
        begin += len(mark)
    if end - len(carriage) >= begin and data[end - len(carriage) : end] == carriage:
        end -= len(carriage)
    return begin, end


def value(raw: bytes, encoding: str) -> Any:
    """Read one JSON value with all that dumps do to it, or return the Fault.

    NaN and infinite numbers become null, halves of surrogate pairs U+FFFD; control characters stay in their strings,
    and integers exact.
    """
    try:
        text = decode(raw, encoding)
    except UnicodeDecodeError as error:
        return Fault(Reason.MALFORMED, f"byte {error.start:,} of the record is in no encoding we know")
    try:
        found = _loads(text)
    except json.JSONDecodeError as error:
        return Fault(Reason.MALFORMED, f"broken JSON at character {error.pos:,} of {len(text):,}")
    except ValueError:
        return Fault(Reason.MALFORMED, "an integer of thousands of digits")
    except RecursionError:
        return Fault(Reason.MALFORMED, f"nested deeper than {MAX_DEPTH} levels")
    return Fault(Reason.MALFORMED, f"nested deeper than {MAX_DEPTH} levels") if _is_deep(found) else found


def _loads(text: str) -> Any:
    found = json.loads(text, strict=False, parse_constant=lambda _: None, parse_float=_finite)
    if not _SURROGATE.search(text):
        return found
    paired = json.dumps(found, ensure_ascii=False).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return json.loads(paired)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _needs_care(fields: dict[str, Any]) -> bool:
    """Tell whether the fast parser may have rounded an integer or let a deep value through."""
    return any(_is_suspect(v) for v in fields.values() if type(v) is not str)


def _is_suspect(item: Any) -> bool:
    if type(item) is float:
        return abs(item) >= _FIRST_WIDE_INT
    return type(item) in (dict, list) and _is_suspect_inside(item)


def _is_suspect_inside(nested: Any) -> bool:
    level = [nested]
    for _ in range(MAX_DEPTH):
        inner = [v for box in level for v in (box.values() if type(box) is dict else box)]
        if any(type(v) is float and abs(v) >= _FIRST_WIDE_INT for v in inner):
            return True
        level = [v for v in inner if type(v) in (dict, list)]
        if not level:
            return False
    return True


def _is_deep(item: Any) -> bool:
    level = [item] if isinstance(item, dict | list) else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return False
        inner = (v for box in level for v in (box.values() if isinstance(box, dict) else box))
        level = [v for v in inner if isinstance(v, dict | list)]
    return True
