"""Headlines, outlets and texts come from strangers: on the page they are text, short, and in their place."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from html import unescape

import pytest

from expectations.report.answers import Answer
from expectations.report.charts import chart
from expectations.report.duplicates import matrix
from expectations.report.page import alike, cell, day, hours, inert, later, moment, share, short, some, stamp
from tests.unit.expectations.strange_lake import HOSTILE, MARK
from tests.unit.expectations.strange_lake import page as strange_page


@cache
def page(stranger: str) -> str:
    """Draw the page of a refused night: it has every part."""
    return strange_page(stranger, "failed").decode()


@pytest.fixture
def harmless() -> str:
    return page(MARK)


@pytest.mark.parametrize("stranger", HOSTILE)
def test_what_a_stranger_wrote_adds_no_tag_and_no_attribute(stranger: str, harmless: str) -> None:
    drawn = page(stranger)

    assert harmless.count("<") == drawn.count("<")
    assert harmless.count(">") == drawn.count(">")
    assert harmless.count('"') == drawn.count('"')


@pytest.mark.parametrize("stranger", HOSTILE)
def test_what_a_stranger_wrote_holds_nothing_that_turns_a_line_or_is_no_text(stranger: str) -> None:
    shown = unescape(page(stranger))

    assert MARK in shown
    assert set("\x00\x07\x1b\x9b\u202e\u2066\u200f").isdisjoint(shown)


def test_a_headline_of_10_000_characters_is_cut_short(harmless: str) -> None:
    drawn = page(MARK + "x" * 10_000)

    assert "x" * 600 not in drawn
    assert "x\u2026" in drawn
    assert len(harmless) + 10_000 > len(drawn)


def test_a_tag_that_came_through_would_be_noticed(harmless: str) -> None:
    assert harmless.count("<") != harmless.replace(MARK, HOSTILE[0]).count("<")


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (later(None), "undated"),
        (later(0), "0 min"),
        (later(0.99), "59 min"),
        (later(1), "1.0 h"),
        (later(47.9), "47.9 h"),
        (later(48), "2.0 days"),
        (later(-1.5), "1.5 h before"),
        (later(None, 0), "same day"),
        (later(None, 1), "1 day"),
        (later(None, -3), "3 days before"),
        (day(date(2026, 3, 1)), "1 March 2026"),
        (moment(datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))), "1 March 2026, 22:30 UTC"),
        (stamp(datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))), "2026-03-01T22:30:00+00:00"),
        (some(None, "hours"), "\u2013"),
        (some(2, "hours"), "2.0"),
        (cell(None), "\u2013"),
        (cell("x" * 200), "x" * 159 + "\u2026"),
        (cell(datetime(2026, 3, 2, tzinfo=UTC)), "2026-03-02 00:00 UTC"),
        (hours(1234.56), "1,234.6"),
        (share(1 / 3), "33.3\u00a0%"),
        (alike(1.0), "1.000"),
        (alike(0.99996), "0.999"),
        (alike(0.8), "0.800"),
        (short("abcdef", 4), "abc\u2026"),
        (short("abcd", 4), "abcd"),
        (inert("a\tb\nc\r\u2028d"), "a\tb\nc\ufffd\ufffdd"),
        (inert(3), 3),
    ],
)
def test_values_are_told_as_a_reader_would_tell_them(drawn: object, expected: object) -> None:
    assert expected == drawn


def test_the_darkest_shade_is_the_most_copies_and_every_copy_has_one() -> None:
    rows = [{"origin": "a", "copier": "b", "copies": 1_000}, {"origin": "b", "copier": "a", "copies": 1}]
    square = matrix(Answer("SELECT", rows))

    assert (["a", "b"], ["a", "b"]) == (square.origins, square.copiers)
    assert {("a", "b"): (1_000, 5), ("b", "a"): (1, 1)} == square.cells


def test_a_chart_tells_in_words_what_it_draws_and_is_the_same_each_time() -> None:
    days, values = ["1 Mar", "2 Mar", "3 Mar"], [5.0, None, 1_200.0]
    drawn = chart("records", days, values, lambda value: f"{value:,.0f}")

    assert ("1,200", "5") == (drawn.latest, drawn.usual)
    assert 'role="img"' in drawn.drawing
    assert "2 nights from 1 Mar to 3 Mar: least 5 on 1 Mar, most 1,200 on 3 Mar, latest 1,200" in drawn.drawing
    assert drawn == chart("records", days, values, lambda value: f"{value:,.0f}")
    assert [] == [part for part in ("<script", "<style", "href", "id=") if part in drawn.drawing]


@pytest.mark.parametrize("values", [[], [None], [3], [None, 3], [None, None]])
def test_one_night_is_no_chart(values: list[float | None]) -> None:
    assert "" == chart("records", ["1 Mar"] * len(values), values, str).drawing


def test_nights_of_nothing_but_nought_have_a_chart() -> None:
    assert "least 0 on" in chart("records", ["1 Mar", "2 Mar"], [0, 0], str).drawing
