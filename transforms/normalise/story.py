"""The story itself: its text cleaned, and what is measured and hashed of it."""

import re
from dataclasses import dataclass
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.article import EDITS, Reason
from transforms.cleaning import Cleaned, Guide, clean_all
from transforms.fingerprint import as_binary, fingerprint, hashed
from transforms.normalise.identity import ID_BYTES
from transforms.normalise.values import Column, Values, as_text
from transforms.passages import passages
from transforms.placeholder import MOST_WORDS, may_be_pages, placeholder
from transforms.quality import count_bytes
from transforms.words import Folded, fold

Problem = tuple[Reason, str] | None
_CUT: Final = re.compile(r" ?\[\+\d{1,7} chars\]\Z")
"""What a news interface writes where it cuts a story off."""
_NOTHING: Final = frozenset({"null", "nan", "none", "n a", "removed", "undefined"})
"""What databases and news interfaces write where there is no text."""


@dataclass(slots=True)
class Stories:
    """Cleaned texts, with what was lifted from them, whether each is only a part of its story, and their words."""

    cleaned: list[Cleaned]
    is_excerpt: list[bool]
    texts: list[str]
    folded: Folded

    def each(self, part: str) -> Column:
        """Give one attribute of what cleaning says of each."""
        return [*map(attrgetter(part), self.cleaned)]


def stories(values: Values, guide: Guide) -> Stories:
    """Clean each record's story; a summary stands in for a text that was not delivered, and is told of."""
    texts = [_told(text) for text in values["text"]]
    parts = [_told(part) for part in values["summary"]]
    is_excerpt = [not text and bool(part) for text, part in zip(texts, parts, strict=True)]
    chosen = [text or part for text, part in zip(texts, parts, strict=True)]
    for at, text in enumerate(chosen):
        if text.endswith(" chars]") and (cut := _CUT.search(text)):
            chosen[at], is_excerpt[at] = text[: cut.start()], True
    cleaned = clean_all(chosen, guide)
    texts = [each.text for each in cleaned]
    return Stories(cleaned, is_excerpt, texts, fold(pa.array(texts, pa.string())))


def _told(value: Any) -> str:
    """Give a text field as text; a number there is no story, but a field that has changed its meaning."""
    if value.__class__ is str:
        return str(value)
    return "" if isinstance(value, int | float) else as_text(value)


def text_columns(stories: Stories) -> dict[str, Any]:
    """Give what is stored, measured and hashed of the texts."""
    array, folded = pa.array(stories.texts, pa.string()), stories.folded
    words = hashed(folded)
    wide, steep = fingerprint(words)
    digits, uppers, breaks, sizes = count_bytes(array).T
    return {
        "text_id": [blake2b(folded[i], digest_size=ID_BYTES).hexdigest() for i in range(len(folded))],
        "text": array,
        "edits": pa.array([list(edits.items()) for edits in stories.each("edits")], EDITS),
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


def problems(stories: Stories) -> list[Problem]:
    """Say of each text why it is none; only short ones need a look."""
    folded = stories.folded
    found: list[Problem] = [None] * len(folded)
    short = np.flatnonzero(folded.word_counts <= MOST_WORDS).tolist()
    told = [folded[i].decode() for i in short]
    hints = may_be_pages(pa.array(told, pa.string())).to_pylist()
    for i, words, is_hinted in zip(short, told, hints, strict=True):
        if not any(map(str.isalpha, words)):
            found[i] = Reason.NO_TEXT, "no words in the text field"
        elif words in _NOTHING:
            found[i] = Reason.NO_TEXT, "a word for nothing in the text field"
        elif is_hinted and (kind := placeholder(words)):
            found[i] = Reason.PLACEHOLDER, kind
    return found
