"""The oracle finds every pair that counting sets finds, and its words are the contract's."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judge import oracle
from tests.judge.oracle import Alike, jaccard, similar_pairs
from transforms.words import words

VOCABULARY = st.sampled_from(["the", "ferry", "7", "Sailed", "\u4e2d\u56fd", "caf\u00e9"])
TEXTS = st.lists(st.lists(VOCABULARY, max_size=12).map(" ".join), max_size=8)
THRESHOLDS = st.sampled_from([0.1, 1 / 3, 0.5, 0.7, 0.8, 1.0])


def assert_found_as_by_brute_force(texts: list[str], least: float) -> None:
    compared = ((jaccard(texts[a], texts[b]), a, b) for a, b in combinations(range(len(texts)), 2))
    expected = sorted((Alike(*row) for row in compared if row[0] >= least), key=lambda p: (-p.jaccard, p[1:]))

    assert expected == similar_pairs(texts, least)


@given(TEXTS, THRESHOLDS)
def test_the_prefix_filter_loses_no_pair_and_invents_none(texts: list[str], least: float) -> None:
    assert_found_as_by_brute_force(texts, least)


@given(st.lists(VOCABULARY, min_size=5, max_size=30), st.integers(0, 29), THRESHOLDS)
def test_a_text_that_lost_a_word_is_found_as_well(text: list[str], lost: int, least: float) -> None:
    shorter = text[: lost % len(text)] + text[lost % len(text) + 1 :]
    assert_found_as_by_brute_force([" ".join(text), "", " ".join(shorter), "another matter"], least)


def test_a_filter_that_looks_up_too_little_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "_rarest", lambda shingles, _frequency, count: [int(s) for s in shingles[: count - 1]])
    with pytest.raises(AssertionError):
        assert_found_as_by_brute_force(["one two three four five six", "one two three four five six"], 1.0)


def test_similarity_is_the_share_of_common_runs_of_five_words() -> None:
    assert jaccard("a b c d e f", "A, b c d e g!") == pytest.approx(1 / 3)
    assert jaccard("too few", "TOO FEW") == 1.0
    assert jaccard("", "") == 0.0


@given(st.text())
def test_words_are_those_that_deduplication_compares(text: str) -> None:
    assert words(text) == oracle.words(text)
