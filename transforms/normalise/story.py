"""The story itself: its text and headline cleaned, and what is measured and hashed of them."""

from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from transforms.article import EDITS, Reason
from transforms.fingerprint import as_binary, fingerprint, hashed
from transforms.normalise.identity import ID_BYTES
from transforms.normalise.values import Column, Values, as_text
from transforms.passages import passages
from transforms.placeholder import MOST_WORDS, placeholder
from transforms.quality import count_bytes
from transforms.text import Cleaned, Guide, clean, clean_line, is_dirty
from transforms.words import fold

Problem = tuple[Reason, str] | None
_DIGEST_BYTES: Final = ID_BYTES


@dataclass(slots=True)
class Stories:
    """Cleaned texts, and by their place what cleaning says of those that needed it."""

    texts: list[str]
    cleaned: dict[int, Cleaned]
    is_excerpt: list[bool]

    def each(self, part: str, default: Any) -> Column:
        """Give one attribute of what cleaning says, the default for texts that were clean."""
        column = [default] * len(self.texts)
        for at, cleaned in self.cleaned.items():
            column[at] = getattr(cleaned, part)
        return column


def stories(values: Values, guide: Guide) -> Stories:
    """Clean each record's story; a summary stands in for a text that was not delivered, and is told of."""
    texts = [_told(text) for text in values["text"]]
    parts = [_told(part) for part in values["summary"]]
    is_excerpt = [not text and bool(part) for text, part in zip(texts, parts, strict=True)]
    chosen = [text or part for text, part in zip(texts, parts, strict=True)]
    cleaned = {at: clean(chosen[at], guide) for at in _dirty(chosen, guide)}
    for at, each in cleaned.items():
        chosen[at] = each.text
    return Stories(chosen, cleaned, is_excerpt)


def _dirty(texts: list[str], guide: Guide) -> list[int]:
    """Give the places of texts that some rule may change."""
    return np.flatnonzero(is_dirty(pa.array(texts, pa.string()), guide).to_numpy(zero_copy_only=False)).tolist()


def _told(value: Any) -> str:
    """Give a text field as text; a number there is no story, but a field that has changed its meaning."""
    if value.__class__ is str:
        return str(value)
    return "" if isinstance(value, int | float) else as_text(value)


def headlines(values: Values) -> list[str]:
    """Clean each record's headline to one line; empty where there is none."""
    return lines([as_text(title) for title in values["title"]])


def highlights(values: Values, stories: Stories) -> list[list[str]]:
    """Give the bullets above each story: as they were delivered, else as they were lifted from its text."""
    given = [_bullets(value) for value in values["highlights"]]
    bullets = iter(lines([line for each in given for line in each]))
    own = [[line for line in islice(bullets, len(each)) if line] for each in given]
    return [each or lifted for each, lifted in zip(own, stories.each("highlights", []), strict=True)]


def _bullets(value: Any) -> list[str]:
    if value is None:
        return []
    return [as_text(item) for item in value] if isinstance(value, list) else as_text(value).split("\n")


def standfirsts(values: Values, is_excerpt: list[bool]) -> Column:
    """Give what was printed or delivered beside each story, as one line: its subtitle, else a summary of it."""
    beside = zip(values["subtitle"], values["summary"], is_excerpt, strict=True)
    given = [as_text(subtitle) or ("" if is_text else as_text(summary)) for subtitle, summary, is_text in beside]
    return [line or None for line in lines(given)]


def lines(texts: list[str]) -> list[str]:
    """Clean each text to one line."""
    dirty = pc.or_(is_dirty(array := pa.array(texts, pa.string())), pc.match_substring(array, "\n"))
    for at in np.flatnonzero(dirty.to_numpy(zero_copy_only=False)).tolist():
        texts[at] = clean_line(texts[at])
    return texts


def headline_columns(titles: list[str]) -> dict[str, Any]:
    """Give headlines, and their words folded as those of the text."""
    return {
        "title": [title or None for title in titles],
        "title_words": fold(pa.array(titles, pa.string())).strings(),
    }


def authors(values: Values) -> list[list[str]]:
    """Give each record's authors as printed, in order; the number of one is no name."""
    given = [value if isinstance(value, list) else [] if value is None else [value] for value in values["authors"]]
    names = iter(lines([as_text(v) for each in given for v in each]))
    return [[name for name in islice(names, len(each)) if name and not name.isdecimal()] for each in given]


def text_columns(stories: Stories) -> dict[str, Any]:
    """Give what is stored, measured and hashed of the texts."""
    array = pa.array(stories.texts, pa.string())
    folded = fold(array)
    words = hashed(folded)
    wide, steep = fingerprint(words)
    digits, uppers, breaks, sizes = count_bytes(array).T
    return {
        "text_id": [blake2b(folded[i], digest_size=_DIGEST_BYTES).hexdigest() for i in range(len(folded))],
        "text": array,
        "edits": pa.array([list(edits.items()) for edits in stories.each("edits", {})], EDITS),
        "is_excerpt": stories.is_excerpt,
        "paragraph_count": (breaks + 1).astype(np.int32),
        "word_count": folded.word_counts,
        "char_count": pc.utf8_length(array),
        "digit_share": (digits / np.maximum(sizes, 1)).astype(np.float32),
        "upper_share": (uppers / np.maximum(sizes, 1)).astype(np.float32),
        "wide_bands": as_binary(wide),
        "steep_bands": as_binary(steep),
        "passages": passages(words).as_binary(),
    }


def problems(texts: list[str], word_counts: NDArray[np.int32]) -> list[Problem]:
    """Say of each text why it is none; only short ones need a look."""
    found: list[Problem] = [None] * len(texts)
    short = np.flatnonzero(word_counts <= MOST_WORDS).tolist()
    folded = fold(pa.array([texts[i] for i in short], pa.string())).strings()
    for i, words in zip(short, folded, strict=True):
        if not any(map(str.isalpha, words)):
            found[i] = Reason.NO_TEXT, "no words in the text field"
        elif kind := placeholder(words):
            found[i] = Reason.PLACEHOLDER, kind
    return found
