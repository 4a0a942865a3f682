"""Paragraphs printed twice by mistake, and paragraphs that lost the break between them."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from transforms.cleaning.rule import Rule

_LEAST: Final = 80
"""Bytes of a line from which a repeat is a mistake; what is shorter may be a refrain, a speaker or a score."""
_LEDE_WITHIN: Final = 5
"""A page shows the lede as a teaser at most so many lines above where the story repeats it."""
_SPEECH: Final = ("\u201c", "\u2018", '"', "'", "\u00ab", "\u201e", "\u2013", "\u2014", "-")
_GLUED: Final = re.compile(
    r"(?a)(?<=[a-z]{3})([.?!]\"?|[.?!]?\u201d)(?=[\"\u201c]?(?!Com |Net |Org |Js |Io |Ly )[A-Z][a-z]+ [a-z]+ [a-z])"
)
_MAYBE_GLUED: Final = re.compile(r"[.?!\u201d\"][A-Z\"\u201c]")
_LEAST_GLUED: Final = 3
_LINE_BREAK: Final = 10


def remove_repeats(text: str) -> tuple[str, int]:
    """Remove a long paragraph that stands twice in a row, and the lede's second printing; speech may repeat itself."""
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        is_again = kept and (line == kept[-1] or (number <= _LEDE_WITHIN and line == lines[0]))
        is_repeat = is_again and len(line.encode()) >= _LEAST
        if not is_repeat or line.startswith(_SPEECH):
            kept.append(line)
    return ("\n".join(kept), len(lines) - len(kept)) if len(kept) < len(lines) else (text, 0)


def part_glued(text: str) -> tuple[str, int]:
    """Break the line between sentences without a blank, where that happened so often that breaks were lost."""
    if not _MAYBE_GLUED.search(text) or len(_GLUED.findall(text)) < _LEAST_GLUED:
        return text, 0
    return _GLUED.subn("\\1\n", text)


def has_repeats(texts: pa.Array) -> pa.BooleanArray:
    """Tell which texts of a string array have a long line that equals the one before, or an early one the first."""
    array = texts.cast(pa.large_string())
    _, offsets, data = array.buffers()
    found = np.zeros(len(array), np.bool_)
    if data is not None:
        places = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
        _find_repeats(np.frombuffer(data, np.uint8), places, found)
    return pa.array(found)


@njit(nogil=True, cache=True)
def _find_repeats(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], found: NDArray[np.bool_]
) -> None:  # pragma: no cover - compiled
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        first = np.int64(-1)
        before_start, before_size, number = start, np.int64(0), 0
        at = start
        for i in range(start, end + 1):
            if i < end and data[i] != _LINE_BREAK:
                continue
            size = i - at
            if first < 0:
                first = size
            elif size >= _LEAST:
                if size == before_size and np.array_equal(
                    data[at : at + size], data[before_start : before_start + size]
                ):
                    found[text] = True
                    break
                if (
                    number <= _LEDE_WITHIN
                    and size == first
                    and np.array_equal(data[at : at + size], data[start : start + size])
                ):
                    found[text] = True
                    break
            before_start, before_size, number, at = at, size, number + 1, i + 1


RULES: Final = (
    Rule("repeat", "A page prints the lede as a teaser too, an editor pastes twice", remove_repeats, has_repeats),
    Rule(
        "glued_lines",
        "Paragraphs lost the break between them",
        part_glued,
        r"[a-z](?:[.?!]\"?|[.?!]?\x{201d})[\"\x{201c}]?[A-Z][a-z]",
    ),
)
