"""How alike two texts really are: exact Jaccard and containment over the sets of their 5-word shingles.

`compare` is the compiled path; `compare_slowly` counts real sets of words and must agree with it.
"""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transforms.fingerprint import hash_shingles, hash_words
from transforms.relation import Similarity
from transforms.words import Folded

SHINGLE_WORDS: Final = 5
_ZERO: Final = 0x30
_NINE: Final = 0x39
_SPACE: Final = 0x20


@njit(nogil=True, cache=True)
def _distinct(values: NDArray[np.uint64], count: int, out: NDArray[np.uint64]) -> int:  # pragma: no cover - compiled
    """Write the sorted distinct values; give their number."""
    if count == 0:
        return 0
    ordered = np.sort(values[:count])
    kept = 1
    out[0] = ordered[0]
    for k in range(1, count):
        if ordered[k] != ordered[k - 1]:
            out[kept] = ordered[k]
            kept += 1
    return kept


@njit(nogil=True, cache=True)
def _numbers(
    data: NDArray[np.uint8], start: int, stop: int, hashes: NDArray[np.uint64], out: NDArray[np.uint64]
) -> int:  # pragma: no cover - compiled
    """Write the hashes of the words that begin with a digit; give their number."""
    count = 0
    word = 0
    for position in range(start, stop):
        if data[position] == _SPACE:
            word += 1
        elif (position == start or data[position - 1] == _SPACE) and _ZERO <= data[position] <= _NINE:
            out[count] = hashes[word]
            count += 1
    return count


@njit(nogil=True, cache=True)
def _sets(
    data: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:  # pragma: no cover - compiled
    """Shingle sets and number sets of all texts, each sorted, with their bounds."""
    texts = len(offsets) - 1
    capacity = (offsets[texts] - offsets[0]) // 2 + texts + 1
    shingles = np.empty(capacity, np.uint64)
    numbers = np.empty(capacity, np.uint64)
    shingle_bounds = np.zeros(texts + 1, np.int64)
    number_bounds = np.zeros(texts + 1, np.int64)
    for text in range(texts):
        size = (offsets[text + 1] - offsets[text]) // 2 + 1
        hashes = np.empty(size, np.uint64)
        scratch = np.empty(size, np.uint64)
        count = hash_words(data, offsets[text], offsets[text + 1], hashes)
        found = _numbers(data, offsets[text], offsets[text + 1], hashes, scratch)
        at = number_bounds[text]
        number_bounds[text + 1] = at + _distinct(scratch, found, numbers[at:])
        found = hash_shingles(hashes, count, SHINGLE_WORDS, scratch)
        at = shingle_bounds[text]
        shingle_bounds[text + 1] = at + _distinct(scratch, found, shingles[at:])
    return shingles, shingle_bounds, numbers, number_bounds


@njit(nogil=True, cache=True)
def count_shared(
    one: NDArray[np.unsignedinteger[Any]], other: NDArray[np.unsignedinteger[Any]]
) -> int:  # pragma: no cover - compiled
    """Count the values that two sorted sets share."""
    i = j = shared = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            shared += 1
            i += 1
            j += 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return shared


@njit(nogil=True, cache=True)
def _compare(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    shingles, bounds, numbers, number_bounds = _sets(data, offsets)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        one = shingles[bounds[a] : bounds[a + 1]]
        other = shingles[bounds[b] : bounds[b + 1]]
        shared = count_shared(one, other)
        smaller = min(len(one), len(other))
        out[pair, 0] = shared / max(1, len(one) + len(other) - shared)
        out[pair, 1] = shared / max(1, smaller)
        out[pair, 2] = smaller
        one = numbers[number_bounds[a] : number_bounds[a + 1]]
        other = numbers[number_bounds[b] : number_bounds[b + 1]]
        fewer = min(len(one), len(other))
        out[pair, 3] = count_shared(one, other) / fewer if fewer else 1.0


def compare(folded: Folded, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compare texts by position.

    Gives (pairs, 4) float64: jaccard, containment, smaller shingle count, number containment.
    """
    out = np.empty((len(left), 4), np.float64)
    if len(left):
        _compare(folded.data, folded.offsets, left, right, out)
    return out


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    if not words:
        return set()
    return {tuple(words[i : i + SHINGLE_WORDS]) for i in range(max(1, len(words) - SHINGLE_WORDS + 1))}


def compare_slowly(one: list[str], other: list[str]) -> Similarity:
    """Compare two lists of folded words by counting sets."""
    a, b = _shingles(one), _shingles(other)
    smaller = min(len(a), len(b))
    digits = "0123456789"
    c, d = ({w for w in words if w[0] in digits} for words in (one, other))
    return Similarity(
        jaccard=len(a & b) / max(1, len(a | b)),
        containment=len(a & b) / max(1, smaller),
        smaller_shingle_count=smaller,
        number_containment=len(c & d) / min(len(c), len(d)) if c and d else 1.0,
    )
