"""MinHash bands of a text: two texts that share a band are candidates, nothing more.

256 minima over 3-word shingles, grouped in two ways. P(two texts share enough bands) by the Jaccard similarity of their
3-word shingles, which is higher than that of the 5-word shingles that verification counts:

    scheme                0.3    0.4    0.5    0.6    0.7    0.8    0.9
    wide, 1 of 64 x 4    .406   .810   .984  1.000  1.000  1.000  1.000
    steep, 2 of 32 x 8   .000   .000   .007   .101   .558   .979  1.000

One steep band would do for likeness, but not for chance: 50,000 texts meet 2,000 of 5,000,000 by a 32-bit hash alone.

A steep band is two neighbouring wide bands taken together, so texts that share a steep band share a wide one.
Broder, "On the resemblance and containment of documents", 1997; Leskovec et al., "Mining of Massive Datasets", 3.4.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from transforms.tables import STEEP_BANDS, WIDE_BANDS
from transforms.words import Folded

SHINGLE_WORDS: Final = 3
MINIMA: Final = 256
LEAST_WIDE: Final = 1
LEAST_STEEP: Final = 2
"""Bands that two texts share when they meet by a scheme."""
_SEED: Final = 0x42726F6164  # part of the format: stored bands are only comparable under one seed

_WIDE_ROWS: Final = MINIMA // WIDE_BANDS
_SPACE: Final = 0x20
_FNV_PRIME: Final = np.uint64(0x100000001B3)
_FNV_BASIS: Final = np.uint64(0xCBF29CE484222325)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


@njit(nogil=True, cache=True)
def mix(value: np.uint64) -> np.uint64:  # pragma: no cover - compiled
    """Spread a 64-bit value over all its bits (the finaliser of SplitMix64)."""
    value ^= value >> np.uint64(30)
    value *= _MIX_1
    value ^= value >> np.uint64(27)
    value *= _MIX_2
    return value ^ (value >> np.uint64(31))


@njit(nogil=True, cache=True)
def hash_words(
    data: NDArray[np.uint8], start: int, stop: int, out: NDArray[np.uint64]
) -> int:  # pragma: no cover - compiled
    """Write a 64-bit hash for each word of one folded text; give their number."""
    count = 0
    value = _FNV_BASIS
    for position in range(start, stop):
        if data[position] == _SPACE:
            out[count] = mix(value)
            count += 1
            value = _FNV_BASIS
        else:
            value = (value ^ np.uint64(data[position])) * _FNV_PRIME
    if stop > start:
        out[count] = mix(value)
        count += 1
    return count


@njit(nogil=True, cache=True)
def hash_shingles(
    hashes: NDArray[np.uint64], count: int, width: int, out: NDArray[np.uint64]
) -> int:  # pragma: no cover - compiled
    """Write a hash for each run of `width` words; fewer words than that are one shingle; give their number."""
    if count == 0:
        return 0
    width = min(width, count)
    for first in range(count - width + 1):
        value = np.uint64(0)
        for step in range(width):
            value = value * _STEP + hashes[first + step]
        out[first] = mix(value)
    return count - width + 1


@njit(nogil=True, cache=True)
def _lower_minima(
    value: np.uint32, factors: NDArray[np.uint32], masks: NDArray[np.uint32], minima: NDArray[np.uint32]
) -> None:  # pragma: no cover - compiled
    # numba widens products to 64 bits; unless each is cut back to 32, no value is ever below the start
    for k in range(len(minima)):
        minima[k] = min(minima[k], np.uint32(np.uint32(value ^ masks[k]) * factors[k]))


@njit(nogil=True, cache=True)
def _bands(minima: NDArray[np.uint32], rows: int, out: NDArray[np.uint32]) -> None:  # pragma: no cover - compiled
    for band in range(len(out)):
        value = np.uint64(band)
        for row in range(rows):
            value = mix(value * _STEP + np.uint64(minima[band * rows + row]))
        out[band] = np.uint32(value >> np.uint64(32))


class Hashed(NamedTuple):
    """Hashes of the words of many texts, one after the other: those of text t are `words[starts[t]:starts[t + 1]]`."""

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]


def hashed(folded: Folded) -> Hashed:
    """Hash every word of folded texts."""
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(folded.word_counts, dtype=np.int64)])
    words = np.empty(starts[-1], np.uint64)
    _hash_texts(folded.data, folded.offsets, starts, words)
    return Hashed(words, starts)


@njit(nogil=True, cache=True)
def _hash_texts(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], starts: NDArray[np.int64], words: NDArray[np.uint64]
) -> None:  # pragma: no cover - compiled
    for text in range(len(offsets) - 1):
        hash_words(data, offsets[text], offsets[text + 1], words[starts[text] : starts[text + 1]])


@njit(nogil=True, cache=True)
def _fingerprint(
    words: NDArray[np.uint64],
    starts: NDArray[np.int64],
    factors: NDArray[np.uint32],
    masks: NDArray[np.uint32],
    wide: NDArray[np.uint32],
    steep: NDArray[np.uint32],
) -> None:  # pragma: no cover - compiled
    longest = 0
    for text in range(len(starts) - 1):
        longest = max(longest, starts[text + 1] - starts[text])
    shingles = np.empty(longest + 1, np.uint64)
    minima = np.empty(len(factors), np.uint32)
    for text in range(len(starts) - 1):
        own = words[starts[text] : starts[text + 1]]
        count = hash_shingles(own, len(own), SHINGLE_WORDS, shingles)
        minima[:] = np.uint32(0xFFFFFFFF)
        for k in range(count):
            _lower_minima(np.uint32(shingles[k] >> np.uint64(32)), factors, masks, minima)
        _bands(minima, len(minima) // wide.shape[1], wide[text])
        _bands(minima, len(minima) // steep.shape[1], steep[text])


@cache
def _hash_family() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Odd factors and masks, (MINIMA,) uint32 each, the same on every machine."""
    steps = np.arange(1, 2 * MINIMA + 1, dtype=np.uint64) * _STEP + np.uint64(_SEED)
    values = np.array([mix(step) for step in steps], np.uint64)
    high = (values >> np.uint64(32)).astype(np.uint32)
    return high[:MINIMA] | np.uint32(1), high[MINIMA:]


def fingerprint(texts: Hashed) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Give the wide (texts, 64) and steep (texts, 32) uint32 bands of hashed texts."""
    count = len(texts.starts) - 1
    wide, steep = np.empty((count, WIDE_BANDS), np.uint32), np.empty((count, STEEP_BANDS), np.uint32)
    _fingerprint(*texts, *_hash_family(), wide, steep)
    return wide, steep


def as_binary(bands: NDArray[np.uint32]) -> pa.FixedSizeBinaryArray:
    """Give bands (texts, n) as Arrow values of 4 n bytes: what Parquet reads and writes without looking inside."""
    kind = pa.binary(4 * bands.shape[1])
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(bands), [None, pa.py_buffer(bands.astype("<u4", copy=False))])


def from_binary(column: pa.ChunkedArray) -> NDArray[np.uint32]:
    """Give what `as_binary` made as (texts, n) uint32 again."""
    width = column.type.byte_width
    chunks = [
        np.frombuffer(chunk.buffers()[1], "<u4", len(chunk) * width // 4, chunk.offset * width).reshape(-1, width // 4)
        for chunk in column.chunks
        if len(chunk)
    ]
    empty = np.empty((0, width // 4), np.uint32)
    return chunks[0] if len(chunks) == 1 else np.concatenate([empty, *chunks])
