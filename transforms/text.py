"""Cleaning: a table of rules, each of which counts what it did, and a cheap test that spares clean texts all of them.

`is_dirty` is one vectorised pass over a batch. Where it says no, `clean` would change nothing; a property test holds
the two to that. A clean text is Unicode NFC, one paragraph a line, single spaces, no markup and no control characters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import ftfy
import pyarrow as pa
import pyarrow.compute as pc

from transforms import markup

# A byte that begins a character in UTF-8 and one that goes on with it, as Latin-1 or Windows-1252 show them.
_GARBLED: Final = (
    "[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|[\x80-\x9f]"
)
_MOJIBAKE: Final = re.compile(_GARBLED)
_LINE_BREAK: Final = re.compile(r"\r\n?|[\v\f\x1c-\x1e\u2028\u2029]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
_SPACES: Final = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BULLETS: Final = "\u2022\u25aa\u25cf\u25e6\u2023\u00b7"
_DASHES: Final = "*\u2013\u2014-"
_BULLET: Final = re.compile(rf"[{_BULLETS}{_DASHES}]\s+(?=\S)")

# Ranges whose characters NFC leaves alone and no rule touches; a text with any other character takes the slow path.
_SAFE: Final = (
    "\n\x20-\x25\x27-\x3b\x3d-\x7e\xa1-\xac\xae-\u017f\u0370-\u0373\u0376-\u037d\u037f-\u0386\u0388-\u0482\u048a-\u052f\u2010-\u2027"
    "\u2030-\u205e\u20a0-\u20bf\u2122\u3001-\u3029\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e\ufffd"
)
_DIRTY: Final = (
    rf"[^{_SAFE}]|[ \n][ \n]|\A[ \n]|[ \n]\z|\A[{_BULLETS}{_DASHES}] |[-.\x{{2010}}-\x{{2015}}\x{{2026}}\]]>|{_GARBLED}"
)
_MOST_TURNS: Final = 4
_MOST_MARKS: Final = 30
_MARKS_END: Final = 0x20000  # no mark has its code beyond
_MAYBE_PILED: Final = re.compile(rf"[^\x00-\u02ff\u2000-\u206f]{{{_MOST_MARKS}}}")


@dataclass(frozen=True, slots=True)
class Guide:
    """Which rules apply: names of those turned off, and the lines that an outlet prints under every story."""

    off: frozenset[str] = frozenset()
    boilerplate: tuple[str, ...] = ()


_ALL: Final = Guide()


@dataclass(slots=True)
class Cleaned:
    """A cleaned text, the highlights found above it, and rule to number of edits."""

    text: str
    highlights: list[str] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)


def is_dirty(texts: pa.Array, guide: Guide = _ALL) -> pa.BooleanArray:
    """Test which texts of a string array some rule may change; false for null."""
    found = pc.match_substring_regex(texts, _DIRTY)
    for line in guide.boilerplate:
        found = pc.or_(found, pc.match_substring(texts, line))
    return pc.fill_null(found, fill_value=False)


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
    """Compose letters and marks; NFC takes quadratic time to order a pile of these, so only 30 of one stay (UAX 15)."""
    composed = _piled_marks().sub(r"\1", text) if _MAYBE_PILED.search(text) else text
    if not unicodedata.is_normalized("NFC", composed):
        composed = unicodedata.normalize("NFC", composed)
    return composed, int(composed != text)


@cache
def _piled_marks() -> re.Pattern[str]:
    marks = "".join(filter(unicodedata.combining, map(chr, range(_MARKS_END))))
    return re.compile(rf"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


def _tidy_spaces(text: str) -> tuple[str, int]:
    r"""Single spaces, none at a line's ends, no blank lines; the latter are a way to write paragraphs, so not counted.

    Not `\s+$`: that is quadratic on a run of spaces.
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
    line = _apply(text)[0]
    while "\n" in line:
        line = _apply(line.replace("\n", " "))[0]
    return line


def clean(text: str, _guide: Guide = _ALL) -> Cleaned:
    """Clean a story's text and lift the bullet list above it."""
    text, edits = _apply(text)
    text, highlights = _lift_highlights(text)
    if highlights:
        edits["highlight"] = len(highlights)
    return Cleaned(text, highlights, edits)


def _apply(text: str) -> tuple[str, dict[str, int]]:
    """Apply the rules until none finds anything: what one of them removes may have held a tag or entity apart.

    Markup nested deeper than that was made to be; it loses the characters that make it markup.
    """
    edits: Counter[str] = Counter()
    for turn in range(_MOST_TURNS + 1):
        before = text
        if turn == _MOST_TURNS:
            text, edits["nested"] = markup.remove_marks(text)
        for name, rule in RULES:
            text, count = rule(text)
            edits[name] += count
        if text == before:
            break
    return text, {name: count for name, count in edits.items() if count}


def _lift_highlights(text: str) -> tuple[str, list[str]]:
    """Take the leading bullets off, if a story follows. One dash alone may open a line of speech, so it stays."""
    lines = text.split("\n")
    bullets = 0
    while bullets < len(lines) and _BULLET.match(lines[bullets]):
        bullets += 1
    if bullets == 0 or bullets == len(lines) or (bullets == 1 and lines[0][0] in _DASHES):
        return text, []
    return "\n".join(lines[bullets:]), [_BULLET.sub("", line, count=1) for line in lines[:bullets]]
