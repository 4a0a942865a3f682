"""datatrove's MinHash: `python -m tests.benchmarks.peers.run_datatrove DOCUMENTS CLUSTERS`.

Its first three steps (signatures, buckets, clusters) with its own defaults for English, by its local executor with as
many workers as there are processors. Its own reader gives a whole file to one worker; ours deals out row groups.
"""

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig

from tests.benchmarks.peers.answer import Labels, Stopwatch, give

WORKERS: Final = os.cpu_count() or 1


def read(documents: Path, _: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
    """Yield the documents of one worker."""
    file = pq.ParquetFile(documents)
    for group in range(rank, file.num_row_groups, world_size):
        for row in file.read_row_group(group, ["id", "text"]).to_pylist():
            yield Document(text=row["text"], id=row["id"])


def step(folder: Path, name: str, pipeline: list[Any], tasks: int) -> None:
    """Run one step. Its workers are forks, so that they need not import everything again."""
    workers = min(WORKERS, tasks)
    logs = str(folder / f"logs-{name}")
    LocalPipelineExecutor(pipeline, tasks=tasks, workers=workers, logging_dir=logs, start_method="fork").run()


def clusters(documents: Path, found: Path) -> tuple[pa.ChunkedArray, Labels]:
    """Return the ids, and the cluster of each: the one that it was given, else one of its own."""
    file = pq.ParquetFile(documents)
    ids, labels, alone = [], [], file.metadata.num_rows
    for rank in range(WORKERS):
        groups = list(range(rank, file.num_row_groups, WORKERS))
        mine = file.read_row_groups(groups, ["id"])["id"]
        own = np.arange(alone, alone + len(mine))
        alone += len(mine)
        given = found / f"{rank:06}.clusters"
        pairs = np.fromfile(given, "<u4").reshape(-1, 2) if given.exists() else np.empty((0, 2), np.uint32)
        own[pairs[:, 0]] = pairs[:, 1]
        ids += mine.chunks
        labels.append(own)
    return pa.chunked_array(ids, pa.string()), np.concatenate(labels)


def main() -> None:
    """Read the arguments, run, answer."""
    documents, target = Path(sys.argv[1]), Path(sys.argv[2])
    config = MinhashConfig()
    settings = {
        "n-gram": f"{config.n_grams} words",
        "bands x rows": f"{config.num_buckets} x {config.hashes_per_bucket}",
        "verified": "no",
        "text": "lower case, figures folded, no punctuation, spaCy's words",
        "hash": f"{config.hash_config.hash_fc} of {config.hash_config.precision} bits",
        "components by": "its own union-find",
    }
    watch = Stopwatch()
    with TemporaryDirectory() as name:
        folder = Path(name)
        signed, paired, found = (str(folder / part) for part in ("signed", "paired", "found"))
        step(folder, "sign", [partial(read, documents), MinhashDedupSignature(signed, config)], WORKERS)
        watch.lap("minhash")
        step(folder, "pair", [MinhashDedupBuckets(signed, paired, config=config)], config.num_buckets)
        watch.lap("group")
        step(folder, "cluster", [MinhashDedupCluster(paired, found, config, save_cluster_id=True)], 1)
        ids, labels = clusters(documents, Path(found))
        watch.lap("components")
    give(target, "datatrove", ids, labels, parts=watch.parts, settings=settings)


if __name__ == "__main__":
    main()
