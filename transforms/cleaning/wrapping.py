"""Lines broken at a width of paper or screen: joined to paragraphs again where the evidence is clear."""

import itertools
import re
from typing import Final

from transforms.cleaning.rule import Rule

_LEAST_WIDTH: Final = 45
_MOST_WIDTH: Final = 100
_LEAST_JOINS: Final = 3
_LEAST_LINES: Final = 2
_LEAST_START: Final = 20
_SLACK: Final = 3
"""Characters by which a line may be shorter than the longest one would have let it be."""
_FIRST_WORD: Final = re.compile(r"\S+")
_TABULAR: Final = re.compile(r"\S(?: {2,}|\t+)\S|^\s*(?:[-*\u2022\u25aa\u25cf]|\d{1,3}[.)])\s|[|+]-|-{5,}|\.{4,}")
_INDENT: Final = re.compile(r"[ \t]")
_ENDED: Final = (".", "!", "?", ":", ";", "\u201d", '"')


def unwrap(text: str) -> tuple[str, int]:
    """Join the lines of each paragraph, if nearly all of them are as full as the width lets them be.

    A paragraph begins after a blank line or with an indent; a text that has neither is left alone, as are paragraphs
    with a short line inside, a list mark or columns.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if not _LEAST_WIDTH <= width <= _MOST_WIDTH or not any(line[:1] in {"", " ", "\t"} for line in lines[1:-1]):
        return text, 0
    paragraphs = _paragraphs(lines)
    is_joined = [_is_full(p, width) for p in paragraphs]
    is_joined[0] = is_joined[0] or _runs_on(paragraphs[0], width)
    count = sum(len(p) - 1 for p, joined in zip(paragraphs, is_joined, strict=True) if joined)
    if count < _LEAST_JOINS:
        return text, 0
    return "\n".join(
        _join(p) if joined else "\n".join(p) for p, joined in zip(paragraphs, is_joined, strict=True)
    ), count


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Group lines; a blank one is a group of its own, so that it stays where it is."""
    groups: list[list[str]] = []
    for line in lines:
        if line.strip() and groups and groups[-1][-1].strip() and not _INDENT.match(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_full(lines: list[str], width: int) -> bool:
    """Whether no line but the last had room for the next one's first word."""
    if len(lines) < _LEAST_LINES or any(_TABULAR.search(line.strip()) for line in lines):
        return False
    pairs = itertools.pairwise(lines)
    return all(len(line.rstrip()) + 1 + len(_word(after)) >= width - _SLACK for line, after in pairs)


def _runs_on(lines: list[str], width: int) -> bool:
    """Whether the first line of a text, which may have lost its dateline and be short, runs on into full ones."""
    begins = len(lines[0].strip()) >= _LEAST_START and not lines[0].rstrip().endswith(_ENDED)
    return begins and (_is_full(lines[1:], width) or (len(lines) == _LEAST_LINES and lines[1][:1].islower()))


def _word(line: str) -> str:
    found = _FIRST_WORD.search(line)
    return found[0] if found else ""


def _join(lines: list[str]) -> str:
    """Join with a space, but for a word broken after its hyphen."""
    joined = lines[0].rstrip()
    parts = [joined]
    for line in lines[1:]:
        is_broken = parts[-1].endswith("-") and not parts[-1].endswith(("--", " -"))
        parts.append(line.strip() if is_broken else " " + line.strip())
    return "".join(parts)


RULES: Final = (
    Rule(
        "wrapping",
        "Wires and mails break lines at a width; a paragraph is one line",
        unwrap,
        r"\n(?:[ \t]*\n|[ \t])",
    ),
)
