"""What a record leaves out, filled from the web page, or the metadata of one, that it brought along."""

import re
from collections.abc import Mapping
from typing import Any, Final

from transforms.metadata import from_metadata
from transforms.normalise.dating import PAGE_PUBLISHED
from transforms.normalise.values import Values, as_text
from transforms.page import Extractor, Page, read_page

_FILLED: Final = ("text", "title", "authors", "published", "updated", "language", "canonical_url", "source")
_BEGINS: Final = frozenset("< \n\r\t\ufeff")
_DOCUMENT: Final = re.compile(
    r"[\s\ufeff]*+(?:<\?xml[^<>]{0,200}\?>\s*+)?(?:<!--[^<>]{0,2000}-->\s*+)?<(?:!doctype\s+html|html)\b", re.IGNORECASE
)
"""How a whole page begins; a story in tags does not."""
_BODY: Final = re.compile(r"<(?:body|article|div|p)\b", re.IGNORECASE)
"""What a page has, and a text below the debris of one has not."""


def fill(values: Values, extractor: Extractor) -> None:
    """Fill what records leave out; dates of pages go into a column of their own.

    A page is read where there is no text, or where the text is a page.
    """
    values.columns[PAGE_PUBLISHED] = [None] * len(values.records)
    _move_pages(values)
    for at, html in enumerate(values["html"]):
        if html is not None and values["text"][at] is None:
            url = as_text(values["url"][at]).strip() or None
            _complete(values, at, _of_page(read_page(as_text(html), url, extractor)))
    for at, meta in enumerate(values["metadata"]):
        if isinstance(meta, Mapping):
            _complete(values, at, from_metadata(meta))


def _move_pages(values: Values) -> None:
    """Take a text that is a whole page for what it is."""
    for at, text in enumerate(values["text"]):
        if text.__class__ is str and text[:1] in _BEGINS and _DOCUMENT.match(text) and _BODY.search(text):
            values["html"][at], values["text"][at] = text, None


def _of_page(page: Page) -> dict[str, Any]:
    return {target: getattr(page, target) for target in _FILLED}


def _complete(values: Values, at: int, found: Mapping[str, Any]) -> None:
    """Fill what is empty. A site's own name for itself counts only where no address says whose the page is."""
    for target, value in found.items():
        column = values[PAGE_PUBLISHED if target == "published" else target]
        if column[at] is None and value and target != "source":
            column[at] = list(value) if isinstance(value, tuple) else value
    if values["source"][at] is None and values["url"][at] is None and values["canonical_url"][at] is None:
        values["source"][at] = found.get("source")
