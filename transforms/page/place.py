"""Where a page says that it belongs."""

from typing import Final
from urllib.parse import urljoin, urlsplit

from transforms.page.clues import Clues, plain

_LONGEST: Final = 2_000


def canonical_url(clues: Clues, url: str | None) -> str | None:
    """Return the page's own address: its canonical link, else what it tells social networks; null where it says none.

    A front page given as the address of a story is none: templates left unfilled say so of every story.
    """
    for given in _given(clues):
        address = _absolute(given, url)
        if address is not None and not (_is_front(address) and url is not None and not _is_front(url)):
            return address
    return None


def _given(clues: Clues) -> list[str]:
    links = clues.elements("link[rel~=canonical]", 3)
    main = clues.article.get("mainEntityOfPage")
    linked = main.get("@id") if isinstance(main, dict) else main
    named = [link.getattr("href") for link in links]
    return [plain(address) for address in (*named, clues.first("og:url"), linked, clues.article.get("url"))]


def _absolute(given: str, url: str | None) -> str | None:
    if not given or len(given) > _LONGEST:
        return None
    try:
        address = urljoin(url or "", given)
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and "." in parts.netloc else None


def _is_front(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query
