"""Letters and marks that a wrong decoding lost: put back where only one can have stood there, else left alone.

Some dumps read the curly quotes, dashes and hard blanks of UTF-8 as a Chinese code page and threw away what that did
not know. A quote then shows as a plain one, and the byte after it, mostly a blank, as a question mark or U+FFFD.
"""

import re
from typing import Final

from transforms.cleaning.rule import Rule

_ENDINGS: Final = "ll|re|ve|[stdm]"
_APOSTROPHE: Final = re.compile(rf"(?<=[A-Za-z])(?:\ufffd|\"\ufffd)(?=(?:{_ENDINGS})(?![A-Za-z]))")
_NEGATION: Final = re.compile(r"(?<=n)\"(?=t(?![A-Za-z]))")
_DASH: Final = re.compile(r"(?<=[A-Za-z,] )\"(?:\?(?=[a-z])|\ufffd(?=[\xa0 ]))")
_CLOSED: Final = re.compile(r"(?<=[.,!])\"\ufffd*\?(?! ?\?)(?: (?=\S))?|(?<=[A-Za-z?])\"\ufffd*\?(?=[A-Za-z(\[])")
_LEFT_QUOTE: Final = re.compile('"\ufffd+')
_HARD_BLANK: Final = re.compile(r"(?<=[a-z]{4}[.,])-(?=[A-Z][a-z]+ | [A-Z]|[a-z]+ )")
_AFTER_STOP: Final = re.compile(r"(?<=[a-z]{4}\.)-(?= [A-Z][a-z])")
_HEAD: Final = 80
"""Within so many characters of a line's start a full stop and a hyphen may end a dateline, as in `MADRID.- El`."""
_LEAST: Final = 2
"""So many make it the text's way; one alone is sure only between a full stop and a blank."""


def restore_apostrophes(text: str) -> tuple[str, int]:
    """Put back the apostrophe that U+FFFD stands for between a letter and the end of a contraction."""
    if "\ufffd" not in text:
        return text, 0
    return _APOSTROPHE.subn("'", text)


def remove_quote_debris(text: str) -> tuple[str, int]:
    """Give quotes their blank back, and a spaced dash its dash. No question mark stands glued to a word."""
    if '"?' not in text and '"\ufffd' not in text:
        return text, 0
    total = 0
    for pattern, put in ((_DASH, "- "), (_CLOSED, '" '), (_LEFT_QUOTE, '"'), (_NEGATION, "'")):
        text, count = pattern.subn(put, text)
        total += count
    return text, total


def restore_blanks(text: str) -> tuple[str, int]:
    """Put back the hard blank that a hyphen stands for after a full stop or comma."""
    if ".-" not in text and ",-" not in text:
        return text, 0
    lines = text.split("\n")
    done = [(line[:_HEAD], *_HARD_BLANK.subn(" ", line[_HEAD:])) for line in lines]
    count = sum(n for *_, n in done)
    if count < _LEAST:
        done = [(line[:_HEAD], *_AFTER_STOP.subn("", line[_HEAD:])) for line in lines]
        count = sum(n for *_, n in done)
    return ("\n".join(head + tail for head, tail, _ in done), count) if count else (text, 0)


RULES: Final = (
    Rule("lost_apostrophe", "An apostrophe of no known code became U+FFFD", restore_apostrophes, r"\x{fffd}[lrvstdm]"),
    Rule("quote_debris", "Quotes read as Chinese lost the blank after them", remove_quote_debris, '"[?\\x{fffd}]'),
    Rule("lost_blank", "A hard blank read as Chinese became a hyphen", restore_blanks, r"[.,]-[A-Za-z ]"),
)  # fmt: skip
