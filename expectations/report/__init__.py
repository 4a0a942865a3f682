"""The quality report of a night: a frame with sections, each with the SQL behind it, as one HTML page; and the index.

A section is built by a function from an open snapshot to a `Section`, and drawn by the template that it names.
`SECTIONS` is the order in which they stand on the page.
"""

from collections.abc import Callable
from typing import Final

from expectations.report.answers import NARROW, Lake, Snapshot
from expectations.report.arrivals import arrivals
from expectations.report.cleaning import cleaning
from expectations.report.duplicates import duplicates
from expectations.report.fields import fields
from expectations.report.frame import Edition, Report, Section, frame
from expectations.report.gates import gates
from expectations.report.index import Index, Night, index
from expectations.report.page import render, render_index
from expectations.report.refusals import refusals
from expectations.report.trends import trends
from expectations.report.verdict import verdict

__all__ = [
    "NARROW",
    "Edition",
    "Index",
    "Night",
    "Report",
    "Section",
    "Snapshot",
    "index",
    "render",
    "render_index",
    "report",
]

SECTIONS: Final[tuple[Callable[[Lake], Section], ...]] = (
    verdict,
    arrivals,
    refusals,
    cleaning,
    fields,
    gates,
    trends,
    duplicates,
)


def report(snapshot: Snapshot, edition: Edition, narrow: Snapshot | None = None) -> Report:
    """Ask everything that the page shows; raises duckdb.Error when a part of the lake cannot be read.

    `narrow` is the same snapshot with `copies` and `articles` of the `NARROW` columns at hand, where somebody made it.
    """
    lake = Lake(snapshot, narrow or snapshot)
    return frame(lake, edition, [section(lake) for section in SECTIONS])
