"""Cleaning: a table of rules, each of which counts what it did, and a cheap test that spares clean texts all of them.

`is_dirty` is one vectorised pass over a batch, made of the screens of the rules that are on. Where it says no, cleaning
would change nothing; a property test holds the two to that. A clean text is Unicode NFC, one paragraph a line, single
spaces, no markup, no control characters, and nothing but the story.
"""

from transforms.cleaning.dateline import Dateline, read_dateline
from transforms.cleaning.engine import Cleaned, clean, clean_all, clean_line
from transforms.cleaning.rule import Lift, Lifted, Rule
from transforms.cleaning.table import LIFTS, NAMES, RULES, Guide, is_dirty, is_dirty_line

__all__ = [
    "LIFTS",
    "NAMES",
    "RULES",
    "Cleaned",
    "Dateline",
    "Guide",
    "Lift",
    "Lifted",
    "Rule",
    "clean",
    "clean_all",
    "clean_line",
    "is_dirty",
    "is_dirty_line",
    "read_dateline",
]
