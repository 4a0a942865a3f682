"""When it was published: from the field, else the address; with its origin, its zone and how exact it is."""

from datetime import datetime, time
from typing import Any

from transforms.article import Origin, Precision, Zone
from transforms.dates import date_in_url, parse_date
from transforms.normalise.values import Column, Values
from transforms.outlet import Outlet
from transforms.schema import PARTITION_COLUMN


def date_columns(values: Values, urls: Column, _outlet: Outlet) -> dict[str, Any]:
    """Give the columns of the date, one value a record."""
    dates = [_date(value, url) for value, url in zip(values["published"], urls, strict=True)]
    moments = [moment for moment, _ in dates]
    return {
        "published_at": moments,
        "published_at_origin": [origin.value for _, origin in dates],
        "published_at_zone": [(Zone.ASSUMED if moment else Zone.NONE).value for moment in moments],
        "published_at_precision": [_precision(moment).value for moment in moments],
        PARTITION_COLUMN: [moment.date() if moment else None for moment in moments],
    }


def _precision(moment: datetime | None) -> Precision:
    if moment is None:
        return Precision.NONE
    return Precision.DAY if moment.time() == time() else Precision.TIME


def _date(value: Any, url: str | None) -> tuple[datetime | None, Origin]:
    moment = parse_date(value)
    if moment is not None:
        return moment, Origin.FIELD
    moment = date_in_url(url) if url else None
    return moment, Origin.URL if moment else Origin.NONE
