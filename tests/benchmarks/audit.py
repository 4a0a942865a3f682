"""What the audit of a night costs by the history it comes upon: `python -m tests.benchmarks.audit --new 5000 300000`.

The same night is taken into an empty lake and upon a history made as `tests.benchmarks.nightly` makes it, with one
small real night on top, whose audit the last one can build on. Where the run would hand the night to its auditor, a
process of its own audits it instead, some times over: as it is, and with every row examined again.
"""

import argparse
import os
import pickle
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import orjson
import psutil
from rich.console import Console
from rich.table import Table as Grid

from expectations.audit import SPARING_MB, audit, critical_promises, warm_up
from expectations.projection import project
from expectations.snapshot import Snapshot
from flows import run as description
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.benchmarks.memory import measure, python
from tests.benchmarks.nightly import NIGHTS, history, recent_lake, write_nights
from tests.integration.nights import write_dump
from transforms.tables import schema_digest

PROJECT: Final = Path(__file__).resolve().parents[2]
REPEAT: Final = 5
_BRIDGE: Final = [{"url": "https://bridge.example/1", "body": "A ferry ran aground off Lindmoor in the night."}]

_notes = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one way to audit: what was audited, median seconds, those of them that lay out tables, peak bytes."""

    what: str
    seconds: float
    project_seconds: float
    peak_bytes: int


@dataclass(slots=True)
class Elsewhere(Executor):
    """Audits in processes that are measured, and finds nothing wrong."""

    name: str
    costs: list[Cost] = field(default_factory=list)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Measure an audit; do nothing else."""
        done: Future[Any] = Future()
        done.set_result(())
        if function is audit:
            snapshot, *others = arguments
            self.costs += [_cost(self.name, (snapshot, *others), named)]
            if snapshot.parent_run_id:
                again = replace(snapshot, parent_run_id=None)
                self.costs += [_cost(f"{self.name}, every row", (again, *others), named)]
        return done


def _cost(what: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Cost:
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps((arguments, named)))
        file.flush()
        done = measure(python("-m", "tests.benchmarks.audit", "--child", file.name), PROJECT)
    if done.code:
        raise AssertionError(done.errors)
    told = orjson.loads(done.output)
    return Cost(what, statistics.median(told["audit"]), statistics.median(told["project"]), done.peak_bytes)


def _child(path: Path) -> None:
    """Audit what another process has written down, and tell the seconds."""
    (snapshot, run_id, workspace), named = pickle.loads(path.read_bytes())  # noqa: S301 - our own bytes
    warm_up()
    told: dict[str, list[float]] = {"audit": [], "project": []}
    for _ in range(REPEAT):
        begin = perf_counter()
        findings = audit(snapshot, run_id, workspace, **named)
        told["audit"].append(perf_counter() - begin)
        told["project"].append(_projecting(snapshot, run_id, workspace, named))
        broken = [each for each in findings if each.status != "passed" and each.severity == "critical"]
        assert not broken, broken
    sys.stdout.write(orjson.dumps(told).decode())


def _projecting(snapshot: Snapshot, run_id: str, workspace: Path, named: dict[str, Any]) -> float:
    with tempfile.TemporaryDirectory(dir=workspace) as folder:
        named = named | {"memory_mb": SPARING_MB}
        begin = perf_counter()
        project(Path(folder) / "projection.duckdb", snapshot, run_id, critical_promises(), warm_up_nights=7, **named)
        return perf_counter() - begin


def _audited(home: Path, lake: Path | None, night: Path) -> Iterator[Cost]:
    """Take the night upon a copy of the lake, and give what its audit costs."""
    copy = home / "tonight"
    shutil.rmtree(copy, ignore_errors=True)
    if lake:
        shutil.copytree(lake, copy, copy_function=os.link, symlinks=True)
        dump = write_dump(home / "bridge.jsonl", _BRIDGE)
        bridge = measure(python("-m", "flows.cli", "run", str(dump), "--lake", str(copy), "--json"), PROJECT)
        assert bridge.code == 0, bridge.errors
    auditor = Elsewhere("upon the history" if lake else "alone")
    with PlainDriver(1) as driver:
        description.run([night], Settings(lake=str(copy)), driver, auditor=auditor)
    shutil.rmtree(copy)
    yield from auditor.costs


def _grid(costs: list[Cost], new: int, size: int) -> Grid:
    table = Grid(title=f"audit of {new:,} articles, {size:,} of history", title_justify="left")
    table.add_column("night")
    for name in ("seconds", "of which tables and key scans", "peak MB"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(cost.what, f"{cost.seconds:.3f}", f"{cost.project_seconds:.3f}", f"{cost.peak_bytes / 1e6:,.0f}")
    return table


def main() -> int:
    """Build what is not there, measure and print."""
    arguments = _arguments()
    if arguments.child:
        _child(arguments.child)
        return 0
    new, size = arguments.new, arguments.size
    home = arguments.folder.resolve() / f"nightly-{new}-{arguments.seed}-{schema_digest()[:8]}"
    home.mkdir(parents=True, exist_ok=True)
    nights = sorted((home / "nights").glob("*.jsonl")) or write_nights(home, new, arguments.seed)
    lake = history(home, recent_lake(home, nights), max(0, size // new - (NIGHTS - 1)))
    busy = psutil.cpu_percent(interval=2)
    costs = [*_audited(home, None, nights[-1]), *_audited(home, lake, nights[-1])]
    Console().print(_grid(costs, new, size))
    _notes.print(f"{busy:.0f} % of the processors were busy before")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.audit",
        description="Time the audit of the same night alone and upon a history.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("size", type=int, nargs="?", default=300_000, help="articles of history")
    parser.add_argument("--new", type=int, default=5_000, help="articles of the night")
    parser.add_argument("--seed", type=int, default=11, help="chance of the corpus")
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench", help="for lakes")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
