"""Dates in the styles that dumps have shown."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from transforms.dates import date_in_url, parse_date

DAY = datetime(2017, 2, 7, tzinfo=UTC)
TEN = datetime(2017, 2, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2017-02-07", DAY),
        ("2017-02-07T10:00:00Z", TEN),
        ("2017-02-07T10:00:00+00:00", TEN),
        ("2017-02-07T12:00:00+0200", TEN),
        ("2017-02-07 05:00:00-05:00", TEN),
        ("20170207T100000", TEN),
        ("2017-W06-2", DAY),
        ("2017/2/7", DAY),
        (" 2017/2/7  ", DAY),
        ("7 February 2017", DAY),
        ("February 7, 2017", DAY),
        ("Feb. 7, 2017, 10:00 AM", TEN),
        ("Tue, 07 Feb 2017 10:00:00 GMT", TEN),
        ("Tue, 07 Feb 2017 05:00:00 -0500", TEN),
        ("Tue, 07 Feb 2017 05:00:00 EST", TEN),
        ("Tue Feb 7 10:00:00 2017", TEN),
        ("7 February 2017 11:00 GMT+1", TEN),
        ("7 February 2017 11:00 GMT +1", TEN),
        ("7 February 2017 08:00 UTC-2", TEN),
        ("7 February 2017 11:00 CET", TEN),
        ("7 February 2017 11:00 CET+1", TEN),
        ("7 February 2017 20:00 AEST", TEN),
        ("26-FEB-1987 15:01:01.79", datetime(1987, 2, 26, 15, 1, 1, 790_000, tzinfo=UTC)),
        ("2017-02-07T10:00:00.123456789Z", TEN.replace(microsecond=123_456)),
        (1486461600, TEN),
        (1486461600.0, TEN),
        (1486461600000, TEN),
        ("1486461600", TEN),
        ("1486461600000", TEN),
        ({"$date": "2017-02-07T10:00:00Z"}, TEN),
        ({"$date": 1486461600000}, TEN),
        ({"$date": {"$numberLong": "1486461600000"}}, TEN),
        (TEN.replace(tzinfo=None), TEN),
        (TEN.astimezone(timezone(timedelta(hours=9))), TEN),
        (date(2017, 2, 7), DAY),
    ],
)
def test_a_date_is_read(value: object, expected: datetime) -> None:
    assert expected == parse_date(value)


@pytest.mark.parametrize(
    "value",
    [
        None, "", "  ", "yesterday", "2017", "2017-02", "2017-W06", "February 2017", "7 February", "10:00", "Tuesday",
        "07/02/17", "26-FEB-87",
        "1,2,3", "2017-02-29", "2017-13-01", "31 June 2017", "7 Feb 2017 10:00 XYZ", "7 Feb 2017 10:00 +99:99",
        "1599-01-01", "2200-01-01",
        "2199-12-31T23:59:59-05:00", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+05:00", 0, 7, 2017, 20170207, -5,
        True, 1e300,
        10**400, float("nan"), float("inf"), [], ["2017-02-07"], {}, {"$date": None}, b"2017-02-07", "2017-02-07 " * 20,
    ],
)  # fmt: skip
def test_what_is_no_whole_date_is_none(value: object) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://echo.example/2017/02/07/ferry", DAY),
        ("https://echo.example/world/2017/feb/07/ferry", DAY),
        ("https://echo.example/ferry-2017/2017-02-07", DAY),
        ("https://echo.example/2017/02/30/ferry", None),
        ("https://echo.example/2017/02/ferry", None),
        ("https://echo.example/1234/56/78", None),
        ("", None),
    ],
)
def test_an_address_may_hold_a_day(url: str, expected: datetime | None) -> None:
    assert expected == date_in_url(url)
