"""Values of records by target, a column each: the fields are looked up once for all records that have the same ones."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transforms.fields import TARGETS, FieldMap, Plan, is_empty
from transforms.parse import Record

Column = list[Any]

_KINDS: Final = {str: "text", bool: "boolean", int: "number", float: "number", list: "list", dict: "object"}

_SAYING: Final = (
    "name", "full_name", "fullName", "display_name", "original", "rendered", "main", "basic", "text", "content",
    "value", "html", "#text", "@value", "$oid", "$numberLong",
)  # fmt: skip
"""Fields in which WordPress, JSON-LD, page builders, XML converters and Mongo put what an object says."""


_NAME_PARTS: Final = (
    ("first", "last"), ("firstName", "lastName"), ("first_name", "last_name"), ("givenName", "familyName"),
)  # fmt: skip


@dataclass(slots=True)
class Values:
    """Records and, by target, the value of each, None where it has none; `groups` are those with the same fields."""

    records: list[Record]
    columns: dict[str, Column]
    groups: list[tuple[Plan, list[int]]]

    def __getitem__(self, target: str) -> Column:
        """Give the values of one target."""
        return self.columns[target]


def values_of(records: Sequence[Record], fields: FieldMap) -> Values:
    """Map the fields of records to targets."""
    by_keys: dict[tuple[str, ...], list[int]] = {}
    for at, record in enumerate(records):
        by_keys.setdefault(tuple(record.fields), []).append(at)
    groups = [(fields.plan(keys), places) for keys, places in by_keys.items()]
    columns: dict[str, Column] = {target: [None] * len(records) for target in TARGETS}
    for plan, places in groups:
        for target, candidates in zip(TARGETS, plan.candidates, strict=True):
            if candidates:
                _fill(columns[target], records, places, candidates)
    return Values(list(records), columns, groups)


def _fill(column: Column, records: Sequence[Record], places: Iterable[int], candidates: tuple[str, ...]) -> None:
    for at in places:
        given = records[at].fields
        for key in candidates:
            value = given[key]
            if value.__class__ is str:
                if value and not value.isspace():
                    column[at] = value
                    break
            elif not is_empty(value):
                column[at] = value
                break


def kinds(sources: Sequence[str], values: Sequence[Any]) -> Counter[tuple[str, str]]:
    """Count the values that say something by their source and kind: text, number, list, ..., or the name of a type."""
    if {*map(type, values)} == {str}:
        by_source = Counter(source for source, v in zip(sources, values, strict=True) if v and not v.isspace())
        return Counter({(source, "text"): count for source, count in by_source.items()})
    pairs = zip(sources, values, strict=True)
    return Counter((source, _KINDS.get(type(v), type(v).__name__)) for source, v in pairs if not is_empty(v))


def as_text(value: Any) -> str:
    """Give a value as text; of an object the field that says it, and nothing of any other object: we do not guess."""
    if value.__class__ is str:
        return str(value)
    if value is None:
        return ""
    if isinstance(value, dict):
        return as_text(next((value[key] for key in _SAYING if value.get(key)), None)) or _person(value)
    if isinstance(value, list):
        return "\n".join(filter(None, map(as_text, value)))
    if isinstance(value, bytes):  # a Parquet column that does not say that it is text
        return value.decode("utf-8", "replace")
    return str(value)


def _person(value: dict[str, Any]) -> str:
    """Give the name of a person that is told in two parts."""
    both = ((value.get(first), value.get(last)) for first, last in _NAME_PARTS)
    return next((f"{first} {last}" for first, last in both if isinstance(first, str) and isinstance(last, str)), "")
