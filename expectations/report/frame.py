"""The frame of the page: which snapshot, which run, how much there is, and the sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from expectations.report.answers import Answer, Snapshot, ask

_RUN: Final = """
    SELECT run_id, snapshot, started_at, finished_at, records_read, admitted, replayed, quarantined
    FROM runs ORDER BY snapshot DESC LIMIT 1
    """
_COUNTS: Final = """
    SELECT
        count(*) AS copies,
        count(*) FILTER (is_canonical) AS articles,
        count(DISTINCT source) AS outlets,
        min(published_at) AS earliest,
        max(published_at) AS latest,
        count(*) FILTER (published_at IS NULL) AS undated
    FROM copies
    """


@dataclass(frozen=True, slots=True)
class Edition:
    """What the lake says of the snapshot: its number, the audit's verdict, and the moment of its commit."""

    number: int
    verdict: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: `template` draws it and finds `data` under the section's name."""

    name: str
    """Letters and hyphens; the anchor in the page."""
    title: str
    template: str
    data: Mapping[str, Any]
    parts: Sequence[tuple[str, str]] = ()
    """Anchor and title of its parts, for the table of contents."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole page, before it is drawn. `run` is None in a lake whose runs are not known."""

    edition: Edition
    run: Mapping[str, Any] | None
    counts: Mapping[str, Any]
    behind: Sequence[Answer]
    sections: Sequence[Section]


def frame(snapshot: Snapshot, edition: Edition, sections: Sequence[Section]) -> Report:
    """Put the sections under their heading."""
    runs, counts = ask(snapshot, _RUN), ask(snapshot, _COUNTS)
    return Report(edition, runs.rows[0] if runs.rows else None, counts.rows[0], (counts, runs), sections)
