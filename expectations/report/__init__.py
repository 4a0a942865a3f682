"""The quality report of a snapshot: a frame with sections, each a table with the SQL behind it, as one HTML page.

A section is built by a function from an open snapshot to a `Section`, and drawn by the template that it names.
`SECTIONS` is the order in which they stand on the page.
"""

from collections.abc import Callable
from typing import Final

from expectations.report.answers import Snapshot
from expectations.report.duplicates import duplicates
from expectations.report.frame import Edition, Report, Section, frame
from expectations.report.page import render

__all__ = ["Edition", "Report", "Section", "Snapshot", "render", "report"]

SECTIONS: Final[tuple[Callable[[Snapshot], Section], ...]] = (duplicates,)


def report(snapshot: Snapshot, edition: Edition) -> Report:
    """Ask everything that the page shows; raises duckdb.Error when a part of the lake cannot be read."""
    return frame(snapshot, edition, [section(snapshot) for section in SECTIONS])
