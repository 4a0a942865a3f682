"""Dates as scrapers write them, to UTC. What cannot be read whole is no date: nothing is filled in from the clock."""

import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from dateutil import parser as dateutil_parser
from dateutil import tz

_EARLIEST_YEAR: Final = 1600
_LATEST_YEAR: Final = 2200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_RANGE: Final = (10**8, 10**10)  # 1973 to 2286; smaller numbers are years, days or row numbers
_MILLISECONDS: Final = 1000
_DEFAULTS: Final = (datetime(2001, 3, 4), datetime(2002, 6, 7))  # noqa: DTZ001 - what a partial date must not be filled from
_ZONES: Final = {
    name: tz.tzoffset(name, hours * 3600)
    for name, hours in {
        "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
        "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "AEST": 10,
    }.items()
}  # fmt: skip
_SIGNED_ZONE: Final = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d)")
_URL_DAY: Final = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(value: Any) -> datetime | None:
    """Read a date field: text in any usual style, seconds or milliseconds since 1970; None when it is not a whole date.

    A time without a zone is taken as UTC, a day without a time as its midnight.
    """
    if isinstance(value, dict):  # Mongo's extended JSON
        value = value.get("$date")
    if isinstance(value, datetime):
        return _to_utc(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value))
    return _from_text(value.strip()) if isinstance(value, str) and value.strip() else None


def _from_epoch(number: float) -> datetime | None:
    low, high = _SECONDS_RANGE
    for scale in (1, _MILLISECONDS):
        if low <= number / scale < high:
            return _EPOCH + timedelta(seconds=number / scale)
    return None


@lru_cache(maxsize=65_536)
def _from_text(text: str) -> datetime | None:
    if text.isdecimal() and len(text) in (10, 13):
        return _from_epoch(float(text))
    try:
        return _to_utc(datetime.fromisoformat(text))
    except ValueError:
        return _from_any_style(text)


def _from_any_style(text: str) -> datetime | None:
    """Read with two defaults: where the answers differ, the text left something out that is not ours to invent.

    dateutil takes "GMT+1" the POSIX way, as one hour behind; in a newspaper it means ahead.
    """
    text = _SIGNED_ZONE.sub("", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", dateutil_parser.UnknownTimezoneWarning)
            first, second = (dateutil_parser.parse(text, default=d, tzinfos=_ZONES) for d in _DEFAULTS)
    except (ValueError, OverflowError, TypeError, dateutil_parser.UnknownTimezoneWarning):
        return None
    return _to_utc(first) if first == second else None


def _to_utc(moment: datetime) -> datetime | None:
    if not _EARLIEST_YEAR < moment.year < _LATEST_YEAR:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


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
