"""What the benchmark found: figures worked out from what was measured, as tables and as one JSON object."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks.memory import Measured
from tests.benchmarks.recall import Scores

_MEGABYTE: Final = 1_000_000
_COUNTS: Final = ("admitted", "replayed", "quarantined", "pairs", "articles")


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one benchmark measured: floors and runs in the order of their turns, and the last lake's scores."""

    arguments: dict[str, int]
    machine: dict[str, Any]
    articles: int
    body_bytes: int
    floors: list[Measured]
    statement_seconds: list[float]
    runs: list[Measured]
    summaries: list[dict[str, Any]]
    scores: Scores

    @property
    def floor_seconds(self) -> float:
        """Median wall seconds of the floors."""
        return median(floor.seconds for floor in self.floors)

    @property
    def run_seconds(self) -> float:
        """Median wall seconds of the runs."""
        return median(run.seconds for run in self.runs)

    @property
    def ratio(self) -> float:
        """How many floors a run takes: the headline."""
        return self.run_seconds / self.floor_seconds

    def stages(self) -> dict[str, float]:
        """Return each stage's median seconds, in the order of the first run, and then what no stage accounts for."""
        names = self.summaries[0]["stage_seconds"]
        stages = {name: median(s["stage_seconds"].get(name, 0.0) for s in self.summaries) for name in names}
        return stages | {"(start, end and between)": self.run_seconds - sum(stages.values())}

    def as_json(self) -> dict[str, Any]:
        """Return everything, the worked-out figures first."""
        return {
            "x_floor": round(self.ratio, 3),
            "run_seconds": self.run_seconds,
            "floor_seconds": self.floor_seconds,
            "floor_statement_seconds": self.statement_seconds,
            "articles_per_second": self.articles / self.run_seconds,
            "megabytes_per_second": self.body_bytes / _MEGABYTE / self.run_seconds,
            "stages": self.stages(),
            "arguments": self.arguments,
            "machine": self.machine,
            "articles": self.articles,
            "body_bytes": self.body_bytes,
            "floors": [_measured(floor) for floor in self.floors],
            "runs": [_measured(run) | {"summary": s} for run, s in zip(self.runs, self.summaries, strict=True)],
            "truth": [asdict(r) | {"right": r.right} for r in self.scores.recalls],
            "mixed_clusters": self.scores.mixed_clusters,
        }


def show(findings: Findings, console: Console) -> None:
    """Print the tables."""
    console.print(_stage_table(findings), _truth_table(findings.scores))
    summary = findings.summaries[-1]
    console.print("  ".join(f"{name} {summary[name]:,}" for name in _COUNTS if name in summary))
    speed = f"{findings.articles / findings.run_seconds:,.0f} articles/s"
    pace = f"{findings.body_bytes / _MEGABYTE / findings.run_seconds:,.1f} MB/s of body"
    console.print(f"{speed}, {pace}; {_memory_line(findings)}")
    turns = f"{_each(findings.runs)} over {_each(findings.floors)}"
    console.print(f"[bold]{findings.ratio:.2f} x the floor[/bold] ({turns})")
    share = findings.stages().get("normalise", 0.0) / findings.floor_seconds
    dirt = f"{findings.arguments['dirty_percent']} % of the texts damaged"
    console.print(f"[bold]{share:.2f} x the floor: parse, normalise and fingerprint[/bold] ({dirt})")


def _stage_table(findings: Findings) -> Table:
    table = _table(f"{findings.articles:,} articles", "stage", "seconds", "share", "x floor")
    rows = findings.stages() | {"run": findings.run_seconds, "floor": findings.floor_seconds}
    for name, seconds in rows.items():
        share = f"{seconds / findings.run_seconds:.1%}" if name != "floor" else ""
        floors = f"{seconds / findings.floor_seconds:.2f}"
        table.add_row(name, f"{seconds:.2f}", share, floors, end_section=name.startswith("("))
    return table


def _truth_table(scores: Scores) -> Table:
    table = _table("planted truth", "relation", "to be", "pairs", "right", "share", "not in the lake")
    for recall in scores.recalls:
        to_be = "together" if recall.belongs_together else "apart"
        share = f"{recall.right / recall.planted:.2%}"
        table.add_row(recall.relation, to_be, f"{recall.planted:,}", f"{recall.right:,}", share, f"{recall.missing:,}")
    table.caption = f"{scores.mixed_clusters:,} clusters mix stories"
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table


def _memory_line(findings: Findings) -> str:
    run, floor = (max(m.peak_bytes for m in measured) / _MEGABYTE for measured in (findings.runs, findings.floors))
    return f"peak {findings.runs[0].kind} of the process tree {run:,.0f} MB, of the floor's {floor:,.0f} MB"


def _each(measured: list[Measured]) -> str:
    return ", ".join(f"{m.seconds:.2f}" for m in measured) + " s"


def _measured(measured: Measured) -> dict[str, Any]:
    return {"seconds": measured.seconds, "peak_bytes": measured.peak_bytes, "memory_kind": measured.kind}
