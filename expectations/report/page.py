"""The page: a report drawn as one HTML file that runs no script and fetches nothing.

Headlines, outlets and texts are strangers'. Every value is escaped, loses what moves a line about, and is cut short.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from expectations.report.frame import Report
from expectations.report.index import Index

_HOURS_PER_DAY: Final = 24
_MOST_CHARACTERS: Final = 180
_MOST_IN_CELL: Final = 160
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn a line around; <bdi> does what they are good for
    "\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff\U000e0000-\U000e007f]"
)


def render(report: Report) -> bytes:
    """Draw the page: the same report gives the same bytes."""
    return _environment().get_template("page.html").render(report=report).encode()


def render_index(index: Index) -> bytes:
    """Draw the index: the same nights give the same bytes."""
    return _environment().get_template("index.html").render(index=index).encode()


def inert(value: Any) -> Any:
    """Replace what a browser would not show but act on; markup of our own passes."""
    return (
        value
        if isinstance(value, Markup) or not isinstance(value, str)
        else _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", value)
    )


def short(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Cut a text to so many characters, of which the last says that it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def moment(value: datetime | None) -> str:
    """Tell a moment in UTC, to the minute."""
    return f"{value.astimezone(UTC):%-d %B %Y, %H:%M} UTC" if value else "undated"


def stamp(value: datetime) -> str:
    """Tell a moment to machines, in UTC whatever the session's time zone."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def day(value: date) -> str:
    """Tell a day."""
    return f"{value:%-d %B %Y}"


def day_stamp(value: date) -> str:
    """Tell a day to machines."""
    return f"{value:%Y-%m-%d}"


def later(hours: float | None, days: int | None = None) -> str:
    """Tell a time span in the unit in which it is a small number: in days where hours are not known."""
    if hours is None and days is None:
        return "undated"
    if hours is None:
        span, is_before = _in_days(abs(days or 0)), (days or 0) < 0
    else:
        span, is_before = _in_hours(abs(hours)), hours < 0
    return f"{span} before" if is_before else span


def _in_days(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}" if days else "same day"


def _in_hours(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.1f} h" if hours < 2 * _HOURS_PER_DAY else f"{hours / _HOURS_PER_DAY:.1f} days"


def share(value: float) -> str:
    """Tell a share from 0 to 1 in per cent."""
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def whole(value: float) -> str:
    """Tell a count."""
    return f"{value:,.0f}"


def hours(value: float) -> str:
    """Tell hours."""
    return f"{value:,.1f}"


def some(value: Any, kind: str) -> str:
    """Tell a value as the filter of that name does; a dash where there is none."""
    return "\N{EN DASH}" if value is None else str(_FILTERS[kind](value))


def cell(value: Any) -> str:
    """Tell a value of any type, short."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return short(str(value), _MOST_IN_CELL)


def alike(value: float) -> str:
    """Tell a similarity to three digits, and call nothing 1 that is not."""
    return f"{value:.3f}" if value in {0.0, 1.0} else f"{min(value, 0.999):.3f}"


_FILTERS: Final[dict[str, Callable[..., str]]] = {
    function.__name__: function
    for function in (short, moment, stamp, day, day_stamp, later, share, whole, hours, alike, some, cell)
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("expectations.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=inert,
    )
    environment.filters |= _FILTERS
    return environment
