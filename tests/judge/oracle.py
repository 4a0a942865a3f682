"""The oracle: every two texts whose exact Jaccard similarity reaches a threshold, by means of its own.

Similarity is |A & B| / |A | B| over the sets of 5-word shingles; fewer words than that are one shingle, and empty texts
are like nothing. No shingle is hashed and none is drawn. It shares no code with what it judges.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS: Final = 5
# A word is a run of letters, digits and underscores; scripts that put no spaces between words give one a character.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORD: Final = re.compile(rf"(?=\w)[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")

Ints = NDArray[np.int64]


class Alike(NamedTuple):
    """Two texts by their positions, the smaller first."""

    jaccard: float
    one: int
    other: int


def words(text: str) -> list[str]:
    """Split a text into words without case; a Turkish capital and a final sigma are the letters they stand for."""
    return _WORD.findall(text.replace("\u0130", "i").lower().replace("\u03c2", "\u03c3"))


def jaccard(one: str, other: str) -> float:
    """Compare two texts by counting sets, slowly."""
    a, b = (_runs(words(text)) for text in (one, other))
    return len(a & b) / max(1, len(a | b))


def _runs(found: list[str]) -> set[tuple[str, ...]]:
    last = max(1, len(found) - SHINGLE_WORDS + 1) if found else 0
    return {tuple(found[i : i + SHINGLE_WORDS]) for i in range(last)}


def similar_pairs(texts: Sequence[str], least: float) -> list[Alike]:
    """Give all pairs of at least this similarity (above 0), the most similar first.

    Two sets can only be so alike when they share one of the rarest few of each, so only those are looked up, and of
    those only the ones that any other text has at all.
    """
    sets, frequency = _shingle_sets(texts)
    index: dict[int, list[int]] = defaultdict(list)
    found = []
    for i in sorted((i for i, shingles in enumerate(sets) if len(shingles)), key=lambda i: len(sets[i])):
        prefix = _rarest(sets[i], frequency, len(sets[i]) - math.ceil(least * len(sets[i]) - 1e-9) + 1)
        for k in {k for shingle in prefix for k in index[shingle] if len(sets[k]) >= least * len(sets[i]) - 1e-9}:
            share = _shared(sets[i], sets[k])
            if share >= least:
                found.append(Alike(share, min(i, k), max(i, k)))
        for shingle in prefix:
            index[shingle].append(i)
    return sorted(found, key=lambda pair: (-pair.jaccard, pair.one, pair.other))


def _rarest(shingles: Ints, frequency: Ints, count: int) -> list[int]:
    """Give those of a set's rarest few that occur in two texts or more."""
    rarest = shingles[np.lexsort((shingles, frequency[shingles]))[:count]]
    return [int(shingle) for shingle in rarest[frequency[rarest] > 1]]


def _shared(one: Ints, other: Ints) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def _shingle_sets(texts: Sequence[str]) -> tuple[list[Ints], Ints]:
    """Give numbers to the shingles, text's sorted set of them, and in how many texts each occurs."""
    numbers, bounds = _numbered_words(texts)
    shingles = _numbered_runs(numbers)
    spans = pairwise(bounds)
    sets = [np.unique(shingles[start : max(start, stop - SHINGLE_WORDS + 1)]) for start, stop in spans]
    together = np.concatenate([*sets, np.empty(0, np.int64)])
    return sets, np.bincount(together, minlength=1)


def _numbered_words(texts: Sequence[str]) -> tuple[Ints, list[int]]:
    """Give all words in a row, numbered from 1; a text of too few for a shingle is filled up with 0."""
    known: dict[str, int] = {}
    row: list[int] = []
    bounds = [0]
    for text in texts:
        found = [known.setdefault(word, len(known) + 1) for word in words(text)]
        row += found + [0] * (SHINGLE_WORDS - len(found) if found else 0)
        bounds.append(len(row))
    return np.array(row, np.int64), bounds


def _numbered_runs(row: Ints) -> Ints:
    """Give each run of five a number, which equal runs alone share. Twos first, then fours, then fives."""
    if len(row) < SHINGLE_WORDS:
        return np.empty(0, np.int64)
    twos = _numbered_pairs(row[:-1], row[1:])
    fours = _numbered_pairs(twos[:-2], twos[2:])
    return _numbered_pairs(fours[:-1], row[SHINGLE_WORDS - 1 :])


def _numbered_pairs(first: Ints, second: Ints) -> Ints:
    keys = first * (second.max() + 1) + second
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)
