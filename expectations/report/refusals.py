"""What was refused and why: dumps with their sentence, records by reason and by source; never a record itself."""

from typing import Final

from expectations.report.answers import Snapshot, ask
from expectations.report.frame import Section
from expectations.report.nights import TONIGHT, TONIGHTS_DUMPS

_PARTS: Final = (("refused-dumps", "Refused dumps"), ("quarantine", "Quarantined records"))

REFUSED: Final = f"""
    SELECT dump_name, detail, count(*) OVER () AS dumps
    FROM dumps WHERE run_id = {TONIGHT} AND status = 'refused' ORDER BY dump_name LIMIT 40
    """
REASONS: Final = f"""
    SELECT
        reason, detail, count(*) AS records, count(DISTINCT dump_digest) AS dumps,
        first(dump_name ORDER BY dump_name, record_number) AS dump_name,
        first(record_number ORDER BY dump_name, record_number) AS record_number
    FROM quarantine SEMI JOIN {TONIGHTS_DUMPS} USING (dump_digest)
    GROUP BY reason, detail ORDER BY records DESC, reason, detail LIMIT 20
    """
BY_SOURCE: Final = f"""
    WITH rejects AS (
        SELECT source, records, unnest(map_entries(reasons), recursive := true)
        FROM source_counts WHERE run_id = {TONIGHT}
    ),
    whole AS (
        SELECT source, sum(records) AS records FROM source_counts WHERE run_id = {TONIGHT} GROUP BY source
    )
    SELECT
        source, sum(value) AS quarantined, any_value(whole.records) AS records,
        sum(value) / any_value(whole.records) AS share,
        list({{reason: key, records: value}} ORDER BY value DESC, key) AS reasons
    FROM (SELECT source, key, sum(value) AS value FROM rejects GROUP BY ALL) JOIN whole USING (source)
    WHERE value > 0 GROUP BY source ORDER BY quarantined DESC, source LIMIT 25
    """


def refusals(snapshot: Snapshot) -> Section:
    """Ask what the night did not admit."""
    data = {
        "refused": ask(snapshot, REFUSED),
        "reasons": ask(snapshot, REASONS),
        "by_source": ask(snapshot, BY_SOURCE),
    }
    return Section("refused", "What was refused, and why", "refusals.html", data, _PARTS)
