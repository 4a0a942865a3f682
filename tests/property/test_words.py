"""The compiled pass over Arrow's buffers gives the words that the slow, obvious function gives."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.words import fold, words

MIXED = st.text(
    st.sampled_from("aZ09_ -.\n\u0301\u0130\u03a3\u03c2\u00df\u023a\u4e2d\u3042\u0e01\U00020000\U0001f600\u1e9e\u0345")
)
TEXTS = st.lists(st.text(max_size=30) | MIXED, max_size=8)


def assert_folded_as_words(texts: pa.Array) -> None:
    folded = fold(texts)
    expected = [words(text) for text in texts.to_pylist()]

    assert [" ".join(some) for some in expected] == folded.strings()
    assert [len(some) for some in expected] == folded.word_counts.tolist()


@given(TEXTS, st.sampled_from([pa.string(), pa.large_string()]))
def test_folding_gives_the_words_of_every_text(texts: list[str], kind: pa.DataType) -> None:
    assert_folded_as_words(pa.array(texts, kind))


@given(TEXTS, st.integers(0, 8), st.integers(0, 8))
def test_a_slice_of_an_array_folds_as_its_own_texts(texts: list[str], start: int, length: int) -> None:
    assert_folded_as_words(pa.array(texts, pa.string()).slice(start, length))


def test_every_character_of_every_plane_folds_as_the_slow_way_says() -> None:
    planes = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)

    assert_folded_as_words(pa.array(["x".join(planes[start : start + 4096]) for start in range(0, len(planes), 4096)]))


@given(TEXTS)
def test_folding_what_is_folded_changes_nothing(texts: list[str]) -> None:
    once = fold(pa.array(texts, pa.string()))
    twice = fold(pa.array(once.strings(), pa.string()))

    assert once.strings() == twice.strings()
    assert np.array_equal(once.word_counts, twice.word_counts)


@given(st.text(st.sampled_from("0123456789 .,%")))
def test_digits_are_kept(text: str) -> None:
    assert "".join(filter(str.isdigit, text)) == "".join(words(text))


def test_words_that_differ_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "words", str.split)
    with pytest.raises(AssertionError):
        assert_folded_as_words(pa.array(["Ferry, laid up"]))
