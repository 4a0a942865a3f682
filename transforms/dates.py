"""Dates as scrapers write them, to UTC. What cannot be read whole is no date: nothing is filled in from the clock."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

from dateutil.parser import parser, parserinfo

_EARLIEST_YEAR: Final = 1600
_LATEST_YEAR: Final = 2200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_RANGE: Final = (10**8, 10**10)  # 1973 to 2286; smaller numbers are years, days or row numbers
_MILLISECONDS: Final = 1000
_DEFAULTS: Final = (datetime(2001, 3, 4), datetime(2002, 6, 7))  # noqa: DTZ001 - what a partial date must not be filled from
_LONGEST_TEXT: Final = 100
_ZONES: Final = {
    name: timezone(timedelta(hours=hours))
    for name, hours in {
        "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
        "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "AEST": 10,
    }.items()
}  # fmt: skip
_PARTIAL_WEEK: Final = re.compile(r"\d{4}-?W\d\d(?!-?\d)")
_SIGNED_ZONE: Final = re.compile(rf"\b(?:GMT|UTC|{'|'.join(_ZONES)}) ?(?=[+-]\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DOTTED: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_URL_DAY: Final = re.compile(
    rf"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2]|{'|'.join(_MONTHS)})[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)"
)


class _WholeYears(parserinfo):
    """Usual names of months and days. dateutil would complete 87 to the year of that ending nearest to today."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        if not century_specified:
            raise ValueError(f"{year} is no whole year")
        return year


_PARSER: Final = parser(_WholeYears())


def parse_date(value: Any) -> datetime | None:
    """Read a date field: text in any usual style, seconds or milliseconds since 1970; None when it is not a whole date.

    A time without a zone is taken as UTC, a day without a time as its midnight.
    """
    if isinstance(value, dict):  # Mongo's extended JSON
        value = value.get("$date")
    if isinstance(value, dict):
        value = value.get("$numberLong")
    if isinstance(value, datetime):
        return _to_utc(value)
    if isinstance(value, date):
        return _to_utc(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    return _from_text(value.strip()) if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None


def _from_epoch(number: float) -> datetime | None:
    low, high = _SECONDS_RANGE
    for scale in (1, _MILLISECONDS):
        if low * scale <= number < high * scale:
            return _to_utc(_EPOCH + timedelta(seconds=number / scale))
    return None


@lru_cache(maxsize=65_536)
def _from_text(text: str) -> datetime | None:
    if text.isdecimal() and len(text) in (10, 13):
        return _from_epoch(int(text))
    if _PARTIAL_WEEK.match(text):
        return None
    try:
        return _to_utc(datetime.fromisoformat(text))
    except ValueError:
        return _from_any_style(text)


def _from_any_style(text: str) -> datetime | None:
    """Read with two defaults: where the answers differ, the text left something out that is not ours to invent.

    dateutil takes "GMT+1" and "CET+1" the POSIX way, as one hour behind; in a newspaper it means ahead.
    """
    text = _SIGNED_ZONE.sub("", text)
    is_dotted = _DOTTED.match(text) is not None  # 02.03.2026 is the second of March wherever it is written so
    try:
        first, second = (_PARSER.parse(text, default=d, tzinfos=_zone, dayfirst=is_dotted) for d in _DEFAULTS)
    except (ValueError, OverflowError, TypeError):
        return None
    return _to_utc(first) if first == second else None


def _zone(name: str | None, offset_seconds: int | None) -> timezone | None:
    """Zone by its offset, else by its name; never by the names that this machine has for its own."""
    if offset_seconds is not None:
        return timezone(timedelta(seconds=offset_seconds))
    if name and name not in _ZONES:
        raise ValueError(f"{name} is no zone we know")
    return _ZONES[name] if name else None


def _to_utc(moment: datetime) -> datetime | None:
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if _EARLIEST_YEAR < moment.year < _LATEST_YEAR else None


def date_in_url(url: str) -> datetime | None:
    """Read the day that many outlets put in an article's path, such as /2017/02/07/ or /2017/feb/07/."""
    found = _URL_DAY.search(url.lower())
    if not found:
        return None
    year, month, day = found.groups()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None
