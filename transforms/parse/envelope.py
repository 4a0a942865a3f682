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
        # What is no plain record is malformed, or was taken out of its answer before.
        inner = _inner(record, fields) if type(record) is Record and not _is_told(record.fields, fields) else ()
        for each in inner or (record,):
            each.number = number
            number += 1
            yield each


def _is_told(given: dict[str, Any], fields: FieldMap) -> bool:
    """Tell the usual record, which holds its story itself."""
    return fields.has_story(tuple(given)) and not isinstance(next(iter(given.values())), dict)


def _inner(record: Record, fields: FieldMap) -> list[Record]:
    if fields.has_story(tuple(record.fields)):
        return _each(record, _rows(record.fields))
    level: list[_Layer] = [({}, record.fields)]
    for _ in range(_MOST_LAYERS):
        level = [inner for around, own in level for inner in _inside(around, own, fields)]
        stories = [around | own for around, own in level if fields.has_story(tuple(own))]
        if len(stories) == 1:
            return [Record(record.number, record.offset, record.raw, stories[0])]
        if stories:
            return _each(record, stories)
    return []


def _each(record: Record, inner: list[dict[str, Any]]) -> list[Record]:
    return [Record(record.number, record.offset, orjson.dumps(each, default=str), each) for each in inner]


def _rows(columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the rows of a table that was written column by column, as pandas does; none of anything else."""
    first = next(iter(columns.values()))
    if not all(isinstance(c, dict) and c.keys() == first.keys() for c in columns.values()):
        return []
    return [{name: column[row] for name, column in columns.items()} for row in first]


def _inside(around: dict[str, Any], own: dict[str, Any], fields: FieldMap) -> Iterator[_Layer]:
    """Give the objects inside an object: each with the fields around it that are no story of their own."""
    shared = around | {k: v for k, v in own.items() if not (isinstance(v, dict) and fields.has_story(tuple(v)))}
    shared = shared if len(shared) <= _MOST_AROUND else {}
    for key, value in own.items():
        if isinstance(value, dict):
            yield {name: v for name, v in shared.items() if name != key}, value
        elif isinstance(value, list):
            yield from (({}, item) for item in value if isinstance(item, dict))
