"""The story itself: its text and headline cleaned, and what is measured and hashed of them."""

from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.article import EDITS, Reason
from transforms.cleaning import Cleaned, Guide, clean, clean_line, is_dirty
from transforms.fingerprint import as_binary, fingerprint, hashed
from transforms.normalise.identity import ID_BYTES, name
from transforms.normalise.values import Column, Values, as_text
from transforms.passages import passages
from transforms.placeholder import MOST_WORDS, placeholder
from transforms.quality import count_bytes
from transforms.words import fold

Problem = tuple[Reason, str] | None
_DIGEST_BYTES: Final = ID_BYTES


def stories(values: Values, guide: Guide) -> tuple[list[Cleaned], list[bool]]:
    """Clean each record's story; a summary stands in for a text that was not delivered, and is told of."""
    texts = [_told(text) for text in values["text"]]
    parts = [_told(part) for part in values["summary"]]
    is_excerpt = [not text and bool(part) for text, part in zip(texts, parts, strict=True)]
    chosen = [text or part for text, part in zip(texts, parts, strict=True)]
    dirty = is_dirty(pa.array(chosen, pa.large_string()), guide).to_pylist()
    cleaned = [clean(text, guide) if needs else Cleaned(text) for text, needs in zip(chosen, dirty, strict=True)]
    return cleaned, is_excerpt


def _told(value: Any) -> str:
    """Give a text field as text; a number there is no story, but a field that has changed its meaning."""
    if value.__class__ is str:
        return str(value)
    return "" if isinstance(value, int | float) else as_text(value)


def headlines(values: Values) -> list[str]:
    """Clean each record's headline to one line; empty where there is none."""
    lines = [as_text(title) for title in values["title"]]
    dirty = is_dirty(pa.array(lines, pa.large_string())).to_pylist()
    return [clean_line(line) if needs or "\n" in line else line for line, needs in zip(lines, dirty, strict=True)]


def headline_columns(titles: list[str]) -> dict[str, Any]:
    """Give headlines, and their words folded as those of the text."""
    return {
        "title": [title or None for title in titles],
        "title_words": fold(pa.array(titles, pa.string())).strings(),
    }


def authors(value: Any) -> list[str]:
    """Give names of authors as printed, in order."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    names = (name(as_text(v.get("name") if isinstance(v, dict) else v)) for v in values)
    return [each for each in names if each]


def text_columns(texts: list[Cleaned]) -> dict[str, Any]:
    """Give what is stored, measured and hashed of the texts."""
    array = pa.array([t.text for t in texts], pa.string())
    folded = fold(array)
    words = hashed(folded)
    wide, steep = fingerprint(words)
    digits, uppers, breaks, sizes = count_bytes(array).T
    return {
        "text_id": [blake2b(folded[i], digest_size=_DIGEST_BYTES).hexdigest() for i in range(len(folded))],
        "text": array,
        "highlights": [t.highlights for t in texts],
        "edits": pa.array([list(t.edits.items()) for t in texts], EDITS),
        "paragraph_count": (breaks + 1).astype(np.int32),
        "word_count": folded.word_counts,
        "char_count": pc.utf8_length(array),
        "digit_share": (digits / np.maximum(sizes, 1)).astype(np.float32),
        "upper_share": (uppers / np.maximum(sizes, 1)).astype(np.float32),
        "wide_bands": as_binary(wide),
        "steep_bands": as_binary(steep),
        "passages": passages(words).as_binary(),
    }


def problems(texts: list[Cleaned], word_counts: Column) -> list[Problem]:
    """Say of each text why it is none; only short ones need a look."""
    found: list[Problem] = [None] * len(texts)
    short = [i for i, count in enumerate(word_counts) if count <= MOST_WORDS]
    folded = fold(pa.array([texts[i].text for i in short], pa.string())).strings()
    for i, words in zip(short, folded, strict=True):
        kind = placeholder(words) if words else None
        if kind or not words:
            found[i] = (Reason.PLACEHOLDER, kind) if kind else (Reason.NO_TEXT, "no words in the text field")
    return found
