"""One text beside others: how alike each is, and whether it is the same, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.buckets import share
from transforms.fingerprint import LEAST_STEEP, LEAST_WIDE, fingerprint, hashed
from transforms.passages import passages, share_passages
from transforms.relation import Similarity
from transforms.similarity import compare
from transforms.words import fold


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a text is to the one asked about; `word_count` is its own."""

    similarity: Similarity
    same_words: bool
    word_count: int


def likenesses(text: str, others: Sequence[str]) -> list[Likeness]:
    """Compare a text with each of the others, exactly."""
    folded = fold(pa.array([text, *others], pa.large_string()))
    places = np.arange(1, len(folded), dtype=np.int64)
    own = np.zeros(len(others), np.int64)
    figures = compare(folded, own, places)
    words = hashed(folded)
    wide, steep = fingerprint(words)
    is_steep = share(steep, own, steep, places, LEAST_STEEP)
    is_wide = share(wide, own, wide, places, LEAST_WIDE) | share_passages(*passages(words), own, places)
    return [
        Likeness(
            Similarity(jaccard, containment, int(shingles), numbers, bool(is_wide[at]), bool(is_steep[at])),
            folded[0] == folded[at + 1],
            int(folded.word_counts[at + 1]),
        )
        for at, (jaccard, containment, shingles, numbers) in enumerate(figures.tolist())
    ]
