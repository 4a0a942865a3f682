"""Tonight beside the nights before: one row a source, from the ledger of counts, and what one night did to clusters.

Tables of the audit's database, empty for a run that is no night (a rebuild, a replay):

    source_night    a source that sends tonight, or did in the last SPAN_DAYS: its records, shares and ages, and what is
                    usual. Records are held against the median of the same weekday and, while that has come fewer than
                    three times, against that of all weekends or working days as well; other figures against the
                    sum of the last RECENT_NIGHTS that had it. `shown` is its name as it may be printed
    flood           copies that a cluster gained, and other articles that one of tonight's is like
    lost_canonical  by source: canonical copies that are none since tonight, of how many of the last SPAN_DAYS

A source counts as warm once it was first seen as many nights ago as thresholds say; others are not in `source_night`.
"""

from typing import Final

import duckdb
import pyarrow as pa

from expectations.snapshot import Snapshot, readable, relation
from transforms.ledgers import CLUSTER_CHANGES, SOURCE_COUNTS
from transforms.tables import PROFILES

SOURCE_NIGHT: Final = "source_night"
FLOOD: Final = "flood"
LOST_CANONICAL: Final = "lost_canonical"
SPAN_DAYS: Final = 42
"""Six of each weekday: fewer would make a median of one odd night, more would remember what has long changed."""
RECENT_NIGHTS: Final = 14
_FEW: Final = 20
"""Copies, or others that are alike, below which nothing is worth a row."""
_DRIFT: Final = pa.schema([("source", pa.string()), ("lost_fields", pa.int64())])

_SHOWN: Final = r"left(regexp_replace(source, '[^\pL\pN .,&_:/()-]', '?', 'g'), 60)"
_SUMS: Final = """
    count(DISTINCT run_id) AS runs, sum(records)::BIGINT AS records, sum(admitted)::BIGINT AS admitted,
    sum(records - quarantined)::BIGINT AS delivered, sum(replayed) AS replayed, sum(quarantined) AS quarantined,
    sum(copies) AS copies, sum(titled) AS titled, sum(dated) AS dated, sum(repaired) AS repaired, sum(words) AS words,
    date_diff('day', max(newest_published_at AT TIME ZONE 'UTC')::DATE, day) AS age_days,
    list_distinct(flatten(list(string_split(encoding, ', ')))) AS encodings
"""
_SHARES: Final = {
    "titled_share": ("titled", "delivered"),
    "dated_share": ("dated", "delivered"),
    "repaired_share": ("repaired", "delivered"),
    "mean_words": ("words", "delivered"),
    "copied_share": ("copies", "admitted"),
    "replayed_share": ("replayed", "records"),
    "quarantined_share": ("quarantined", "records"),
}

_VOLUME: Final = """
    CREATE TEMP TABLE volume AS
    WITH nights AS (SELECT DISTINCT day FROM counts WHERE day < $day),
    seen AS (SELECT source, min(day) AS first_day FROM counts WHERE day < $day GROUP BY source),
    daily AS (
        SELECT source, day, coalesce(sum(records), 0) AS records, dayofweek(day) AS weekday
        FROM seen JOIN nights ON day >= first_day LEFT JOIN counts USING (source, day) GROUP BY ALL
    ),
    weekday AS (
        SELECT source, weekday, median(records) AS usual, min(records) AS least, count(*) AS nights
        FROM daily GROUP BY ALL
    )
    SELECT source, count(*) AS nights,
        median(records) FILTER ((weekday IN (0, 6)) = (dayofweek($day::DATE) IN (0, 6))) AS usual_records,
        1.4826 * median(abs(records - usual)) AS spread,
        any_value(usual) FILTER (weekday = dayofweek($day::DATE)) AS weekday_records,
        any_value(least) FILTER (weekday = dayofweek($day::DATE)) AS weekday_least,
        coalesce(any_value(weekday.nights) FILTER (weekday = dayofweek($day::DATE)), 0) AS weekday_nights
    FROM daily JOIN weekday USING (source, weekday) GROUP BY source
"""
_LANGUAGE: Final = """
    CREATE TEMP TABLE language AS
    WITH entry AS (SELECT source, day, unnest(map_entries(languages), recursive := true) FROM counts),
    usual AS (SELECT source, key, sum(value) AS n FROM entry WHERE day < $day GROUP BY ALL),
    main AS (SELECT source, arg_max(key, n) AS key, max(n) / sum(n) AS usual_language_share FROM usual GROUP BY source)
    SELECT source, usual_language_share,
        coalesce(sum(value) FILTER (entry.key = main.key AND day = $day), 0) / sum(value) FILTER (day = $day) AS found
    FROM main JOIN entry USING (source) GROUP BY ALL
"""
_HABIT: Final = f"""
    CREATE TEMP TABLE habit AS
    SELECT source, sum(records) AS past_records, median(runs) AS usual_runs, max(age_days) AS most_age_days,
        list_distinct(flatten(list(encodings))) AS usual_encodings,
        {", ".join(f"sum({part}) / nullif(sum({whole}), 0) AS usual_{name}" for name, (part, whole) in _SHARES.items())}
    FROM (
        FROM by_day WHERE day < $day
        QUALIFY row_number() OVER (PARTITION BY source ORDER BY day DESC) <= {RECENT_NIGHTS}
    ) GROUP BY source
"""


