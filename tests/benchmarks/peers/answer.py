"""What every runner of a peer shares: the clock, and the answer that it gives.

The peers' interpreters run this, so it imports nothing that they lack.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Labels = npt.NDArray[np.int64]
"""The cluster of each document, in the order of the ids: any numbers, equal within a cluster."""


class Stopwatch:
    """Seconds of the parts of one run, in their order."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._began = time.perf_counter()

    def lap(self, part: str) -> None:
        """Call the time since the last lap, or the start, by a name."""
        now = time.perf_counter()
        self.parts[part] = now - self._began
        self._began = now


def give(target: Path, package: str, ids: pa.ChunkedArray, labels: Labels, **told: Any) -> None:
    """Write each document's cluster to `target` and print the JSON object; `told` holds parts and settings."""
    pq.write_table(pa.table({"id": ids, "cluster": pa.array(labels)}), target)
    answer = counts(labels) | {"seconds": sum(told["parts"].values()), "version": version(package)} | told
    sys.stdout.write(json.dumps(answer) + "\n")


def counts(labels: Labels) -> dict[str, int]:
    """Return how many documents there are, clusters of two or more, and documents but one of each cluster."""
    sizes = np.unique(labels, return_counts=True)[1]
    return {"documents": labels.size, "groups": int((sizes > 1).sum()), "duplicates": labels.size - sizes.size}
