"""Passages: cut by the words alone, so that a brief and the story that holds it have theirs in common."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.fingerprint import hash_words, hashed
from transforms.passages import LEAST_WORDS, MOST_WORDS, Passages, passages, share_passages
from transforms.words import fold

LOW_64 = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15
WORDS = st.lists(st.integers(0, 400).map("w{}".format), max_size=200)


def of(texts: Iterable[str]) -> Passages:
    return passages(hashed(fold(pa.array(list(texts), pa.string()))))


def cut(*texts: list[str]) -> list[set[int]]:
    found = of(" ".join(words) for words in texts)
    return [{*found.hashes[a:b].tolist()} for a, b in zip(found.starts[:-1], found.starts[1:], strict=True)]


def by_hand(words: list[str]) -> list[list[str]]:
    """Cut behind two words whose hash says so, between the least and the most words; a short rest is none."""
    folded = fold(pa.array([" ".join(words)], pa.string()))
    hashes = np.empty(len(words) + 1, np.uint64)
    hash_words(folded.data, 0, int(folded.offsets[1]), hashes)
    found, begin = [], 0
    for k in range(len(words)):
        says = ((int(hashes[k - 1]) if k else 0) * STEP + int(hashes[k]) & LOW_64) >> 61 == 0
        length = k + 1 - begin
        if length >= LEAST_WORDS and (says or length == MOST_WORDS or k + 1 == len(words)):
            found.append(words[begin : k + 1])
            begin = k + 1
    return found


@given(WORDS)
def test_a_text_has_as_many_passages_as_its_words_give(words: list[str]) -> None:
    assert len({tuple(each) for each in by_hand(words)}) == len(cut(words)[0])


@given(WORDS, WORDS)
def test_texts_share_a_passage_exactly_when_they_share_its_words(one: list[str], other: list[str]) -> None:
    a, b = cut(one, other)
    ours, theirs = ({tuple(each) for each in by_hand(words)} for words in (one, other))

    assert len(ours & theirs) == len(a & b)


def test_a_brief_of_a_tenth_meets_the_story_that_holds_it_whatever_stands_before_it() -> None:
    chance = np.random.default_rng(3)
    met = 0
    for _ in range(100):
        story = [f"w{n}" for n in chance.integers(0, 5_000, 900)]
        start = int(chance.integers(0, 700))
        brief = [*(f"v{n}" for n in chance.integers(0, 5_000, 10)), *story[start : start + 100]]
        found = of([" ".join(story), " ".join(brief)])
        met += int(share_passages(*found, np.zeros(1, np.int32), np.ones(1, np.int32))[0])

    assert met >= 98


def test_a_footer_that_every_story_has_brings_no_two_together() -> None:
    chance = np.random.default_rng(4)
    footer = [f"f{n}" for n in range(60)]
    texts = [" ".join([*(f"w{n}" for n in chance.integers(0, 9_999, 400)), *footer]) for _ in range(20)]
    found = of(texts)
    left, right = (side.astype(np.int32) for side in np.triu_indices(20, 1))

    assert not share_passages(*found, left, right).any()
