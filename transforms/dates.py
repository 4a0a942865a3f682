"""Dates as scrapers write them, to UTC. What cannot be read whole is no date: nothing is filled in from the clock.

Whether a date lies in the future is not asked here: today is a property of the night, and the same record read on two
nights must give the same row. Only what no newspaper can mean is refused: a year from `_LATEST_YEAR` on, such as the
9999 of "never", and the first second of 1970, which is what a program makes of nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.parser import parser, parserinfo

from transforms.article import Precision, Zone
from transforms.months import in_english

_EARLIEST_YEAR: Final = 1600
_LATEST_YEAR: Final = 2100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_RANGE: Final = (10**8, 4_102_444_800)  # 1973 to 2099; smaller numbers are years, days or row numbers
_SCALES: Final = (1, 10**3, 10**6, 10**9)
_NOTHING: Final = datetime(1970, 1, 1)  # noqa: DTZ001
_DEFAULTS: Final = (datetime(2001, 3, 4), datetime(2002, 6, 7, 13, 29, 31))  # noqa: DTZ001 - see `_from_any_style`
_LONGEST_TEXT: Final = 100
_JAVA_ZONE: Final = re.compile(r"(Z|[+-]\d\d:?\d\d)\[[\w/+-]{1,40}\]\Z")
"""A zone named behind its offset, as Java prints it."""
_MIDNIGHT: Final = time(0)
_NOON: Final = 12
_DAY_CHARS: Final = 10
_ROWS: Final = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_MOST_DIGITS: Final = 10**14
_EPOCH_DIGITS: Final = frozenset({10, 13, 16, 19})
_UTC: Final = frozenset({"GMT", "UTC", "UT", "Z"})
_FOREIGN: Final = re.compile(r"[^\W\d_]{2}|[^\x00-\x7f]")
_ABROAD: Final = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_ZONES: Final[dict[str, tzinfo]] = {
    name: timezone(timedelta(hours=hours))
    for name, hours in {
        "UT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "SAST": 2, "EET": 2,
        "EEST": 3, "EAT": 3, "MSK": 3, "PKT": 5, "WIB": 7, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9,
        "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
        "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
        "HST": -10,
    }.items()
}  # fmt: skip
_PARTIAL_WEEK: Final = re.compile(r"\d{4}-?W\d\d(?!-?\d)")
_SIGNED_ZONE: Final = re.compile(rf"\b(?:GMT|UTC|{'|'.join(_ZONES)}) ?(?=[+-]\d)")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]{0,2} "
_WRITTEN: Final = re.compile(
    rf"(?:{_WEEKDAY})?(?:(\d\d?)[ -]({_MONTH})\.?,?[ -]|({_MONTH})\.? (\d\d?),? )(\d{{4}})"
    r"(?:,? (\d\d?):(\d\d)(?::(\d\d))?(?: ?([ap])\.?m\.?)?(?: ([a-z]+|[+-]\d{4}))?)?",
    re.IGNORECASE,
)
_DOTTED: Final = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.\d{4}(?!\d)")
_YEAR_FIRST: Final = re.compile(r"\d{4}\D")
_SECONDS: Final = re.compile(r"\d{9,10}\.\d+")
_LABEL: Final = re.compile(
    r"(?:(?:first|last|originally) )?(?:published|posted|updated|modified|date)(?: on| at)?\s*:?\s+", re.IGNORECASE
)
_RULE: Final = re.compile(r" [-|@\u2013\u2014\u2022\u00b7] ")
_REMARK: Final = re.compile(r" ?\([A-Za-z .]+\)$")
_COLON_MILLISECONDS: Final = re.compile(r"(\d:\d\d:\d\d):(\d{3})(?!\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of UTC, where its zone came from, and how exact it is. A day is its midnight of UTC wherever it ran."""

    at: datetime
    zone: Zone
    precision: Precision


