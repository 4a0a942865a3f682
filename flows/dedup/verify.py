"""Verify a tile: compare its texts word for word, and ask the pair rule about every two articles that carry them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.dedup.profiles import SCHEMA, Profiles
from flows.dedup.tiles import Question, Tile
from flows.dedup.tonight import gather, open_staged
from transforms.relation import RULES, Compared, PairSettings, decide
from transforms.similarity import compare
from transforms.words import fold

ANSWER: Final = pa.schema(
    [
        ("left", pa.int32()),
        ("right", pa.int32()),
        ("line", pa.int8()),
        ("jaccard", pa.float64()),
        ("containment", pa.float64()),
        ("number_containment", pa.float64()),
    ]
)
"""A pair of articles found alike, by their places in the question's articles, and the line of the rule that decided."""

_LISTED: Final = np.array([relation is not None for _, relation, _ in RULES])
_MOST_PAIRS: Final = 1 << 18
"""Pairs of articles asked about at a time."""
_SECONDS_PER_HOUR: Final = 3600.0


class _Carriers(NamedTuple):
    """The question's articles by text: those of text t are `order[starts[t]:starts[t + 1]]`."""

    profiles: Profiles
    is_fresh: NDArray[np.bool_]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]


class _Asked(NamedTuple):
    """Pairs of articles: the pair of texts that each carries, and the two articles, the smaller left."""

    pair: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]


class _TextPairs(NamedTuple):
    """Pairs of texts by number, and what they have in common: see `Similarity`."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    is_wide: NDArray[np.bool_]
    is_steep: NDArray[np.bool_]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    smaller_shingle_count: NDArray[np.float64]
    number_containment: NDArray[np.float64]


def verify(tile: Tile) -> Path:
    """Answer a tile: write ANSWER rows, in order of the two articles, for those that are alike."""
    pairs = _compared(tile)
    carriers = _carriers(tile.question)
    limits = tile.question.limits
    found = [ANSWER.empty_table(), *(_judge(pairs, carriers, some, limits) for some in expand(pairs, carriers))]
    rows = pa.concat_tables(found).sort_by([("left", "ascending"), ("right", "ascending")])
    with pa.ipc.new_file(tile.out, ANSWER) as writer:
        writer.write_table(rows)
    return tile.out


def _compared(tile: Tile) -> _TextPairs:
    rows = open_staged([tile.pairs])
    left, right, is_wide, is_steep = (rows[name].to_numpy() for name in rows.schema.names)
    numbers = np.unique(np.concatenate([left, right]))
    known = open_staged([tile.question.texts])
    places = known["place"].take(pc.index_in(pa.array(numbers), known["text"].combine_chunks())).to_numpy()
    order = np.argsort(places)
    texts = gather(tile.question.sources, pa.array(places[order]), ["text"])["text"]
    folded = fold(texts.cast(pa.large_string()).combine_chunks())
    at = np.empty(len(numbers), np.int64)
    at[order] = np.arange(len(numbers))
    found = compare(folded, at[np.searchsorted(numbers, left)], at[np.searchsorted(numbers, right)])
    return _TextPairs(left, right, is_wide, is_steep, *found.T)


def _carriers(question: Question) -> _Carriers:
    rows = open_staged([question.articles])
    profiles = Profiles(*(rows[name].to_numpy() for name in SCHEMA.names))
    order = np.argsort(profiles.texts, kind="stable")
    starts = np.searchsorted(profiles.texts[order], np.arange(profiles.texts.max(initial=-1) + 2))
    return _Carriers(profiles, rows["is_fresh"].to_numpy(), order, starts)


def expand(pairs: _TextPairs, carriers: _Carriers) -> Iterator[_Asked]:
    """Yield every two articles that carry a pair of texts and of which one is tonight's, some pairs at a time."""
    starts = carriers.starts
    counts = np.diff(starts)
    products = counts[pairs.left] * counts[pairs.right]
    share = np.cumsum(products) // _MOST_PAIRS
    for chosen in np.split(np.arange(len(products)), np.flatnonzero(np.diff(share)) + 1):
        pair = np.repeat(chosen, products[chosen])
        step = np.arange(len(pair)) - np.repeat(np.cumsum(products[chosen]) - products[chosen], products[chosen])
        width = counts[pairs.right[pair]]
        one = carriers.order[starts[pairs.left[pair]] + step // width]
        other = carriers.order[starts[pairs.right[pair]] + step % width]
        speaks = carriers.is_fresh[one] | carriers.is_fresh[other]
        yield _Asked(pair[speaks], np.minimum(one, other)[speaks], np.maximum(one, other)[speaks])


def _judge(pairs: _TextPairs, carriers: _Carriers, asked: _Asked, limits: PairSettings) -> pa.Table:
    """Ask the pair rule about articles; give ANSWER rows of those that are alike."""
    p, (chosen, left, right) = carriers.profiles, asked
    gap = np.abs(p.published[left] - p.published[right]) / _SECONDS_PER_HOUR
    compared = Compared(
        same_text=np.zeros(len(chosen), bool),
        same_url=(p.urls[left] == p.urls[right]) & (p.urls[left] >= 0),
        same_headline=p.titles[left] == p.titles[right],
        same_outlet=(p.outlets[left] == p.outlets[right]) & (p.outlets[left] >= 0),
        shorter_words=np.minimum(p.word_counts[left], p.word_counts[right]),
        gap_hours=np.nan_to_num(gap),
        is_dated=~np.isnan(gap),
        jaccard=pairs.jaccard[chosen],
        containment=pairs.containment[chosen],
        smaller_shingle_count=pairs.smaller_shingle_count[chosen],
        number_containment=pairs.number_containment[chosen],
        is_wide=pairs.is_wide[chosen],
        is_steep=pairs.is_steep[chosen],
    )
    lines = decide(compared, limits)
    kept = _LISTED[lines]
    columns = (left, right, lines, compared.jaccard, compared.containment, compared.number_containment)
    return pa.table([pa.array(c[kept], f.type) for c, f in zip(columns, ANSWER, strict=True)], schema=ANSWER)
