"""The format and the encoding of a staged file: by what it holds first, by what it is called second."""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Final

from charset_normalizer import from_bytes

from transforms.errors import DumpRefused
from transforms.parse import (
    MAX_RECORD_BYTES,
    Data,
    Format,
    begins_like_page,
    header,
    is_archive,
    is_object,
    lines,
    markup_format,
    settled,
    xml_root,
)
from transforms.parse.decoding import is_mostly_utf8
from transforms.parse.formats import BY_SUFFIX

_COMPRESSED: Final = frozenset({".gz", ".gzip", ".z", ".zst", ".zstd", ".bz2", ".xz"})
_SAMPLE_BYTES: Final = 64 << 10
_MARK_BYTES: Final = 64
_JSON_START: Final = re.compile(r"\{\s*[\"}]|\[\s*\{")
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_MAX_CONTROL_SHARE: Final = 0.1
PARQUET_MAGIC: Final = b"PAR1"
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHER_SCRIPTS: Final = ("cp1251", "cp1253", "cp1256", "gb18030", "big5", "cp932", "cp949")
"""What news beyond the Latin script is still delivered in, beside UTF-8."""
_LONG_RUN: Final = re.compile(rb"[\x80-\xff]{4,}")
_SIGN_IN_WORD: Final = re.compile(r"[^\W\d_][\u00aa\u00b2\u00b3\u00b9-\u00bf][^\W\d_]")
"""Read as Western, Polish has superscripts and fractions inside its words."""
_TURKISH: Final = re.compile(rb"[\xd0\xdd\xde\xf0\xfd\xfe]")
"""Dotless i, s and g of Turkish; in the Western page letters of Icelandic, which has fewer of them."""
_CZECH: Final = b"\xec\xf8\xe8"
_HUNGARIAN: Final = b"\xf5\xfb"
"""Bytes that no one Western language uses together."""

IsTextColumn = Callable[[str], bool]
IsText = Callable[[str], bool]
"""Tells by its name a file that the settings say is text."""


def named_format(name: str) -> Format | None:
    """Return the format that the name promises, suffixes of compression left aside."""
    path = PurePosixPath(name.lower())
    while path.suffix in _COMPRESSED:
        path = path.with_suffix("")
    return BY_SUFFIX.get(path.suffix)


def recognise(
    content: Data,
    name: str,
    first_bad_byte: int | None,
    is_text_column: IsTextColumn | None = None,
    is_text: IsText | None = None,
) -> tuple[Format, str] | None:
    """Return format and encoding, or null for a format we do not know: no text is taken for an article unasked."""
    promised = named_format(name)
    if promised is None and is_text is not None and is_text(name):
        promised = Format.TXT
    if content[:4] == PARQUET_MAGIC and content[-4:] == PARQUET_MAGIC:
        return Format.PARQUET, ""
    if is_archive(content[:_MARK_BYTES]):
        return Format.WARC, ""
    if promised in (Format.PARQUET, Format.WARC) or _is_binary(content):
        return None
    encoding = encoding_of(content, first_bad_byte)
    form = markup_format(content, settled(content, encoding)) or _mail_format(content, promised)
    if form is not None or promised in _BY_CONTENT_ALONE:
        return None if form is None else (form, encoding)
    first, second = _first_two_lines(content, settled(content, encoding))
    form = _json_format(first, second, settled(content, encoding), promised)
    if form is None:
        form = _text_format(content, encoding, promised, is_text_column)
    return None if form is None else (form, encoding)


def unknown_format(content: Data) -> str:
    """Say what a file is that no format was found for."""
    root = xml_root(content)
    if root is None:
        return "is in a format we do not know"
    return f"is XML with the root element <{root[:_SHOWN_CHARS]}>, which is no news format we know"


_SHOWN_CHARS: Final = 50
_BY_CONTENT_ALONE: Final = frozenset({Format.FEED, Format.NITF, Format.NEWSML, Format.SGML, Format.EML, Format.MBOX})
"""A name may promise these, but only what a file holds proves them."""
_HEADER: Final = re.compile(rb"[!-9;-~]{1,76}+:[^\n]*+\n")


def _mail_format(content: Data, promised: Format | None) -> Format | None:
    """Know mail by its first line, but only where the name promises it: much else begins with a word and a colon."""
    if promised not in (Format.EML, Format.MBOX):
        return None
    if content[:5] == b"From ":
        return Format.MBOX
    return Format.EML if _HEADER.match(content[:_SAMPLE_BYTES]) else None


