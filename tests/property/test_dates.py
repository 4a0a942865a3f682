"""A date is read whole or not at all, and reads the same on every day and every machine."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import dates
from transforms.article import Precision, Zone
from transforms.dates import _PARSER, Moment, _from_english, parse_date
from transforms.printed_days import date_in_url

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = (
    st.integers(-11_644_300_800, 4_102_300_000).filter(bool).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
)
DATELIKE = st.text(st.sampled_from("0123456789 -/:.,+TZWGMTapmFebJan'\u0663"), max_size=30)
STYLES = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+00:00", "%Y%m%dT%H%M%S", "%d %B %Y %H:%M:%S",
    "%A, %d %b %Y %H:%M:%S GMT",
    "%d-%b-%Y %H:%M:%S.00", "%B %d, %Y, %I:%M:%S %p", "%b. %d, %Y %H:%M:%S UTC", "%Y/%m/%d %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
PARTS = (
    "%Y", "%Y-%m", "%Y/%m", "%m/%d", "%B", "%B %Y", "%b %Y", "%d %B", "%B %d", "%A", "%a", "%H:%M", "%H:%M:%S", "%I %p",
    "%A %H:%M", "%d",
    "%d %b %H:%M", "%Y %H:%M", "%Y-W%V", "%YW%V", "%B %Y %H:%M", "%a %d %b", "--%m-%d", "%d.%m.", "%d/%m/%y",
    "%m-%d-%y", "%y%m%d", "%d %b %y",
    "%A, %d %b %y %H:%M:%S GMT", "%d-%b-%y",
)  # fmt: skip


def read(value: object) -> datetime | None:
    found = parse_date(value)
    return found.at if found else None


@given(MOMENTS, st.sampled_from(STYLES))
def test_a_whole_date_is_read_in_every_style(moment: datetime, style: str) -> None:
    assert moment == read(moment.strftime(style).replace("May.", "May"))


@given(MOMENTS, st.sampled_from(PARTS))
def test_a_part_of_a_date_is_no_date(moment: datetime, part: str) -> None:
    assert parse_date(moment.strftime(part)) is None


@given(MOMENTS, st.integers(-14 * 4, 14 * 4))
def test_a_zone_moves_the_time_to_utc(moment: datetime, quarters: int) -> None:
    local = moment.astimezone(timezone(timedelta(minutes=15 * quarters)))

    assert moment == read(local.isoformat()) == read(local) == read(format_datetime(local))


@given(MOMENTS)
def test_naive_times_and_days_are_taken_as_utc(moment: datetime) -> None:
    day = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)

    assert moment == read(moment.replace(tzinfo=None))
    assert Moment(day, Zone.ASSUMED, Precision.DAY) == parse_date(moment.date()) == parse_date(str(moment.date()))


WRITTEN = ("%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M", "%A, %B %d, %Y %I:%M %p", "%b %d, %Y", "%d-%b-%Y %H:%M:%S")


@given(MOMENTS, st.sampled_from(WRITTEN), st.sampled_from(["", " EST", " GMT", " +0530", " PM"]))
def test_the_quick_reader_of_usual_styles_reads_as_dateutil_does(moment: datetime, style: str, more: str) -> None:
    text = moment.strftime(style) + more
    try:
        slow = _PARSER.parse(text, default=datetime(2001, 3, 4), tzinfos={"EST": -18_000})  # noqa: DTZ001
    except ValueError:
        slow = None
    found = _from_english(text, None, None)

    assert found is None or slow is not None
    assert found is None or found.at == (slow.replace(tzinfo=slow.tzinfo or UTC) if slow else None)


@given(
    st.one_of(
        *(st.text(), DATELIKE, st.integers(), st.floats(), st.datetimes(), st.dates(), st.booleans(), st.none()),
        *(st.binary(), st.lists(DATELIKE, max_size=2)),
        st.dictionaries(st.just("$date"), DATELIKE | st.integers() | st.dictionaries(st.just("$numberLong"), DATELIKE)),
    )
)
def test_whatever_comes_is_a_moment_of_utc_within_bounds_or_nothing(value: object) -> None:
    found = parse_date(value)

    assert found is None or (found.at.tzinfo is UTC and 1600 < found.at.year < 2100)


@given(st.integers(10**8, 4_102_300_000))
def test_numbers_since_1970_tell_the_moment_in_seconds_or_milliseconds(seconds: int) -> None:
    moment = EPOCH + timedelta(seconds=seconds)
    forms = (seconds, float(seconds), seconds * 1000, {"$date": seconds * 1000}, {"$date": seconds})

    assert [moment] * len(forms) == [read(form) for form in forms]


@given(st.integers(10**9, 4_102_300_000))
def test_a_number_tells_the_same_moment_as_text(seconds: int) -> None:
    forms = (str(seconds), str(seconds * 1000), {"$date": {"$numberLong": str(seconds * 1000)}})

    assert [read(seconds)] * len(forms) == [read(form) for form in forms]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another machine in another year: its zone calls itself IST, and dateutil believes it is 2090."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setattr(dates._PARSER.info, "_year", 2090)
    monkeypatch.setattr(dates._PARSER.info, "_century", 2000)
    time.tzset()
    dates._from_text.cache_clear()
    yield
    monkeypatch.undo()
    os.environ.pop("TZ", None)
    time.tzset()
    dates._from_text.cache_clear()


TEXTS = (
    "7 Feb 2017 10:00 IST",
    "7 Feb 17",
    "1/2/87",
    "7 Feb 2017 10:00",
    "7 Feb 2017 10:00 EST",
    "10:00",
    "7 February",
    "Tuesday",
)


@pytest.mark.usefixtures("elsewhere")
def test_the_year_and_the_zone_of_the_machine_do_not_matter() -> None:
    expected = [
        None,
        None,
        None,
        datetime(2017, 2, 7, 10, tzinfo=UTC),
        datetime(2017, 2, 7, 15, tzinfo=UTC),
        None,
        None,
        None,
    ]

    assert expected == [read(text) for text in TEXTS]


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["/%Y/%m/%d/", "/%Y/%b/%d/x", "/a/%Y-%m-%d", "/%Y-%m/%d/x"]),
)
def test_the_day_in_an_address_is_read(day: date, form: str) -> None:
    found = date_in_url("https://a.example" + day.strftime(form).lower())

    assert found is not None
    assert day == found.at.date()


@given(st.text(st.sampled_from("/-0123456789febmar"), max_size=20))
def test_any_address_gives_a_real_day_or_none(path: str) -> None:
    found = date_in_url(f"https://a.example/{path}")

    assert found is None or 1900 <= found.at.year <= 2099
