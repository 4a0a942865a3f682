"""Cleaning, whatever is thrown at it, invents nothing, loses nothing that was said, and is done when it is done."""

import html
import re
import unicodedata
from collections.abc import Callable

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.cleaning import Cleaned, clean, clean_line, is_dirty

FRAGMENTS = (
    "word", "7", "\n", "\n\n", " ", "  ", "\t", "\r\n", "\x85", "\u2028", "\xa0", "\u3000", "<b>", "</b>", "<br/>",
    "<p class='x'>", "<",
    ">", "b>", "<<b>b>", "<script>", "</script>", "<script", "<style >x</style >", "<!--", "-->", "<!\u2013", "\u2013>",
    "<!", "<!doctype html>",
    "<![CDATA[", "]]>", "...>", "\u2026>", "--", "&", "&amp;", "&amp;amp;lt;", "&lt;", "&gt;", "&#60;", "&nbsp;",
    "amp;", "lt;", "&#0;", "&bogus;",
    "\u2022 ", "- ", "* ", "\u2013 ", "\u00c3\u00a9", "\u00e2\u20ac\u2122", "\u00e2\u0080\u0099", "\u00c3\u00a0",
    "\u00c3", "\u00a9", "\u00e2\u20ac\u2039", "\u0092",
    "\u200b", "\u00ad", "\ufeff", "\u200d", "\u0301", "\u0338", "e\u0301", "\u212b", "\u037e", "\x00", "\x1b", "\u0130",
    "\u00e9", "\u4e2d\u6587", "\u201cq\u201d", "\U0001f600",
    "\u0301" * 40,
)  # fmt: skip
PIECES = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=14).map("".join)
PLAIN = st.text(
    st.sampled_from("ab7\u00e9\u4e2d \n-*\u2013\u2022.>&;\u2026]\u201d\u00c3\u00e2")
    | st.characters(max_codepoint=0x17F, exclude_categories=["Cs"])
)
ZERO_WIDTH = (
    "\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\u3164\ufeff\uffa0\ufff9"
)
"""All but the two joiners (U+200C, U+200D), which Persian and emoji are spelled with."""


@given(PIECES)
@example("<" * 6 + "b>" * 6)
@example("&am<b>p;lt;")
@example("\u00c3\u200b\u00a9")
@example("<scr\u00adipt>x</script>")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)

    assert Cleaned(once.text, [], {}) == clean(once.text)
    assert once.highlights == [clean_line(line) for line in once.highlights]


@given(PIECES)
def test_cleaning_a_headline_twice_is_cleaning_it_once(text: str) -> None:
    assert clean_line(text) == clean_line(clean_line(text))
    assert "\n" not in clean_line(text)


@given(st.lists(PLAIN | PIECES, max_size=6))
def test_what_is_not_called_dirty_is_not_changed_by_cleaning(texts: list[str]) -> None:
    clean_ones = [
        text for text, dirty in zip(texts, is_dirty(pa.array(texts, pa.string())).to_pylist(), strict=True) if not dirty
    ]

    assert [Cleaned(text) for text in clean_ones] == [clean(text) for text in clean_ones]


