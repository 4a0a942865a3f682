"""The index: every night of a lake, the newest first, with what came of it and the way to its page."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from expectations.report.answers import Answer, Snapshot, ask
from expectations.report.charts import Chart
from expectations.report.outcome import WORDS, Outcome, outcome
from expectations.report.trends import NIGHTS, night_charts

_MOST: Final = 1_100
"""Nights that are listed: three years."""

RUNS: Final = f"""
    WITH found AS (
        SELECT
            run_id,
            list(name ORDER BY name) FILTER (status <> 'passed') AS failed,
            bool_or(accepted_because IS NOT NULL) AS has_accepted,
            bool_or(status <> 'passed') AS has_warned
        FROM audits GROUP BY run_id
    )
    SELECT
        coalesce(day, CAST(started_at AT TIME ZONE 'UTC' AS DATE)) AS night, run_id, records_read, admitted,
        quarantined, coalesce(failed, []) AS failed, coalesce(has_accepted, false) AS has_accepted,
        coalesce(has_warned, false) AS has_warned
    FROM runs LEFT JOIN found USING (run_id) ORDER BY run_id DESC LIMIT {_MOST}
    """


@dataclass(frozen=True, slots=True)
class Night:
    """A line of the index; `page` is the name of the night's page beside it, or None when there is none."""

    night: date
    run_id: str
    outcome: Outcome
    records: int
    admitted: int
    quarantined: int
    failed: Sequence[str]
    page: str | None

    @property
    def outcome_in_words(self) -> str:
        """What came of the night, for people."""
        return WORDS[self.outcome]


@dataclass(frozen=True, slots=True)
class Index:
    """The whole index, before it is drawn."""

    months: Sequence[tuple[str, Sequence[Night]]]
    charts: Sequence[Chart]
    nights: int


def index(ledgers: Snapshot, refused: Container[str], pages: Mapping[str, str]) -> Index:
    """List the nights of the ledgers; `refused` holds the runs that were, `pages` the names of pages by run."""
    nights = [_night(row, refused, pages) for row in ask(ledgers, RUNS).rows]
    months = [(month, list(some)) for month, some in groupby(nights, lambda night: f"{night.night:%B %Y}")]
    counted = ask(ledgers, NIGHTS)
    published = Answer(counted.sql, [row for row in counted.rows if row["run_id"] not in refused])
    return Index(months, night_charts(published), len(nights))


def _night(row: Mapping[str, Any], refused: Container[str], pages: Mapping[str, str]) -> Night:
    verdict = "warned" if row["has_warned"] else "passed"
    return Night(
        night=row["night"],
        run_id=row["run_id"],
        outcome=outcome(verdict, is_refused=row["run_id"] in refused, has_accepted=row["has_accepted"]),
        records=row["records_read"],
        admitted=row["admitted"],
        quarantined=row["quarantined"],
        failed=row["failed"],
        page=pages.get(row["run_id"]),
    )
