"""The summary: the lane's figures as one table for people and one JSON file for machines."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import orjson
import psutil
from rich.console import Console
from rich.table import Table

from tests.faults.verdict import Verdict

_LIBRARIES: Final = ("duckdb", "pyarrow", "numba", "great-expectations")


@dataclass(frozen=True, slots=True)
class Lane:
    """One run of the lane."""

    begun_at: datetime
    seconds: float
    seed: int
    is_quick: bool
    folder: Path
    """The folder above that of the lakes."""
    verdicts: tuple[Verdict, ...]

    @property
    def violations(self) -> list[str]:
        """All violations, each with its part in front."""
        return [f"{verdict.part}: {found}" for verdict in self.verdicts for found in verdict.violations]


def write_json(lane: Lane, path: Path) -> None:
    """Write all figures, and what they were measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "begun_at": lane.begun_at.isoformat(timespec="seconds"),
        "seconds": round(lane.seconds, 1),
        "seed": lane.seed,
        "is_quick": lane.is_quick,
        "file_system": file_system(lane.folder),
        "python": platform.python_version(),
        "system": platform.platform(),
        "versions": {name: version(name) for name in _LIBRARIES},
        "parts": [_figures(verdict) for verdict in lane.verdicts],
        "violations": len(lane.violations),
    }
    path.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _figures(verdict: Verdict) -> dict[str, Any]:
    return {
        "part": verdict.part,
        "counts": dict(verdict.counts),
        "seconds": round(verdict.seconds, 1),
        "violations": list(verdict.violations),
    }


def show(lane: Lane) -> None:
    """Print the table."""
    table = Table(box=None, title=f"faults on {file_system(lane.folder)}, seed {lane.seed}", title_justify="left")
    for heading in ("part", "what", "count"):
        table.add_column(heading, justify="right" if heading == "count" else "left")
    for row in _rows(lane):
        table.add_row(*row)
    Console().print(table)


def file_system(folder: Path) -> str:
    """Name the file system that a folder lies on."""
    mounts = [each for each in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(each.mountpoint)]
    return str(max(mounts, key=lambda each: len(each.mountpoint)).fstype) if mounts else "unknown"


def _rows(lane: Lane) -> Iterator[tuple[str, str, str]]:
    for verdict in lane.verdicts:
        counts = {**verdict.counts, "seconds": round(verdict.seconds), "violations": len(verdict.violations)}
        for place, (what, count) in enumerate(counts.items()):
            yield "" if place else verdict.part, what, f"{count:,}"
    yield "all", "seconds", f"{lane.seconds:,.0f}"
    yield "", "violations", f"{len(lane.violations):,}"
