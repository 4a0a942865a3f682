"""Records out of a file's bytes, whatever its format. One bad record raises nothing: it comes out as `Malformed`."""

from collections.abc import Iterator

from transforms.article import Reason
from transforms.parse import columnar, delimited
from transforms.parse.columnar import row_group_count
from transforms.parse.decoding import WIDE, decode, lines, settled
from transforms.parse.document import document
from transforms.parse.objects import objects, value
from transforms.parse.record import (
    MAX_RECORD_BYTES,
    Data,
    Fault,
    Format,
    Malformed,
    Record,
    malformed,
    too_long,
)

__all__ = [
    "MAX_RECORD_BYTES",
    "WIDE",
    "Data",
    "Format",
    "Malformed",
    "Record",
    "header",
    "is_object",
    "lines",
    "parse",
    "row_group_count",
    "settled",
]


def parse(
    data: Data,
    form: Format,
    encoding: str,
    *,
    start: int = 0,
    stop: int | None = None,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[Record | Malformed]:
    """Yield the records of the data, numbered from 0.

    `start` and `stop` choose a part: bytes that begin and end at line ends for JSON Lines, row groups for Parquet;
    the other formats are read whole. Offsets are bytes from the beginning of the data, null for Parquet.
    Raises DumpRefused, in a sentence that leaves naming the file to the caller, when the file as a whole is broken.
    """
    match form:
        case Format.JSONL:
            encoding = settled(data, encoding)
            return objects(data, lines(data, encoding, start, stop), encoding, max_record_bytes)
        case Format.JSON:
            return document(data, settled(data, encoding), max_record_bytes)
        case Format.CSV | Format.TSV:
            return delimited.table(data, form, encoding, max_record_bytes)
        case Format.PARQUET:
            return columnar.rows(data, start, stop, max_record_bytes)
        case Format.TXT:
            return _article(data, settled(data, encoding), max_record_bytes)


def header(data: Data, form: Format, encoding: str) -> tuple[str, ...] | None:
    """Return the column names where the format has them, distinct and none empty."""
    match form:
        case Format.CSV | Format.TSV:
            return delimited.header(data, form, encoding)
        case Format.PARQUET:
            return columnar.column_names(data)
        case _:
            return None


def is_object(line: bytes, encoding: str) -> bool:
    """Tell whether the line is one JSON object, by the measure that parsing has."""
    return isinstance(value(line, encoding), dict)


def _article(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the one record of a text file."""
    span = 0, len(data)
    if len(data) > max_record_bytes:
        yield malformed(0, data, span, too_long(len(data), max_record_bytes))
        return
    try:
        text = decode(data[:], encoding)
    except UnicodeDecodeError as error:
        yield malformed(0, data, span, Fault(Reason.MALFORMED, f"byte {error.start:,} is in no encoding we know"))
        return
    yield Record(0, 0, data[:], {"text": text})
