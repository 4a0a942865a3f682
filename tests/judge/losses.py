"""Sentences of real texts that cleaning did not tell, each with the rule that took it; one that no rule explains fails.

A sentence is told when its words stand in the text, the highlights, the authors or the dateline. A rule explains its
absence if it was counted, and the sentence is told when that rule alone is turned off.
`python -m tests.judge.losses --realdata DIR` prints them for a sample of every set.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from tests.judge.bodies import FIELDS, bodies
from transforms.cleaning import NAMES, Cleaned, Guide, clean, clean_all

SAMPLE: Final = 100
_SENTENCE: Final = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)]*\s+|\n+")
_WORD: Final = re.compile(r"[^\W_]+")


class Loss(NamedTuple):
    """A sentence that is not told, and the rules that took it; none if nothing explains it."""

    sentence: str
    rules: tuple[str, ...]


def losses(raw: str, found: Cleaned, again: Callable[[str, Guide], Cleaned] = clean) -> Iterator[Loss]:
    """Give the sentences of a raw text that its cleaning does not tell."""
    told = _told(found)
    counted = sorted(found.edits.keys() & NAMES)
    for sentence in filter(None, _SENTENCE.split(raw)):
        if not _is_in(sentence, told):
            rules = tuple(name for name in counted if _is_in(sentence, _told(again(raw, Guide(frozenset({name}))))))
            yield Loss(sentence, rules or _together(raw, sentence, counted, again))


def _together(raw: str, sentence: str, counted: list[str], again: Callable[[str, Guide], Cleaned]) -> tuple[str, ...]:
    """Two rules may each have taken a part, or the one what the other left: then it takes all to tell the sentence."""
    return tuple(counted) if counted and _is_in(sentence, _told(again(raw, Guide(NAMES)))) else ()


def _told(found: Cleaned) -> str:
    parts = [*found.authors, found.dateline or "", *found.highlights, found.text]
    return f" {' '.join(_words(' '.join(parts)))} "


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _is_in(sentence: str, told: str) -> bool:
    return f" {' '.join(_words(sentence))} " in told or not _words(sentence)


def sample(texts: list[str]) -> list[str]:
    """Choose texts by their digests: the same ones every time, whatever the order."""
    return sorted(texts, key=lambda text: blake2b(text.encode("utf-8", "replace")).digest())[:SAMPLE]


def main() -> None:
    """Print what was not told and why; fail where nothing says why."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--realdata", type=Path, required=True)
    realdata = parser.parse_args().realdata
    unexplained = 0
    for name in FIELDS:
        texts = sample(bodies(realdata, name))
        for text, found in zip(texts, clean_all(texts), strict=True):
            for loss in losses(text, found):
                unexplained += not loss.rules
                sys.stdout.write(f"{name:24} {'+'.join(loss.rules) or 'UNEXPLAINED':32} {loss.sentence[:150]!r}\n")
    sys.exit(int(bool(unexplained)))


if __name__ == "__main__":
    main()
