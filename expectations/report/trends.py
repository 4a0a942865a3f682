"""The trailing nights as charts: counts, shares, seconds by stage, and records of the largest sources."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from expectations.report.answers import Answer, Snapshot, ask
from expectations.report.charts import Chart, chart
from expectations.report.frame import Section
from expectations.report.nights import SHOWN, nights

_PARTS: Final = (("trend-night", "Night by night"), ("trend-stages", "Seconds by stage"), ("trend-sources", "Sources"))
_SOURCES: Final = 12

NIGHTS: Final = (
    nights(SHOWN - 1)
    + """,
    counted AS (
        SELECT run_id, sum(copies) AS copies, sum(admitted) AS admitted
        FROM source_counts SEMI JOIN nights USING (run_id) GROUP BY run_id
    )
    SELECT
        night, run_id, records_read AS records, runs.admitted, quarantined,
        quarantined / nullif(records_read, 0) AS quarantine_share,
        copies / nullif(counted.admitted, 0) AS copies_share
    FROM nights JOIN runs USING (run_id) LEFT JOIN counted USING (run_id) ORDER BY ago DESC
    """
)
STAGES: Final = (
    nights(SHOWN - 1)
    + """,
    timed AS (
        SELECT run_id, unnest(map_keys(stage_seconds)) AS stage, unnest(map_values(stage_seconds)) AS seconds,
            unnest(range(len(map_keys(stage_seconds)))) AS place
        FROM runs SEMI JOIN nights USING (run_id)
    )
    SELECT
        coalesce(stage, 'all stages') AS stage, ago, sum(seconds) AS seconds,
        CASE WHEN stage IS NULL THEN -1 ELSE min(min(place)) OVER (PARTITION BY stage) END AS place
    FROM timed JOIN nights USING (run_id) GROUP BY GROUPING SETS ((stage, ago), ago) ORDER BY place, stage, ago DESC
    """
)
SOURCES: Final = (
    nights(SHOWN - 1)
    + f""",
    counted AS (
        SELECT source, ago, sum(records) AS records FROM source_counts JOIN nights USING (run_id) GROUP BY ALL
    ),
    largest AS (
        SELECT source, sum(records) AS records FROM counted
        GROUP BY source ORDER BY records DESC, source LIMIT {_SOURCES}
    )
    SELECT source, ago, counted.records
    FROM counted JOIN largest USING (source) ORDER BY largest.records DESC, source, ago DESC
    """
)


def trends(snapshot: Snapshot) -> Section:
    """Ask for the nights, and draw them."""
    counted, stages, sources = ask(snapshot, NIGHTS), ask(snapshot, STAGES), ask(snapshot, SOURCES)
    days = [day(row["night"]) for row in counted.rows]
    data: Mapping[str, Any] = {
        "nights": counted,
        "night_charts": night_charts(counted),
        "stages": stages,
        "stage_charts": _each(days, stages.rows, "stage", "seconds", _seconds),
        "sources": sources,
        "source_charts": _each(days, sources.rows, "source", "records", _whole, missing=0),
    }
    return Section("trends", "The last nights", "trends.html", data, _PARTS)


def night_charts(answer: Answer) -> list[Chart]:
    """Draw what is known of whole nights."""
    wanted: Sequence[tuple[str, str, Callable[[float], str]]] = (
        ("Records read", "records", _whole),
        ("Admitted", "admitted", _whole),
        ("Quarantined", "quarantined", _whole),
        ("Share in quarantine", "quarantine_share", _share),
        ("Copies among the new", "copies_share", _share),
    )
    days = [day(row["night"]) for row in answer.rows]
    return [chart(title, days, [row[name] for row in answer.rows], told) for title, name, told in wanted]


def day(night: date) -> str:
    """Write a day as charts do."""
    return f"{night:%-d %b}"


def _each(
    days: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    name: str,
    figure: str,
    told: Callable[[float], str],
    missing: float | None = None,
) -> list[Chart]:
    """Draw small multiples; on nights without a row, `missing` is drawn."""
    found: dict[str, list[float | None]] = {}
    for row in rows:
        found.setdefault(row[name], [missing] * len(days))[len(days) - 1 - row["ago"]] = row[figure]
    return [chart(each, days, values, told) for each, values in found.items()]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _share(value: float) -> str:
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def _seconds(value: float) -> str:
    return f"{value:.0f}\N{NO-BREAK SPACE}s" if value >= 10 or not value else f"{value:.2f}\N{NO-BREAK SPACE}s"  # noqa: PLR2004
