"""Answers: the rows of a query in the shapes in which they are shown."""

import io
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from decimal import Decimal
from typing import Any, Final, Literal

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from transforms.errors import UsageError

Format = Literal["table", "json", "csv", "parquet"]

_SHOWN_ROWS: Final = 40
# What a spreadsheet would take for a formula, also behind blanks or in full width; the quote makes it text again.
_FORMULA: Final = r"^([\s\p{Z}]*[=+\-@＝＋－＠]|[\t\r\n])"  # noqa: RUF001 - it is these that are meant


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
    if pa.types.is_dictionary(column.type):  # of an ENUM
        column = column.cast(column.type.value_type)
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
