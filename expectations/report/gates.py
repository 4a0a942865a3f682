"""The gates with their history: how each expectation came out on the last nights, and what was accepted, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from expectations.report.answers import Snapshot, ask
from expectations.report.frame import Section
from expectations.report.nights import nights

NIGHTS: Final = 30

HISTORY: Final = (
    nights(NIGHTS - 1)
    + """
    SELECT
        name, any_value(expectation ORDER BY snapshot DESC) AS expectation,
        any_value(severity ORDER BY snapshot DESC) AS severity,
        list({ago: ago, night: night, outcome: CASE
            WHEN accepted_because IS NOT NULL THEN 'accepted'
            WHEN status = 'failed' AND severity = 'warning' THEN 'warned'
            ELSE status END} ORDER BY ago DESC) AS outcomes
    FROM audits JOIN nights USING (run_id) GROUP BY name
    ORDER BY count_if(status <> 'passed') DESC, severity, name
    """
)
ACCEPTED: Final = (
    nights(NIGHTS - 1)
    + """
    SELECT night, run_id, name, observed, accepted_because
    FROM audits JOIN nights USING (run_id) WHERE accepted_because IS NOT NULL
    ORDER BY snapshot DESC, name LIMIT 40
    """
)
LETTERS: Final = {"passed": "\N{MIDDLE DOT}", "warned": "w", "failed": "F", "errored": "E", "accepted": "A"}
"""What stands for an outcome in a strip, so that it does not go by colour."""


@dataclass(frozen=True, slots=True)
class Strip:
    """An expectation's nights, the oldest first: runs of equal outcomes as (outcome, letters)."""

    name: str
    expectation: str
    severity: str
    runs: Sequence[tuple[str, str]]
    in_words: str


def gates(snapshot: Snapshot) -> Section:
    """Ask how the expectations came out."""
    history = ask(snapshot, HISTORY)
    strips = [_strip(row) for row in history.rows]
    data = {
        "history": history,
        "broken": [strip for strip in strips if _ever_broken(strip)],
        "kept": [strip for strip in strips if not _ever_broken(strip)],
        "accepted": ask(snapshot, ACCEPTED),
        "letters": LETTERS,
    }
    return Section("gates", "The gates, and their history", "gates.html", data)


def _strip(row: Mapping[str, Any]) -> Strip:
    outcomes = row["outcomes"]
    runs = [
        (outcome, LETTERS.get(outcome, "?") * len(list(some)))
        for outcome, some in groupby(each["outcome"] for each in outcomes)
    ]
    return Strip(row["name"], row["expectation"], row["severity"], runs, _in_words(outcomes))


def _ever_broken(strip: Strip) -> bool:
    return any(outcome != "passed" for outcome, _ in strip.runs)


def _in_words(outcomes: Sequence[Mapping[str, Any]]) -> str:
    """Tell a strip to who cannot see it: how many nights, and each that was not passed."""
    others = [
        f"{each['outcome']} on {each['night']:%-d %B}" for each in reversed(outcomes) if each["outcome"] != "passed"
    ]
    told = ", ".join(others[:8]) + (f" and {len(others) - 8} more" if len(others) > 8 else "")  # noqa: PLR2004
    return f"{len(outcomes)} nights, {len(outcomes) - len(others)} passed" + (f"; {told}" if others else "")
