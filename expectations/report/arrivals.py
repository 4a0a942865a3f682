"""What came in: the night's dumps, and its sources beside their own trailing nights."""

from typing import Any, Final

from expectations.report.answers import Snapshot, ask
from expectations.report.frame import Section
from expectations.report.nights import TONIGHT, TRAILING, nights

_PARTS: Final = (("dumps", "Dumps"), ("sources", "Sources"))

DUMPS: Final = f"""
    SELECT
        status, dump_name, records_read, admitted, replayed, quarantined,
        count(*) OVER () AS dumps
    FROM dumps WHERE run_id = {TONIGHT}
    ORDER BY status <> 'refused', quarantined DESC, records_read DESC, dump_name LIMIT 40
    """
TOTALS: Final = f"""
    SELECT
        status, count(*) AS dumps, sum(records_read) AS records_read, sum(admitted) AS admitted,
        sum(replayed) AS replayed, sum(quarantined) AS quarantined
    FROM dumps WHERE run_id = {TONIGHT} GROUP BY status ORDER BY status
    """
SOURCES: Final = (
    nights(TRAILING)
    + """,
    counted AS (
        SELECT
            source, ago, sum(records) AS records, sum(admitted) AS admitted, sum(quarantined) AS quarantined,
            sum(copies) AS copies, sum(dated) AS dated, sum(records - quarantined) AS delivered
        FROM source_counts JOIN nights USING (run_id) GROUP BY ALL
    ),
    told AS (
        SELECT
            source,
            coalesce(sum(records) FILTER (ago = 0), 0) AS records,
            median(records) FILTER (ago > 0) AS usual,
            count(*) FILTER (ago > 0) AS nights,
            coalesce(sum(admitted) FILTER (ago = 0), 0) AS admitted,
            sum(copies) FILTER (ago = 0) / nullif(sum(admitted) FILTER (ago = 0), 0) AS copies,
            sum(dated) FILTER (ago = 0) / nullif(sum(delivered) FILTER (ago = 0), 0) AS dated,
            sum(quarantined) FILTER (ago = 0) / nullif(sum(records) FILTER (ago = 0), 0) AS quarantined,
            sum(quarantined) FILTER (ago > 0) / nullif(sum(records) FILTER (ago > 0), 0) AS usually_quarantined
        FROM counted GROUP BY source
    )
    SELECT
        CASE
            WHEN records = 0 THEN 'silent'
            WHEN nights = 0 THEN 'new'
            WHEN 2 * records < usual THEN 'under half'
            WHEN records > 2 * usual THEN 'over double'
            ELSE 'as before'
        END AS news,
        told.*, count(*) OVER () AS sources
    FROM told WHERE records > 0 OR (nights >= 3 AND 2 * nights >= (SELECT max(ago) FROM nights))
    QUALIFY row_number() OVER (PARTITION BY records > 0 ORDER BY greatest(records, usual) DESC, source)
        <= if(records > 0, 25, 10)
    ORDER BY records > 0, greatest(records, usual) DESC, source
    """
)


def arrivals(snapshot: Snapshot) -> Section:
    """Ask what the night took in."""
    data: dict[str, Any] = {
        "totals": ask(snapshot, TOTALS),
        "dumps": ask(snapshot, DUMPS),
        "sources": ask(snapshot, SOURCES),
    }
    return Section("came-in", "What came in", "arrivals.html", data, _PARTS)
