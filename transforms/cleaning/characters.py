"""Characters that nobody printed: wrong code pages, control and zero-width characters, loose marks, odd blanks."""

import re
import unicodedata
from functools import cache
from typing import Final

import ftfy
from ftfy.badness import BADNESS_RE, is_bad

from transforms.cleaning.rule import Rule

_LINE_BREAK: Final = re.compile(r"\r\n?|[\v\f\x1c-\x1e\u2028\u2029]")
_PLAIN_RUN: Final = re.compile(r"([\x00-\x7f]{5})[\x00-\x7f]+([\x00-\x7f]{5})")
_LOST: Final = re.compile("[\ufffd\x1a]")
"""Sloppy code pages write U+FFFD as the byte 1A, which ftfy knows to read back."""
_BEYOND_LATIN: Final = re.compile(r"[^\x00-\xff]")
_INVISIBLE_CLASS: Final = (
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
_INVISIBLE: Final = re.compile(_INVISIBLE_CLASS)
_ODD_BLANK: Final = "\t\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""All white space but the space and the line break."""
_SPACES: Final = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_EDGES: Final = re.compile(r"(?:\A|\n)[ \n]| (?:\n|\Z)|\n\Z")

_MOST_MARKS: Final = 30
_MARKS_END: Final = 0x20000  # no mark has its code beyond
_MAYBE_PILED: Final = re.compile(rf"[^\x00-\u02ff\u2000-\u206f]{{{_MOST_MARKS}}}")
_COMPOSED: Final = (
    r"[\p{M}\x{374}\x{37e}\x{387}\x{958}-\x{95f}\x{9dc}-\x{9df}\x{a33}-\x{a36}\x{a59}-\x{a5e}\x{b5c}\x{b5d}"
    r"\x{f43}-\x{f69}\x{1161}-\x{11c2}\x{1f71}-\x{1ffd}\x{2000}\x{2001}\x{2126}\x{212a}\x{212b}\x{2329}\x{232a}"
    r"\x{2adc}\x{f900}-\x{fad9}\x{fb1d}-\x{fb4e}\x{11f00}-\x{11fff}\x{1d15e}-\x{1d1c0}\x{1e000}-\x{1efff}"
    r"\x{2f800}-\x{2fa1d}]"
)
"""Marks, and letters that NFC writes in another way or joins to the letter before."""


def _garbled() -> str:
    """Write ftfy's own test for wrongly read text as an RE2 pattern; ours is by lines, so its start is a line's."""
    pattern = re.sub(r"(?m)^\s*#.*$", "", BADNESS_RE.pattern)
    pattern = re.sub(r"\[[^\]]*\]|\s+", lambda part: part[0] if part[0][0] == "[" else "", pattern)
    word, blank = r"[0-9A-Z_a-z\xaa-\x{1fff}\x{2c00}-\x{10ffff}]", rf"[ {_ODD_BLANK}]"
    return pattern.replace(r"\w", word).replace(r"\s", blank).replace("|^[", "|(?m:^)[")


def break_lines(text: str) -> tuple[str, int]:
    """Write every way to end a line as one."""
    return _LINE_BREAK.subn("\n", text)


def repair_mojibake(text: str) -> tuple[str, int]:
    """Undo text decoded with the wrong code page, line by line: one bad quote must not keep its neighbours."""
    if text.isascii():
        return text, 0
    lines = text.split("\n")
    repaired = [line if line.isascii() else _read_again(line) for line in lines]
    return "\n".join(repaired), sum(a != b for a, b in zip(lines, repaired, strict=True))


def _read_again(line: str) -> str:
    """Repair a line as ftfy does; the commonest case, all of it UTF-8 read as Windows-1252, without its loop."""
    if not _is_bad(line):
        return line
    if _BEYOND_LATIN.search(line) and not _LOST.search(line):
        try:
            repaired = line.encode("sloppy-windows-1252").decode("utf-8")
        except UnicodeError:
            return ftfy.fix_encoding(line)
        if not _is_bad(repaired):
            return repaired
    return ftfy.fix_encoding(line)


def _is_bad(line: str) -> bool:
    """Ask ftfy, whose pattern is slow, about the surroundings of what is not ASCII alone: nothing else can be bad."""
    return is_bad(_PLAIN_RUN.sub(r"\1\2", line))


def remove_invisible(text: str) -> tuple[str, int]:
    """Remove characters without width or shape; not the two joiners that Persian and emoji are spelled with."""
    return _INVISIBLE.subn("", text)


def compose(text: str) -> tuple[str, int]:
    """Compose letters and marks; NFC takes quadratic time to order a pile of these, so only 30 of one stay (UAX 15)."""
    composed = _piled_marks().sub(r"\1", text) if _MAYBE_PILED.search(text) else text
    if not unicodedata.is_normalized("NFC", composed):
        composed = unicodedata.normalize("NFC", composed)
    return composed, int(composed != text)


@cache
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(filter(unicodedata.combining, map(chr, range(_MARKS_END))))
    return re.compile(rf"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


def tidy_spaces(text: str) -> tuple[str, int]:
    r"""Single spaces, none at a line's ends, no blank lines; the latter are a way to write paragraphs, so not counted.

    Not `\s+$`: that is quadratic on a run of spaces.
    """
    text, count = _SPACES.subn(" ", text)
    if not _EDGES.search(text):
        return text, count
    lines = text.split("\n")
    stripped = [line.strip(" ") for line in lines]
    count += sum(a != b for a, b in zip(lines, stripped, strict=True))
    return "\n".join(filter(None, stripped)), count


FIRST: Final = (
    Rule(
        "line_break",
        "Systems end a line in a dozen ways",
        break_lines,
        r"[\r\v\f\x1c-\x1e\x{2028}\x{2029}]",
    ),
    Rule("mojibake", "UTF-8 was read as if it were an older code page", repair_mojibake, _garbled()),
)
LAST: Final = (
    Rule("invisible", "Zero-width and control characters hide in words", remove_invisible, _INVISIBLE_CLASS),
    Rule("composition", "One letter, two spellings: equal words must be equal bytes", compose, _COMPOSED),
)
BLANKS: Final = (
    Rule(
        "white_space",
        "A paragraph is a line, its words a space apart",
        tidy_spaces,
        rf"[ \n][ \n]|\A[ \n]|[ \n]\z|[{_ODD_BLANK}]",
    ),
)
