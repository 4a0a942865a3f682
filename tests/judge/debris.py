"""Debris of every kind, counted in the texts of real sets before and after cleaning; what is left fails.

The patterns are not those of the rules: they say what a reader would call debris, and were written from the texts.
`python -m tests.judge.debris --realdata DIR` prints a row a kind and set.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.judge.bodies import bodies
from transforms.cleaning import clean_all

SETS: Final = ("newsarticles", "fakehealth", "fnc1/train_bodies.csv")
KINDS: Final = {
    "half a comment": re.compile(r"<!|-->"),
    "a tag": re.compile(r"</?(?:p|b|i|a|div|span|br|img|em|strong|script|style)(?:\s+\w+=|\s*/?>)"),
    "an entity": re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d+);"),
    "code": re.compile(
        r"\bfunction\s*\(|googletag|_ad_client|timequeue|getElement|mboxCreate|CDATA|\{\{|\bvar \w+ ?= ?new\b|@media"
    ),
    "a hidden character": re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x9f]"),
    "blanks": re.compile(r"[^\S\n]{2}|\t|\n\n|\A\s|\s\Z|\n | \n|\xa0"),
    "an advertisement": re.compile(
        r"(?im)^\W*(?:advertisement|story continues below|continue reading the main story)\W*$"
    ),
    "a line that leads elsewhere": re.compile(
        r"(?im)^\W*(?:read more|view gallery|see all related|most read|scroll down for videos?|"
        r"related(?: stories| articles| links| coverage)?)\W*$|"
        r"^(?:see also|also read|read more|related): [A-Z][^.]*$"
    ),
    "a call to follow": re.compile(
        r"(?im)^\W*follow (?:us|me|@\w+)(?: on \w+)?\W*$|^\W*follow \w+ \w+ \(@\w+\) on twitter\W*$"
    ),
    "a newsletter or subscription": re.compile(
        r"(?im)^(?:newsletters? sign ?up|subscribe to newsweek|sign up now|health newsletter)"
    ),
    "an address": re.compile(r"(?m)^\S+@\S+\.\w+$|^Write to [A-Z].{3,60}@\S+$"),
    "a credit": re.compile(
        r"(?m)^(?:Getty Images|Photo)$|REUTERS/\w+ \w+$|^FILE PHOTO|^Enlarge this image|\(Getty Images\)$|"
        r"\(AP Photo/[^()]*\)$"
    ),
    "a notice of rights": re.compile(r"(?i)may not be published, broadcast"),
    "a byline above it": re.compile(r"\A(?:By|BY) [A-Z]\w+ [A-Z]\w+\n"),
    "a dateline above it": re.compile(
        r"\A[A-Z][A-Z ,./]{2,30}(?:[A-Z][a-z]+\.? \d+ )?\((?:Reuters|AP|AFP|UPI|Xinhua)[^()]*\)|"
        r"\A\((?:Reuters|AP|AFP)\)"
    ),
    "a credit below it": re.compile(
        r"\((?:Reporting|Writing|Editing) [Bb]y [^()]*\)\Z|\nReuters?\Z|\((?:AFP|dpa|AP), (?:AFP|dpa|AP|Reuters)\)\Z"
    ),
    "a broken quote": re.compile(r'[a-z][,.!]"\?(?=[A-Za-z])|[a-z] "\?[a-z]|[a-z]"\?[a-z]'),
    "a lost apostrophe": re.compile('[a-z]"?\ufffd(?:t|s|re|ve|ll)\\b'),
    "a lost blank": re.compile(r"(?<=[^\n]{80})[a-z]{5}\.- [A-Z][a-z]"),
}
"""What a reader would call debris. A letter that U+FFFD stands for is none: nobody knows it, so the mark stays."""


def count(texts: Iterable[str]) -> Counter[str]:
    """Count debris by kind."""
    found: Counter[str] = Counter()
    for text in texts:
        for kind, pattern in KINDS.items():
            found[kind] += sum(1 for _ in pattern.finditer(text))
    return found


def judge(realdata: Path) -> Iterator[tuple[str, str, int, int]]:
    """Give set, kind, and its count before and after cleaning, where there was any."""
    for name in SETS:
        texts = bodies(realdata, name)
        before, after = count(texts), count(found.text for found in clean_all(texts))
        yield from ((name, kind, before[kind], after[kind]) for kind in KINDS if before[kind] or after[kind])


def main() -> None:
    """Print the counts; fail where any debris is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--realdata", type=Path, required=True)
    rows = list(judge(parser.parse_args().realdata))
    for name, kind, before, after in rows:
        sys.stdout.write(f"{name:24} {kind:32} {before:7} -> {after}\n")
    sys.exit(int(any(after for *_, after in rows)))


if __name__ == "__main__":
    main()
