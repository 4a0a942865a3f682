"""Runs the competitors one after another, each as a process of its own, measured from outside."""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson
import psutil

from tests.benchmarks.bench import PROJECT, BenchFailed
from tests.benchmarks.memory import Measured, measure, python
from tests.benchmarks.peers.documents import Documents
from tests.benchmarks.peers.scoring import score_clusters
from tests.benchmarks.recall import Scores

OURS: Final = "tests.benchmarks.dedup"
INTERPRETER: Final = PROJECT / ".venv-peers" / "bin" / "python"
_TOLD: Final = {"documents", "seconds", "parts", "groups", "duplicates", "settings", "version"}
# No bars, no counting of users, and no question to a hub that is not needed for a file that is here.
_QUIET: Final = ("DAFT_PROGRESS_BAR=0", "DO_NOT_TRACK=true", "HF_HUB_OFFLINE=1", "HF_DATASETS_OFFLINE=1")


@dataclass(frozen=True, slots=True)
class Competitor:
    """A command that is given two more arguments, documents and clusters; see the package's docstring."""

    name: str
    command: tuple[str, ...]
    is_slow: bool = False
    """Whether it takes minutes for what others do in seconds, and so is given fewer documents."""


@dataclass(frozen=True, slots=True)
class Result:
    """A competitor's fastest run."""

    name: str
    told: dict[str, Any]
    """Its own account: the JSON object that it printed."""
    measured: Measured
    cpu_seconds: float
    """Of its processes, from their start to their end: what depends least on who else is busy."""
    all_seconds: list[float]
    """Of every run, by its own account."""
    busy_percent: float
    """Of the processors, used by others just before the run."""
    scores: Scores

    @property
    def rate(self) -> float:
        """Documents per second."""
        return float(self.told["documents"] / self.told["seconds"])

    def as_json(self) -> dict[str, Any]:
        """Return everything, as plain values."""
        return {
            "name": self.name,
            **self.told,
            "documents_per_second": self.rate,
            "all_seconds": self.all_seconds,
            "cpu_seconds": self.cpu_seconds,
            "process_seconds": self.measured.seconds,
            "peak_bytes": self.measured.peak_bytes,
            "memory_kind": self.measured.kind,
            "busy_percent_before": self.busy_percent,
            "truth": [asdict(recall) | {"right": recall.right} for recall in self.scores.recalls],
            "mixed_clusters": self.scores.mixed_clusters,
        }


def quick_competitors() -> list[Competitor]:
    """List Broadsheet, and the fastest of the peers if they are installed."""
    return competitors()[:2] if INTERPRETER.exists() else competitors()[:1]


def competitors() -> list[Competitor]:
    """List who takes part: Broadsheet first, then the peers, the fastest before the others."""
    return [
        Competitor("Broadsheet", tuple(python("-m", OURS))),
        _peer("Daft", "run_daft", "lower"),
        _peer("Daft, text as in its tutorial", "run_daft", "tutorial"),
        _peer("text-dedup", "run_text_dedup", "defaults"),
        _peer("text-dedup 20 x 5", "run_text_dedup", "20x5"),
        _peer("datatrove", "run_datatrove", is_slow=True),
    ]


def results(entered: Sequence[Competitor], documents: Documents, fewer: Documents, repeat: int = 1) -> list[Result]:
    """Run each `repeat` times, slow ones over the fewer documents; return the fastest run of each, in their order.

    Raises BenchFailed when one fails, or answers in another form than the package's docstring says.
    """
    return [_fastest(entry, fewer if entry.is_slow else documents, repeat) for entry in entered]


def _peer(name: str, runner: str, *arguments: str, is_slow: bool = False) -> Competitor:
    runner_command = (str(INTERPRETER), "-m", f"tests.benchmarks.peers.{runner}", *arguments)
    return Competitor(name, ("env", *_QUIET, *runner_command), is_slow)


def _fastest(entry: Competitor, documents: Documents, repeat: int) -> Result:
    runs = [_run(entry, documents) for _ in range(repeat)]
    every = [run.told["seconds"] for run in runs]
    return replace(runs[every.index(min(every))], all_seconds=every)


def _run(entry: Competitor, documents: Documents) -> Result:
    os.sync()
    documents.texts.read_bytes()  # into the page cache, so that no turn pays for the disk
    busy = psutil.cpu_percent(interval=2)
    with TemporaryDirectory() as folder:
        clusters = Path(folder) / "clusters.parquet"
        before = _spent()
        measured = measure([*entry.command, str(documents.texts), str(clusters)], PROJECT)
        spent, told = _spent() - before, _told(entry, measured)
        if told["documents"] != documents.count:
            raise BenchFailed(f"{entry.name} says {told['documents']:,} documents; it was given {documents.count:,}")
        if not clusters.exists():
            raise BenchFailed(f"{entry.name} wrote no clusters; its last argument is where they go")
        scores = score_clusters(documents, clusters)
    return Result(entry.name, told, measured, spent, [told["seconds"]], busy, scores)


def _spent() -> float:
    """Return the processor seconds of all children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _told(entry: Competitor, measured: Measured) -> dict[str, Any]:
    if measured.code != 0:
        sys.stderr.write(measured.errors)
        raise BenchFailed(f"{entry.name} failed with exit code {measured.code}; what it said is above")
    try:
        told = orjson.loads(measured.output)
    except orjson.JSONDecodeError as error:
        raise BenchFailed(
            f"{entry.name}'s standard output is not one JSON object: {measured.output[:200]!r}"
        ) from error
    if not isinstance(told, dict) or (absent := _TOLD - told.keys()):
        raise BenchFailed(f"{entry.name}'s answer lacks {sorted(absent) if isinstance(told, dict) else 'everything'}")
    return told
