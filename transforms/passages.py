"""Passages: stretches of some 16 words, cut where the words say, by which a brief meets the long story that holds it.

MinHash of whole texts cannot see that one holds the other when it is much longer: Jaccard is small however much of the
shorter is there. Passages end behind two words whose hash says so (content-defined chunking; Muthitacharoen et al., "A
low-bandwidth network file system", 2001), so the same words are cut alike wherever they stand. Two texts meet when a
third of the passages of the one that has fewer are the other's as well: a cut or a new beginning breaks two, a footer
that all stories of an outlet share is far less.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from transforms.buckets import PAIRS_AT_A_TIME, Places, first_bits, is_near
from transforms.fingerprint import Hashed, mix
from transforms.similarity import count_shared

LEAST_WORDS: Final = 8
MOST_WORDS: Final = 64
_SHIFT: Final = np.uint64(61)  # three bits: one word in eight ends a passage that is long enough
_LEAST_SHARE: Final = 3  # one in so many
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_LOW: Final = np.uint64(0xFFFFFFFF)

_Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


class Passages(NamedTuple):
    """Hashes of each row's passages, ascending and different: those of row r are `hashes[starts[r]:starts[r + 1]]`."""

    hashes: NDArray[np.uint32]
    starts: NDArray[np.int64]

    def rows(self, chosen: NDArray[np.int64]) -> "Passages":
        """Give some rows."""
        counts = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.starts[chosen], counts)
        return Passages(self.hashes[places], starts)

    def as_binary(self) -> pa.Array:
        """Give an Arrow value of 4 bytes a passage for each row."""
        offsets, body = pa.py_buffer((4 * self.starts).astype(np.int32)), pa.py_buffer(self.hashes.astype("<u4"))
        return pa.Array.from_buffers(pa.binary(), len(self.starts) - 1, [None, offsets, body])

    @classmethod
    def from_binary(cls, column: pa.ChunkedArray) -> "Passages":
        """Give what `as_binary` made."""
        values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not len(values):
            return cls(np.empty(0, np.uint32), np.zeros(1, np.int64))
        offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1] // 4
        body = np.frombuffer(values.buffers()[2] or b"", "<u4")
        return cls(body[offsets[0] : offsets[-1]], offsets.astype(np.int64) - offsets[0])


def joined(some: Sequence[Passages]) -> Passages:
    """Give the rows of all, in order."""
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(each.starts) for each in some)])
    return Passages(np.concatenate([each.hashes for each in some]), np.cumsum(counts))


