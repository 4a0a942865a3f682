"""When it was published: from the field, else the page, the address, the dateline; with origin, zone and precision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from transforms.article import Origin, Precision, Zone
from transforms.dates import Moment, parse_date
from transforms.normalise.values import Column, Values
from transforms.outlet import Outlet
from transforms.printed_days import date_in_dateline, date_in_url
from transforms.schema import PARTITION_COLUMN

PAGE_PUBLISHED = "page_published"
"""Column of Values with the date that the web page, or the metadata scraped from it, gives; absent where none does."""


def date_columns(values: Values, urls: Column, datelines: Sequence[str | None], outlet: Outlet) -> dict[str, Any]:
    """Give the columns of the date, one value a record."""
    pages = values.columns.get(PAGE_PUBLISHED) or [None] * len(urls)
    rows = zip(values["published"], pages, urls, datelines, strict=True)
    dates = [_date(*row, outlet) for row in rows]
    moments = [moment for moment, _ in dates]
    return {
        "published_at": [moment.at if moment else None for moment in moments],
        "published_at_origin": [origin.value for _, origin in dates],
        "published_at_zone": [(moment.zone if moment else Zone.NONE).value for moment in moments],
        "published_at_precision": [(moment.precision if moment else Precision.NONE).value for moment in moments],
        "updated_at": [_updated(value, outlet) for value in values["updated"]],
        PARTITION_COLUMN: [moment.at.date() if moment else None for moment in moments],
    }


def _updated(value: Any, outlet: Outlet) -> datetime | None:
    moment = parse_date(value, outlet.timezone, outlet.is_day_first) if value is not None else None
    return moment.at if moment else None


def _date(value: Any, page: Any, url: str | None, dateline: str | None, outlet: Outlet) -> tuple[Moment | None, Origin]:
    """Give the first date that can be read, the best place to look for it first."""
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    if moment := parse_date(value, outlet.timezone, outlet.is_day_first):
        return moment, Origin.FIELD
    if page is not None and (moment := parse_date(page, outlet.timezone, outlet.is_day_first)):
        return moment, Origin.PAGE
    if url and (moment := date_in_url(url)):
        return moment, Origin.URL
    if dateline and (moment := date_in_dateline(dateline)):
        return moment, Origin.DATELINE
    return None, Origin.NONE
