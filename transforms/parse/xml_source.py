"""The bytes of an XML file, their encoding, and where the root begins. A document type is skipped, never obeyed."""

import re
from typing import Final, NamedTuple

from transforms.errors import DumpRefused
from transforms.parse.charset import charset
from transforms.parse.decoding import UTF8, WIDE, decode
from transforms.parse.record import Data

MAX_TRANSCODED_BYTES: Final = 256 << 20
"""A file whose encoding hides `<` inside other characters has to be held in memory twice."""
HEAD_BYTES: Final = 256 << 10
_NAME: Final = rb"[A-Za-z_][\w.\-]*+"
_ROOT: Final = re.compile(rb"<((?:" + _NAME + rb":)?" + _NAME + rb")(?=[\s/>])")
_PROLOG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:\s++|<\?.*?\?>|<!--.*?(?:-->|\Z)"
    # Quotes and comments of a document type may hold brackets that open and close nothing.
    rb"|<!(?i:DOCTYPE)(?:[^\[\]<>\"']|\"[^\"]*+\"|'[^']*+')*+"
    rb"(?:\[(?:[^\]\"'<]|\"[^\"]*+\"|'[^']*+'|<!--.*?(?:-->|\Z)|<)*+\]\s*+)?+>)*+",
    re.DOTALL,
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z][\w.\-]{0,39})["']""")
_OWN_BRACKETS: Final = ("cp125", "iso8859", "latin", "koi8", "euc", "mac")
"""Encodings in which the byte of `<` is never part of another character."""


class Source(NamedTuple):
    """Bytes to be cut at tags, and their encoding; not the original ones where those had to be transcoded."""

    data: Data
    encoding: str
    is_original: bool


def source_of(data: Data, encoding: str) -> Source:
    """Settle the encoding: UTF-8 where it is that, else as declared, else as guessed.

    Raises DumpRefused where the file cannot be decoded, or is too large to be transcoded.
    """
    encoding = _settled(data, encoding)
    if encoding in UTF8 or encoding.startswith(_OWN_BRACKETS):
        return Source(data, encoding, is_original=True)
    if len(data) > MAX_TRANSCODED_BYTES:
        limit = f"{len(data):,} bytes, more than the {MAX_TRANSCODED_BYTES:,} that are read in it"
        raise DumpRefused(f"an XML file in {encoding} has {limit}; deliver it in UTF-8")
    try:
        return Source(decode(data[:], encoding).encode("utf-8", "replace"), "utf-8", is_original=False)
    except UnicodeDecodeError as error:
        raise DumpRefused(f"byte {error.start:,} of the XML is not {encoding}; have it delivered again") from error


def _settled(data: Data, encoding: str) -> str:
    found = _DECLARED.match(data[:200].lstrip())
    declared = charset(found[1].decode()) if found else None
    if declared and declared.startswith("iso2022"):  # Escape sequences of plain ASCII.
        return declared
    if encoding in UTF8 or encoding in WIDE or declared is None or declared in UTF8 or declared.startswith("utf"):
        return encoding
    return declared


def head_of(data: Data, encoding: str) -> bytes:
    """Return the beginning of the file, in an encoding in which tags can be looked for."""
    head = data[:HEAD_BYTES]
    return head.decode(encoding, "replace").encode("utf-8", "replace") if encoding in WIDE else head


def root_name(data: Data) -> str | None:
    """Return the name of the root element as written, or null when the data does not begin as XML does."""
    found = find_root(data)
    return found[1].decode() if found else None


def find_root(data: Data) -> re.Match[bytes] | None:
    """Match the root element's name in a head that holds prolog, document type and comments."""
    head = data[:HEAD_BYTES]
    prolog = _PROLOG.match(head)
    return _ROOT.match(head, prolog.end() if prolog else 0)
