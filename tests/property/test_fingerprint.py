"""The bands of a text: the kernel against MinHash written out in plain Python, and the odds it prints."""

import random
import re
from math import comb

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from transforms import fingerprint as module
from transforms.fingerprint import LEAST_STEEP, LEAST_WIDE, fingerprint, hashed
from transforms.words import fold, words

LOW_64 = (1 << 64) - 1
LOW_32 = (1 << 32) - 1
STEP = 0x9E3779B97F4A7C15
PAIRS = 400
WORDS = 82
SHINGLES = WORDS - 2


def mixed(value: int) -> int:
    value ^= value >> 30
    value = value * 0xBF58476D1CE4E5B9 & LOW_64
    value ^= value >> 27
    value = value * 0x94D049BB133111EB & LOW_64
    return value ^ value >> 31


def chained(start: int, values: list[int]) -> int:
    for value in values:
        start = mixed((start * STEP + value) & LOW_64)
    return start


def summed(values: list[int]) -> int:
    total = 0
    for value in values:
        total = (total * STEP + value) & LOW_64
    return total


def word_hash(word: str) -> int:
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = (value ^ byte) * 0x100000001B3 & LOW_64
    return mixed(value)


FAMILY = [mixed((k * STEP + 0x42726F6164) & LOW_64) >> 32 for k in range(1, 513)]


def minimum(shingles: set[int], factor: int, mask: int) -> int:
    return min([LOW_32, *((shingle >> 32 ^ mask) * factor & LOW_32 for shingle in shingles)])


def slow_bands(text: str) -> tuple[list[int], list[int]]:
    hashes = [word_hash(word) for word in words(text)]
    width = min(3, len(hashes))
    shingles = {mixed(summed(hashes[i : i + width])) for i in range(len(hashes) - width + 1)} if hashes else set()
    minima = [minimum(shingles, FAMILY[k] | 1, FAMILY[256 + k]) for k in range(256)]
    wide, steep = (
        [chained(band, minima[band * rows : (band + 1) * rows]) >> 32 for band in range(256 // rows)] for rows in (4, 8)
    )
    return wide, steep


def bands(texts: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    return fingerprint(hashed(fold(pa.array(texts, pa.string()))))


TEXT = st.lists(st.sampled_from(["a", "b", "c", "7", "\u00e9t\u00e9", "\u4e2d"]), max_size=9).map(" ".join)


@settings(max_examples=30)
@given(st.lists(TEXT, max_size=3))
def test_the_kernel_agrees_with_minhash_in_plain_python(texts: list[str]) -> None:
    wide, steep = bands(texts)

    assert [slow_bands(text) for text in texts] == list(zip(wide.tolist(), steep.tolist(), strict=True))


@given(TEXT, st.sampled_from(["{}", " {}!", "\u201c{}\u201d", "{}\n"]), TEXT)
def test_texts_of_equal_words_share_all_bands_whatever_stands_beside_them(text: str, frame: str, other: str) -> None:
    wide, steep = bands([text, other, frame.format(text.upper())])

    assert wide[0].tolist() == wide[2].tolist()
    assert steep[0].tolist() == steep[2].tolist()


@given(st.lists(TEXT, min_size=2, max_size=6))
def test_texts_that_share_a_steep_band_share_two_wide_ones(texts: list[str]) -> None:
    wide, steep = bands(texts)
    for one in range(len(texts)):
        shared = steep == steep[one]

        assert (wide == wide[one])[:, 0::2][shared].all()
        assert (wide == wide[one])[:, 1::2][shared].all()


def table() -> dict[str, list[tuple[float, float]]]:
    """Jaccard and promised share of each scheme, as the module's docstring prints them."""
    rows = [line.split() for line in (module.__doc__ or "").splitlines() if re.match(r" {4}\S", line)]
    levels = [float(level) for level in rows[0][1:]]
    return {row[0].rstrip(","): list(zip(levels, map(float, row[6:]), strict=True)) for row in rows[1:]}


def odds(jaccard: float, least: int, band_count: int, rows: int) -> float:
    """Chance that at least so many bands of so many rows are equal."""
    one = jaccard**rows
    fewer = sum(comb(band_count, k) * one**k * (1 - one) ** (band_count - k) for k in range(least))
    return round(1 - fewer, 3)


@pytest.mark.parametrize(("scheme", "shape"), [("wide", (LEAST_WIDE, 64, 4)), ("steep", (LEAST_STEEP, 32, 8))])
def test_the_printed_odds_are_those_of_minhash(scheme: str, shape: tuple[int, int, int]) -> None:
    assert [(level, odds(level, *shape)) for level, _ in table()[scheme]] == table()[scheme]


def pair_of_texts(jaccard: float, draw: random.Random) -> tuple[str, str]:
    """Two texts of unique words whose 3-word shingles have about this similarity: one goes on otherwise midway."""
    shared = round(2 * jaccard * SHINGLES / (1 + jaccard))
    names = [f"w{draw.getrandbits(48)}" for _ in range(2 * WORDS)]
    head = shared + 2
    return " ".join(names[:WORDS]), " ".join(names[:head] + names[WORDS : 2 * WORDS - head])


def share_found(level: float) -> tuple[float, float]:
    draw = random.Random(f"broadsheet {level}")  # noqa: S311 - a fixed draw, no secret
    texts = [text for _ in range(PAIRS) for text in pair_of_texts(level, draw)]
    wide, steep = (found[0::2] == found[1::2] for found in bands(texts))
    return float((wide.sum(axis=1) >= LEAST_WIDE).mean()), float((steep.sum(axis=1) >= LEAST_STEEP).mean())


def assert_near(promised: float, found: float) -> None:
    margin = 0.03 + 4 * (promised * (1 - promised) / PAIRS) ** 0.5

    assert promised - margin <= found <= promised + margin


@pytest.mark.parametrize("level", [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_as_many_pairs_share_a_band_as_the_table_promises(level: float) -> None:
    wide, steep = share_found(level)

    assert_near(dict(table()["wide"])[level], wide)
    assert_near(dict(table()["steep"])[level], steep)


def test_a_wrong_share_is_not_called_near() -> None:
    with pytest.raises(AssertionError):
        assert_near(0.5, 0.7)


def test_no_texts_have_no_bands() -> None:
    assert [found.shape for found in bands([])] == [(0, 64), (0, 32)]
