"""Texts of the lake that share a band with a text, whether it is in the lake or not, each compared with it exactly."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from flows.dedup.candidates import ask_history
from flows.dedup.features import day_texts
from flows.inquiry.shelf import Shelf
from transforms.buckets import UNDATED
from transforms.fingerprint import fingerprint, hashed
from transforms.likeness import Likeness, likenesses
from transforms.meeting import Features
from transforms.passages import passages
from transforms.words import fold

_TEXTS_AT_A_TIME: Final = 4096
"""Texts in memory: a flood of alike texts makes many candidates."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A text of the lake, and how alike it is."""

    text_id: str
    likeness: Likeness


def likely_texts(shelf: Shelf, text: str) -> list[Likely]:
    """Give the texts that share a band with a clean one, the most similar first."""
    text_ids, days = _candidates(shelf, text)
    found = []
    for start in range(0, len(text_ids), _TEXTS_AT_A_TIME):
        texts = shelf.texts("text_id", text_ids[start : start + _TEXTS_AT_A_TIME], days)
        each = likenesses(text, list(texts.values()))
        found += [Likely(text_id, likeness) for text_id, likeness in zip(texts, each, strict=True)]
    return sorted(found, key=_rank)


def _rank(likely: Likely) -> tuple[float, float, str]:
    figures = likely.likeness.similarity
    return -figures.jaccard, -figures.containment, likely.text_id


def _candidates(shelf: Shelf, text: str) -> tuple[list[str], set[str | None]]:
    """Ask every row of the features: without a date, the text meets them all by their wide bands."""
    words = hashed(fold(pa.array([text])))
    row = Features(np.zeros(1, np.int32), np.array([UNDATED]), *fingerprint(words), passages(words))
    with ThreadPoolExecutor(shelf.threads) as pool:
        met = list(ask_history(shelf.past, row, 0, pool))
    days = np.concatenate([np.empty(0, np.int32), *(each.days for each in met)])
    return sorted({text_id for each in met for text_id in each.text_ids.to_pylist()}), day_texts(days)
