"""A web page: one record a file; and its text out of bytes that may lie about their encoding, as pages' do."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

from transforms.article import Reason
from transforms.parse.decoding import decode, is_mostly_utf8
from transforms.parse.record import Data, Fault, Malformed, Record, malformed, too_long

_HEAD_BYTES: Final = 4096
_BEGINS: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,200}>\s*+)?(?:<!--(?:(?!-->).){0,1000}-->\s*+){0,9}<(?:!doctype\s++html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDER: Final = {"gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs", "x-user-defined": ""}
"""What pages under these labels really hold: the code page of the system that they were written on."""
_SHIFTED: Final = "iso2022_jp"
"""The one encoding that pages still come in whose bytes are all ASCII."""
_MOST_DAMAGE: Final = 0.01
"""Share of characters that may be lost to a label before it is held to be a lie."""


def begins_like_page(head: bytes) -> bool:
    """Tell a web page by its first bytes: its document type, or its root."""
    return _BEGINS.match(head[:_HEAD_BYTES]) is not None


def page(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the one record of a page's file; `encoding` counts where the page names none that fits."""
    span = 0, len(data)
    if len(data) > max_record_bytes:
        yield malformed(0, data, span, too_long(len(data), max_record_bytes))
        return
    raw = data[:]
    if not raw.strip():
        yield malformed(0, data, span, Fault(Reason.NO_TEXT, "a page of blanks"))
        return
    yield Record(0, 0, raw, {"html": page_text(raw, encoding)})


def page_text(raw: bytes, fallback: str | None = None, *, http_charset: str | None = None) -> str:
    """Decode a page, whatever it says about itself; what fits no encoding becomes U+FFFD.

    A mark at its beginning goes before all; bytes that are UTF-8 are UTF-8; then the labels count in the order of
    browsers (HTTP header, then the page's own), then `fallback`, then what the bytes look like.
    """
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    labels = [codec for codec in (_codec(http_charset), _codec(_named(raw))) if codec]
    if _SHIFTED not in labels and (text := _strictly(raw, "utf-8")) is not None:
        return text
    guesses = [*labels, *([fallback] if fallback else [])]
    for codec in guesses:
        if (text := _strictly(raw, codec)) is not None:
            return text
    return _roughly(raw, guesses)


def _named(raw: bytes) -> str | None:
    """Return the label that the page itself gives."""
    found = _CHARSET.search(raw[:_HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _codec(label: str | None) -> str | None:
    """Return the codec that browsers understand by a label, or null where they know none."""
    if not label:
        return None
    name = map_encoding_to_html5(label.strip(), fallback_utf8=False)
    if not name:
        return None
    try:
        return codecs.lookup(_WIDER.get(name, name)).name
    except LookupError:
        return None


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _roughly(raw: bytes, guesses: list[str]) -> str:
    """Decode what is damaged under every guess: under the first that loses little, else as the bytes look."""
    if is_mostly_utf8(raw):
        try:
            return decode(raw, "utf-8")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace")
    for codec in (*guesses, _codec(detect_encoding(raw)) or "cp1252"):
        text = raw.decode(codec, "replace")
        if text.count("\ufffd") <= _MOST_DAMAGE * len(text):
            return text
    return raw.decode(guesses[0] if guesses else "cp1252", "replace")
