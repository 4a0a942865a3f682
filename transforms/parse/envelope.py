"""Articles inside an answer: what a news service's interface or a search engine wraps around the records themselves.

`{"status": "ok", "articles": [{...}, {...}]}` holds two articles, and `{"_id": "7", "_source": {...}}` one.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from transforms.fields import FieldMap
from transforms.parse.record import Malformed, Record

_MOST_LAYERS: Final = 4
"""Answers wrap records two or three times: response, results, fields."""
_MOST_AROUND: Final = 256
"""Fields around an inner record; it does not take over more, or a hostile record would be copied without end."""

_Layer = tuple[dict[str, Any], dict[str, Any]]
"""Fields around an object, and its own."""


def opened(records: Iterable[Record | Malformed], fields: FieldMap) -> Iterator[Record | Malformed]:
    """Give records, and in the place of one that holds no story itself those inside it that do, numbered anew from 0.

    An inner record takes over the fields around it that it does not have itself, unless it is one of a list; its place
    is that of the outer one.
    """
    number = 0
    for record in records:
        for each in _inner(record, fields):
            each.number = number
            number += 1
            yield each


def _inner(record: Record | Malformed, fields: FieldMap) -> list[Record] | list[Malformed]:
    if isinstance(record, Malformed):
        return [record]
    if fields.has_story(tuple(record.fields)):
        return [record]
    level: list[_Layer] = [({}, record.fields)]
    for _ in range(_MOST_LAYERS):
        level = [inner for around, own in level for inner in _inside(around, own)]
        stories = [around | own for around, own in level if fields.has_story(tuple(own))]
        if len(stories) == 1:
            return [Record(record.number, record.offset, record.raw, stories[0])]
        if stories:
            return [Record(record.number, record.offset, _written(inner), inner) for inner in stories]
    return [record]


def _inside(around: dict[str, Any], own: dict[str, Any]) -> Iterator[_Layer]:
    for key, value in own.items():
        if isinstance(value, dict):
            is_too_much = len(around) + len(own) > _MOST_AROUND
            yield {} if is_too_much else {name: v for name, v in (around | own).items() if name != key}, value
        elif isinstance(value, list):
            yield from (({}, item) for item in value if isinstance(item, dict))


def _written(inner: dict[str, Any]) -> bytes:
    return orjson.dumps(inner, default=str)
