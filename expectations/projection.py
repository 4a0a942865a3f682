"""What the audit sees of each stored table: ids, dates, lengths, flags, enumerated names and counts, never free text.

What is not selected here cannot reach a result, a log or a report, whatever an article says.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import duckdb

from expectations.habits import lay_out
from expectations.past import find_changed, look_up, promises_kept
from expectations.snapshot import Snapshot, readable, relation
from transforms.article import ARTICLES
from transforms.ledgers import DUMPS
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import DELIVERIES, MEMBERSHIP, PAIRS, QUARANTINE

_IS_TONIGHT: Final = "run_id = $run_id"
_OF_RUN: Final = "OVER (PARTITION BY run_id)"
_SHARE_OF_RUN: Final = f"sum(quarantined) {_OF_RUN} / nullif(sum(records_read) {_OF_RUN}, 0)"
_UTC: Final = "published_at AT TIME ZONE 'UTC'"

Config = dict[str, str | bool | int | float | list[str]]
Connect = Callable[[Path, Config], duckdb.DuckDBPyConnection]

PROJECTIONS: Final[Mapping[Table, tuple[str, ...]]] = {
    ARTICLES: (
        "article_id",
        f"year({_UTC}) AS published_year",
        f"CAST({_UTC} AS DATE) AS published_day",
        "published_at_origin",
        PARTITION_COLUMN,
        "char_count",
        "is_added AS is_tonight",
        "is_added AND coalesce(published_at > $day::DATE + INTERVAL 2 DAY, false) AS is_future_tonight",
        "CASE WHEN is_added THEN published_at IS NOT NULL END AS is_dated_tonight",
        "CASE WHEN is_added THEN language IS NOT NULL END AS is_language_known_tonight",
    ),
    MEMBERSHIP: (
        "article_id",
        "cluster_id",
        "canonical_id",
        "is_canonical",
        "relation",
        "jaccard",
        "containment",
        "chain_id",
        "version",
        "is_current",
    ),
    # A member is a file name that a stranger chose: only whether two are the same is of interest.
    DELIVERIES: ("article_id", "dump_digest", "hash(member) AS member_hash", "record_number"),
    PAIRS: ("article_id", "other_id", "jaccard", "containment", "number_containment", "relation"),
    QUARANTINE: ("reason", "dump_digest"),
    DUMPS: (
        "dump_digest",
        "status = 'consumed' AS is_consumed",
        "records_read",
        "admitted",
        "replayed",
        "quarantined",
        f"{_IS_TONIGHT} AS is_tonight",
        f"{_IS_TONIGHT} AND status = 'refused' AS is_refused_tonight",
        f"CASE WHEN {_IS_TONIGHT} AND status <> 'retried' THEN {_SHARE_OF_RUN} END AS quarantine_share_tonight",
    ),
}
_IF_CHANGED: Final = "SEMI JOIN changed ON changed.article_id IS NOT DISTINCT FROM row.article_id"


def open_database(database: Path, config: Config) -> duckdb.DuckDBPyConnection:
    """Open a database that reads local files, and draws no progress over what the run prints."""
    connection = duckdb.connect(database, config=config)
    connection.execute("SET enable_progress_bar = false")
    return connection


def project(
    database: Path,
    snapshot: Snapshot,
    run_id: str,
    critical: AbstractSet[tuple[str, str]],
    *,
    warm_up_nights: int,
    memory_mb: int,
    connect: Connect,
) -> None:
    """Write a DuckDB file that holds the projection of every audited table, and what `past` and `habits` find for it.

    Projected are tonight's rows when the parent kept every critical promise (table, words) in the audit of the run
    that made it, else all rows.

    Tables, not views: each is looked at a dozen times, and opening the days of years anew for each costs more than
    the rest of the audit. Raises LakeDamaged when a file is missing, is no Parquet or lacks a column of its table.
    """
    with connect(database, {"memory_limit": f"{memory_mb}MB"}) as connection:
        # Read a few times and thrown away: compressing takes half of the time that writing does.
        connection.execute("SET force_compression = 'uncompressed'")
        # Hash tables are to be of tonight's rows: what is joined stands on the right, whatever DuckDB estimates.
        connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
        whole = snapshot
        if not (snapshot.only_adds and critical <= promises_kept(connection, snapshot)):
            snapshot = snapshot.founded_anew()
        find_changed(connection, snapshot, PROJECTIONS[MEMBERSHIP])
        for table in PROJECTIONS:
            _project_table(connection, table, snapshot, run_id)
        look_up(connection, snapshot)
        lay_out(connection, whole, run_id, warm_up_nights)


def _project_table(connection: duckdb.DuckDBPyConnection, table: Table, snapshot: Snapshot, run_id: str) -> None:
    added, older = (files.get(table.name, ()) for files in (snapshot.added, snapshot.examined_again))
    with readable(table, [*added, *older]):
        # Rows of a part that was made anew, but are as they were, are history's.
        only = _IF_CHANGED if snapshot.replaced.get(table.name) else ""
        sql = f"""
            CREATE TABLE {table.name} AS
            {_select(table, relation(connection, table, added), is_added=True)} {only}
            UNION ALL {_select(table, relation(connection, table, older), is_added=False)}
        """
        values = {"run_id": run_id, "day": snapshot.day}
        connection.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql})


def _select(table: Table, rows: str, *, is_added: bool) -> str:
    columns = ", ".join(PROJECTIONS[table])
    return f"SELECT {columns} FROM (SELECT {is_added} AS is_added, * FROM {rows}) AS row"
