"""No text, however it was made up, takes cleaning more than time in proportion to its length."""

import time
from collections.abc import Callable

import pyarrow as pa
import pytest

from transforms.cleaning import clean, clean_line, is_dirty

CHARS = 6_000
LONGER = 4
NOISE_SECONDS = 0.02
MOST_TIMES = 8.0
"""Four times the text may take this many times as long; a quadratic pass takes sixteen times."""

UNITS = (
    "<script", "<script>", "<script ", "</script ", "<script></script", "<style>", "<!--", "<!-- -->", "<!", "<![",
    "<!doctype ", "-->", "-",
    "\u2026", ".", "<b ", "<b", "<", ">", "<p>", "&", "&amp;", "amp;", "&#", "&amp;amp;amp;lt;", " ", " \t", "\n",
    " \n", "\xa0", "\r", "- a\n",
    "\u2022 a\n", "\u00c3\u00a9", "\u00c3", "\u00e2\u20ac", "\u0092", "\u00c3\u00a9\n", "\u200b", "\u0301",
    "\u0316\u0301", "\u05b4\u0301", "\u0130", "\x00", "\ufeff<b>",
    '"?', '"\ufffd', "word.-", "By Ann Vale\n", "LONDON (Reuters) - ", "function(){", "f(", "{", ".a{", "a.",
    "(Reporting by Ann Vale)\n", "Photo: AP\n", "(Getty Images)", "home.The man went ", "Read more: a\n", "Facebook ",
    "Follow me, ", "a@b ", "A, ", "By A", "Getty/",
    "The quick brown fox goes over the lazy dog and is not seen again.\n", "  a line\nand more of it that goes on\n",
    "Newsletter sign up ",
)  # fmt: skip


def seconds(work: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        work(text)
        best = min(best, time.process_time() - begin)
    return best


def assert_linear(work: Callable[[str], object], make: Callable[[int], str]) -> None:
    once, longer = seconds(work, make(CHARS)), seconds(work, make(LONGER * CHARS))

    assert longer <= MOST_TIMES * once + NOISE_SECONDS


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "<script>"])
def test_a_run_of_one_thing_takes_time_in_proportion(start: str, unit: str) -> None:
    assert_linear(clean, lambda chars: start + unit * (chars // len(unit)))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<", "b>"),
        ("<b ", ">"),
        ("&", "amp;"),
        ("<!--", "-->"),
        ("<script>", "</script>"),
        ("\u00e2", "\u20ac\u2039"),
        ("&am", "p;"),
    ],
)
def test_nesting_takes_time_in_proportion(opening: str, closing: str) -> None:
    assert_linear(
        clean, lambda chars: opening * (chars // len(opening + closing)) + closing * (chars // len(opening + closing))
    )


@pytest.mark.parametrize("unit", [" ", "<br>", "\n", "<!--"])
def test_a_headline_and_the_cheap_test_take_time_in_proportion(unit: str) -> None:
    assert_linear(clean_line, lambda chars: unit * (chars // len(unit)))
    assert_linear(lambda text: is_dirty(pa.array([text])), lambda chars: unit * (chars // len(unit)))


def test_work_that_is_quadratic_is_found_out() -> None:
    with pytest.raises(AssertionError):
        assert_linear(lambda text: sum(range(len(text) ** 2 // 20)), lambda chars: "a" * chars)
