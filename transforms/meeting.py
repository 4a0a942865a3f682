"""Pairs of texts that meet: candidates among one set of texts, as numbers that can be sorted, joined and cut.

A candidate is packed into one uint64: the smaller text, the greater text, and the schemes by which they met. Sorting a
column of such numbers brings the repeats of a pair together, so millions of pairs cost no table.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.buckets import meet, share
from transforms.union import join, roots

IS_WIDE: Final = np.uint64(1)
IS_STEEP: Final = np.uint64(2)

Keys = NDArray[np.uint64]
_Ints = NDArray[np.int32]
_Bools = NDArray[np.bool_]


class Features(NamedTuple):
    """Texts by day, a row each: `texts` and `days` (rows,) as numbers, bands (rows, 64) and (rows, 32) uint32."""

    texts: _Ints
    days: _Ints
    wide: NDArray[np.uint32]
    steep: NDArray[np.uint32]


class Pairs(NamedTuple):
    """Different pairs of texts, as columns: the smaller number left, and which bands brought them."""

    left: _Ints
    right: _Ints
    is_wide: _Bools
    is_steep: _Bools

    def some(self, places: NDArray[np.int64]) -> "Pairs":
        """Give the pairs at some places."""
        return Pairs(self.left[places], self.right[places], self.is_wide[places], self.is_steep[places])


def meetings(
    rows: Features, window_days: int, run: Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]] = map
) -> list[Keys]:
    """Give the candidates among rows: within the window by a wide band, beyond it by a steep one.

    `run` maps a function over bands, in several threads if it likes.
    """
    bands = [
        (is_wide, band) for is_wide in (True, False) for band in range((rows.wide if is_wide else rows.steep).shape[1])
    ]
    return list(chain.from_iterable(run(partial(_of_band, rows, window_days), bands)))


def _of_band(rows: Features, window_days: int, band: tuple[bool, int]) -> list[Keys]:
    is_wide, number = band
    bands = rows.wide if is_wide else rows.steep
    found = []
    for left, right in meet(bands, rows.days, rows.texts, number, window_days, near=is_wide):
        is_steep = share(rows.steep[left], rows.steep[right]) if is_wide else np.ones(len(left), bool)
        found.append(keys(rows.texts[left], rows.texts[right], np.full(len(left), is_wide), is_steep))
    return found


def keys(one: _Ints, other: _Ints, is_wide: _Bools, is_steep: _Bools) -> Keys:
    """Pack pairs of texts; a text beside itself is none."""
    low, high = (pick(one, other).astype(np.uint64) for pick in (np.minimum, np.maximum))
    packed = (low << np.uint64(33)) | (high << np.uint64(2)) | is_wide * IS_WIDE | is_steep * IS_STEEP
    return np.asarray(packed[low != high])


def distinct(packed: Keys) -> Pairs:
    """Unpack candidates, each pair once, with every scheme that any of its keys has. Sorts `packed` in place."""
    packed.sort()
    pairs = packed >> np.uint64(2)
    starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
    schemes = np.bitwise_or.reduceat(packed, starts) if len(starts) else packed
    pairs = pairs[starts]
    left, right = (pairs >> np.uint64(31)).astype(np.int32), (pairs & np.uint64(0x7FFFFFFF)).astype(np.int32)
    return Pairs(left, right, (schemes & IS_WIDE) > 0, (schemes & IS_STEEP) > 0)


def squares(pairs: Pairs, text_count: int, side: int) -> Iterator[NDArray[np.int64]]:
    """Yield places of pairs, cut so that each piece is about at most twice `side` texts.

    Texts are ranked by the connected group of pairs that they are in, and pieces are squares of that ranking: nearly
    all pairs lie on the diagonal, and a text is in few pieces however many pairs it is in.
    """
    parents = np.arange(text_count, dtype=np.int32)
    join(parents, pairs.left, pairs.right)
    asked = np.unique(np.concatenate([pairs.left, pairs.right]))
    ranks = np.empty(text_count, np.int64)
    ranks[asked[np.argsort(roots(parents)[asked], kind="stable")]] = np.arange(len(asked))
    one, other = ranks[pairs.left] // side, ranks[pairs.right] // side
    square = np.minimum(one, other) << 32 | np.maximum(one, other)
    order = np.argsort(square, kind="stable")
    bounds = np.flatnonzero(np.diff(square[order], prepend=-1, append=-1))
    for start, stop in pairwise(bounds.tolist()):
        yield order[start:stop]