def _is_binary(content: Data) -> bool:
    if content[:2] in _WIDE_MARKS:
        return False
    sample = content[:_SAMPLE_BYTES]
    return len(sample) - len(sample.translate(None, _CONTROL)) > _MAX_CONTROL_SHARE * len(sample)


def _json_format(first: bytes, second: bytes, encoding: str, promised: Format | None) -> Format | None:
    if promised is Format.JSONL:
        return promised
    if is_object(first, encoding):
        return Format.JSONL if second else Format.JSON
    begin = (first[:_SAMPLE_BYTES] + second[:_SAMPLE_BYTES]).decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if promised is Format.JSON:
        return promised if begin[:1] in ("{", "[") else None
    return Format.JSON if _JSON_START.match(begin) else None


def _text_format(
    content: Data, encoding: str, promised: Format | None, is_text_column: IsTextColumn | None
) -> Format | None:
    is_table = promised in (Format.CSV, Format.TSV)
    if promised is Format.HTML or (not is_table and begins_like_page(content[:_SAMPLE_BYTES])):
        return Format.HTML
    if is_table:
        return promised
    if promised not in (None, Format.TXT):
        return None
    # Prose may begin with a comma that looks like a header's, but not with a tab.
    tables = (Format.TSV, Format.CSV) if promised is None else (Format.TSV,)
    for form in tables:
        names = _names(content, form, encoding)
        if is_text_column and len(names) > 1 and any(map(is_text_column, names)):
            return form
    return promised


def _names(content: Data, form: Format, encoding: str) -> tuple[str, ...]:
    try:
        return header(content, form, encoding) or ()
    except DumpRefused:
        return ()


def _first_two_lines(content: Data, encoding: str) -> tuple[bytes, bytes]:
    """Return the first two lines that are not blank, cut to the longest record, or nothing in their place."""
    filled = _filled_lines(content, encoding)
    return next(filled, b""), next(filled, b"")


def _filled_lines(content: Data, encoding: str) -> Iterator[bytes]:
    for begin, end in lines(content, encoding):
        line = content[begin : min(end, begin + MAX_RECORD_BYTES)]
        if line.strip(b" \t\r\0"):
            yield line


def encoding_of(content: Data, first_bad_byte: int | None) -> str:
    """Return the encoding: by byte order mark, else UTF-8 if it is that, else guessed around the first other byte."""
    if content[:3] == codecs.BOM_UTF8:
        return "utf-8-sig"
    if content[:2] in _WIDE_MARKS:
        return "utf-16"
    if first_bad_byte is None:
        return "utf-8"
    return _legacy_encoding(_sample(content, first_bad_byte))


def _sample(content: Data, around: int) -> bytes:
    """Cut whole lines from shortly before the place, so that no character is cut."""
    begin = content.rfind(b"\n", 0, max(0, around - _SAMPLE_BYTES // 2)) + 1
    return content[max(begin, around - _SAMPLE_BYTES) : around + _SAMPLE_BYTES]


def _legacy_encoding(sample: bytes) -> str:
    if is_mostly_utf8(sample):
        return "utf-8"  # Damaged here and there: parsing mends it line by line.
    western = sample.decode("latin-1")
    foreign = sum(not c.isascii() for c in western)
    # Accents stand alone or in pairs; where whole words lie beyond ASCII, the script is another.
    if sum(map(len, _LONG_RUN.findall(sample))) > foreign / 2:
        best = from_bytes(sample, cp_isolation=list(_OTHER_SCRIPTS), enable_fallback=False).best()
        return _western_page(sample) if best is None else best.encoding
    if len(_TURKISH.findall(sample)) > _TURKISH_SHARE * foreign:
        return "cp1254"
    is_polish = len(_SIGN_IN_WORD.findall(western)) > _POLISH_SHARE * foreign
    if is_polish or any(all(byte in sample for byte in page) for page in (_CZECH, _HUNGARIAN)):
        return "cp1250"
    return _western_page(sample)


_TURKISH_SHARE: Final = 0.4
_POLISH_SHARE: Final = 0.05


def _western_page(sample: bytes) -> str:
    """Return cp1252, or Latin-1 where a byte has no place in it."""
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"
