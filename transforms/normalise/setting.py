"""What stands around the story: headline, subtitle, bullets, authors, dateline. Each as delivered, else as lifted."""

from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from transforms.cleaning import Cleaned, Dateline, clean_line, is_dirty_line, read_dateline
from transforms.cleaning.agencies import agency_in
from transforms.normalise.story import Stories
from transforms.normalise.values import Column, Values, as_text
from transforms.words import fold


def headlines(values: Values) -> list[str]:
    """Clean each record's headline to one line; empty where there is none."""
    return lines([as_text(title) for title in values["title"]])


def highlights(values: Values, stories: Stories) -> list[list[str]]:
    """Give the bullets above each story: as they were delivered, else as they were lifted from its text."""
    given = [_bullets(value) for value in values["highlights"]]
    bullets = iter(lines([line for each in given for line in each]))
    own = [[line for line in islice(bullets, len(each)) if line] for each in given]
    return [each or lifted for each, lifted in zip(own, stories.each("highlights"), strict=True)]


def _bullets(value: Any) -> list[str]:
    if value is None:
        return []
    return [as_text(item) for item in value] if isinstance(value, list) else as_text(value).split("\n")


def standfirsts(values: Values, stories: Stories) -> Column:
    """Give what was printed or delivered beside each story, as one line: its subtitle, else a summary of it."""
    beside = zip(values["subtitle"], values["summary"], stories.is_excerpt, strict=True)
    given = [as_text(subtitle) or ("" if is_text else as_text(summary)) for subtitle, summary, is_text in beside]
    return [line or None for line in lines(given)]


def lines(texts: list[str]) -> list[str]:
    """Clean each text to one line."""
    if not texts:
        return []
    dirty = is_dirty_line(pa.array(texts, pa.string()))
    for at in np.flatnonzero(dirty.to_numpy(zero_copy_only=False)).tolist():
        texts[at] = clean_line(texts[at])
    return texts


def headline_columns(titles: list[str]) -> dict[str, Any]:
    """Give headlines, and their words folded as those of the text."""
    return {
        "title": [title or None for title in titles],
        "title_words": fold(pa.array(titles, pa.string())).strings(),
    }


def authors(values: Values, stories: Stories) -> list[list[str]]:
    """Give each story's authors as printed, in order, then those of its byline; the number of one is no name."""
    given = [value if isinstance(value, list) else [] if value is None else [value] for value in values["authors"]]
    names = iter(lines([as_text(v) for each in given for v in each]))
    own = [[name for name in islice(names, len(each)) if name and not name.isdecimal()] for each in given]
    return [_joined(*both) for both in zip(own, stories.each("authors"), strict=True)]


def _joined(own: list[str], lifted: list[str]) -> list[str]:
    """Add the names of a byline that are not there yet: what leaves the text has to be somewhere."""
    if not own or not lifted:
        return own or lifted
    known = " ".join(own).casefold()
    return [*own, *(name for name in lifted if name.casefold() not in known)]


def datelines(values: Values, stories: Stories) -> list[Dateline | None]:
    """Give each story's dateline: that of its field, else the one at its head."""
    return [
        read_dateline(as_text(own)) if own is not None else _lifted(cleaned)
        for own, cleaned in zip(values["dateline"], stories.cleaned, strict=True)
    ]


def _lifted(cleaned: Cleaned) -> Dateline | None:
    found = cleaned.dateline, cleaned.dateline_place, cleaned.agency
    return Dateline(found[0] or "", *found[1:]) if any(found) else None


def agencies(values: Values, stories: Stories, lines: list[Dateline | None]) -> Column:
    """Give the agency each story is credited to: by its field, else its dateline, else a credit in its text."""
    found = zip(values["agency"], lines, stories.each("agency"), strict=True)
    return [_agency(as_text(own)) or (line.agency if line else None) or lifted for own, line, lifted in found]


@lru_cache(maxsize=4096)
def _agency(own: str) -> str | None:
    return (agency_in(own) or clean_line(own) or None) if own else None
