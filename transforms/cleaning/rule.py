"""What a rule of cleaning is: a name, the reason for it, what it does to a text, and which texts it may do it to."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

Edit = Callable[[str], tuple[str, int]]
"""A text to the edited text and the number of edits; a function of the text alone, linear in its length."""
Screen = str | Callable[[pa.Array], pa.BooleanArray]
"""An RE2 pattern, or a test of an array of texts. It finds every text that the rule would change, and few others."""


class Rule(NamedTuple):
    """A way to edit a text, and to tell from outside which texts it leaves as they are."""

    name: str
    reason: str
    edit: Edit
    screen: Screen


class Lifted(NamedTuple):
    """What is left of a text when something that is no part of the story was lifted from it, and what that was."""

    text: str
    edits: int = 0
    highlights: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dateline: str | None = None
    dateline_place: str | None = None
    agency: str | None = None


class Lift(NamedTuple):
    """A way to lift from a text what belongs in a column of its own. A text without it comes back as it is."""

    name: str
    reason: str
    lift: Callable[[str], Lifted]
    screen: Screen


def at_head(pattern: str, most: int) -> Screen:
    """Make a screen that looks at the first characters alone: counting them in a pattern would cost RE2 its states."""
    return partial(_finds_in_head, pattern, most)


def _finds_in_head(pattern: str, most: int, texts: pa.Array) -> pa.BooleanArray:
    return pc.match_substring_regex(pc.utf8_slice_codeunits(texts, 0, most), pattern)
