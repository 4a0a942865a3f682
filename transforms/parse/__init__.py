"""Records out of a file's bytes, whatever its format. One bad record raises nothing: it comes out as `Malformed`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from transforms.article import Reason
from transforms.parse import article_lines, columnar, delimited, feed, html, kept, mail, newsml, nitf, sgml, warc
from transforms.parse.columnar import row_group_count
from transforms.parse.decoding import WIDE, decode, lines, settled
from transforms.parse.document import document
from transforms.parse.frames import frames, is_archive
from transforms.parse.html import begins_like_page
from transforms.parse.markup_format import markup_format, xml_root
from transforms.parse.objects import objects, value
from transforms.parse.record import MAX_RECORD_BYTES, Data, Fault, Format, Malformed, Record, malformed, too_long
from transforms.parse.warc import census

__all__ = [
    "MAX_RECORD_BYTES",
    "WIDE",
    "Data",
    "Format",
    "Malformed",
    "Record",
    "begins_like_page",
    "census",
    "frames",
    "header",
    "is_archive",
    "is_object",
    "lines",
    "markup_format",
    "parse",
    "row_group_count",
    "settled",
    "xml_root",
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

    `start` and `stop` choose a part: bytes that begin and end at line ends for JSON Lines and for what is kept, between
    articles for SGML and web archives, row groups for Parquet; the other formats are read whole. Offsets are bytes from
    the beginning of the data, null for Parquet.
    Raises DumpRefused, in a sentence that leaves naming the file to the caller, when the file as a whole is broken.
    """
    match form:
        case Format.JSONL:
            encoding = settled(data, encoding)
            return objects(data, lines(data, encoding, start, stop), encoding, max_record_bytes)
        case Format.CSV | Format.TSV:
            return delimited.table(data, form, encoding, max_record_bytes)
        case Format.SGML:
            return sgml.articles(data, settled(data, encoding), start, stop, max_record_bytes)
        case Format.PARQUET | Format.WARC | Format.KEPT:
            return _IN_PARTS[form](data, start, stop, max_record_bytes)
        case _:
            return _WHOLE[form](data, settled(data, encoding), max_record_bytes)


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


_IN_PARTS: Final[Mapping[Format, Callable[[Data, int, int | None, int], Iterator[Record | Malformed]]]] = {
    Format.PARQUET: columnar.rows,
    Format.WARC: warc.pages,
    Format.KEPT: kept.records,
}
_WHOLE: Final[Mapping[Format, Callable[[Data, str, int], Iterator[Record | Malformed]]]] = {
    Format.TXT: _article,
    Format.JSON: document,
    Format.HTML: html.page,
    Format.FEED: feed.items,
    Format.NITF: nitf.documents,
    Format.NEWSML: newsml.items,
    Format.EML: mail.message,
    Format.MBOX: mail.messages,
    Format.LINES: article_lines.articles,
}
"""Parsers of files that are not read in parts."""
