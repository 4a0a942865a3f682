"""text-dedup's MinHash: `python -m tests.benchmarks.peers.run_text_dedup defaults|20x5 DOCUMENTS CLUSTERS`.

Its command's own function is called, and its own clock is read: what it does once every document has its cluster
(filtering, saving) does not count.
"""

import logging
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from text_dedup import logger, minhash
from text_dedup.utils import IOArgs, MetaArgs, MinHashArgs, optimal_param

from tests.benchmarks.peers.answer import give

CHOSEN: Final[dict[str, dict[str, Any]]] = {
    "defaults": {},
    "20x5": {"num_perm": 100, "b": 20, "r": 5, "hash_func": "xxh3"},
}
COUNTED: Final = ("Loading", "MinHashing", "Clustering")


class Clock(logging.Handler):
    """Keeps the seconds that text-dedup logs at the end of a run, a line a step."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line such as `Loading    : 2.31s`; others are no business of ours."""
        part, _, seconds = record.getMessage().partition(":")
        if part.strip() in COUNTED:
            self.parts[part.strip().lower()] = float(seconds.strip().removesuffix("s"))


def run(documents: Path, chosen: MinHashArgs) -> dict[str, float]:
    """Deduplicate, the clusters left in `minhash.uf`; return the seconds of its steps."""
    clock = Clock()
    logger.handlers = [clock]  # its own writes to standard output, which is the answer's
    with TemporaryDirectory() as folder:
        files = IOArgs(
            path="parquet",
            data_files=str(documents),
            split="train",
            output=f"{folder}/kept",
            cache_dir=f"{folder}/cache",
            num_proc=os.cpu_count() or 1,
        )
        minhash.main.callback(io_args=files, meta_args=MetaArgs(column="text"), minhash_args=chosen)
    return clock.parts


def clusters(documents: Path) -> tuple[pa.ChunkedArray, list[int]]:
    """Return the ids, and the cluster of each: a document's number in text-dedup is its row in the file."""
    ids = pq.read_table(documents, columns=["id"])["id"]
    return ids, [minhash.uf.find(row) for row in range(len(ids))]


def main() -> None:
    """Read the arguments, run, answer."""
    chosen, documents, target = MinHashArgs(**CHOSEN[sys.argv[1]]), Path(sys.argv[2]), Path(sys.argv[3])
    bands, rows = (chosen.b, chosen.r) if chosen.b else optimal_param(chosen.threshold, chosen.num_perm)
    settings = {
        "n-gram": f"{chosen.ngram} words",
        "bands x rows": f"{bands} x {rows}",
        "verified": "no",
        "text": "lower case, split at non-words",
        "hash": chosen.hash_func,
        "components by": "its own union-find",
    }
    parts = run(documents, chosen)
    began = time.perf_counter()
    ids, found = clusters(documents)
    parts["components"] = time.perf_counter() - began
    give(target, "text-dedup", ids, np.array(found), parts=parts, settings=settings)


if __name__ == "__main__":
    main()