def passages(texts: Hashed) -> Passages:
    """Cut hashed texts into passages."""
    hashes, starts = np.empty(len(texts.words) // LEAST_WORDS, np.uint32), np.zeros(len(texts.starts), np.int64)
    _cut(*texts, hashes, starts)
    return Passages(hashes[: starts[-1]].copy(), starts)


@njit(nogil=True, cache=True)
def _cut(
    words: NDArray[np.uint64], word_starts: NDArray[np.int64], out: NDArray[np.uint32], starts: NDArray[np.int64]
) -> None:  # pragma: no cover - compiled
    found = np.empty(len(out) + 1, np.uint32)
    for text in range(len(starts) - 1):
        own = words[word_starts[text] : word_starts[text + 1]]
        cut = length = 0
        value = before = np.uint64(0)
        for k in range(len(own)):
            value = value * _STEP + own[k]
            length += 1
            is_end = k + 1 == len(own) or length == MOST_WORDS or (before * _STEP + own[k]) >> _SHIFT == np.uint64(0)
            before = own[k]
            if is_end and length >= LEAST_WORDS:
                found[cut] = np.uint32(mix(value) >> np.uint64(32))
                cut += 1
                value, length = np.uint64(0), 0
        found[:cut].sort()
        at = starts[text]
        for k in range(cut):
            if k == 0 or found[k] != found[k - 1]:
                out[at] = found[k]
                at += 1
        starts[text + 1] = at


@njit(nogil=True, cache=True)
def _meets_first(
    one: NDArray[np.uint32], other: NDArray[np.uint32], at: np.uint32
) -> bool:  # pragma: no cover - compiled
    """Tell whether a passage is the first that two rows share, and they share enough."""
    i = j = shared = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            if shared == 0 and one[i] != at:
                return False
            shared += 1
            i += 1
            j += 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return _is_enough(shared, one, other)


@njit(nogil=True, cache=True)
def _is_enough(shared: int, one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:  # pragma: no cover - compiled
    return shared > 0 and shared * _LEAST_SHARE >= min(len(one), len(other))


@njit(nogil=True, cache=True)
def share_passages(
    hashes: NDArray[np.uint32], starts: NDArray[np.int64], left: Places, right: Places
) -> NDArray[np.bool_]:  # pragma: no cover - compiled
    """Tell for each two rows whether they share enough passages to meet."""
    found = np.zeros(len(left), np.bool_)
    for pair in range(len(left)):
        one = hashes[starts[left[pair]] : starts[left[pair] + 1]]
        other = hashes[starts[right[pair]] : starts[right[pair] + 1]]
        found[pair] = _is_enough(count_shared(one, other), one, other)
    return found


class Holders:
    """Rows by passage: who holds it. Asked by rows of the same night, and by those of others."""

    def __init__(self, own: Passages) -> None:
        self.own = own
        rows = np.repeat(np.arange(len(own.starts) - 1, dtype=np.uint64), np.diff(own.starts))
        self._packed = own.hashes.astype(np.uint64) << np.uint64(32) | rows
        self._packed.sort()
        first, self._shift = first_bits(len(rows))
        self._starts = np.searchsorted(self._packed, first)

    def meet(self, days: NDArray[np.int32], window_days: int) -> Iterator[_Pairs]:
        """Yield the pairs of own rows within the window that share enough passages, each once."""
        place = np.array([0, 1], np.int64)
        left, right = np.empty((2, PAIRS_AT_A_TIME), np.int32)
        while count := _meet(self._packed, self.own, days, window_days, place, left, right):
            yield left[:count].copy(), right[:count].copy()

    def ask(
        self, past: Passages, past_days: NDArray[np.int32], days: NDArray[np.int32], window_days: int
    ) -> Iterator[_Pairs]:
        """Yield the pairs (past row, own row) within the window that share enough passages, each once."""
        asked = np.repeat(np.arange(len(past.starts) - 1, dtype=np.int32), np.diff(past.starts))
        places = self._starts[past.hashes.astype(np.uint64) << np.uint64(32) >> np.uint64(self._shift)]
        state = np.zeros(2, np.int64)
        left, right = np.empty((2, PAIRS_AT_A_TIME), np.int32)
        while count := _ask(
            asked, places, past, past_days, self.own, days, self._packed, window_days, state, left, right
        ):
            yield left[:count].copy(), right[:count].copy()


@njit(nogil=True, cache=True)
def _meet(
    packed: NDArray[np.uint64],
    own: Passages,
    days: NDArray[np.int32],
    window_days: int,
    place: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> int:  # pragma: no cover - compiled
    """Fill `left` and `right` from where `place` (first, second) stands among the holders; give how many pairs."""
    count = 0
    i, j = place
    while i < len(packed):
        at = packed[i] >> np.uint64(32)
        a = np.int64(packed[i] & _LOW)
        while j < len(packed) and packed[j] >> np.uint64(32) == at:
            b = np.int64(packed[j] & _LOW)
            j += 1
            if not is_near(days[a], days[b], window_days):
                continue
            one, other = own.hashes[own.starts[a] : own.starts[a + 1]], own.hashes[own.starts[b] : own.starts[b + 1]]
            if _meets_first(one, other, np.uint32(at)):
                left[count], right[count] = a, b
                count += 1
                if count == len(left):
                    place[0], place[1] = i, j
                    return count
        i += 1
        j = i + 1
    place[0] = i
    return count


@njit(nogil=True, cache=True)
def _ask(
    asked: NDArray[np.int32],
    places: NDArray[np.int64],
    past: Passages,
    past_days: NDArray[np.int32],
    own: Passages,
    days: NDArray[np.int32],
    packed: NDArray[np.uint64],
    window_days: int,
    state: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> int:  # pragma: no cover - compiled
    """Fill `left` and `right` from where `state` (passage asked about, step from its place on) stands."""
    count = 0
    at, step = state
    while at < len(asked):
        row = asked[at]
        one = past.hashes[past.starts[row] : past.starts[row + 1]]
        while places[at] + step < len(packed) and packed[places[at] + step] >> np.uint64(32) <= past.hashes[at]:
            holder = packed[places[at] + step]
            found = np.int64(holder & _LOW)
            step += 1
            if holder >> np.uint64(32) != past.hashes[at] or not is_near(past_days[row], days[found], window_days):
                continue
            other = own.hashes[own.starts[found] : own.starts[found + 1]]
            if _meets_first(one, other, past.hashes[at]):
                left[count], right[count] = row, found
                count += 1
                if count == len(left):
                    state[0], state[1] = at, step
                    return count
        at += 1
        step = 0
    state[0] = at
    return count
