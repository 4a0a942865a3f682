"""The difference of two texts loses no word, whatever the texts; shortened, it loses none from the count."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.difference import Span, abridge, difference

_few_words = st.lists(st.sampled_from(["the", "of", "ferry", "Ferry", "14", "15", "percent,"]), max_size=60)
texts = st.one_of(_few_words.map(" ".join), st.text(max_size=80))
windows = st.sampled_from([1, 2, 3, 8, 5_000])


def side(spans: list[Span], *kinds: str) -> list[str]:
    return [word for span in spans if span.kind in kinds for word in span.words]


def totals(spans: list[Span]) -> dict[str, int]:
    return {kind: sum(len(span) for span in spans if span.kind == kind) for kind in ("kept", "removed", "added")}


@given(texts, texts, windows)
def test_kept_and_removed_words_are_one_text_and_kept_and_added_the_other(a: str, b: str, window: int) -> None:
    spans = difference(a, b, window=window)

    assert a.split() == side(spans, "kept", "removed")
    assert b.split() == side(spans, "kept", "added")


@given(texts, texts, windows)
def test_spans_hold_words_and_neighbours_differ_in_kind(a: str, b: str, window: int) -> None:
    spans = difference(a, b, window=window)

    assert all(span.words and not span.left_out for span in spans)
    assert all(one.kind != other.kind for one, other in pairwise(spans))


@given(texts, windows)
def test_a_text_does_not_differ_from_itself(text: str, window: int) -> None:
    assert {"kept"} >= {span.kind for span in difference(text, text, window=window)}


@given(texts, texts, st.integers(0, 5), st.integers(1, 5), st.integers(1, 30))
def test_words_left_out_are_counted(a: str, b: str, context: int, longest: int, most: int) -> None:
    spans = difference(a, b)
    shown = abridge(spans, context=context, longest=longest, most=most)

    assert totals(spans) == totals(shown)
    assert sum(len(span.words) for span in shown) <= most + max(longest, 4 * context)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("shares fell 14 percent", "shares rose 14 percent", "shares -fell- +rose+ 14 percent"),
        ("a b c d", "", "-a b c d-"),
        ("", "a", "+a+"),
        ("", "", ""),
        ("one two of six seven", "three four of eight nine", "-one two of six seven- +three four of eight nine+"),
        ("one of six", "two of seven", "-one- +two+ of -six- +seven+"),
    ],
)
def test_what_a_reader_sees(before: str, after: str, expected: str) -> None:
    marks = {"kept": "", "removed": "-", "added": "+"}
    spans = difference(before, after)

    assert expected == " ".join(f"{marks[span.kind]}{' '.join(span.words)}{marks[span.kind]}" for span in spans)


def test_a_long_kept_run_shows_the_words_beside_the_changes() -> None:
    before = "old " + "same " * 100 + "end " + "tail " * 50
    shown = abridge(difference(before, before.replace("old", "new").replace("end", "close")), context=2)

    assert [(span.kind, len(span.words), span.left_out) for span in shown] == [
        ("removed", 1, 0), ("added", 1, 0), ("kept", 2, 96), ("kept", 2, 0),
        ("removed", 1, 0), ("added", 1, 0), ("kept", 2, 48),
    ]  # fmt: skip


def test_a_passage_put_into_a_text_of_many_windows_leaves_the_rest_kept() -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    words = [str(chance.randrange(2_000)) for _ in range(1_000)]
    spans = difference(" ".join(words), " ".join([*words[:500], *"a", "new", "passage", *words[500:]]), window=100)

    assert totals(spans) == {"kept": 1_000, "removed": 0, "added": 3}


def test_two_texts_of_100_000_words_with_nothing_in_common_but_words_take_seconds_at_most() -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    one, other = (" ".join(str(chance.randrange(5_000)) for _ in range(100_000)) for _ in range(2))
    begin = time.process_time()
    spans = difference(one, other)

    assert time.process_time() - begin < 10
    assert totals(spans)["kept"] + totals(spans)["removed"] == 100_000
    assert 300 > sum(len(span.words) for span in abridge(spans))
