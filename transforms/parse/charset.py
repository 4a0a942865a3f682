"""Names of encodings, as files from elsewhere declare them."""

import codecs
from typing import Final

_AS_BROWSERS_DO: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Texts are declared by an older name than the one they are written in."""
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape", "utf-7"})
"""Spellings of Python and of host names: slow, or apt to make of a text what is not written there."""


def charset(name: str) -> str | None:
    """Return the codec for a declared encoding, or null where there is none for texts."""
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)  # Raises for codecs that do not make bytes of text.
    except (LookupError, ValueError, TypeError):
        return None
    return None if codec in _NO_CHARSETS else _AS_BROWSERS_DO.get(codec, codec)
