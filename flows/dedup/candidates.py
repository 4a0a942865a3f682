"""Candidates: texts that share a band, or whose articles share an address. They are proposed here and judged later.

Equal texts of a day are one here, so what fills a bucket is different texts, however often each was printed. Within the
window two texts meet by a wide band or by passages, at any distance in time by steep bands, which take half the room.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.dedup.features import (
    RowGroup,
    day_numbers,
    day_texts,
    read_column,
    read_passages,
    read_steep,
    read_wide,
    row_groups,
)
from flows.dedup.history import Past
from flows.dedup.tonight import Tonight
from transforms.buckets import UNDATED, Buckets, share
from transforms.fingerprint import LEAST_STEEP, LEAST_WIDE
from transforms.meeting import Features, Keys, Tiles, keys, meetings
from transforms.passages import Holders
from transforms.schema import PARTITION_COLUMN
from transforms.tables import PROFILES

_HOURS_PER_DAY: Final = 24

_Rows = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of texts in tiles, by their places in `text_ids`.

    The first `fresh` of the texts were printed tonight; `past_days` are those on which the others were, as ISO text.
    """

    text_ids: pa.Array
    fresh: int
    tiles: Tiles
    past_days: frozenset[str | None]


class Met(NamedTuple):
    """Texts of history, which of the texts asked about each met, by which schemes, and the days it ran on."""

    text_ids: pa.Array
    own: NDArray[np.int32]
    is_wide: NDArray[np.bool_]
    is_steep: NDArray[np.bool_]
    days: NDArray[np.int32]


def propose(
    tonight: Tonight, past: Past, text_ids: pa.Array, rows: Features, window_hours: float, threads: int
) -> Candidates:
    """Give the candidates among tonight's texts, whose ids are `text_ids`, and between them and those of history."""
    days = ceil(window_hours / _HOURS_PER_DAY)
    with ThreadPoolExecutor(threads) as pool:
        among = meetings(rows, days, pool.map)
        met = [*ask_history(past, rows, days, pool), _past_addresses(tonight, past, text_ids)]
    ids = _all_ids(text_ids, [each.text_ids for each in met])
    beyond = [keys(pc.index_in(m.text_ids, ids).to_numpy(), m.own, m.is_wide, m.is_steep) for m in met]
    tiles = Tiles(np.concatenate([*among, _addresses(tonight, text_ids), *beyond]), len(ids))
    past_days = frozenset(day_texts(np.concatenate([each.days for each in met])))
    return Candidates(ids, len(text_ids), tiles, past_days)


def ask_history(past: Past, rows: Features, days: int, pool: ThreadPoolExecutor) -> Iterator[Met]:
    """Yield the texts of history that meet a row: within so many days by wide bands or passages, else by steep ones."""
    groups = list(row_groups(past))
    if not groups or not len(rows.days):
        return
    ask = _Question(past, rows, days, Buckets(rows.wide), Buckets(rows.steep), Holders(rows.passages))
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
    passages: Holders

    def of(self, group: RowGroup) -> list[Met]:
        past_days = day_numbers(read_column(self.past, group, PARTITION_COLUMN))
        steep = read_steep(self.past, group)
        near = np.flatnonzero(self._is_in_reach(past_days))
        far = self.steep.ask(steep, past_days, self.rows.days, self.days, near=False, least=LEAST_STEEP)
        found = [far, *((near[left].astype(np.int32), right) for left, right in self._near(group, near, past_days))]
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        if not len(left):
            return []
        is_near = np.arange(len(left)) >= len(far[0])
        is_steep = share(steep, left, self.rows.steep, right, LEAST_STEEP)
        ids = read_column(self.past, group, "text_id").take(pa.array(left)).combine_chunks()
        return [Met(ids, self.rows.texts[right], is_near, is_steep, past_days[left])]

    def _near(self, group: RowGroup, near: NDArray[np.int64], past_days: NDArray[np.int32]) -> Iterator[_Rows]:
        """Yield pairs within the window, of places in `near` and tonight's rows."""
        if len(near):
            days = past_days[near], self.rows.days, self.days
            yield self.wide.ask(read_wide(self.past, group)[near], *days, near=True, least=LEAST_WIDE)
            yield from self.passages.ask(read_passages(self.past, group).rows(near), *days)

    def _is_in_reach(self, past_days: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which days the window lets any of tonight's texts meet; an undated one meets them all."""
        own = self.rows.days
        if (own == UNDATED).any():
            return np.ones(len(past_days), bool)
        reach = np.unique(np.add.outer(np.unique(own), np.arange(-self.days, self.days + 1)))
        return np.asarray(np.isin(past_days, reach) | (past_days == UNDATED))


def _addresses(tonight: Tonight, ids: pa.Array) -> Keys:
    """Give the pairs of tonight's texts whose articles share an address."""
    found = tonight.rows("""
        SELECT DISTINCT a.text_id AS one, b.text_id AS other
        FROM fresh AS a JOIN fresh AS b ON a.canonical_url = b.canonical_url WHERE a.text_id < b.text_id
    """)
    one, other = (pc.index_in(found[name], ids).to_numpy() for name in ("one", "other"))
    met = np.zeros(len(one), bool)
    return keys(one, other, met, met)


def _past_addresses(tonight: Tonight, past: Past, ids: pa.Array) -> Met:
    """Give the texts of history whose articles have the address of one of tonight's."""
    wanted = {"canonical_url": "SELECT canonical_url FROM fresh WHERE canonical_url IS NOT NULL"}
    columns = ["text_id", "canonical_url", "published_at"]
    tonight.keep("addressed", past.find(tonight.connection, PROFILES, wanted, columns))
    found = tonight.rows(f"""
        SELECT DISTINCT addressed.text_id, fresh.text_id AS own, addressed.published_at::DATE AS {PARTITION_COLUMN}
        FROM addressed JOIN fresh USING (canonical_url) WHERE addressed.text_id <> fresh.text_id
    """)
    own = pc.index_in(found["own"], ids).to_numpy()
    met = np.zeros(len(own), bool)
    return Met(found["text_id"].combine_chunks(), own, met, met, day_numbers(found[PARTITION_COLUMN]))


def _all_ids(own: pa.Array, met: Sequence[pa.Array]) -> pa.Array:
    """Give tonight's text ids, and after them those of history that are not among them."""
    past = pa.chunked_array(met, pa.string()).unique()
    return pa.concat_arrays([own, past.filter(pc.invert(pc.is_in(past, own)))])
