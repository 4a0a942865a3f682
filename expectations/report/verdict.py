"""The verdict and what to do: each broken promise with the records that broke it, and where these came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from expectations.report.answers import Answer, Snapshot, ask
from expectations.report.frame import Section
from expectations.report.nights import TONIGHT

_SHOWN: Final = 5
_MOST: Final = 12
"""Broken promises that are shown with their offenders; one fault of a dump seldom breaks more."""

BROKEN: Final = f"""
    SELECT name, table_name, expectation, severity, status, observed, unexpected_count, offenders_sql, accepted_because
    FROM audits WHERE run_id = {TONIGHT} AND status <> 'passed'
    ORDER BY accepted_because IS NOT NULL, severity <> 'critical', status <> 'errored', unexpected_count DESC, name
    """
COUNTS: Final = f"""
    SELECT
        CASE WHEN accepted_because IS NOT NULL THEN 'accepted' WHEN status = 'failed' AND severity = 'warning'
            THEN 'warned' ELSE status END AS outcome,
        count(*) AS expectations
    FROM audits WHERE run_id = {TONIGHT} GROUP BY outcome ORDER BY expectations DESC
    """

# By what the offenders are told by, the deliveries that brought them; the first that is there is taken.
_CAME_BY: Final = {
    "article_id": "article_id IN (SELECT article_id FROM offenders)",
    "cluster_id": "article_id IN (SELECT article_id FROM copies SEMI JOIN offenders USING (cluster_id))",
    "chain_id": "article_id IN (SELECT article_id FROM copies SEMI JOIN offenders USING (chain_id))",
    "dump_digest": "dump_digest IN (SELECT dump_digest FROM offenders)",
    "source": (
        "dump_digest IN (SELECT dump_digest FROM source_counts SEMI JOIN offenders USING (source)"
        f" WHERE run_id = {TONIGHT})"
    ),
}
_CAME_IN: Final = """
    WITH offenders AS ({offenders})
    SELECT
        dump_name, count(*) AS records, sum(count(*)) OVER () AS all_records, count(*) OVER () AS all_dumps,
        min(record_number) AS first_record, any_value(member) AS member
    FROM deliveries WHERE {found}
    GROUP BY dump_name ORDER BY records DESC, dump_name LIMIT {most}
    """


@dataclass(frozen=True, slots=True)
class Broken:
    """One promise that was not kept: its finding, a few of the offenders, and the dumps that brought them."""

    finding: Mapping[str, Any]
    offenders: Answer | None
    """None when the query could not be answered."""
    came_in: Answer | None
    """None when the offenders do not tell, or have it among their own columns."""

    @property
    def shown(self) -> Sequence[Mapping[str, Any]]:
        """Offenders that the page prints; one more is asked for, to know whether there are more."""
        return self.offenders.rows[:_SHOWN] if self.offenders else ()

    @property
    def has_more(self) -> bool:
        """Whether the page leaves some out."""
        return bool(self.offenders) and len(self.offenders.rows) > _SHOWN if self.offenders else False


def verdict(snapshot: Snapshot) -> Section:
    """Ask which promises the night broke, and of each for the records behind it."""
    answer = ask(snapshot, BROKEN)
    broken = [_broken(snapshot, row) for row in answer.rows[:_MOST]]
    data = {
        "counts": ask(snapshot, COUNTS),
        "findings": answer,
        "broken": broken,
        "brief": answer.rows[_MOST:],
        "is_recurring": any(row["accepted_because"] for row in answer.rows),
    }
    return Section("verdict", "The verdict, and what to do", "verdict.html", data)


def _broken(snapshot: Snapshot, finding: Mapping[str, Any]) -> Broken:
    sql = finding["offenders_sql"].strip().rstrip(";")
    try:
        offenders = ask(snapshot, f"FROM ({sql}) LIMIT {_SHOWN + 1}")
    except duckdb.Error:  # of an expectation that errored, the query may have no answer either
        return Broken(finding, None, None)
    return Broken(finding, offenders, _came_in(snapshot, sql, offenders))


def _came_in(snapshot: Snapshot, sql: str, offenders: Answer) -> Answer | None:
    columns = set(offenders.rows[0]) if offenders.rows else set()
    found = next((where for key, where in _CAME_BY.items() if key in columns), None)
    if found is None or "dump_name" in columns:
        return None
    return ask(snapshot, _CAME_IN.format(offenders=sql, found=found, most=_SHOWN))
