"""Texts that share a band: every pair once, found band by band, without a cap on how many share it.

A pair is given in the first band that its two texts share, so no list of pairs is ever searched for repeats, and each
band can be worked on alone. Days are numbers, a day each; `UNDATED` lies within reach of every day.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNDATED: Final = np.int32(-(2**31))
PAIRS_AT_A_TIME: Final = 1 << 20

Places = NDArray[np.int32] | NDArray[np.int64]
_Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


@njit(nogil=True, cache=True, inline="always")
def is_near(one: np.int32, other: np.int32, days: int) -> bool:  # pragma: no cover - compiled
    """Tell whether two days lie within reach of each other."""
    if one == UNDATED or other == UNDATED:  # noqa: PLR1714 - compiled as it stands
        return True
    return bool(abs(np.int64(one) - np.int64(other)) <= days)


@njit(nogil=True, cache=True)
def _meets_first(
    one: NDArray[np.uint32], other: NDArray[np.uint32], band: int, least: int
) -> bool:  # pragma: no cover - compiled
    """Tell whether a band is the first that two rows share, and they share so many or more."""
    for before in range(band):
        if one[before] == other[before]:
            return False
    shared = 0
    for at in range(band, len(one)):
        shared += one[at] == other[at]
        if shared == least:
            return True
    return False


@njit(nogil=True, cache=True)
def _meet(
    packed: NDArray[np.uint64],
    bands: NDArray[np.uint32],
    days: NDArray[np.int32],
    texts: NDArray[np.int32],
    band: int,
    window_days: int,
    wants_near: bool,
    least: int,
    place: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> int:  # pragma: no cover - compiled
    """Fill `left` and `right` from where `place` (first, second) stands in the sorted band; give how many pairs."""
    count = 0
    i, j = place
    low = np.uint64(0xFFFFFFFF)
    while i < len(packed):
        while j < len(packed) and packed[j] >> np.uint64(32) == packed[i] >> np.uint64(32):
            a, b = np.int64(packed[i] & low), np.int64(packed[j] & low)
            j += 1
            if texts[a] == texts[b] or is_near(days[a], days[b], window_days) != wants_near:
                continue
            if _meets_first(bands[a], bands[b], band, least):
                left[count], right[count] = a, b
                count += 1
                if count == len(left):
                    place[0], place[1] = i, j
                    return count
        i += 1
        j = i + 1
    place[0] = i
    return count


def meet(
    bands: NDArray[np.uint32],
    days: NDArray[np.int32],
    texts: NDArray[np.int32],
    band: int,
    window_days: int,
    *,
    near: bool,
    least: int,
) -> Iterator[_Pairs]:
    """Yield pairs of rows of `bands` (rows, bands) whose first shared band is `band`, at most a million at a time.

    They share `least` bands or more. `near` asks for rows within `window_days` of each other or undated, otherwise for
    all others. Rows of one text (`texts`, a number each) never meet.
    """
    packed = (bands[:, band].astype(np.uint64) << np.uint64(32)) | np.arange(len(bands), dtype=np.uint64)
    packed.sort()
    place = np.array([0, 1], np.int64)
    left, right = np.empty((2, PAIRS_AT_A_TIME), np.int32)
    while count := _meet(packed, bands, days, texts, band, window_days, near, least, place, left, right):
        yield left[:count].copy(), right[:count].copy()


def first_bits(rows: int) -> tuple[NDArray[np.uint64], int]:
    """Give where each bucket of packed rows begins, by about as many first bits as tell them apart, and their shift."""
    bits = max(1, min(24, rows.bit_length()))
    first = np.arange((1 << bits) + 1, dtype=np.uint64) << np.uint64(64 - bits)
    first[-1] = np.uint64(0xFFFFFFFFFFFFFFFF)
    return first, 64 - bits


class Buckets:
    """Rows by band, to be asked by rows of other nights: (rows, bands) uint32, and per band a table of first bits."""

    def __init__(self, bands: NDArray[np.uint32]) -> None:
        rows, count = bands.shape
        self.bands = np.ascontiguousarray(bands)
        first, self._shift = first_bits(rows)
        self._packed = np.empty((count, rows), np.uint64)
        self._starts = np.empty((count, len(first)), np.int32)
        for band in range(count):
            packed = (bands[:, band].astype(np.uint64) << np.uint64(32)) | np.arange(rows, dtype=np.uint64)
            packed.sort()
            self._packed[band] = packed
            self._starts[band] = np.searchsorted(packed, first)

    def ask(
        self, past: NDArray[np.uint32], past_days: NDArray[np.int32], days: NDArray[np.int32], window_days: int,
        *, near: bool, least: int,
    ) -> _Pairs:  # fmt: skip
        """Give the pairs (past row, own row) that share `least` bands, `near` as in `meet`: each once."""
        left, right = [], []
        state = np.zeros(3, np.int64)
        one, other = np.empty((2, PAIRS_AT_A_TIME), np.int32)
        while count := _ask(
            past, past_days, self.bands, days, self._packed, self._starts, self._shift, window_days, near,
            least, state, one, other,
        ):  # fmt: skip
            left.append(one[:count].copy())
            right.append(other[:count].copy())
        empty = np.empty(0, np.int32)
        return np.concatenate([empty, *left]), np.concatenate([empty, *right])


@njit(nogil=True, cache=True)
def _ask(
    past: NDArray[np.uint32],
    past_days: NDArray[np.int32],
    bands: NDArray[np.uint32],
    days: NDArray[np.int32],
    packed: NDArray[np.uint64],
    starts: NDArray[np.int32],
    shift: int,
    window_days: int,
    wants_near: bool,
    least: int,
    state: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> int:  # pragma: no cover - compiled
    """Fill `left` and `right` from where `state` (band, past row, step in its bucket) stands; give how many pairs.

    Band by band: one band's table stays in the processor's cache, all of them would not.
    """
    count = 0
    band, row, step = state
    while band < past.shape[1]:
        while row < len(past):
            key = np.uint64(past[row, band]) << np.uint64(32)
            bucket = np.int64(key >> np.uint64(shift))
            begin, end = starts[band, bucket], starts[band, bucket + 1]
            while begin + step < end:
                found = packed[band, begin + step]
                step += 1
                if found >> np.uint64(32) != np.uint64(past[row, band]):
                    continue
                own = np.int64(found & np.uint64(0xFFFFFFFF))
                if is_near(past_days[row], days[own], window_days) != wants_near:
                    continue
                if _meets_first(past[row], bands[own], band, least):
                    left[count], right[count] = row, own
                    count += 1
                    if count == len(left):
                        state[0], state[1], state[2] = band, row, step
                        return count
            row += 1
            step = 0
        band += 1
        row = 0
    state[0] = band
    return count


@njit(nogil=True, cache=True)
def share(
    one: NDArray[np.uint32], left: Places, other: NDArray[np.uint32], right: Places, least: int
) -> NDArray[np.bool_]:  # pragma: no cover - compiled
    """Tell for each pair of a row `left` of one and a row `right` of other whether they share so many bands or more.

    By places: a million rows copied out to be compared would take half a gigabyte.
    """
    found = np.empty(len(left), np.bool_)
    for pair in range(len(left)):
        a, b = one[left[pair]], other[right[pair]]
        shared = 0
        for band in range(len(a)):
            shared += a[band] == b[band]
        found[pair] = shared >= least
    return found
