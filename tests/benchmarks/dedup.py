"""Broadsheet's deduplication alone: `python -m tests.benchmarks.dedup DOCUMENTS CLUSTERS`; see the package `peers`.

The same functions as a run, without the lake: texts to words, bands, meetings, exact comparison, the pair rule and
clusters. Documents have no date, headline, address or outlet here, so every two may meet; the memory is not bounded.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.benchmarks.peers.answer import Labels, Stopwatch, give
from transforms.buckets import UNDATED
from transforms.canonical import DEFAULT_ORDER, canonical_ranks
from transforms.clusters import JOINS, Edges, Members, cluster
from transforms.fingerprint import fingerprint, hashed
from transforms.meeting import Features, Pairs, Tiles, meetings
from transforms.passages import Passages, joined, passages
from transforms.relation import Compared, PairSettings, decide
from transforms.similarity import compare
from transforms.words import Folded, fold

_SLICE: Final = 1024
_LIMITS: Final = PairSettings()
_SETTINGS: Final = {
    "n-gram": "3 words to meet, 5 to compare",
    "bands x rows": "64 x 4, and passages",
    "verified": "yes",
    "text": "words, lower case, no punctuation",
    "hash": "own, 64-bit",
    "components by": "stars of verified pairs",
}


class _Slice(NamedTuple):
    """Some documents: their words, bands, and digests of their words."""

    folded: Folded
    wide: NDArray[np.uint32]
    steep: NDArray[np.uint32]
    passages: Passages
    digests: list[bytes]


def read(documents: Path) -> tuple[pa.ChunkedArray, list[pa.Array]]:
    """Give the ids, and the texts in slices."""
    table = pq.read_table(documents)
    slices = [chunk.slice(start, _SLICE) for chunk in table["text"].chunks for start in range(0, len(chunk), _SLICE)]
    return table["id"], slices


def fingerprinted(texts: pa.Array) -> _Slice:
    """Fold and fingerprint some documents."""
    folded = fold(texts)
    digests = [blake2b(folded[i], digest_size=16).digest() for i in range(len(folded))]
    words = hashed(folded)
    return _Slice(folded, *fingerprint(words), passages(words), digests)


def compared(slices: list[_Slice], chosen: Pairs, documents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compare pairs of texts, of which `documents` names one each."""
    texts = np.unique(np.concatenate(chosen[:2]))
    words = [slices[d // _SLICE].folded[int(d % _SLICE)] for d in documents[texts].tolist()]
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in words])])
    folded = Folded(np.frombuffer(b"".join(words), np.uint8), offsets, np.zeros(len(words), np.int32))
    left, right = (np.searchsorted(texts, side) for side in chosen[:2])
    return compare(folded, left, right)


def edges_of(pairs: Pairs, found: NDArray[np.float64], word_counts: NDArray[np.int32]) -> Edges:
    """Ask the pair rule about every two texts, as articles without anything but a text."""
    no = np.zeros(len(pairs.left), bool)
    words = np.minimum(word_counts[pairs.left], word_counts[pairs.right])
    jaccard, containment, smaller, numbers = found.T
    hours = np.zeros(len(no))
    asked = Compared(
        no, no, ~no, no, words, hours, no, jaccard, containment, smaller, numbers, pairs.is_wide, pairs.is_steep
    )
    lines = decide(asked, _LIMITS)
    joins = JOINS[lines]
    return Edges(pairs.left[joins], pairs.right[joins], lines[joins], jaccard[joins], containment[joins])


def _together(found: list[Edges]) -> Edges:
    left, right, lines, jaccard, containment = (np.concatenate(column) for column in zip(*found, strict=True))
    return Edges(left, right, lines, jaccard, containment)


def clusters(edges: Edges, word_counts: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each text's cluster."""
    ids = np.arange(len(word_counts), dtype=np.int32)
    none, same = np.full(len(ids), -1, np.int32), np.zeros(len(ids), np.int32)
    undated = np.full(len(ids), np.nan)
    ranks = canonical_ranks(ids, undated, word_counts, same, DEFAULT_ORDER)
    return cluster(Members(ids, ids, none, same, none, undated, word_counts, ranks), edges, _LIMITS).clusters


def deduplicate(slices: list[pa.Array], pool: ThreadPoolExecutor, watch: Stopwatch) -> Labels:
    """Give each document's cluster."""
    done = list(pool.map(fingerprinted, slices))
    digests = pa.array([digest for each in done for digest in each.digests], pa.binary(16)).dictionary_encode()
    texts = digests.indices.to_numpy()
    _, first = np.unique(texts, return_index=True)
    wide, steep = (np.concatenate([getattr(each, name) for each in done])[first] for name in ("wide", "steep"))
    word_counts = np.concatenate([each.folded.word_counts for each in done])[first]
    watch.lap("fingerprint")
    days = np.full(len(first), UNDATED, np.int32)
    held = joined([each.passages for each in done]).rows(first)
    rows = Features(np.arange(len(first), dtype=np.int32), days, wide, steep, held)
    tiles = list(Tiles(np.concatenate([np.empty(0, np.uint64), *meetings(rows, 3, pool.map)]), len(first)))
    watch.lap("meet")
    found = list(pool.map(lambda pairs: edges_of(pairs, compared(done, pairs, first), word_counts), tiles))
    watch.lap("compare")
    labels: Labels = clusters(_together(found), word_counts)[texts].astype(np.int64)
    watch.lap("clusters")
    return labels


def main() -> None:
    """Compile on a handful of documents, then read, run and answer."""
    documents, target = Path(sys.argv[1]), Path(sys.argv[2])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # Loading compiled code is what importing is to others: it does not count.
        deduplicate([pa.array(["a b c d e f", "a b c d e g", "a b c d e f"], pa.large_string())], pool, Stopwatch())
        watch = Stopwatch()
        ids, slices = read(documents)
        watch.lap("read")
        labels = deduplicate(slices, pool, watch)
    give(target, "broadsheet-news-etl", ids, labels, parts=watch.parts, settings=_SETTINGS)


if __name__ == "__main__":
    main()
