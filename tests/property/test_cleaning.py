"""Cleaning, whatever is thrown at it, invents nothing, loses nothing that was said, and is done when it is done."""

import html
import re
import unicodedata
from collections.abc import Callable
from random import Random

import ftfy
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.oracles.cleaning import cleaned
from transforms.cleaning import (
    LIFTS,
    RULES,
    Cleaned,
    Guide,
    clean,
    clean_all,
    clean_line,
    is_dirty,
    is_dirty_line,
)
from transforms.cleaning.characters import repair_mojibake
from transforms.cleaning.furniture import remove_lines
from transforms.cleaning.table import LINE_RULES, found_by, rules

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
FURNITURE = (
    "Advertisement",
    "ADVERTISEMENT - CONTINUE READING BELOW",
    "Story continues below",
    "Read more: The ferry and its cable",
    "MOST READ",
    "Share on Facebook",
    "Facebook Twitter WhatsApp",
    "Follow us on Twitter",
    "Sign up for our newsletter",
    "Getty Images",
    "Photo: Bo Reed",
    "jane@harbour.example",
    "FILE PHOTO: A ferry at the quay. REUTERS/Bo Reed",
    "[Image via screengrab]",
    "var slot = new Object(); slot.id = 4;",
    "googletag.cmd.push(function() { googletag.display('x'); });",
    ".a { color: red }",
    "{{subject}}",
    "Media playback is not supported on this device",
    "Copyright 2017 The Associated Press. All rights reserved.",
)
"""Lines that no newspaper prints as a part of a story."""
HEADS = (
    "By Ann Vale\n",
    "By ANN VALE, Staff Writer | March 3 2017 10:15\n",
    "LONDON (Reuters) - ",
    "GAZA, Feb. 22 (Xinhua) -- ",
    "PARIS -- ",
    "By Ann Vale\nHarbour Reporter\nWASHINGTON, March 3 (AP) -- ",
    "Berlin (dpa) - ",
    "\u2022 One\n\u2022 Two\n",
    "",
)
TAILS = (
    "\nReuters",
    " -- Reuters",
    "\n(Reporting by Ann Vale; Editing by Bo Reed)",
    " (AFP, dpa)",
    "\n\u00a9 2017 AFP",
    "",
)
ODDMENTS = (
    *FURNITURE,
    "\nSubscribe to continue reading\n",
    *HEADS,
    *TAILS,
    "\n",
    "\n",
    "\n    ",
    ". ",
    "A word",
    "said he",
    '"?',
    '"\ufffd',
    "n\ufffdt",
    ".- ",
    "home.The man went ",
    "function(",
    "{",
    "}",
    ";",
    "(",
    ")",
    " -- ",
    " - ",
    "The quick brown fox goes over the lazy dog and is not at all seen again there.\n",
)
TIDY = st.lists(st.sampled_from(ODDMENTS), max_size=10).map("".join)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "The ferry was laid up on Sunday.",
            "\u201cI have kept this light,\u201d she said.",
            "London is a city on a river.",
            "By noon all was over.",
            "Share prices fell by 3 per cent.",
            "More than 300 people came.",
            "Follow the river to its mouth, they were told.",
            "Read it aloud, he said.",
            "Getty Images has bought a rival.",
            "The photo: a ferry in a storm.",
            "Advertisement sales rose at the Courier.",
            "He waited; she left.",
            "Reuters was told of it first.",
            "Newsletters bring in more than print.",
            "Cookies are given away at closing time.",
            "\u2013 Who goes there? she asked.",
            "The code was f(x) = 3.",
            "Sign up sheets hung on the wall.",
            "AP exams begin in May.",
        ]
    ),
    min_size=1,
    max_size=8,
    unique=True,
)
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


@given(TIDY)
def test_cleaning_a_page_twice_is_cleaning_it_once(text: str) -> None:
    once = clean(text)

    assert clean(once.text) == Cleaned(once.text)