def test_no_character_that_passes_as_clean_is_changed_beside_any_other() -> None:
    """Each character of the basic plane, between letters and after the letters that wrongly read UTF-8 begins with."""
    characters = (chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    texts = [text for c in characters for text in (f"a{c}b{c}\u00c3", f"\u00e9{c}o", f"{c}>")]
    passed = [text for text, dirty in zip(texts, is_dirty(pa.array(texts)).to_pylist(), strict=True) if not dirty]

    assert [Cleaned(text) for text in passed] == [clean(text) for text in passed]
    assert len(passed) > 90_000


def test_a_null_is_not_dirty() -> None:
    assert is_dirty(pa.array([None, "a", " a"], pa.string())).to_pylist() == [False, False, True]


@given(PIECES)
def test_no_control_and_no_zero_width_character_comes_out(text: str) -> None:
    found = clean(text)
    printed = "".join([found.text, *found.highlights])

    assert {c for c in printed if (unicodedata.category(c) == "Cc" and c != "\n") or c in ZERO_WIDTH} == set()


@given(PIECES)
def test_what_comes_out_has_single_spaces_and_no_blank_lines(text: str) -> None:
    lines = clean(text).text.split("\n")

    assert all(line == " ".join(line.split()) for line in lines)
    assert lines == [""] or all(lines)


@given(st.text(st.sampled_from("0123456789 abc\n\t\u00e9\u00c3\u00a9\u200b>-.,\u2022%$\u0301\x00"), max_size=60))
def test_digits_go_in_and_the_same_digits_come_out(text: str) -> None:
    found = clean(text)

    assert re.findall("[0-9]", text) == re.findall("[0-9]", "".join([*found.highlights, found.text]))


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


def test_a_letter_that_was_not_there_is_no_subsequence() -> None:
    assert not is_subsequence("ad", "abc")
    assert not is_subsequence("ba", "abc")


@given(
    st.lists(
        st.sampled_from([f for f in FRAGMENTS if f.isascii() and "&" not in f] + ["a", "-", "."]), max_size=20
    ).map("".join)
)
def test_nothing_is_added_but_white_space(text: str) -> None:
    found = clean(text)
    printed = "\n".join([*found.highlights, found.text])

    assert is_subsequence("".join(printed.split()), text)


WORDS = st.text(st.sampled_from("aZ09\u00e9\u00fc\u00df\u00f1\u0159\u03b1\u0436\u4e2d\u3042"), min_size=1, max_size=8)
DAMAGE: dict[str, Callable[[str], str]] = {
    "whole": lambda word: word,
    "inside an inline tag": lambda word: f"<em class='x'>{word}</em>",
    "between block tags": lambda word: f"<p>{word}</p>",
    "after a comment": lambda word: f"<!-- 1 > 0 -->{word}",
    "between debris": lambda word: f"<!\u2013{word}\u2013>",
    "before a script": lambda word: f"{word}<SCRIPT type='x'>if (a < 1) {{ a = '<b>' }}</Script>",
    "as numbers": lambda word: "".join(f"&#{ord(c)};" for c in word),
    "as hexadecimal numbers, escaped twice": lambda word: "".join(f"&amp;amp;#x{ord(c):x};" for c in word),
    "with zero-width spaces": lambda word: "\u200b".join(word) + "\ufeff",
    "taken apart": lambda word: unicodedata.normalize("NFD", word),
    "between odd spaces": lambda word: f"\u2003\xa0{word}\t\r\n\u2028 ",
    "after control characters": lambda word: f"\x00\x1b{word}\x7f",
}


@given(st.lists(st.tuples(WORDS, st.sampled_from(sorted(DAMAGE))), max_size=8))
def test_words_come_out_of_any_damage_as_they_were_all_of_them_in_order(damaged: list[tuple[str, str]]) -> None:
    text = " ".join(DAMAGE[kind](word) for word, kind in damaged)

    assert [word for word, _ in damaged] == clean(text).text.split()


@given(
    st.sampled_from(
        [
            "caf\u00e9 society",
            "it\u2019s \u201cover\u201d",
            "S\u00e3o Paulo \u2013 agora",
            "stra\u00dfe und \u00fcber",
            "\u4e2d\u6587\u65b0\u95fb",
            "\u043d\u043e\u0432\u043e\u0441\u0442\u0438",
        ]
    ),
    st.sampled_from(["sloppy-windows-1252", "latin-1"]),
    st.integers(0, 3),
)
def test_text_read_with_the_wrong_code_page_is_read_again(line: str, page: str, neighbours: int) -> None:
    lines = ["A plain line."] * neighbours + [line]
    garbled = [part.encode().decode(page) for part in lines]

    assert "\n".join(lines) == clean("\n".join(garbled)).text


@given(WORDS)
def test_an_escaped_word_is_unescaped(word: str) -> None:
    assert word == clean(html.escape(word)).text