def lay_out(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, run_id: str, warm_up_nights: int) -> None:
    """Make the three tables, when the projections and what `past` finds are there."""
    is_night = bool(snapshot.day and snapshot.added.get(SOURCE_COUNTS.name))
    _lay_out_sources(connection, snapshot, run_id, warm_up_nights if is_night else 1 << 30)
    _lay_out_floods(connection, is_night=is_night)
    _lay_out_lost(connection, snapshot, is_night=is_night)


def _lay_out_sources(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, run_id: str, warm_up_nights: int
) -> None:
    day = {"day": snapshot.day}
    _count(connection, snapshot, run_id)
    connection.register("drifted", _drifted(snapshot))
    for statement in (_VOLUME, _LANGUAGE, _HABIT):
        connection.execute(statement, day)
    own = ", ".join(f"{part} / nullif({whole}, 0) AS {name}" for name, (part, whole) in _SHARES.items())
    usual = ", ".join(f"usual_{name}" for name in _SHARES)
    connection.execute(
        f"""
        CREATE TABLE {SOURCE_NIGHT} AS
        WITH today AS (FROM by_day WHERE day = $day),
        run_count AS (SELECT count(DISTINCT run_id) AS runs_today FROM counts WHERE day = $day)
        SELECT source, {_SHOWN} AS shown,
            coalesce(records, 0) AS records, coalesce(delivered, 0) AS delivered, coalesce(admitted, 0) AS admitted,
            weekday_records, weekday_least, weekday_nights, usual_records, spread, age_days, most_age_days,
            past_records, found AS language_share, usual_language_share, coalesce(lost_fields, 0) AS lost_fields,
            usual_encodings AS encodings,
            list_filter(encodings, name -> NOT list_contains(usual_encodings, name) AND name <> '') AS new_encodings,
            {own}, {usual}
        FROM volume JOIN habit USING (source) LEFT JOIN today USING (source) LEFT JOIN language USING (source)
            LEFT JOIN drifted USING (source), run_count
        WHERE nights >= {warm_up_nights} AND (records IS NOT NULL OR runs_today >= usual_runs)
        """,
        day,
    )


def _count(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, run_id: str) -> None:
    """Read the ledger of the days that count, tonight's among them, and add it up by day."""
    paths = [*snapshot.added.get(SOURCE_COUNTS.name, ()), *snapshot.parent(SOURCE_COUNTS)]
    with readable(SOURCE_COUNTS, paths):
        connection.execute(
            f"""CREATE TEMP TABLE counts AS SELECT * FROM {relation(connection, SOURCE_COUNTS, paths)}
            WHERE day BETWEEN $day::DATE - {SPAN_DAYS} AND $day AND (day < $day OR run_id <= $run_id)""",
            {"day": snapshot.day, "run_id": run_id},
        )
    connection.execute(f"CREATE TEMP TABLE by_day AS SELECT source, day, {_SUMS} FROM counts GROUP BY source, day")


def _drifted(snapshot: Snapshot) -> pa.Table:
    rows = [{"source": source, "lost_fields": count} for source, count in snapshot.lost_fields.items()]
    return pa.Table.from_pylist(rows, _DRIFT)


def _lay_out_floods(connection: duckdb.DuckDBPyConnection, *, is_night: bool) -> None:
    connection.execute(f"""
        CREATE TABLE {FLOOD} AS
        WITH tonight AS (SELECT article_id FROM articles WHERE is_tonight AND {is_night}),
        size AS (SELECT count(*) AS articles FROM tonight),
        cluster AS (
            SELECT cluster_id, count(*) AS gained FROM membership SEMI JOIN tonight USING (article_id)
            GROUP BY cluster_id HAVING gained > {_FEW}
        ),
        side AS (
            SELECT article_id FROM pairs SEMI JOIN tonight USING (article_id)
            UNION ALL SELECT other_id FROM pairs SEMI JOIN tonight ON tonight.article_id = other_id
        ),
        degree AS (SELECT article_id, count(*) AS alike FROM side GROUP BY article_id HAVING alike > {_FEW})
        SELECT cluster_id, NULL AS article_id, gained, NULL AS alike, articles FROM cluster, size
        UNION ALL SELECT NULL, article_id, NULL, alike, articles FROM degree, size
    """)


def _lay_out_lost(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, *, is_night: bool) -> None:
    """Look up the sources of those that lost their place; on most nights there are none, and nothing is scanned."""
    changes = snapshot.added.get(CLUSTER_CHANGES.name, ()) if is_night else ()
    with readable(CLUSTER_CHANGES, changes):
        connection.execute(f"""
            CREATE TEMP TABLE lost AS SELECT article_id FROM {relation(connection, CLUSTER_CHANGES, changes)}
            WHERE old_canonical_id = article_id AND canonical_id <> article_id
        """)
    any_lost = connection.execute("FROM lost LIMIT 1").fetchall()
    paths = snapshot.parent(PROFILES) if any_lost else ()
    with readable(PROFILES, paths):
        connection.execute(f"""
            CREATE TABLE {LOST_CANONICAL} AS
            WITH by_source AS (
                SELECT source, count(*) AS lost FROM {relation(connection, PROFILES, paths)}
                SEMI JOIN lost USING (article_id) GROUP BY source
            )
            SELECT source, {_SHOWN} AS shown, lost, canonicals FROM by_source JOIN (
                SELECT source, sum(admitted - copies) AS canonicals FROM counts GROUP BY source
            ) USING (source)
        """)
