"""Cleaning: a table of rules, each of which counts what it did, and a cheap test that spares clean texts all of them.

`is_dirty` is one vectorised pass over a batch. Where it says no, `clean` would change nothing; a property test holds
the two to that. A clean text is Unicode NFC, one paragraph a line, single spaces, no markup and no control characters.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import ftfy
import pyarrow as pa
import pyarrow.compute as pc

from transforms import markup

_MOJIBAKE: Final = re.compile(r"[\u00c2\u00c3\u00c4\u00c5\u00ce\u00cf\u00d0\u00d1\u00d8\u00d9\u00e2\u00e3\u00ef][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|[\u0080-\u009f]")
_LINE_BREAK: Final = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SPACES: Final = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BULLET: Final = re.compile(r"([\u2022\u25aa\u25cf\u25e6\u2023\u00b7]|[-*\u2013\u2014])\s+(?=\S)")
_DASHES: Final = "-*\u2013\u2014"

# Ranges whose characters NFC leaves alone and no rule touches; a text with any other character takes the slow path.
_SAFE: Final = (
    r"\n\x20-\x25\x27-\x3b\x3d-\x7e\x{a1}-\x{ac}\x{ae}-\x{17f}\x{370}-\x{373}\x{376}-\x{37d}\x{37f}-\x{386}\x{388}-\x{482}"
    r"\x{48a}-\x{52f}\x{2010}-\x{2027}\x{2030}-\x{205e}\x{20a0}-\x{20bf}\x{2122}\x{3001}-\x{3029}\x{3041}-\x{3096}\x{30a1}-\x{30fe}"
    r"\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}\x{ff01}-\x{ff5e}\x{fffd}"
)
_DIRTY: Final = (
    rf"[^{_SAFE}]|[ \n][ \n]|\A[ \n]|[ \n]\z|\A(?:[\x{{2022}}\x{{25aa}}\x{{25cf}}\x{{25e6}}\x{{2023}}\x{{b7}}*\x{{2013}}\x{{2014}}-] )"
    r"|[-.\x{2010}-\x{2015}\x{2026}\]]>"
    r"|[\x{c2}-\x{c5}\x{ce}-\x{d1}\x{d8}\x{d9}\x{e2}\x{e3}\x{ef}][\x{a1}-\x{bf}\x{152}\x{153}\x{160}\x{161}\x{178}\x{17d}\x{17e}\x{2013}-\x{203a}\x{20ac}\x{2122}]"
)


@dataclass(slots=True)
class Cleaned:
    """A cleaned text, the highlights found above it, and rule to number of edits."""

    text: str
    highlights: list[str] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)


def is_dirty(texts: pa.Array) -> pa.BooleanArray:
    """Test which texts of a string array some rule may change; false for null."""
    return pc.fill_null(pc.match_substring_regex(texts, _DIRTY), fill_value=False)


def _repair_mojibake(text: str) -> tuple[str, int]:
    """Undo text decoded with the wrong code page, line by line: one bad quote must not keep its neighbours."""
    if not _MOJIBAKE.search(text):
        return text, 0
    lines = text.split("\n")
    repaired = [ftfy.fix_encoding(line) if _MOJIBAKE.search(line) else line for line in lines]
    return "\n".join(repaired), sum(a != b for a, b in zip(lines, repaired, strict=True))


def _break_lines(text: str) -> tuple[str, int]:
    return _LINE_BREAK.subn("\n", text)


def _remove_invisible(text: str) -> tuple[str, int]:
    return _INVISIBLE.subn("", text)


def _compose(text: str) -> tuple[str, int]:
    if unicodedata.is_normalized("NFC", text):
        return text, 0
    return unicodedata.normalize("NFC", text), 1


def _tidy_spaces(text: str) -> tuple[str, int]:
    """Single spaces, none at a line's ends, no blank lines; the latter are a way to write paragraphs, so not counted.

    Not `\\s+$`: that is quadratic on a run of spaces.
    """
    text, count = _SPACES.subn(" ", text)
    lines = text.split("\n")
    stripped = [line.strip(" ") for line in lines]
    count += sum(a != b for a, b in zip(lines, stripped, strict=True))
    return "\n".join(filter(None, stripped)), count


Rule = Callable[[str], tuple[str, int]]

RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("line_break", _break_lines),
    ("mojibake", _repair_mojibake),
    ("entity", markup.decode_entities),
    ("script", markup.remove_scripts),
    ("comment", markup.remove_comments),
    ("tag", markup.remove_tags),
    ("invisible", _remove_invisible),
    ("composition", _compose),
    ("white_space", _tidy_spaces),
)


def clean_line(text: str) -> str:
    """Clean a headline or a name to one line."""
    return _apply(text)[0].replace("\n", " ")


def clean(text: str) -> Cleaned:
    """Clean a story's text and lift the bullet list above it."""
    text, edits = _apply(text)
    text, highlights = _lift_highlights(text)
    if highlights:
        edits["highlight"] = len(highlights)
    return Cleaned(text, highlights, edits)


def _apply(text: str) -> tuple[str, dict[str, int]]:
    edits = {}
    for name, rule in RULES:
        text, count = rule(text)
        if count:
            edits[name] = count
    return text, edits


def _lift_highlights(text: str) -> tuple[str, list[str]]:
    """Take the leading bullets off, if a story follows. One dash alone may open a line of speech, so it stays."""
    lines = text.split("\n")
    bullets = 0
    while bullets < len(lines) and _BULLET.match(lines[bullets]):
        bullets += 1
    if bullets == 0 or bullets == len(lines) or (bullets == 1 and lines[0][0] in _DASHES):
        return text, []
    return "\n".join(lines[bullets:]), [_BULLET.sub("", line, count=1) for line in lines[:bullets]]