@settings(max_examples=20)
@given(
    st.lists(PIECES | TIDY, min_size=14, max_size=20),
    st.sets(st.sampled_from([rule.name for rule in RULES]), max_size=2),
)
def test_a_batch_through_its_screens_comes_out_as_if_all_rules_had_run_on_all_texts(
    texts: list[str], off: set[str]
) -> None:
    guide = Guide(frozenset(off))

    assert [cleaned(text, guide) for text in texts] == clean_all(texts, guide)


@settings(max_examples=40)
@given(st.lists(PIECES | TIDY | SENTENCES.map("\n".join), max_size=6))
def test_a_rule_changes_no_text_that_its_screen_does_not_find(texts: list[str]) -> None:
    array = pa.array(texts, pa.large_string())
    works = [(rule.name, rule.screen, rule.edit) for rule in RULES] + [
        (each.name, each.screen, each.lift) for each in LIFTS
    ]
    missed = [
        (name, text)
        for name, screen, work in works
        for text, found in zip(texts, found_by([screen], array).to_pylist(), strict=True)
        if not found and work(text)[0] != text
    ]

    assert missed == []


def assert_told(sentences: list[str], found: Cleaned) -> None:
    """Hold the text to every sentence, in order."""
    assert sentences == [line for line in found.text.split("\n") if line in sentences]


@given(
    SENTENCES,
    st.sampled_from(HEADS),
    st.sampled_from(TAILS),
    st.lists(st.sampled_from(FURNITURE), max_size=5),
    st.randoms(),
)
def test_every_sentence_of_a_story_is_told_whatever_stands_around_it(
    sentences: list[str], head: str, tail: str, furniture: list[str], chance: Random
) -> None:
    lines = list(sentences)
    for line in furniture:
        lines.insert(chance.randint(1, len(lines)), line)
    page = f"{head}{lines[0]}\n" + "\n".join([*lines[1:], "It ended there."]) + tail
    found = clean(page)

    assert_told([*sentences, "It ended there."], found)
    assert not {line for line in found.text.split("\n") if line in FURNITURE}


def test_a_rule_that_drops_a_sentence_would_be_noticed() -> None:
    sentences = ["The ferry was laid up on Sunday.", "By noon all was over."]
    text, _ = remove_lines(re.compile("By .*"), "\n".join(sentences))

    with pytest.raises(AssertionError):
        assert_told(sentences, Cleaned(text))


def test_a_screen_that_misses_a_text_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = tuple(rule._replace(screen="nowhere") for rule in RULES)
    monkeypatch.setattr("transforms.cleaning.table.RULES", blind)
    rules.cache_clear()
    texts = ["One.\nAdvertisement\nTwo."] * 14
    try:
        assert clean_all(texts) != [cleaned(text, Guide()) for text in texts]
    finally:
        rules.cache_clear()


@settings(max_examples=40)
@given(
    st.text(st.sampled_from("abc \u00e9\u2019\u201c\u20ac\u0438\u4e2d\u00df\u2013\ufffd"), max_size=40),
    st.sampled_from(["sloppy-windows-1252", "latin-1", "macroman", "sloppy-windows-1251"]),
)
def test_a_line_is_read_again_as_ftfy_would_read_it(line: str, page: str) -> None:
    garbled = line.encode().decode(page)

    assert repair_mojibake(garbled)[0] == "\n".join(map(ftfy.fix_encoding, garbled.split("\n")))


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
    passed = [text for text, dirty in zip(texts, is_dirty_line(pa.array(texts)).to_pylist(), strict=True) if not dirty]
    page = "\n".join(passed)

    assert {rule.name for rule in LINE_RULES if rule.name != "wrapping" and rule.edit(page) != (page, 0)} == set()
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


@given(
    st.lists(st.sampled_from([part for part in ODDMENTS if '"' not in part and "\ufffd" not in part]), max_size=12).map(
        "".join
    )
)
def test_what_is_left_of_a_page_was_printed_on_it(text: str) -> None:
    assert is_subsequence("".join(clean(text).text.split()), text)


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
