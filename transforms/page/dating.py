"""When a page says its story was published, and when changed. Only what is declared or marked up counts: no guesses."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from transforms.dates import parse_date
from transforms.page.clues import Clues, plain

_EARLIEST_YEAR: Final = 1900
"""Templates fill an unknown date with the year 1."""
_PUBLISHED: Final = (
    "article:published_time", "article:published", "article.published", "og:article:published_time",
    "og:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "publication-date", "published-date", "published_time", "dc.date.issued",
    "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "dc.date.created", "datecreated", "article:created",
    "date", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_date", "article_date_original",
    "originalpublicationdate", "release_date", "displaydate", "ptime", "pdate", "sn-post-date", "bt:pubdate",
)  # fmt: skip
_UPDATED: Final = (
    "article:modified_time", "article:modified", "article.updated", "og:article:modified_time", "og:updated_time",
    "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "revision_date", "utime",
)  # fmt: skip
_PUBLISHED_PLACES: Final = (
    "[itemprop~=datePublished]", "time[pubdate]", "time[class*=publish]", "[class*=entry-date]", "[class*=published]",
    "article time[datetime]", "header time[datetime]", "time[datetime]", "[class*=publish-date]",
    "[class*=publishdate]", "[class*=pub-date]", "[class*=pubdate]", "[class*=post-date]", "[class*=article-date]",
    "[class*=article_date]", "[class*=_date]", "[class*=datetime]", "[class*=timestamp]", "[id*=publish-date]",
    "[class~=date]",
)  # fmt: skip
_LONGEST_LINE: Final = 100
_CHANGED: Final = re.compile(
    r"(?:last )?(?:updated|modified|changed)|aktualisiert|mis \u00e0 jour|actualizado", re.IGNORECASE
)
_LABEL: Final = re.compile(r"^(?:(?:first )?(?:published|posted|created)(?: on| at)?|date|on)\b[\s:]*", re.IGNORECASE)
_DAY: Final = re.compile(
    r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b|\b\d{1,2} [A-Z][a-z]{2,8} \d{4}\b|"
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?\b"
)
_UPDATED_PLACES: Final = ("[itemprop~=dateModified]",)


def published(clues: Clues) -> str | None:
    """Return the date of publication as the page has it, null where it has none that can be read whole."""
    names = ("datePublished", "dateCreated", "uploadDate")
    linked = (plain(o.get(name)) for o in (clues.article, clues.web_page) for name in names)
    return _first(linked, clues.every(*_PUBLISHED), _printed(clues, _PUBLISHED_PLACES))


def updated(clues: Clues) -> str | None:
    """Return when the page was last changed, as it has it."""
    linked = (plain(o.get("dateModified")) for o in (clues.article, clues.web_page))
    return _first(linked, clues.every(*_UPDATED), _printed(clues, _UPDATED_PLACES))


def _first(*found: Iterable[str]) -> str | None:
    return next((text for group in found for text in group if _is_date(text)), None)


def _printed(clues: Clues, places: tuple[str, ...]) -> Iterator[str]:
    for selector in places:
        for element in clues.elements(selector, 5):
            yield from (plain(element.getattr(name)) for name in ("datetime", "content", "value"))
            yield from _within(plain(element.text))


def _within(text: str) -> Iterator[str]:
    """Yield the date that a short line is, or names after a word or two: `Published 7:07 PM EST Nov 19, 2019`."""
    if len(text) <= _LONGEST_LINE and not _CHANGED.match(text):
        text = _LABEL.sub("", text)
        yield text
        yield from _DAY.findall(text)[:1]


def _is_date(text: str) -> bool:
    found = parse_date(text) if text else None
    return found is not None and found.at.year >= _EARLIEST_YEAR
