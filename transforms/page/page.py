"""Read a web page into what a record needs."""

import re
from dataclasses import dataclass
from typing import Final

from resiliparse.parse.html import HTMLTree

from transforms.outlet import Extractor
from transforms.page.byline import authors
from transforms.page.clues import Clues, gather
from transforms.page.dating import published, updated
from transforms.page.headline import headline, site_name
from transforms.page.nesting import is_deep
from transforms.page.place import canonical_url
from transforms.page.story import story
from transforms.parse.html import page_text

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
MAX_PAGE_CHARS: Final = 4 << 20
"""How much of a page is read. The longest news pages, with all their scripts, stay below half of it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says; null, or empty, where it does not. Dates stand as printed; nothing is guessed."""

    text: str
    """The story, one paragraph a line."""
    title: str | None = None
    """The headline, without the name of the site."""
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    source: str | None = None
    """The site's own name."""


def read_page(html: str | bytes, url: str | None, extractor: Extractor = Extractor.QUALITY) -> Page:
    """Read a page, whatever it is made of. Takes time in proportion to its size, and raises nothing for what it holds.

    `url` is where the page was found; relative addresses in it are understood from there.
    """
    markup = page_text(html) if isinstance(html, bytes) else html
    markup = _SURROGATE.sub("\ufffd", markup[:MAX_PAGE_CHARS].replace("\0", ""))
    tree = HTMLTree.parse(markup)
    clues = gather(tree, is_deep=is_deep(markup))
    address = canonical_url(clues, url)
    site = site_name(clues)
    title = headline(clues, site, address or url)
    return Page(
        text=story(markup, clues, title, extractor),
        title=title,
        authors=authors(clues, site),
        published=published(clues),
        updated=updated(clues),
        language=_language(clues),
        canonical_url=address,
        source=site,
    )


def _language(clues: Clues) -> str | None:
    return clues.root_language or clues.first("content-language", "inlanguage", "og:locale", "language")
