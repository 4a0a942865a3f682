"""The results as a table: a column a competitor, a line a figure."""

from collections.abc import Callable
from typing import Final

from rich import box
from rich.table import Table

from tests.benchmarks.copies import JOINED
from tests.benchmarks.peers.race import Result

BUSY_PERCENT: Final = 15.0
"""Above this share of the processors in use by others, a figure says more about them than about a competitor."""
_NONE: Final = "-"
_SHORT: Final = ("n-gram", "bands x rows", "verified")
"""Settings that fit into a column; `details` tells the rest."""
_NOTE: Final = (
    "All are given id and text alone: recurring notices, which say the same on other days, cannot be told from copies "
    "by these. Seconds are from reading the file to the cluster of every document in memory; processor seconds and "
    "memory are of whole processes, start and imports included. Clusters are those of two or more; repeats are their "
    "documents but one of each."
)


def grid(found: list[Result]) -> Table:
    """Show what they were set to, how fast they were and what they found."""
    table = Table(title="deduplication alone", title_justify="left", caption_justify="left", box=box.SIMPLE)
    table.add_column("", no_wrap=True)
    for result in found:
        table.add_column(result.name, justify="right")
    table.add_row("version", *(str(result.told["version"]) for result in found))
    for name in _SHORT:
        table.add_row(name, *(str(result.told["settings"].get(name, _NONE)) for result in found))
    table.add_section()
    for name, figure in _FIGURES.items():
        table.add_row(name, *map(figure, found))
    table.add_section()
    for relation, to_be in _relations(found):
        table.add_row(f"{relation}, {to_be}", *(_share(result, relation) for result in found))
    table.add_row("clusters of mixed stories", *(f"{result.scores.mixed_clusters:,}" for result in found))
    table.caption = caption(found)
    return table


def details(found: list[Result]) -> list[str]:
    """Say in a line each how the competitors were set, beyond what the table shows."""
    rest = [{k: v for k, v in result.told["settings"].items() if k not in _SHORT} for result in found]
    return [f"{r.name}: " + "; ".join(f"{k} {v}" for k, v in more.items()) for r, more in zip(found, rest, strict=True)]


def caption(found: list[Result]) -> str:
    """Say what the figures do not: what all were given, who was given fewer, whether the machine was busy."""
    most = max(result.told["documents"] for result in found)
    fewer = [f"{r.name} over {r.told['documents']:,} only" for r in found if r.told["documents"] < most]
    busy = max(result.busy_percent for result in found)
    warning = [f"Others used up to {busy:.0f} % of the processors: do not quote these figures"]
    return ". ".join([_NOTE.removesuffix("."), *fewer, *(warning if busy > BUSY_PERCENT else [])]) + "."


_FIGURES: Final[dict[str, Callable[[Result], str]]] = {
    "documents": lambda result: f"{result.told['documents']:,}",
    "seconds": lambda result: f"{result.told['seconds']:.2f}",
    "documents/s": lambda result: f"{result.rate:,.0f}",
    "processor seconds": lambda result: f"{result.cpu_seconds:,.1f}",
    "peak memory MB": lambda result: f"{result.measured.peak_bytes / 1e6:,.0f}",
    "clusters": lambda result: f"{result.told['groups']:,}",
    "repeats": lambda result: f"{result.told['duplicates']:,}",
}


def _relations(found: list[Result]) -> list[tuple[str, str]]:
    """List the planted relations: those that belong together, then those that do not."""
    names = {recall.relation for result in found for recall in result.scores.recalls}
    together, apart = sorted(names & JOINED), sorted(names - JOINED)
    return [(name, "found") for name in together] + [(name, "wrongly") for name in apart]


def _share(result: Result, relation: str) -> str:
    recall = next((r for r in result.scores.recalls if r.relation == relation), None)
    if recall is None:
        return _NONE
    if recall.belongs_together:
        return f"{recall.together / recall.planted:.1%}"
    return f"{recall.together:,} of {recall.planted:,}"
