"""What the audit sees of each stored table: ids, dates, lengths, flags, enumerated names and counts, never free text.

What is not selected here cannot reach a result, a log or a report, whatever an article says.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from transforms.article import ARTICLES
from transforms.errors import LakeDamaged
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import DELIVERIES, DUMPS, MEMBERSHIP, PAIRS, QUARANTINE

_IS_TONIGHT: Final = "run_id = $run_id"
_SHARE_OF_RUN: Final = "sum(quarantined) OVER run / nullif(sum(records_read) OVER run, 0)"
_UTC: Final = "published_at AT TIME ZONE 'UTC'"

Config = dict[str, str | bool | int | float | list[str]]
Connect = Callable[[Path, Config], duckdb.DuckDBPyConnection]

PROJECTIONS: Final[Mapping[Table, tuple[str, ...]]] = {
    ARTICLES: (
        "article_id",
        "language",
        f"year({_UTC}) AS published_year",
        f"CAST({_UTC} AS DATE) AS published_day",
        "published_at_origin",
        PARTITION_COLUMN,
        "char_count",
    ),
    MEMBERSHIP: ("article_id", "cluster_id", "canonical_id", "is_canonical", "relation", "jaccard", "containment"),
    # A member is a file name that a stranger chose: only whether two are the same is of interest.
    DELIVERIES: ("article_id", "dump_digest", "hash(member) AS member_hash", "record_number"),
    PAIRS: ("article_id", "other_id", "jaccard", "containment", "relation"),
    QUARANTINE: ("reason", "dump_digest"),
    DUMPS: (
        "dump_digest",
        "records_read",
        "admitted",
        "replayed",
        "quarantined",
        f"{_IS_TONIGHT} AS is_tonight",
        f"CASE WHEN {_IS_TONIGHT} THEN {_SHARE_OF_RUN} END AS quarantine_share_tonight",
    ),
}
_UNREADABLE: Final = (duckdb.BinderException, duckdb.InvalidInputException, duckdb.IOException)
_WINDOWS: Final[Mapping[Table, str]] = {DUMPS: "WINDOW run AS (PARTITION BY run_id)"}


def open_database(database: Path, config: Config) -> duckdb.DuckDBPyConnection:
    """Open a database that reads local files."""
    return duckdb.connect(database, config=config)


def project(
    database: Path, files: Mapping[str, Sequence[str]], run_id: str, *, memory_mb: int, connect: Connect
) -> None:
    """Write a DuckDB file that holds the projection of every audited table over exactly these Parquet files.

    Tables, not views: each is looked at a dozen times, and opening the days of years anew for each costs more than
    the rest of the audit. Raises LakeDamaged when a file is missing, is no Parquet or lacks a column of its table.
    """
    config: Config = {"memory_limit": f"{memory_mb}MB"}
    with connect(database, config) as connection:
        # Read a few times and thrown away: compressing takes half of the time that writing does.
        connection.execute("SET force_compression = 'uncompressed'")
        for table in PROJECTIONS:
            paths = files.get(table.name, ())
            try:
                _project_table(connection, table, paths, run_id)
            except _UNREADABLE as error:
                if isinstance(error, duckdb.IOException) and not _lacks_any(paths):
                    raise  # The trouble is not with the lake: the disk that the projection is written to is full.
                raise LakeDamaged(
                    f"The audit cannot read the {len(paths)} parts of {table.name} ({type(error).__name__}); "
                    "run `broadsheet verify` to see which are damaged."
                ) from error


def _lacks_any(paths: Sequence[str]) -> bool:
    """Tell whether a file is missing; of object storage it is not known, and a failure is taken for the network's."""
    return any("://" not in path and not Path(path).is_file() for path in paths)


def _project_table(connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[str], run_id: str) -> None:
    columns = ", ".join(PROJECTIONS[table])
    if paths:
        source = _parquet(table, paths)
    else:
        source = "no_rows"
        connection.register(source, table.full_schema.empty_table())
    sql = f"CREATE TABLE {table.name} AS SELECT {columns} FROM {source} {_WINDOWS.get(table, '')}"
    connection.execute(sql, {"run_id": run_id} if "$run_id" in sql else {})


def _parquet(table: Table, paths: Sequence[str]) -> str:
    hive = f"hive_types = {{'{PARTITION_COLUMN}': DATE}}, " if table.is_partitioned else ""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], {hive}hive_partitioning = {table.is_partitioned})"