class _WholeYears(parserinfo):
    """Usual names of months and days. dateutil would complete 87 to the year of that ending nearest to today."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        if not century_specified:
            raise ValueError(f"{year} is no whole year")
        return year


_PARSER: Final = parser(_WholeYears())


def parse_date(value: Any, zone_name: str | None = None, is_day_first: bool | None = None) -> Moment | None:
    """Read a date field: text in any usual style, a number since 1970 or of digits in order, or Mongo's JSON.

    A time without a zone is one of `zone_name` (IANA), else of UTC. `is_day_first` says whether 02/03/2026 is the
    second of March; None takes the month first, but the day first between dots. None for what is no whole date.
    """
    if isinstance(value, str):
        return _from_text(value.strip(), zone_name, is_day_first) if len(value) <= _LONGEST_TEXT else None
    if isinstance(value, dict):
        return _from_mongo(value, zone_name, is_day_first)
    if isinstance(value, datetime):
        return _moment(value, zone_name)
    if isinstance(value, date):
        return day_moment(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return None


def _from_mongo(value: dict[str, Any], zone_name: str | None, is_day_first: bool | None) -> Moment | None:
    inner = value.get("$date")
    if isinstance(inner, dict):
        inner = inner.get("$numberLong")
    return None if isinstance(inner, dict) else parse_date(inner, zone_name, is_day_first)


def _from_number(number: float) -> Moment | None:
    """Read a number since 1970, else a whole number whose digits are those of a day, such as 20170207."""
    moment = _since_1970(number)
    if moment is None and 0 < number < _MOST_DIGITS and number == int(number) and len(str(int(number))) in _ROWS:
        return _from_digits(str(int(number)), None)
    return moment


def _since_1970(number: float) -> Moment | None:
    """Read seconds since 1970, or thousandths, millionths or billionths of them."""
    low, high = _SECONDS_RANGE
    for scale in _SCALES:
        if low * scale <= number < high * scale:
            return _moment(_EPOCH + timedelta(seconds=number / scale), None)
    return None


def _from_digits(text: str, zone_name: str | None) -> Moment | None:
    """Read a row of digits: those of a day, those of a day and a time, or a number since 1970."""
    form = _ROWS.get(len(text))
    if form is None:
        return _since_1970(int(text)) if len(text) in _EPOCH_DIGITS else None
    try:
        when = datetime.strptime(text, form)  # noqa: DTZ007 - its zone is the outlet's
    except ValueError:
        return None
    return _moment(when, zone_name)


@lru_cache(maxsize=65_536)
def _from_text(text: str, zone_name: str | None, is_day_first: bool | None) -> Moment | None:
    if text.isdecimal():
        return _from_digits(text, zone_name)
    text = _JAVA_ZONE.sub(r"\1", text)
    try:
        if not _PARTIAL_WEEK.match(text):
            when = datetime.fromisoformat(text)
            return day_moment(when) if len(text) <= _DAY_CHARS else _moment(when, zone_name)
    except ValueError:
        return _from_any_style(text, zone_name, is_day_first)
    return None


def _from_written(found: re.Match[str], zone_name: str | None) -> Moment | None:
    """Read the styles of mail, feeds and bylines, for which dateutil would take twenty times as long."""
    day, month, first_month, second_day, year, hour, minute, second, half, zone = found.groups()
    number = MONTHS.index((month or first_month)[:3].lower()) + 1
    try:
        when = datetime(int(year), number, int(day or second_day))  # noqa: DTZ001 - its zone comes with its time
        if hour is None:
            return day_moment(when)
        when = when.replace(hour=_hour(int(hour), half), minute=int(minute), second=int(second or 0))
        return _moment(when.replace(tzinfo=_zone_of(zone, zone_name)), zone_name)
    except ValueError:
        return None


def _hour(hour: int, half: str | None) -> int:
    """Give the hour of the day; raises ValueError for one that no clock of twelve hours shows."""
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(f"{hour} {half}m")
    return hour % _NOON + (_NOON if half in "pP" else 0)


def _zone_of(zone: str | None, zone_name: str | None) -> tzinfo | None:
    if zone is None or zone[0] not in "+-":
        return UTC if zone in _UTC else _zone(zone_name, zone, None)
    minutes = 60 * int(zone[1:3]) + int(zone[3:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _from_any_style(text: str, zone_name: str | None, is_day_first: bool | None) -> Moment | None:
    text = _RULE.sub(" ", _REMARK.sub("", _LABEL.sub("", text, count=1)))
    text = _COLON_MILLISECONDS.sub(r"\1.\2", text)
    if _SECONDS.fullmatch(text):
        return _since_1970(float(text))
    found = _from_english(text, zone_name, is_day_first)
    if found or not _FOREIGN.search(text):
        return found
    english = in_english(text)
    return _from_english(english, zone_name, is_day_first) if english else None


def _from_english(text: str, zone_name: str | None, is_day_first: bool | None) -> Moment | None:
    """Read with two defaults: where the days differ, the text left something out that is not ours to invent.

    dateutil takes "GMT+1" and "CET+1" the POSIX way, as one hour behind; in a newspaper it means ahead.
    """
    written = _WRITTEN.fullmatch(text)
    if written:
        return _from_written(written, zone_name)
    text = _SIGNED_ZONE.sub("", text)
    is_dotted = is_day_first is None and _DOTTED.search(text) is not None  # 02.03.2026 is the second of March
    days_first = is_dotted or (bool(is_day_first) and not _YEAR_FIRST.match(text))
    known = partial(_zone, zone_name)
    try:
        first, second = (_PARSER.parse(text, default=d, tzinfos=known, dayfirst=days_first) for d in _DEFAULTS)
    except (ValueError, OverflowError, TypeError):
        return None
    if first.replace(tzinfo=None).date() != second.replace(tzinfo=None).date():
        return None
    return _moment(first, zone_name) if first.hour == second.hour else day_moment(first)


def _zone(outlet: str | None, name: str | None, offset_seconds: int | None) -> tzinfo | None:
    """Zone by its offset, else by its name at the outlet, else by its usual name; never as this machine says."""
    if offset_seconds is not None:
        return timezone(timedelta(seconds=offset_seconds))
    if not name:
        return None
    if outlet and name in _names_of(outlet):
        return ZoneInfo(outlet)
    if name in _ABROAD:
        return ZoneInfo(_ABROAD[name])
    if name not in _ZONES:
        raise ValueError(f"{name} is no zone we know")
    return _ZONES[name]


@cache
def _names_of(outlet: str) -> frozenset[str]:
    """Give what a zone's clocks call it in winter and in summer, such as IST, which is not the same everywhere."""
    zone = ZoneInfo(outlet)
    return frozenset(zone.tzname(datetime(2020, month, 1)) or "" for month in (1, 7))  # noqa: DTZ001


def _moment(when: datetime, zone_name: str | None) -> Moment | None:
    """Bring to UTC. A midnight without a zone, or of UTC, is a day that some program wrote as a time."""
    is_midnight = when.time() == _MIDNIGHT
    if when.tzinfo is None and is_midnight:
        return None if when == _NOTHING else day_moment(when)
    zone = Zone.GIVEN if when.tzinfo else Zone.SOURCE if zone_name else Zone.ASSUMED
    own = when.tzinfo or (ZoneInfo(zone_name) if zone_name else UTC)
    try:
        at = when.replace(tzinfo=own).astimezone(UTC)
    except OverflowError:
        return None
    precision = Precision.DAY if is_midnight and at.time() == _MIDNIGHT else Precision.TIME
    return Moment(at, zone, precision) if _is_possible(at) and at != _EPOCH else None


def day_moment(when: date) -> Moment | None:
    """Give a day without a time: its midnight of UTC, whatever the outlet's zone, so that it stays that day."""
    at = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return Moment(at, Zone.ASSUMED, Precision.DAY) if _is_possible(at) else None


def _is_possible(at: datetime) -> bool:
    return _EARLIEST_YEAR < at.year < _LATEST_YEAR
