"""Pairs of texts that meet: candidates among one set of texts, as numbers that can be sorted, joined and cut.

A candidate is packed into one uint64: 31 bits for each text and 2 for the schemes by which they met. Sorting a column
of such numbers brings the repeats of a pair together, so millions of pairs cost no table.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transforms.buckets import meet, share
from transforms.fingerprint import LEAST_STEEP, LEAST_WIDE
from transforms.passages import Holders, Passages
from transforms.union import roots, unite

IS_WIDE: Final = np.uint64(1)
IS_STEEP: Final = np.uint64(2)
_TILE_BITS: Final = 10
TILE_TEXTS: Final = 1 << _TILE_BITS
"""Texts along a side of a tile: a full one has half a million pairs on the diagonal, a million beside it."""
_INSIDE: Final = TILE_TEXTS - 1
_TILE_SHIFT: Final = 2 * _TILE_BITS + 2

Keys = NDArray[np.uint64]
_Ints = NDArray[np.int32]
_Bools = NDArray[np.bool_]


class Features(NamedTuple):
    """Texts by day, a row each: `texts` and `days` (rows,) as numbers, bands (rows, 64) and (rows, 32) uint32."""

    texts: _Ints
    days: _Ints
    wide: NDArray[np.uint32]
    steep: NDArray[np.uint32]
    passages: Passages


class Pairs(NamedTuple):
    """Different pairs of texts, as columns: the smaller number left, and which bands brought them."""

    left: _Ints
    right: _Ints
    is_wide: _Bools
    is_steep: _Bools


def meetings(
    rows: Features, window_days: int, run: Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]] = map
) -> list[Keys]:
    """Give the candidates among rows: within the window by a wide band or by passages, beyond it by steep bands.

    `run` maps a function over jobs, in several threads if it likes.
    """
    wide, steep = (range(bands.shape[1]) for bands in (rows.wide, rows.steep))
    jobs = [
        partial(_of_passages, rows, window_days),
        *(partial(_of_band, rows, window_days, (True, band)) for band in wide),
        *(partial(_of_band, rows, window_days, (False, band)) for band in steep),
    ]
    return list(chain.from_iterable(run(lambda job: list(job()), jobs)))


def _of_band(rows: Features, window_days: int, band: tuple[bool, int]) -> list[Keys]:
    is_wide, number = band
    bands, least = (rows.wide, LEAST_WIDE) if is_wide else (rows.steep, LEAST_STEEP)
    found = []
    for left, right in meet(bands, rows.days, rows.texts, number, window_days, near=is_wide, least=least):
        is_steep = share(rows.steep, left, rows.steep, right, LEAST_STEEP) if is_wide else np.ones(len(left), bool)
        found.append(keys(rows.texts[left], rows.texts[right], np.full(len(left), is_wide), is_steep))
    return found


def _of_passages(rows: Features, window_days: int) -> Iterator[Keys]:
    for one, other in Holders(rows.passages).meet(rows.days, window_days):
        is_new = ~share(rows.wide, one, rows.wide, other, LEAST_WIDE)  # the rest have met
        left, right = one[is_new], other[is_new]
        is_steep = share(rows.steep, left, rows.steep, right, LEAST_STEEP)
        yield keys(rows.texts[left], rows.texts[right], np.ones(len(left), bool), is_steep)


def keys(one: _Ints, other: _Ints, is_wide: _Bools, is_steep: _Bools) -> Keys:
    """Pack pairs of texts; a text beside itself is none."""
    low, high = (pick(one, other).astype(np.uint64) for pick in (np.minimum, np.maximum))
    packed = (low << np.uint64(33)) | (high << np.uint64(2)) | is_wide * IS_WIDE | is_steep * IS_STEEP
    return np.asarray(packed[low != high])


class Tiles:
    """Candidates cut into tiles, each of few texts however many pairs it holds; iterate for the pairs of each.

    Texts are ranked by the connected group of candidates that they are in, and tiles are squares of that ranking:
    nearly all pairs lie on the diagonal, and a text is in few tiles however many pairs it is in. Of a flood of alike
    texts only the packed candidates are in memory, 8 bytes a pair, and one tile at a time.
    """

    def __init__(self, packed: Keys, text_count: int) -> None:
        """Rank the texts and sort the candidates by tile, in place."""
        parents = np.arange(text_count, dtype=np.int32)
        is_asked = _join_packed(packed, parents)
        self.texts = np.flatnonzero(is_asked).astype(np.int32)
        """Numbers of all texts in question, ascending."""
        self._by_rank = self.texts[np.argsort(roots(parents)[self.texts], kind="stable")]
        ranks = np.empty(text_count, np.int64)
        ranks[self._by_rank] = np.arange(len(self._by_rank))
        _rank_packed(packed, ranks)
        packed.sort()
        self._packed = packed

    def __iter__(self) -> Iterator[Pairs]:
        """Yield the pairs of each tile, each pair once, with every scheme that brought it."""
        start = 0
        while start < len(self._packed):
            after = (self._packed[start] >> np.uint64(_TILE_SHIFT)) + np.uint64(1)
            stop = int(np.searchsorted(self._packed, after << np.uint64(_TILE_SHIFT)))
            yield self._unpacked(self._packed[start:stop])
            start = stop

    def _unpacked(self, packed: Keys) -> Pairs:
        pairs = packed >> np.uint64(2)
        starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
        schemes = np.bitwise_or.reduceat(packed, starts)
        low, high = _ranks_of(pairs[starts])
        left, right = self._by_rank[low], self._by_rank[high]
        return Pairs(
            np.minimum(left, right), np.maximum(left, right), (schemes & IS_WIDE) > 0, (schemes & IS_STEEP) > 0
        )


@njit(nogil=True, cache=True)
def _join_packed(packed: Keys, parents: _Ints) -> _Bools:  # pragma: no cover - compiled
    """Unite the texts of each pair; tell which texts there are."""
    is_asked = np.zeros(len(parents), np.bool_)
    for key in packed:
        low, high = np.int64(key >> np.uint64(33)), np.int64((key >> np.uint64(2)) & np.uint64(0x7FFFFFFF))
        unite(parents, low, high)
        is_asked[low] = is_asked[high] = True
    return is_asked


@njit(nogil=True, cache=True)
def _rank_packed(packed: Keys, ranks: NDArray[np.int64]) -> None:  # pragma: no cover - compiled
    """Put ranks in the place of texts, the tile of each before the places in the tiles, so that tiles sort together."""
    for k in range(len(packed)):
        key = packed[k]
        one, other = (
            ranks[np.int64(key >> np.uint64(33))],
            ranks[np.int64((key >> np.uint64(2)) & np.uint64(0x7FFFFFFF))],
        )
        low, high = np.uint64(min(one, other)), np.uint64(max(one, other))
        tiles = (low >> np.uint64(_TILE_BITS)) << np.uint64(31 - _TILE_BITS) | (high >> np.uint64(_TILE_BITS))
        inside = (low & np.uint64(_INSIDE)) << np.uint64(_TILE_BITS) | (high & np.uint64(_INSIDE))
        packed[k] = tiles << np.uint64(_TILE_SHIFT) | inside << np.uint64(2) | (key & np.uint64(3))


def _ranks_of(pairs: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Undo what `_rank_packed` did, the schemes cut off."""
    tiles, inside = pairs >> np.uint64(2 * _TILE_BITS), pairs & np.uint64((1 << 2 * _TILE_BITS) - 1)
    low = (tiles >> np.uint64(31 - _TILE_BITS)) << np.uint64(_TILE_BITS) | (inside >> np.uint64(_TILE_BITS))
    high = (tiles & np.uint64((1 << (31 - _TILE_BITS)) - 1)) << np.uint64(_TILE_BITS) | (inside & np.uint64(_INSIDE))
    return low.astype(np.int64), high.astype(np.int64)
