"""Candidates: texts that share a band, or whose articles share an address. They are proposed here and judged later.

Equal texts of a day are one here, so what fills a bucket is different texts, however often each was printed. Within the
window two texts meet by a wide band, at any distance in time by a steep one, of which the index is half as large.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.dedup.features import (
    Features,
    RowGroup,
    day_numbers,
    day_texts,
    read_column,
    read_steep,
    read_wide,
    row_groups,
)
from flows.dedup.history import Past
from flows.dedup.tonight import Tonight
from transforms.buckets import UNDATED, Buckets, meet, share
from transforms.schema import PARTITION_COLUMN
from transforms.tables import PROFILES, STEEP_BANDS, WIDE_BANDS

_HOURS_PER_DAY: Final = 24
_IS_WIDE: Final = 1
_IS_STEEP: Final = 2
_BANDS: Final = (*((True, band) for band in range(WIDE_BANDS)), *((False, band) for band in range(STEEP_BANDS)))
"""Bands to work on, one at a time: whether wide, and which."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of texts, each once, as columns (pairs,): the texts' places in `text_ids`, the smaller place left.

    The first `fresh` of the texts were printed tonight; `past_days` are those on which the others were, as ISO text.
    """

    text_ids: pa.Array
    fresh: int
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    is_wide: NDArray[np.bool_]
    is_steep: NDArray[np.bool_]
    past_days: frozenset[str | None]


class _Met(NamedTuple):
    """Texts of history, one of tonight's that each is to be compared with, by which schemes, and the days it ran on."""

    text_ids: pa.Array
    own: NDArray[np.int32]
    schemes: NDArray[np.uint64]
    days: NDArray[np.int32]


def propose(tonight: Tonight, past: Past, rows: Features, window_hours: float, threads: int) -> Candidates:
    """Give the candidates among tonight's texts, and between them and those of history."""
    days = ceil(window_hours / _HOURS_PER_DAY)
    with ThreadPoolExecutor(threads) as pool:
        among = [keys for found in pool.map(partial(_among, rows, days), _BANDS) for keys in found]
        met = [*_ask_history(past, rows, days, pool), _past_addresses(tonight, past, rows.text_ids)]
    ids = _all_ids(rows.text_ids, [each.text_ids for each in met])
    keys = [_keys(pc.index_in(each.text_ids, ids).to_numpy(), each.own, each.schemes) for each in met]
    pairs = _distinct(np.concatenate([*among, _addresses(tonight, rows.text_ids), *keys]))
    past_days = frozenset(day_texts(np.concatenate([each.days for each in met])))
    return Candidates(ids, len(rows.text_ids), *pairs, past_days)


def _among(rows: Features, days: int, band: tuple[bool, int]) -> list[NDArray[np.uint64]]:
    """Give the pairs of tonight's texts of one band: by wide bands within the window, by steep ones beyond it."""
    is_wide, number = band
    bands = rows.wide if is_wide else rows.steep
    found = []
    for left, right in meet(bands, rows.days, rows.texts, number, days, near=is_wide):
        steep = share(rows.steep[left], rows.steep[right]) if is_wide else np.ones(len(left), bool)
        found.append(_keys(rows.texts[left], rows.texts[right], _schemes(steep, np.full(len(left), is_wide))))
    return found


def _ask_history(past: Past, rows: Features, days: int, pool: ThreadPoolExecutor) -> Iterator[_Met]:
    groups = list(row_groups(past))
    if not groups or not len(rows.days):
        return
    ask = _Question(past, rows, days, Buckets(rows.wide), Buckets(rows.steep))
    for found in pool.map(ask.of, groups):
        yield from found


