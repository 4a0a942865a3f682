"""The frame of the page: which night, what came of it, how much the lake holds, and the sections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from expectations.report.answers import Answer, Lake, ask
from expectations.report.outcome import WORDS, Outcome, outcome

_RUN: Final = """
    SELECT run_id, coalesce(day, CAST(started_at AT TIME ZONE 'UTC' AS DATE)) AS night, snapshot, started_at,
        finished_at, records_read, admitted, replayed, quarantined,
        EXISTS (FROM audits WHERE run_id = latest.run_id AND accepted_because IS NOT NULL) AS has_accepted
    FROM (FROM runs ORDER BY snapshot DESC LIMIT 1) AS latest
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
    """What the lake says of the snapshot: its number, the audit's verdict, and the moment of its commit.

    A night that its audit refused is shown as the snapshot that it would have become.
    """

    number: int
    verdict: str
    moment: datetime
    is_refused: bool = False

    @property
    def option(self) -> str:
        """What `broadsheet query` needs to ask the same rows."""
        return "--at refused" if self.is_refused else f"--at {self.number}"


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

    @property
    def night(self) -> date:
        """The day that the night is for."""
        night: date = self.run["night"] if self.run else self.edition.moment.date()
        return night

    @property
    def outcome(self) -> Outcome:
        """What came of the night."""
        has_accepted = bool(self.run and self.run["has_accepted"])
        return outcome(self.edition.verdict, is_refused=self.edition.is_refused, has_accepted=has_accepted)

    @property
    def outcome_in_words(self) -> str:
        """What came of the night, for people."""
        return WORDS[self.outcome]


def frame(lake: Lake, edition: Edition, sections: Sequence[Section]) -> Report:
    """Put the sections under their heading."""
    runs, counts = ask(lake, _RUN), ask(lake.narrow, _COUNTS)
    return Report(edition, runs.rows[0] if runs.rows else None, counts.rows[0], (counts, runs), sections)
