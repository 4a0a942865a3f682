"""Parquet: rows in small batches, so that a small file which unfolds into gigabytes is stopped on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse.record import KEPT_BYTES, Data, Fault, Malformed, Record, distinct, too_long

_BATCH_ROWS: Final = 64
"""Small, because a dictionary page lets one long value stand in every row: 300 bytes have claimed 19 GiB."""
_EXPANSION: Final = 1_000
_EXPANSION_FLOOR_BYTES: Final = 64 << 20


def column_names(data: Data) -> tuple[str, ...]:
    """Return the names of the top-level columns, made distinct."""
    with _refusing():
        return distinct(_opened(data).schema_arrow.names)


def row_group_count(data: Data) -> int:
    """Return how many row groups the file has: the pieces it can be read in."""
    with _refusing():
        count: int = _opened(data).metadata.num_row_groups
        return count


def rows(data: Data, first_group: int, end_group: int | None, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the rows of these row groups.

    Raises DumpRefused when the file is damaged or unfolds beyond all measure.
    """
    with _refusing():
        file = _opened(data)
        names = distinct(file.schema_arrow.names)
        groups = range(file.metadata.num_row_groups)[first_group:end_group]
        batches = file.iter_batches(batch_size=_BATCH_ROWS, row_groups=list(groups), use_threads=False)
        for number, (fields, raw) in enumerate(_measured(batches, names, len(data))):
            yield _row(number, fields, raw, max_record_bytes)


def _opened(data: Data) -> pq.ParquetFile:
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(data)), coerce_int96_timestamp_unit="us")
    about = file.metadata
    if about.num_rows != sum(about.row_group(at).num_rows for at in range(about.num_row_groups)):
        raise OSError("its row groups do not add up to its rows")
    return file


def _measured(
    batches: Iterator[pa.RecordBatch], names: tuple[str, ...], delivered_bytes: int
) -> Iterator[tuple[dict[str, Any] | Fault, bytes]]:
    """Give rows, also as JSON, whose bytes count: those of a batch have the entry of a dictionary once for all rows."""
    allowance = max(_EXPANSION_FLOOR_BYTES, _EXPANSION * delivered_bytes)
    for batch in batches:
        _require_within(allowance, batch.nbytes)
        for fields in _row_dicts(_plain(batch, names)):
            raw = b"" if isinstance(fields, Fault) else _json(fields)
            _require_within(allowance, len(raw))
            allowance -= len(raw)
            yield fields, raw


def _require_within(allowance: int, byte_count: int) -> None:
    if byte_count > allowance:
        raise DumpRefused(f"the Parquet file unfolds to over {_EXPANSION:,} times its size; look at how it was made")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> DumpRefused:
    first_line = str(error).partition("\n")[0][:200]
    return DumpRefused(f"the Parquet file is damaged ({first_line}); have it delivered again")


def _plain(batch: pa.RecordBatch, names: tuple[str, ...]) -> pa.RecordBatch:
    """Give the columns distinct names, and nanoseconds, which Python's clock cannot hold, up."""
    columns = [_microseconds(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=list(names))


def _microseconds(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def _row_dicts(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | Fault]:
    if any("dictionary<" in str(column.type) for column in batch.columns):
        yield from (_row_dict(batch.slice(at, 1)) for at in range(batch.num_rows))  # one long value may be in each
        return
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        # Somewhere among the rows is text that is not UTF-8, or a date beyond the calendar.
        for at in range(batch.num_rows):
            yield _row_dict(batch.slice(at, 1))


def _row_dict(row: pa.RecordBatch) -> dict[str, Any] | Fault:
    fields: dict[str, Any]
    try:
        (fields,) = row.to_pylist()
    except (ValueError, OverflowError) as error:
        what = "text that is not UTF-8" if isinstance(error, UnicodeDecodeError) else "a value out of range"
        return Fault(Reason.MALFORMED, what)
    return fields


def _json(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields, default=_written, option=orjson.OPT_NON_STR_KEYS)


def _row(number: int, fields: dict[str, Any] | Fault, raw: bytes, max_record_bytes: int) -> Record | Malformed:
    if isinstance(fields, Fault):
        return Malformed(number, None, b"", fields.reason, fields.detail)
    if len(raw) > max_record_bytes:
        fault = too_long(len(raw), max_record_bytes)
        return Malformed(number, None, raw[:KEPT_BYTES], fault.reason, fault.detail)
    return Record(number, None, raw, fields)


def _written(item: Any) -> str:
    """Write what JSON has no type for: bytes, decimals, durations."""
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
