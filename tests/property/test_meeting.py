"""Texts that meet: the compiled search finds what asking every two rows finds, each pair once."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from transforms import meeting
from transforms.buckets import UNDATED, Buckets, share
from transforms.fingerprint import LEAST_STEEP
from transforms.meeting import Features, Pairs, Tiles, meetings
from transforms.passages import Holders, Passages, share_passages

WINDOW_DAYS = 3
WIDE, STEEP = 6, 3
NOTHING = Passages(np.empty(0, np.uint32), np.zeros(2_000, np.int64))


@st.composite
def features(draw: st.DrawFn, most: int = 12) -> Features:
    """Rows of few different bands and days; a steep band is told by two wide ones, as the real ones are."""
    count = draw(st.integers(0, most))
    wide = draw(arrays(np.uint32, (count, WIDE), elements=st.sampled_from([0, 1, 2, 2**31, 2**32 - 1])))
    steep = (wide[:, ::2].astype(np.uint64) * 7 + wide[:, 1::2] * np.uint64(3)).astype(np.uint32)
    days = draw(arrays(np.int32, count, elements=st.sampled_from([int(UNDATED), 0, 2, 3, 4, 9])))
    texts = draw(arrays(np.int32, count, elements=st.integers(0, 7)))
    held = draw(st.lists(st.frozensets(st.integers(0, 5), max_size=4), min_size=count, max_size=count))
    return Features(texts, days, wide, steep, of_sets(held))


def of_sets(held: list[frozenset[int]]) -> Passages:
    starts = np.cumsum([0, *map(len, held)])
    return Passages(np.array([h for each in held for h in sorted(each)], np.uint32), starts)


def set_of(held: Passages, row: int) -> set[int]:
    return {*held.hashes[held.starts[row] : held.starts[row + 1]].tolist()}


def hold_enough(one: set[int], other: set[int]) -> bool:
    """Whether a third of the fewer passages are the other's as well."""
    shared = len(one & other)
    return shared > 0 and 3 * shared >= min(len(one), len(other))


def is_near(one: int, other: int) -> bool:
    return UNDATED in (one, other) or abs(int(one) - int(other)) <= WINDOW_DAYS


def by_hand(rows: Features) -> dict[tuple[int, int], tuple[bool, bool]]:
    """Pair of texts to whether any of their rows met by a wide and by a steep band."""
    found: dict[tuple[int, int], tuple[bool, bool]] = {}
    for a, b in combinations(range(len(rows.texts)), 2):
        near = is_near(rows.days[a], rows.days[b])
        held = hold_enough(set_of(rows.passages, a), set_of(rows.passages, b))
        wide = near and (held or bool((rows.wide[a] == rows.wide[b]).any()))
        steep = int((rows.steep[a] == rows.steep[b]).sum()) >= LEAST_STEEP
        if rows.texts[a] != rows.texts[b] and (wide or steep):
            pair = (int(min(rows.texts[a], rows.texts[b])), int(max(rows.texts[a], rows.texts[b])))
            before = found.get(pair, (False, False))
            found[pair] = (before[0] or wide, before[1] or steep)
    return found


def met(rows: Features) -> Pairs:
    tiles = list(cut(rows))
    columns = zip(*tiles, strict=True) if tiles else [()] * 4
    kinds = (np.int32, np.int32, bool, bool)
    return Pairs(*(np.concatenate([np.empty(0, kind), *some]) for kind, some in zip(kinds, columns, strict=True)))


def cut(rows: Features) -> Tiles:
    return Tiles(np.concatenate([np.empty(0, np.uint64), *meetings(rows, WINDOW_DAYS)]), 2_000)


@given(features())
def test_every_two_texts_that_share_a_band_meet_and_no_others(rows: Features) -> None:
    pairs = met(rows)
    found = zip(*(column.tolist() for column in pairs), strict=True)

    assert by_hand(rows) == {(left, right): (wide, steep) for left, right, wide, steep in found}
    assert len(pairs.left) == len(by_hand(rows))


