"""The compiled comparison counts what sets of words count."""

import sys
from dataclasses import astuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.relation import Similarity
from transforms.similarity import compare, compare_slowly
from transforms.words import fold

VOCABULARY = st.sampled_from(["the", "ferry", "7", "1987", "3rd", "a1", "\u4e2d", "caf\u00e9", "_", "\u0664"])
TEXTS = st.lists(st.lists(VOCABULARY, max_size=14), min_size=1, max_size=6)


def assert_compared_as_sets(texts: list[list[str]]) -> None:
    left, right = (index.ravel() for index in np.indices((len(texts), len(texts))))
    found = compare(fold(pa.array([" ".join(text) for text in texts])), left, right)
    expected = [compare_slowly(texts[a], texts[b]) for a, b in zip(left, right, strict=True)]

    assert expected == [Similarity(row[0], row[1], int(row[2]), row[3]) for row in found.tolist()]


@given(TEXTS)
def test_the_compiled_comparison_counts_as_the_slow_one(texts: list[list[str]]) -> None:
    assert_compared_as_sets(texts)


@given(TEXTS, st.integers(1, 9))
def test_repeating_a_text_leaves_its_similarity_to_itself_whole(texts: list[list[str]], times: int) -> None:
    assert_compared_as_sets([text * times for text in texts])


@given(st.lists(VOCABULARY, max_size=14), st.lists(VOCABULARY, max_size=14))
def test_similarity_has_no_direction_and_stays_between_none_and_all(one: list[str], other: list[str]) -> None:
    found = compare_slowly(one, other)

    assert found == compare_slowly(other, one)
    assert all(0.0 <= share <= 1.0 for share in (found.jaccard, found.containment, found.number_containment))
    assert found.jaccard <= found.containment


def test_a_text_equals_itself_unless_it_is_empty() -> None:
    assert astuple(compare_slowly(["one"], ["one"]))[:4] == (1.0, 1.0, 1, 1.0)
    assert astuple(compare_slowly([], []))[:4] == (0.0, 0.0, 0, 1.0)


def test_comparing_no_pairs_gives_no_rows() -> None:
    none = np.empty(0, np.int64)

    assert compare(fold(pa.array(["a"])), none, none).shape == (0, 4)


def test_counts_that_differ_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "compare_slowly", lambda *_: Similarity(0.5, 0.5, 1, 1.0))
    with pytest.raises(AssertionError):
        assert_compared_as_sets([["ferry"]])
