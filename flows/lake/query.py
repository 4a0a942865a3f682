"""The analyst's connection: one snapshot, read-only, with no way out; and the shapes in which an answer is shown."""

import io
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from decimal import Decimal
from itertools import count
from typing import Any, Final, Literal

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from flows.lake.catalog import quoted, view_statements
from flows.lake.store import Store
from transforms.errors import UsageError

Format = Literal["table", "json", "csv", "parquet"]

_SHOWN_ROWS: Final = 40
_EXPLAIN: Final = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)
# Table functions that only read; what they read is for the lock to allow. Others turn on logging or profiling into a
# file of the caller's choice, and DuckDB lets that file lie wherever it may read.
_TABLE_FUNCTIONS: Final = frozenset(
    {
        "generate_series", "json_each", "json_tree", "parquet_file_metadata", "parquet_metadata", "parquet_schema",
        "parquet_scan", "range", "read_parquet", "repeat", "unnest",
        "duckdb_columns", "duckdb_functions", "duckdb_memory", "duckdb_settings", "duckdb_tables", "duckdb_views",
    }
)  # fmt: skip
# What a spreadsheet would take for a formula; the leading quote makes it text again.
_FORMULA: Final = r"^([=+\-@\t\r])"


def connect(
    store: Store, number: int | None = None, *, memory_limit: str = "4GB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a connection in memory over the newest snapshot, or over `number`, and lock it down.

    It reads the lake's parts and nothing else. DuckDB's allowance covers writing, too, so statements of strangers
    go through `run_query`, which lets nothing but queries pass.
    """
    manifest = store.current() if number is None else store.manifest(number)
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    for statement in (
        "SET TimeZone = 'UTC'",
        f"SET memory_limit = {quoted(memory_limit)}",
        f"SET threads = {threads or os.cpu_count() or 1}",
        # DuckDB makes this folder at the first spill and removes it at the end; nobody can guess its name before.
        f"SET temp_directory = {quoted(f'{tempfile.gettempdir()}/broadsheet-{secrets.token_hex(8)}')}",
        *view_statements(manifest, store.root),
        f"SET allowed_directories = [{quoted(str(store.root / 'parts'))}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def run_query(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Run one query and return its rows; raise UsageError for any other statement, and for whatever DuckDB refuses."""
    try:
        _refuse_all_but_queries(connection, sql)
        rows = connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        raise UsageError(_one_line(error)) from error
    return rows.rename_columns(_distinct(rows.column_names))


def render(table: pa.Table, format: Format) -> bytes:  # noqa: A002 - the name of the option it stands for
    """Return the rows as a box for a terminal, an array of JSON objects, CSV, or a Parquet file.

    Only Parquet keeps everything. Elsewhere bytes are shown as UTF-8 with escapes; in CSV lists and maps are JSON,
    and text that a spreadsheet would run as a formula gets a leading quote.
    """
    renderers: dict[Format, Callable[[pa.Table], bytes]] = {
        "table": _box,
        "json": _json,
        "csv": _csv,
        "parquet": _parquet,
    }
    try:
        return renderers[format](table)
    except pa.ArrowNotImplementedError as error:
        raise UsageError(f"{format} cannot hold this result: {error}; cast that column to VARCHAR") from error


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


def _box(table: pa.Table) -> bytes:
    if table.column_names == ["explain_key", "explain_value"]:
        return "\n".join(table["explain_value"].to_pylist()).encode() + b"\n"  # a plan is a drawing already
    output = io.StringIO()
    width = shutil.get_terminal_size((120, 24)).columns
    with duckdb.connect() as connection, redirect_stdout(output):
        connection.from_arrow(_without_bytes(table)).show(max_width=width, max_rows=_SHOWN_ROWS)
    # Article text is a stranger's: DuckDB escapes control characters, but not those that turn the line around.
    shown = (c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in output.getvalue())
    return "".join(shown).encode()


def _json(table: pa.Table) -> bytes:
    rows = table.to_pylist(maps_as_pydicts="strict")
    return orjson.dumps(rows, default=_json_value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2) + b"\n"


def _csv(table: pa.Table) -> bytes:
    output = io.BytesIO()
    columns = [_csv_column(column) for column in table.columns]
    pyarrow.csv.write_csv(pa.table(columns, names=table.column_names), output)
    return output.getvalue()


def _parquet(table: pa.Table) -> bytes:
    output = io.BytesIO()
    pq.write_table(table, output, compression="zstd")
    return output.getvalue()


def _json_value(value: Any) -> str | int | float:
    """Return what JSON can hold of a value that orjson does not know."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    if isinstance(value, Decimal):
        return float(value) if value % 1 else _json_integer(int(value))
    return str(value)


def _json_integer(value: int) -> str | int:
    """DuckDB sums into 128 bits; what a reader of JSON would round goes as text."""
    return value if abs(value) < 2**63 else str(value)


def _without_bytes(table: pa.Table) -> pa.Table:
    """Turn bytes into text: quarantined records are text more often than not."""
    for index, column in enumerate(table.schema):
        if pa.types.is_binary(column.type):
            table = table.set_column(index, column.name, _as_text(table.column(index).to_pylist(), _json_value))
    return table


def _csv_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_nested(kind):
        rows = column.to_pylist(maps_as_pydicts="strict")
        return _as_text(rows, lambda value: orjson.dumps(value, default=_json_value).decode())
    if not any(holds(kind) for holds in (pa.types.is_string, pa.types.is_binary, pa.types.is_interval)):
        return column
    text = column if pa.types.is_string(kind) else _as_text(column.to_pylist(), _json_value)
    return pc.replace_substring_regex(text, _FORMULA, r"'\1")


def _as_text(values: list[Any], convert: Callable[[Any], Any]) -> pa.Array:
    return pa.array([None if value is None else str(convert(value)) for value in values], pa.string())
