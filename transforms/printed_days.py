"""Days printed where no date field is: in an address, and in a dateline."""

import re
from datetime import date
from typing import Final

from transforms.dates import MONTHS, Moment, day_moment, parse_date
from transforms.urls import original

_YEAR: Final = r"((?:19|20)\d\d)"
_MONTH: Final = r"(0[1-9]|1[0-2])"
_DAY: Final = r"(0[1-9]|[12]\d|3[01])"
_URL_DAYS: Final = tuple(
    re.compile(form)
    for form in (
        rf"/{_YEAR}/(0?[1-9]|1[0-2]|{'|'.join(MONTHS)})/(0?[1-9]|[12]\d|3[01])(?=/|$)",
        rf"/{_YEAR}[/-]{_MONTH}[/-]{_DAY}(?=[/_.-]|$)",
        rf"[_-]{_YEAR}-{_MONTH}-{_DAY}(?=/|\.\w+$|$)",
        rf"/(?:t|\d{{6}}/t)?{_YEAR}{_MONTH}{_DAY}(?=[/_-]|$)",
        rf"/{_YEAR}/{_MONTH}{_DAY}(?=[/_-])",
    )
)
"""The day as /2017/02/07/ or /2017/feb/7, /2017-02-07-, -2017-02-07, /20170207- or /t20170207_, and /2017/0207/.

Eight digits at the end of a headline are as often a number of the article, hence only at the beginning of a step.
"""
_LINED_DAY: Final = re.compile(
    r"(?<![\w.])(?:[^\W\d_]{3,12}\.? \d{1,2}(?:, ?| )\d{4}"
    r"|\d{1,2}\.? (?:de )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}"
    r"|\d{4}-\d\d-\d\d)(?!\w)"
)


def date_in_url(url: str) -> Moment | None:
    """Read the day that many outlets put in an article's path; an archive's own day is none."""
    path = "/" + original(url).partition("//")[2].partition("/")[2].partition("?")[0].lower()
    for form in _URL_DAYS:
        found = form.search(path)
        if found and (day := _day(*found.groups())):
            return day_moment(day)
    return None


def _day(year: str, month: str, day: str) -> date | None:
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def date_in_dateline(line: str) -> Moment | None:
    """Read a whole day in a line such as 'LONDON, Feb. 7, 2017 (Reuters) -'. Without its year it is none."""
    days = {moment.at.date() for found in _LINED_DAY.finditer(line) if (moment := parse_date(found[0]))}
    return day_moment(days.pop()) if len(days) == 1 else None