@dataclass(frozen=True, slots=True)
class _Question:
    """Which texts of a row group may be like tonight's; asked by several threads at once."""

    past: Past
    rows: Features
    days: int
    wide: Buckets
    steep: Buckets

    def of(self, group: RowGroup) -> list[_Met]:
        past_days = day_numbers(read_column(self.past, group, PARTITION_COLUMN))
        steep = read_steep(self.past, group)
        near = np.flatnonzero(self._is_in_reach(past_days))
        found = [self.steep.ask(steep, past_days, self.rows.days, self.days, near=False)]
        if len(near):
            wide = read_wide(self.past, group)[near]
            left, right = self.wide.ask(wide, past_days[near], self.rows.days, self.days, near=True)
            found.append((near[left].astype(np.int32), right))
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        if not len(left):
            return []
        is_near = np.arange(len(left)) >= len(found[0][0])
        schemes = _schemes(share(steep[left], self.rows.steep[right]), is_near)
        ids = read_column(self.past, group, "text_id").take(pa.array(left)).combine_chunks()
        return [_Met(ids, self.rows.texts[right], schemes, past_days[left])]

    def _is_in_reach(self, past_days: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which days the window lets any of tonight's texts meet; an undated one meets them all."""
        own = self.rows.days
        if (own == UNDATED).any():
            return np.ones(len(past_days), bool)
        reach = np.unique(np.add.outer(np.unique(own), np.arange(-self.days, self.days + 1)))
        return np.asarray(np.isin(past_days, reach) | (past_days == UNDATED))


def _addresses(tonight: Tonight, ids: pa.Array) -> NDArray[np.uint64]:
    """Give the pairs of tonight's texts whose articles share an address."""
    found = tonight.rows("""
        SELECT DISTINCT a.text_id AS one, b.text_id AS other
        FROM fresh AS a JOIN fresh AS b ON a.canonical_url = b.canonical_url WHERE a.text_id < b.text_id
    """)
    one, other = (pc.index_in(found[name], ids).to_numpy() for name in ("one", "other"))
    return _keys(one, other, np.zeros(len(one), np.uint64))


def _past_addresses(tonight: Tonight, past: Past, ids: pa.Array) -> _Met:
    """Give the texts of history whose articles have the address of one of tonight's."""
    wanted = {"canonical_url": "SELECT canonical_url FROM fresh WHERE canonical_url IS NOT NULL"}
    columns = ["text_id", "canonical_url", "published_at"]
    tonight.keep("addressed", past.find(tonight.connection, PROFILES, wanted, columns))
    found = tonight.rows(f"""
        SELECT DISTINCT addressed.text_id, fresh.text_id AS own, addressed.published_at::DATE AS {PARTITION_COLUMN}
        FROM addressed JOIN fresh USING (canonical_url) WHERE addressed.text_id <> fresh.text_id
    """)
    own = pc.index_in(found["own"], ids).to_numpy()
    schemes = np.zeros(len(own), np.uint64)
    return _Met(found["text_id"].combine_chunks(), own, schemes, day_numbers(found[PARTITION_COLUMN]))


def _all_ids(own: pa.Array, met: Sequence[pa.Array]) -> pa.Array:
    """Give tonight's text ids, and after them those of history that are not among them."""
    past = pa.chunked_array(met, pa.string()).unique()
    return pa.concat_arrays([own, past.filter(pc.invert(pc.is_in(past, own)))])


def _schemes(is_steep: NDArray[np.bool_], is_wide: NDArray[np.bool_]) -> NDArray[np.uint64]:
    schemes: NDArray[np.uint64] = is_steep * np.uint64(_IS_STEEP) | is_wide * np.uint64(_IS_WIDE)
    return schemes


def _keys(one: NDArray[np.int32], other: NDArray[np.int32], schemes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Pack a pair into one number: the smaller place, the greater place, the schemes; a text beside itself is none."""
    low, high = (pick(one, other).astype(np.uint64) for pick in (np.minimum, np.maximum))
    keys: NDArray[np.uint64] = (low << np.uint64(33)) | (high << np.uint64(2)) | schemes
    return np.asarray(keys[low != high])


def _distinct(
    keys: NDArray[np.uint64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Unpack the pairs, each once, with every scheme that any of its keys has."""
    keys.sort()
    pairs = keys >> np.uint64(2)
    starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
    schemes = np.bitwise_or.reduceat(keys, starts) if len(starts) else keys
    pairs = pairs[starts]
    left, right = (pairs >> np.uint64(31)).astype(np.int32), (pairs & np.uint64(0x7FFFFFFF)).astype(np.int32)
    return left, right, (schemes & np.uint64(_IS_WIDE)) > 0, (schemes & np.uint64(_IS_STEEP)) > 0
