"""What is forgotten: keys of records that are refused for good, and which of a record's own keys is among them.

People and addresses are known by digests alone, so that the list of what was forgotten does not tell of it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final

_KEY_BYTES: Final = 16


class Key(StrEnum):
    """By what a record is known again; the first that hits is told."""

    ARTICLE = "article"
    URL = "url"
    SOURCE = "source"
    AUTHOR = "author"
    TEXT = "text"
    RECORD = "record"
    """The bytes of a record that is no article, but holds the words of one."""


def key_of(kind: Key, value: str | bytes) -> str:
    """Give the key of a value: an id as it is, of anything else a digest, whatever its case and spaces."""
    if kind in (Key.ARTICLE, Key.TEXT):
        return str(value)
    plain = value if isinstance(value, bytes) else " ".join(value.casefold().split()).encode("utf-8", "surrogatepass")
    return blake2b(plain, digest_size=_KEY_BYTES, person=kind.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The keys that are refused, and since when, by kind."""

    since: Mapping[Key, Mapping[str, date]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[date, str, str]]) -> "Forgotten":
        """Make it of days, kinds and keys."""
        since: dict[Key, dict[str, date]] = {}
        for day, kind, key in rows:
            known = since.setdefault(Key(kind), {})
            known[key] = min(day, known.get(key, day))
        return cls({kind: since[kind] for kind in Key if kind in since})

    def __bool__(self) -> bool:
        """Tell whether anything is forgotten."""
        return bool(self.since)

    def holds(self, keys: Iterable[tuple[str, str]]) -> bool:
        """Tell whether all of these are known."""
        return all(key in self.since.get(Key(kind), {}) for kind, key in keys)

    def beginning(self, kind: Key, begin: str) -> tuple[str, ...]:
        """Give the keys that begin so."""
        return tuple(sorted(key for key in self.since.get(kind, {}) if key.startswith(begin)))

    def hits(self, columns: Mapping[str, Any], raws: Sequence[bytes | None]) -> list[str | None]:
        """Say of each record why it is refused, or None; `raws` are the bytes of those that are no articles.

        Of several keys the one that was forgotten first is told, for that is why it went; of one day the first kind.
        """
        first: list[tuple[date, str] | None] = [None] * len(raws)
        for kind, known in self.since.items():
            for at, keys in enumerate(_KEYS[kind](columns, raws)):
                days = [known[key] for key in keys if key in known]
                found = first[at]
                if days and (found is None or min(days) < found[0]):
                    first[at] = min(days), kind
        return [found and f"forgotten on {found[0]} ({found[1]})" for found in first]

    def hit(self, raw: bytes) -> str | None:
        """Say why what cannot be read as a record is refused, or None."""
        day = self.since.get(Key.RECORD, {}).get(key_of(Key.RECORD, raw))
        return f"forgotten on {day} ({Key.RECORD})" if day else None


NOTHING: Final = Forgotten()

Keys = Iterable[Iterable[str]]


def _ids(column: str) -> Callable[[Mapping[str, Any], Sequence[bytes | None]], Keys]:
    return lambda columns, _: ((each,) for each in columns[column])


def _urls(columns: Mapping[str, Any], _: Sequence[bytes | None]) -> Keys:
    both = zip(columns["canonical_url"], columns["url"], strict=True)
    return ([key_of(Key.URL, form) for form in {*forms} if form] for forms in both)


def _names(kind: Key, column: str) -> Callable[[Mapping[str, Any], Sequence[bytes | None]], Keys]:
    def keys(columns: Mapping[str, Any], _: Sequence[bytes | None]) -> Keys:
        made: dict[str, str] = {}
        for each in columns[column]:
            names = [each] if isinstance(each, str) else each
            yield [made.get(name) or made.setdefault(name, key_of(kind, name)) for name in names]

    return keys


def _bytes(_: Mapping[str, Any], raws: Sequence[bytes | None]) -> Keys:
    return (() if raw is None else (key_of(Key.RECORD, raw),) for raw in raws)


_KEYS: Final[Mapping[Key, Callable[[Mapping[str, Any], Sequence[bytes | None]], Keys]]] = {
    Key.ARTICLE: _ids("article_id"),
    Key.TEXT: _ids("text_id"),
    Key.URL: _urls,
    Key.SOURCE: _names(Key.SOURCE, "source"),
    Key.AUTHOR: _names(Key.AUTHOR, "authors"),
    Key.RECORD: _bytes,
}
