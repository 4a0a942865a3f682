"""The dirt that dumps come with: markup, debris, broken encodings, odd blanks. No word is lost by it for good."""

import re
from collections.abc import Callable
from typing import Final

import numpy as np

SHARE: Final = 0.10
"""Share of dirty rows: about what feeds and scrapes of many outlets show after their own export step."""

Damage = Callable[[np.random.Generator, str], str]


def _tags(rng: np.random.Generator, text: str) -> str:
    bold = _some_words(rng, text, "<b>{}</b>")
    return "<p>" + bold.replace("\n", "</p>\n<p>") + "</p>"


def _entities(rng: np.random.Generator, text: str) -> str:
    quoted = text.replace('"', "&quot;").replace("'", "&#8217;")
    return _some_words(rng, quoted, "{}&nbsp;").replace("&nbsp; ", "&nbsp;")


def _debris(rng: np.random.Generator, text: str) -> str:
    """Add comments that lost their other half, or their hyphens to a typesetter's dash, on lines of their own."""
    marks = ("<!\N{EN DASH}", "<!\N{EN DASH} <!\N{EN DASH}", "<!-- ad slot 12 -->", "<!-- -->")
    lines = text.split("\n")
    for _ in range(int(rng.integers(1, 6))):
        lines.insert(int(rng.integers(0, len(lines) + 1)), marks[int(rng.integers(len(marks)))])
    return "\n".join(lines)


def _mojibake(_: np.random.Generator, text: str) -> str:
    """Read UTF-8 as if it were Windows-1252, after the quotation marks were made curly."""
    curly = re.sub(r'"\b', "\N{LEFT DOUBLE QUOTATION MARK}", text).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    curly = curly.replace(" and ", " \N{EN DASH} and ", 1)
    return curly.encode().decode("windows-1252", errors="replace")


def _blanks(rng: np.random.Generator, text: str) -> str:
    return _some_words(rng, text, " {} ").replace("\n", "\r\n \r\n")


def _zero_width(rng: np.random.Generator, text: str) -> str:
    """Put a zero-width space behind the first letters of some words."""
    return re.sub(rf" {'abcdehmnprst'[int(rng.integers(12))]}[a-z]", "\\g<0>\N{ZERO WIDTH SPACE}", text)


_KINDS: Final[tuple[Damage, ...]] = (_tags, _entities, _debris, _mojibake, _blanks, _zero_width)


def _some_words(rng: np.random.Generator, text: str, shape: str) -> str:
    """Put some words, about one in thirty, into `shape`."""
    words = text.split(" ")
    for i in rng.integers(0, len(words), 1 + len(words) // 30).tolist():
        words[i] = shape.format(words[i]) if words[i].isalpha() else words[i]
    return " ".join(words)


def dirty(rng: np.random.Generator, text: str) -> str:
    """Damage a text in one way, drawn by chance."""
    return _KINDS[int(rng.integers(len(_KINDS)))](rng, text)
