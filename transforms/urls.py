"""Addresses: one canonical form, so that the same page delivered under two spellings is one page.

courlan escapes paths, decodes host names and knows trackers; w3lib, url-normalize and yarl know no trackers, and none
of them knows that a page seen through AMP, a mobile host or a web archive is the page itself: these rules are here.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from courlan import normalize_url
from courlan.clean import TRACKERS_RE
from tld import get_fld, is_tld

ARCHIVE_HOSTS: Final = frozenset(
    {
        *("web.archive.org", "archive.org", "arquivo.pt", "webcache.googleusercontent.com"),
        *(f"archive.{top}" for top in ("fo", "is", "li", "md", "ph", "today", "vn")),
    }
)
_SHARED_SITES: Final = frozenset({"livejournal.com", "medium.com", "substack.com", "wordpress.com"})
"""Sites each of whose hosts is somebody else's; beside those that the public suffix list names."""
_MOBILE: Final = frozenset({"www", "m", "mobile", "amp"})
_SAME_SITE: Final = {"edition.cnn.com": "cnn.com", "us.cnn.com": "cnn.com"}
_PLAIN: Final = re.compile(
    r"https?://(?:www\.)?((?!(?:www|m|mobile|amp|edition|us|(?:web\.)?archive|arquivo|webcache)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"(/[A-Za-z0-9_~][A-Za-z0-9/_.,~-]*)"
)
_THROUGH: Final = re.compile(
    r"^https?:/+(?:"
    r"(?:web\.|www\.)?archive\.org/(?:web|wayback)/(?:\d+[a-z_]*|\*)/"
    r"|arquivo\.pt/(?:noframe/)?wayback/\d+[a-z_]*/"
    r"|archive\.(?:fo|is|li|md|ph|today|vn)/(?:\d+|newest|o/\w+)/(?=https?(?::|%3a))"
    r"|webcache\.googleusercontent\.com/search\?q=cache:(?:[\w-]{12}:)?"
    r"|(?:www\.)?google\.[a-z.]{2,6}/amp/(?:s/)?"
    r"|[a-z0-9-]+\.cdn\.ampproject\.org/[cv]/(?:s/)?"
    r"|(?:www\.)?bing\.com/amp/(?:s/)?"
    r")(?=https?(?::|%3a)|[a-z0-9-]+\.[a-z0-9.-]+[/+&]|[a-z0-9-]+\.[a-z0-9.-]+$)",
    re.IGNORECASE,
)
_VIEWER: Final = ".ampproject.org"
_MOST_WRAPPINGS: Final = 4
_BROKEN_SCHEME: Final = re.compile(r"^(https?):/+(?:https?:/+)*", re.IGNORECASE)
_AMP_STEP: Final = re.compile(r"/amp(?=/|$)|\.amp(?=\.html?$|$)", re.IGNORECASE)
_SWITCHES: Final = re.compile(
    r"(?:amp|(?:output|outputtype|view|format|type)=(?:amp|print)|(?:amp|print|printable|isprint)=(?:1|true|yes|y|amp)?)",
    re.IGNORECASE,
)
_MAYBE_IDS: Final = frozenset({"cid", "eid", "uid"})
_ID: Final = re.compile(r"\d{4}")
"""What courlan takes for a tracker is the number of the article at some outlets: then it has digits."""


def canonical_url(url: str, declared: str | None = None) -> str | None:
    """Give the canonical address: without archive, AMP, mobile host, trackers, fragment, `www.`, trailing slash; https.

    `declared` is the page's own canonical link: it wins when it names a page of the same site.
    None when the address has no host or leads to a front page, which many articles share.
    """
    own = _page(url)
    if not declared:
        return own
    try:
        theirs = _page(urljoin(original(url), declared.strip()))
    except ValueError:
        return own
    return theirs if theirs and (own is None or site(theirs) == site(own)) else own


def _page(url: str) -> str | None:
    plain = _PLAIN.fullmatch(url)
    if plain:
        name, path = plain.groups()
        if not ("amp" in path or "//" in path or "/." in path or name.endswith(_VIEWER)):
            return f"https://{name}{path.rstrip('/')}"
    page = _canonical(url)
    return page if page and "/" in page.removeprefix("https://").replace("?", "/") else None


@lru_cache(maxsize=16_384)
def _canonical(url: str) -> str | None:
    url = _BROKEN_SCHEME.sub(r"\1://", original(url))
    try:
        given = urlsplit(url)
        parts = urlsplit(normalize_url(given._replace(query=""), strict=False, trailing_slash=False))
        name, number = _bare(parts.hostname), parts.port
        query = _query(given.query)
    except ValueError:
        return None
    if not name:
        return None
    port = f":{number}" if number and number not in (80, 443) else ""
    return f"https://{name}{port}{_path(parts.path)}{query}"


def original(url: str) -> str:
    """Give the address of the page itself, when this is that of its copy in an archive or in an AMP viewer."""
    url = url.strip()
    for _ in range(_MOST_WRAPPINGS):
        found = _THROUGH.match(url)
        if not found:
            break
        url = url[found.end() :]
        if "cache:" in found[0]:
            url = url.partition("+")[0].partition("&")[0]
        if url[:8].lower().startswith(("http%3a", "https%3a")):
            url = unquote(url)
        url = url if url[:5].lower() in ("http:", "https") else f"https://{url}"
    return url


def _path(path: str) -> str:
    """Leave out the step that asks for the AMP form, if that is not all there is."""
    path = path.rstrip("/")
    if "amp" in path.lower():
        path = _AMP_STEP.sub("", path) or path
    return path.rstrip("/")


def _query(query: str) -> str:
    """Give what of a query tells the page: not trackers, nor that it is to be shown for print or as AMP."""
    if not query:
        return ""
    steps = [step for step in query.replace("&amp;", "&").split("&") if step and not _SWITCHES.fullmatch(step)]
    pairs = parse_qsl("&".join(steps), keep_blank_values=True)
    kept = sorted(pair for pair in pairs if _tells(*pair))
    return f"?{urlencode(kept)}" if kept else ""


def _tells(name: str, value: str) -> bool:
    plain = name.lower()
    if plain in _MAYBE_IDS:
        return _ID.search(value) is not None
    if not value:
        return _ID.search(name) is not None
    return TRACKERS_RE.search(plain) is None


def _bare(name: str | None) -> str | None:
    """Host name without `www.` and the like; None when it is that of no site."""
    bare = name.strip(".") if name else ""
    first, _, rest = bare.partition(".")
    while first in _MOBILE and "." in rest and (first == "www" or not is_tld(rest)):
        bare = rest
        first, _, rest = bare.partition(".")
    return _SAME_SITE.get(bare, bare) if "." in bare else None


def host(url: str) -> str | None:
    """Host of an address or a bare host, lower case, without archive, `www.`, `m.` and `amp.`; None if it has none."""
    url = original(url)
    try:
        return _bare(urlsplit(url if "//" in url else f"//{url}").hostname)
    except ValueError:
        return None


def site(url: str) -> str | None:
    """Site of an address: the name that was registered, or the host itself where hosts are let to many."""
    name = host(url)
    return _registered(name) if name else None


@lru_cache(maxsize=16_384)
def _registered(name: str) -> str:
    found = get_fld(f"https://{name}", fail_silently=True, search_private=True)
    return found if found and found not in _SHARED_SITES else name
