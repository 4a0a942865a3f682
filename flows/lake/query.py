"""The analyst's connection: one snapshot, read-only, with no way out."""

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import orjson
import pyarrow as pa

from flows.lake.catalog import quoted, view_statements
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.lake.store import Store
from transforms.errors import LakeDamaged, UsageError
from transforms.macros import MACROS
from transforms.tables import schema_digest
from transforms.views import SHOWN

_UNREADABLE: Final = "Failed to read file"
"""How DuckDB begins when a page of a part cannot be unpacked."""
_EXPLAIN: Final = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)
# Table functions that only read; what they read is for the lock to allow. Others turn on logging or profiling into a
# file of the caller's choice, and DuckDB lets that file lie wherever it may read.
_TABLE_FUNCTIONS: Final = frozenset(
    {
        "generate_series", "json_each", "json_tree", "parquet_file_metadata", "parquet_metadata", "parquet_schema",
        "parquet_scan", "range", "read_parquet", "repeat", "unnest",
        "duckdb_columns", "duckdb_functions", "duckdb_memory", "duckdb_settings", "duckdb_tables", "duckdb_views",
        *(macro.name for macro in MACROS if macro.is_table),
    }
)  # fmt: skip


class Reader:
    """One snapshot, to be asked in SQL. A context manager.

    `sql` takes a single query and gives DuckDB's own relation, with `df()`, `to_arrow_table()` and so on.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def sql(self, query: str, parameters: object = None) -> duckdb.DuckDBPyRelation:
        """Ask; raise UsageError for anything but one query, and duckdb.Error for what DuckDB cannot answer."""
        _refuse_all_but_queries(self._connection, query)
        return self._connection.sql(query, params=parameters)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the connection."""
        self.close()


def open_snapshot(
    store: Store, at: int | str | Manifest | None = None, *, memory_limit: str = "4GB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a connection in memory over the newest snapshot, or the one that is chosen, and lock it down.

    It reads the lake's parts and nothing else. DuckDB's allowance covers writing, too, so statements of strangers
    go through `run_query` or a `Reader`, which let nothing but queries pass.
    """
    manifest = at if isinstance(at, Manifest) else store.current() if at is None else store.chosen(at)
    connection = open_duckdb(store.address)
    _show(connection, store, manifest)
    for statement in (
        f"SET memory_limit = {quoted(memory_limit)}",
        f"SET threads = {threads or os.cpu_count() or 1}",
        # DuckDB makes this folder at the first spill and removes it at the end; nobody can guess its name before.
        f"SET temp_directory = {quoted(f'{tempfile.gettempdir()}/broadsheet-{secrets.token_hex(8)}')}",
        f"SET allowed_directories = [{', '.join(map(quoted, store.medium.part_folders))}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def _show(connection: duckdb.DuckDBPyConnection, store: Store, manifest: Manifest | None) -> None:
    """Attach the snapshot's catalog, if it is there and whole; else make its views anew, 150 ms for 3,000 parts."""
    # A catalog of an older version lacks the views and columns of today.
    is_shown = manifest and not manifest.is_refused and manifest.schema_digest == schema_digest()
    catalog = store.medium.catalog(manifest.number) if manifest and is_shown else None
    if not (catalog and _attached(connection, catalog)):
        for statement in view_statements(manifest, store.address):
            connection.execute(statement)


def _attached(connection: duckdb.DuckDBPyConnection, catalog: Path) -> bool:
    """Attach a catalog, unless it cannot be read, or is of a version that knew other views and macros."""
    views = "SELECT view_name, column_count FROM duckdb_views() WHERE NOT internal"
    macros = "SELECT function_name, NULL FROM duckdb_functions() WHERE NOT internal"
    try:
        connection.execute(f"ATTACH {quoted(str(catalog))} AS lake (READ_ONLY)")
        found = set(connection.execute(f"{views} UNION ALL {macros}").fetchall())
        if found == {(view.name, len(view.columns)) for view in SHOWN} | {(macro.name, None) for macro in MACROS}:
            connection.execute("USE lake")
            return True
        connection.execute("DETACH lake")
    except duckdb.Error:
        return False  # derived data: whatever ails it, the manifest knows better
    return False


def run_query(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Run one query and return its rows.

    Raises UsageError for any other statement, and for whatever DuckDB refuses; LakeDamaged when a part cannot be read.
    """
    try:
        _refuse_all_but_queries(connection, sql)
        rows = connection.execute(sql).to_arrow_table()
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) or _UNREADABLE in str(error):
            raise LakeDamaged(f"{_one_line(error)}; run `broadsheet verify` to see what is damaged") from error
        raise UsageError(_one_line(error)) from error
    return rows.rename_columns(_distinct(rows.column_names))


def _refuse_all_but_queries(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) == 1 and statements[0].type == duckdb.StatementType.EXPLAIN and (match := _EXPLAIN.match(sql)):
        # EXPLAIN ANALYZE runs what it explains, so that must be a query as well.
        _refuse_all_but_queries(connection, sql[match.end() :])
        return
    tree = _syntax_tree(connection, sql)
    if len(statements) != 1 or tree is None:
        raise UsageError("only a single query is run here: SELECT, FROM, WITH, VALUES, DESCRIBE or EXPLAIN of one")
    strange = sorted(set(_table_functions(tree)) - _TABLE_FUNCTIONS)
    if strange:
        raise UsageError(f"the table function {strange[0]} is not allowed here; ask the views of the lake")


def _syntax_tree(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any] | None:
    """Return DuckDB's own reading of the statement, which it gives of queries only."""
    rows = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    tree: dict[str, Any] = orjson.loads(rows[0][0])
    return None if tree["error"] else tree


def _table_functions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield node["function"]["function_name"]
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        yield from _table_functions(child)


def _distinct(names: list[str]) -> list[str]:
    """Return the names, the repeated ones numbered: JSON and Parquet would lose all but one."""
    distinct: list[str] = []
    for name in names:
        free = (f"{name}_{n}" if n else name for n in count())
        distinct.append(next(candidate for candidate in free if candidate not in distinct))
    return distinct


def _one_line(error: duckdb.Error) -> str:
    """Return the first line of DuckDB's message, and its guess at what was meant; the rest repeats the statement."""
    first, *others = str(error).strip().split("\n")
    guess = next((line for line in others if line.startswith("Did you mean")), "")
    return f"{first} {guess}".strip()