@given(features(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Features, chance: object) -> None:
    order = list(range(len(rows.texts)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    held = rows.passages.rows(np.array(order, np.int64))
    shuffled = Features(rows.texts[order], rows.days[order], rows.wide[order], rows.steep[order], held)

    assert by_hand(rows) == by_hand(shuffled)
    assert sorted(zip(*met(rows), strict=True)) == sorted(zip(*met(shuffled), strict=True))


@given(features(), features(), st.booleans(), st.integers(1, 3))
def test_rows_of_other_nights_find_each_row_that_shares_enough_bands_once(
    own: Features, past: Features, near: bool, least: int
) -> None:
    expected = [
        (a, b)
        for a in range(len(past.texts))
        for b in range(len(own.texts))
        if (past.wide[a] == own.wide[b]).sum() >= least and is_near(past.days[a], own.days[b]) == near
    ]
    left, right = Buckets(own.wide).ask(past.wide, past.days, own.days, WINDOW_DAYS, near=near, least=least)

    assert expected == sorted(zip(left.tolist(), right.tolist(), strict=True))


def test_more_pairs_than_fit_at_a_time_are_all_given() -> None:
    count = 1_600
    alike = np.ones((count, 2), np.uint32)
    days, texts = np.zeros(count, np.int32), np.arange(count, dtype=np.int32)
    pairs = met(Features(texts, days, alike, alike, NOTHING))
    left, right = Buckets(alike).ask(alike, days, days, WINDOW_DAYS, near=True, least=1)

    assert len(pairs.left) == count * (count - 1) // 2
    assert len({*zip(left.tolist(), right.tolist(), strict=True)}) == count * count


@given(features(), st.integers(1, 3))
def test_two_rows_share_enough_bands_or_not(rows: Features, least: int) -> None:
    pairs = list(combinations(range(len(rows.texts)), 2))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    by_eye = [int((rows.wide[a] == rows.wide[b]).sum()) >= least for a, b in pairs]

    assert by_eye == share(rows.wide, left, rows.wide, right, least).tolist()


def test_a_tile_holds_few_texts_and_all_tiles_hold_every_pair_once() -> None:
    """Two groups of alike texts: one larger than a tile, one that lies across the edge of a tile."""
    sizes = [meeting.TILE_TEXTS + 300, 400]
    bands = np.repeat(np.arange(2, dtype=np.uint32), sizes)[:, None].repeat(4, 1)
    count = sum(sizes)
    order = np.random.default_rng(1).permutation(count)
    rows = Features(
        np.arange(count, dtype=np.int32), np.zeros(count, np.int32), bands[order], bands[order, :2], NOTHING
    )
    tiles = list(cut(rows))
    pairs = {pair for tile in tiles for pair in zip(tile.left.tolist(), tile.right.tolist(), strict=True)}

    assert sum(len(tile.left) for tile in tiles) == len(pairs) == sum(n * (n - 1) // 2 for n in sizes)
    assert all(len({*tile.left.tolist(), *tile.right.tolist()}) <= 2 * meeting.TILE_TEXTS for tile in tiles)
    assert cut(rows).texts.tolist() == list(range(count))


@given(features(), features())
def test_rows_of_other_nights_find_each_row_that_holds_enough_of_their_passages_once(
    own: Features, past: Features
) -> None:
    expected = [
        (a, b)
        for a in range(len(past.texts))
        for b in range(len(own.texts))
        if is_near(past.days[a], own.days[b]) and hold_enough(set_of(past.passages, a), set_of(own.passages, b))
    ]
    found = [*Holders(own.passages).ask(past.passages, past.days, own.days, WINDOW_DAYS)]

    assert expected == sorted(pair for left, right in found for pair in zip(left.tolist(), right.tolist(), strict=True))


@given(features())
def test_two_rows_hold_enough_of_each_other_or_not(rows: Features) -> None:
    pairs = list(combinations(range(len(rows.texts)), 2))
    left, right = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    by_eye = [hold_enough(set_of(rows.passages, a), set_of(rows.passages, b)) for a, b in pairs]

    assert by_eye == share_passages(*rows.passages, left, right).tolist()


@given(features(), st.data())
def test_passages_keep_their_rows_through_arrow_and_choosing(rows: Features, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, max(0, len(rows.texts) - 1)), max_size=5 if len(rows.texts) else 0))
    again = Passages.from_binary(rows.passages.as_binary()).rows(np.array(chosen, np.int64))

    assert [set_of(again, place) for place in range(len(chosen))] == [set_of(rows.passages, row) for row in chosen]
