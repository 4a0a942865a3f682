"""Promises about dumps: each consumed once, every record of it delivered or rejected, once, and for a known reason."""

from typing import Final

from expectations.promise import Check, Promise
from expectations.thresholds import Thresholds
from transforms.article import Reason
from transforms.ledgers import DUMPS
from transforms.tables import DELIVERIES, QUARANTINE

_REASONS: Final = ", ".join(f"'{reason}'" for reason in Reason)


def deliveries() -> list[Promise]:
    """Give what is promised of deliveries: each of a stored article, none counted twice."""
    return [
        Promise(
            "delivery_of_article",
            DELIVERIES.name,
            "Every delivery is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)",
            "SELECT article_id, dump_name, record_number FROM deliveries ANTI JOIN copies USING (article_id)",
        ),
        Promise(
            "delivery_unique",
            DELIVERIES.name,
            "No record of a dump is delivered twice",
            "SELECT dump_digest FROM {batch} GROUP BY dump_digest, member_hash, record_number HAVING count(*) > 1",
            """SELECT dump_name, member, record_number, count(*) AS times FROM deliveries
            GROUP BY dump_digest, dump_name, member, record_number HAVING count(*) > 1""",
        ),
        _of_consumed("delivery_of_dump", DELIVERIES.name, "Every delivery is from a dump that was consumed"),
    ]


def quarantine() -> list[Promise]:
    """Give what is promised of rejected records."""
    return [
        Promise(
            "reason_known",
            QUARANTINE.name,
            "The reason of a quarantined record is one of the known ones",
            Check("ExpectColumnValuesToBeInSet", {"column": "reason", "value_set": [*Reason]}),
            f"SELECT dump_name, member, record_number, reason FROM quarantine WHERE reason NOT IN ({_REASONS})",
        ),
        _of_consumed("reject_of_dump", QUARANTINE.name, "Every quarantined record is from a dump that was consumed"),
    ]


def dumps(limits: Thresholds) -> list[Promise]:
    """Give what is promised of consumed files."""
    share = limits.quarantine_share.figure
    return [
        Promise(
            "dump_consumed_once",
            DUMPS.name,
            "No dump is consumed twice",
            """SELECT dump_digest FROM {batch} WHERE is_consumed GROUP BY dump_digest HAVING count(*) > 1
            UNION ALL SELECT dump_digest FROM {batch} SEMI JOIN known_dump USING (dump_digest) WHERE is_consumed""",
            """SELECT dump_digest, list(dump_name) AS names FROM dumps WHERE status = 'consumed'
            GROUP BY dump_digest HAVING count(*) > 1""",
        ),
        Promise(
            "records_accounted",
            DUMPS.name,
            "Every record read was admitted, replayed or quarantined",
            "SELECT dump_digest FROM {batch} WHERE records_read IS DISTINCT FROM admitted + replayed + quarantined",
            """SELECT dump_name, records_read, admitted, replayed, quarantined FROM dumps
            WHERE records_read IS DISTINCT FROM admitted + replayed + quarantined""",
        ),
        Promise(
            "records_stored",
            DUMPS.name,
            "Every record of tonight's dumps lies in deliveries or quarantine",
            """WITH stored AS (
                SELECT dump_digest FROM deliveries UNION ALL SELECT dump_digest FROM quarantine
            ), counted AS (SELECT dump_digest, count(*) AS record_count FROM stored GROUP BY dump_digest)
            SELECT dump_digest FROM {batch} ANTI JOIN known_dump USING (dump_digest)
            LEFT JOIN counted USING (dump_digest)
            WHERE is_tonight AND records_read > coalesce(record_count, 0)""",
            """WITH stored AS (
                SELECT dump_digest FROM deliveries UNION ALL SELECT dump_digest FROM quarantine
            ), counted AS (SELECT dump_digest, count(*) AS stored FROM stored GROUP BY dump_digest)
            SELECT dump_name, records_read, coalesce(stored, 0) AS stored FROM dumps
            LEFT JOIN counted USING (dump_digest)
            WHERE run_id = '{run_id}' AND status = 'consumed' AND records_read > coalesce(stored, 0)""",
        ),
        Promise(
            "quarantine_share",
            DUMPS.name,
            f"At most {share:.0%} of tonight's records are quarantined",
            Check("ExpectColumnValuesToBeBetween", {"column": "quarantine_share_tonight", "max_value": share}),
            """SELECT dump_name, reason, count(*) AS records FROM quarantine
            SEMI JOIN (FROM dumps WHERE run_id = '{run_id}') USING (dump_digest)
            GROUP BY ALL ORDER BY records DESC""",
            severity="warning",
            scope="night",
        ),
        Promise(
            "dumps_readable",
            DUMPS.name,
            "Every file of tonight could be read",
            "SELECT dump_digest FROM {batch} WHERE is_refused_tonight",
            "SELECT dump_name, detail FROM dumps WHERE run_id = '{run_id}' AND status = 'refused'",
            severity="warning",
            scope="night",
        ),
    ]


def _of_consumed(name: str, table: str, words: str) -> Promise:
    """Promise that the dump of each row was consumed."""
    return Promise(
        name,
        table,
        words,
        "SELECT dump_digest FROM {batch} ANTI JOIN (FROM dumps WHERE is_consumed) USING (dump_digest)",
        f"""SELECT dump_name, dump_digest, count(*) AS rows FROM {table}
        ANTI JOIN (FROM dumps WHERE status = 'consumed') USING (dump_digest) GROUP BY ALL""",
    )
