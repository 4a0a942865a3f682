"""The settings of one source: which files are its own, and how to read what they hold."""

import codecs
import re
from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from transforms.fields import TARGETS
from transforms.outlet import Extractor, NewFields, Outlet

if TYPE_CHECKING:
    from transforms.cleaning import Guide

DateOrder = Literal["day first", "month first"]
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


class Source(BaseModel):
    """One source.

    files: glob patterns over the names of its dumps and of the files in archives.
    fields: target to its own names for it, which go before the usual ones.
    timezone: IANA name of the zone of its dates that tell none.
    date_order: whether 02/03/2026 is the second of March ("day first") or the third of February ("month first").
    language: ISO 639 code for records that name none and are too short to tell.
    new_fields: what a field that no mapping uses does: "evolve" tells of it, "freeze" refuses its dump, "ignore" does
        nothing.
    known_fields: fields that no mapping uses, and that are no news.
    boilerplate: lines that it prints under every story.
    one_article_a_line: whether its text files hold an article on every line.
    encoding: of its text files; without it, it is found out.
    extractor: how its web pages are read, "quality" or "speed"; without it, as the settings say of all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    timezone: str | None = None
    date_order: DateOrder | None = None
    language: str | None = None
    new_fields: NewFields = "evolve"
    known_fields: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    one_article_a_line: bool = False
    encoding: str | None = None
    extractor: Extractor | None = None

    @field_validator("fields")
    @classmethod
    def _known_targets(cls, fields: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name in fields:
            if name not in TARGETS:
                raise ValueError(f"{name!r} is no field of an article{hint(name, TARGETS)}")
        return fields

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None and name not in _zones():
            raise ValueError(f"{name!r} is no IANA time zone{_zone_hint(name)}")
        return name

    @field_validator("language")
    @classmethod
    def _language_code(cls, code: str | None) -> str | None:
        if code is not None and not _LANGUAGE.fullmatch(code):
            raise ValueError(f"{code!r} is no ISO 639 code; English is 'en', German 'de'")
        return code

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            return name and codecs.lookup(name).name
        except LookupError as error:
            raise ValueError(f"{name!r} is no encoding that Python knows, such as 'utf-8' or 'cp1252'") from error

    @field_validator("boilerplate")
    @classmethod
    def _single_lines(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        for line in lines:
            if not line.strip() or len(line.splitlines()) > 1:
                raise ValueError(f"{line!r} is not one line of text")
        return tuple(line.strip() for line in lines)

    def outlet(self, name: str | None, extractor: Extractor) -> Outlet:
        """Give what normalising needs of it; `extractor` is that of all sources."""
        return Outlet(
            name=name,
            fields=self.fields,
            timezone=self.timezone,
            is_day_first=None if self.date_order is None else self.date_order == "day first",
            language=self.language,
            new_fields=self.new_fields,
            known_fields=self.known_fields,
            extractor=self.extractor or extractor,
        )

    def guide(self, off: Iterable[str]) -> "Guide":
        """Give what cleaning needs of it; `off` are the rules turned off for all sources."""
        from transforms.cleaning import Guide  # noqa: PLC0415 - compiled loops and patterns, which settings do without

        return Guide(frozenset(off), self.boilerplate)


def hint(name: str, known: Collection[str]) -> str:
    """Give the known name that is nearest, if any is near."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def twice(names: Iterable[str]) -> str | None:
    """Give the first name that is there twice."""
    return next((name for name, count in Counter(names).items() if count > 1), None)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone_hint(name: str) -> str:
    """Give the zone of the city that is named, or one that is spelled alike."""
    city = name.rpartition("/")[2].replace(" ", "_").lower()
    same = sorted(zone for zone in _zones() if zone.rpartition("/")[2].lower() == city)
    return f"; did you mean {same[0]!r}?" if same else hint(name, _zones()) or ", such as 'Europe/Berlin'"
