"""Addresses: one canonical form, so that the same page delivered under two spellings is one page."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from courlan import normalize_url

_PLAIN: Final = re.compile(r"https?://(?:www\.)*([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9/_.,~-]*)?")
_ARCHIVE: Final = re.compile(
    r"^(?:https?:/+(?:web\.archive\.org/web/\d+[a-z_]*|archive\.(?:is|ph|today)/\d+)/(?=https?:/))+", re.IGNORECASE
)
_ODD_PATH: Final = re.compile(r"/[/.]")
ARCHIVE_HOSTS: Final = frozenset({"web.archive.org", "archive.is", "archive.ph", "archive.today"})
_BROKEN_SCHEME: Final = re.compile(r"^(https?):/+(?:https?:/+)*", re.IGNORECASE)


def canonical_url(url: str, declared: str | None = None) -> str | None:
    """Give the canonical address: without archive prefix, trackers, fragment, `www.`, trailing slash; always https.

    `declared` is the page's own canonical link: it wins when it names a page of the same site.
    None when the address has no host or leads to a front page, which many articles share.
    """
    own = _page(url)
    if not declared:
        return own
    try:
        theirs = _page(urljoin(_ARCHIVE.sub("", url), declared))
    except ValueError:
        return own
    return theirs if theirs and (own is None or host(theirs) == host(own)) else own


def _page(url: str) -> str | None:
    page = _canonical(url)
    return page if page and "/" in page.removeprefix("https://").replace("?", "/") else None


@lru_cache(maxsize=16_384)
def _canonical(url: str) -> str | None:
    url = _ARCHIVE.sub("", url.strip())
    plain = _PLAIN.fullmatch(url)
    if plain and not _ODD_PATH.search(plain[2] or ""):
        return f"https://{plain[1]}{(plain[2] or '').rstrip('/')}"
    url = _BROKEN_SCHEME.sub(r"\1://", url)
    try:
        parts = urlsplit(normalize_url(url, strict=False, trailing_slash=False))
        name, number = _bare(parts.hostname), parts.port
    except ValueError:
        return None
    if not name:
        return None
    query = f"?{parts.query}" if parts.query else ""
    port = f":{number}" if number and number not in (80, 443) else ""
    return f"https://{name}{port}{parts.path.rstrip('/')}{query}"


def _bare(name: str | None) -> str | None:
    """Host name without `www.`; None when it is that of no site."""
    bare = name.strip(".") if name else ""
    while bare.startswith("www.") and bare.count(".") > 1:
        bare = bare.removeprefix("www.")
    return bare if "." in bare else None


def host(url: str) -> str | None:
    """Host of an address or a bare host, lower case, without archive prefix and `www.`; None when it has none."""
    url = _ARCHIVE.sub("", url.strip())
    try:
        return _bare(urlsplit(url if "//" in url else f"//{url}").hostname)
    except ValueError:
        return None
