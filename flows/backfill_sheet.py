"""A backfill told: a line a night while it goes on, and at the end all days in a few lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flows.backfill import DONE_BEFORE, FAILED, NO_DUMPS, Day
from flows.terminal import refusal_lines, summary


def night_text(day: Day) -> str:
    """Tell what a night published and what it refused; nothing of a day on which there was nothing to do."""
    if day.report is None:
        return f"{day.day} {day.outcome}\n" if day.outcome == FAILED else ""
    lines = [*refusal_lines(day.report), summary(day.report).splitlines()[-1]]
    return "".join(f"{day.day} {line}\n" for line in lines)


def backfill_text(days: Sequence[Day]) -> str:
    """Count the days by what became of them, and name those that had no dumps or were done before."""
    lines = [f"{what}: {_ranges(found)}" for what in (DONE_BEFORE, NO_DUMPS) if (found := _of(days, what))]
    outcomes = dict.fromkeys(day.outcome for day in days)
    counts = ", ".join(f"{len(_of(days, outcome)):,} {outcome}" for outcome in outcomes)
    return "".join(f"{line}\n" for line in [*lines, f"{len(days):,} days: {counts}"])


def backfill_json(days: Iterable[Day]) -> dict[str, Any]:
    """Give every day with its report, as plain values."""
    return {
        "days": [
            {"day": day.day, "outcome": day.outcome, "report": day.report and day.report.to_json()} for day in days
        ]
    }


def _of(days: Iterable[Day], outcome: str) -> list[date]:
    return [day.day for day in days if day.outcome == outcome]


def _ranges(days: Sequence[date]) -> str:
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in _runs(days))


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Give first and last of days that follow each other, in ascending order."""
    first = days[0]
    for day, after in zip(days, [*days[1:], None], strict=True):
        if after != day + timedelta(days=1):
            yield first, day
            first = after or day
