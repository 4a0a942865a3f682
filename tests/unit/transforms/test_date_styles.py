"""Dates in the styles that dumps have shown."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from transforms.article import Precision, Zone
from transforms.dates import parse_date
from transforms.printed_days import date_in_dateline, date_in_url

DAY = datetime(2017, 2, 7, tzinfo=UTC)
TEN = datetime(2017, 2, 7, 10, tzinfo=UTC)


def moment(value: object, is_day_first: bool | None = None) -> datetime | None:
    found = parse_date(value, None, is_day_first)
    return found.at if found else None


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
        (20170207, DAY),
        (20170207100000, TEN),
        ("20170207100000", TEN),
        (1486461600000000, TEN),
        (1486461600000000000, TEN),
        ("1486461600.0", TEN),
        ("Tue Feb 07 2017 11:00:00 GMT+0100 (Central European Standard Time)", TEN),
        ("2017-02-07T02:00:00:000-08", TEN),
        ("Feb. 7, 2017 5:00 AM ET", TEN),
        ("July 7, 2017 6:00 a.m. ET", datetime(2017, 7, 7, 10, tzinfo=UTC)),
        ("Updated 5:00 AM ET, Tue February 7, 2017", TEN),
        ("07.02.2017 - 10:00", TEN),
        ("13/02/2026", datetime(2026, 2, 13, tzinfo=UTC)),
    ],
)
def test_a_date_is_read(value: object, expected: datetime) -> None:
    assert expected == moment(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7. Februar 2017", DAY),
        ("Dienstag, 7. Febr. 2017, 10:00 Uhr", TEN),
        ("Di., 07.02.2017 - 10:00 Uhr", TEN),
        ("7. Mai 2017", datetime(2017, 5, 7, tzinfo=UTC)),
        ("le mardi 7 f\u00e9vrier 2017 \u00e0 10:00", TEN),
        ("7 f\u00e9vr. 2017 \u00e0 10h00", TEN),
        ("mar. 7 mars 2017", datetime(2017, 3, 7, tzinfo=UTC)),
        ("1er f\u00e9vrier 2017", datetime(2017, 2, 1, tzinfo=UTC)),
        ("martes, 7 de febrero de 2017", DAY),
        ("marted\u00ec 7 febbraio 2017 ore 10:00", TEN),
        ("Ter, 07 Fev 2017 07:00:00 -0300", TEN),
        ("wtorek, 7 lutego 2017, 10:00", TEN),
        ("7 \u0444\u0435\u0432\u0440\u0430\u043b\u044f 2017 \u0433., 13:00 \u041c\u0421\u041a", TEN),
        ("7 \u015eubat 2017 Sal\u0131 10:00", TEN),
        ("7 KASIM 2017", datetime(2017, 11, 7, tzinfo=UTC)),
        ("dinsdag 7 februari 2017 10:00", TEN),
        ("\u0667 \u0641\u0628\u0631\u0627\u064a\u0631 \u0662\u0660\u0661\u0667", DAY),
        ("2017\u5e742\u67087\u65e5", DAY),
        ("2017\u5e7402\u670807\u65e5 \u661f\u671f\u4e8c 10:00", TEN),
        ("2017\u5e742\u67087\u65e5\uff08\u706b\uff09\u5348\u524d10\u664200\u5206", TEN),
        ("\u4e8c\u3007\u4e00\u4e03\u5e74\u4e8c\u6708\u4e03\u65e5", DAY),
        (
            "\u4e8c\u3007\u4e00\u4e03\u5e74\u5341\u4e00\u6708\u4e8c\u5341\u4e03\u65e5",
            datetime(2017, 11, 27, tzinfo=UTC),
        ),
        ("2017\ub144 2\uc6d4 7\uc77c \uc624\ud6c4 3:05", datetime(2017, 2, 7, 15, 5, tzinfo=UTC)),
        ("7. Februar 17", None),
        ("vor 3 Tagen", None),
        ("hace 3 d\u00edas", None),
        ("7 Februar", None),
        ("\u5e73\u621029\u5e742\u67087\u65e5", None),
        ("2017\u5e742\u670830\u65e5", None),
        ("7 febbraio marzo 2017", None),
    ],
)
def test_a_date_in_another_language_is_read_whole_or_not_at_all(text: str, expected: datetime | None) -> None:
    assert expected == moment(text)


@pytest.mark.parametrize(
    ("text", "zone_name", "expected"),
    [
        ("2017-02-07 10:00", None, (TEN, Zone.ASSUMED, Precision.TIME)),
        ("2017-02-07 10:00Z", "America/New_York", (TEN, Zone.GIVEN, Precision.TIME)),
        ("2017-02-07 05:00", "America/New_York", (TEN, Zone.SOURCE, Precision.TIME)),
        ("7 Feb 2017 15:30 IST", "Asia/Kolkata", (TEN, Zone.GIVEN, Precision.TIME)),
        ("7 Feb 2017 18:00 CST", "Asia/Shanghai", (TEN, Zone.GIVEN, Precision.TIME)),
        ("7 Feb 2017", "Asia/Tokyo", (DAY, Zone.ASSUMED, Precision.DAY)),
        ("2017-02-07 00:00:00", "Asia/Tokyo", (DAY, Zone.ASSUMED, Precision.DAY)),
        ("2017-02-07T00:00:00Z", None, (DAY, Zone.GIVEN, Precision.DAY)),
        ("2017-02-07T10:00:00+00:00", None, (TEN, Zone.GIVEN, Precision.TIME)),
        (1486461600, "Asia/Tokyo", (TEN, Zone.GIVEN, Precision.TIME)),
    ],
)
def test_a_moment_tells_where_its_zone_is_from_and_how_exact_it_is(
    text: object, zone_name: str | None, expected: tuple[datetime, Zone, Precision]
) -> None:
    found = parse_date(text, zone_name)

    assert found is not None
    assert expected == (found.at, found.zone, found.precision)


@pytest.mark.parametrize(
    ("text", "is_day_first", "month"),
    [
        ("02/03/2026", None, 2), ("02/03/2026", False, 2), ("02/03/2026", True, 3), ("02.03.2026", None, 3),
        ("02.03.2026", False, 2), ("2026/02/03", True, 2), ("2026-02-03", True, 2), ("Feb 3, 2026", True, 2),
        ("02/13/2026", True, 2), ("02-03-2026 10:00", True, 3),
    ],
)  # fmt: skip
def test_the_outlet_says_whether_the_day_comes_first(text: str, is_day_first: bool | None, month: int) -> None:
    found = moment(text, is_day_first)

    assert found is not None
    assert month == found.month


@pytest.mark.parametrize(
    "value",
    [
        None, "", "  ", "yesterday", "2017", "2017-02", "2017-W06", "February 2017", "7 February", "10:00", "Tuesday",
        "07/02/17", "26-FEB-87",
        "1,2,3", "2017-02-29", "2017-13-01", "31 June 2017", "7 Feb 2017 10:00 XYZ", "7 Feb 2017 10:00 +99:99",
        "1599-01-01", "2100-01-01", "1970-01-01T00:00:00Z", "1970-01-01 00:00:00", "Wed, 03 Oct 2012 11:10:00 EST EDT",
        "2099-12-31T23:59:59-05:00", "3 days ago", "2015/24/06", "7 Feb 2017 10:00 IST", "13:00 pm 7 Feb 2017",
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+05:00", 0, 7, 2017, 20170231, -5,
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
        ("https://echo.example/world/2017/feb/7/ferry", DAY),
        ("https://echo.example/ferry-2017/2017-02-07", DAY),
        ("https://echo.example/2017-02-07-ferry", DAY),
        ("https://echo.example/ferry-2017-02-07.html", DAY),
        ("https://echo.example/en/20170207-ferry", DAY),
        ("https://echo.example/20170207/ferry", DAY),
        ("https://echo.example/gn/2017/02-07/8143.shtml", DAY),
        ("https://echo.example/n1/2017/0207/c1-2.html", DAY),
        ("https://echo.example/201702/t20170207_1.html", DAY),
        ("https://web.archive.org/web/20180101/https://echo.example/2017/02/07/ferry", DAY),
        ("https://web.archive.org/web/20180101/https://echo.example/ferry", None),
        ("https://echo.example/2017/02/30/ferry", None),
        ("https://echo.example/2017/02/7-ferries", None),
        ("https://echo.example/2017/02/ferry", None),
        ("https://echo.example/ferry-20170207", None),
        ("https://echo.example/ferry?from=/2017/02/07/", None),
        ("https://echo.example/1234/56/78", None),
        ("", None),
    ],
)
def test_an_address_may_hold_a_day(url: str, expected: datetime | None) -> None:
    found = date_in_url(url)

    assert expected == (found.at if found else None)
    assert found is None or found.precision is Precision.DAY


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("LONDON, Feb. 7, 2017 (Reuters) -", DAY),
        ("WASHINGTON, Feb 7 2017 -", DAY),
        ("PARIS, 7 f\u00e9vrier 2017 (AFP) -", DAY),
        ("Bogot\u00e1, 7 de febrero de 2017 -", DAY),
        ("OSLO 2017-02-07", DAY),
        ("LONDON, March 3 -", None),
        ("LONDON -", None),
        ("LONDON, Feb. 7, 2017, corrected Feb. 8, 2017 -", None),
        ("LONDON, Feb. 30, 2017 -", None),
    ],
)
def test_a_dateline_may_hold_a_whole_day(line: str, expected: datetime | None) -> None:
    found = date_in_dateline(line)

    assert expected == (found.at if found else None)
