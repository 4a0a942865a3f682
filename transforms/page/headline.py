"""The headline as the newspaper prints it, without the name of the site that page titles carry."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from transforms.page.clues import Clues, plain

_LONGEST: Final = 400
_SEPARATOR: Final = re.compile(r"\s+(?:[|\u00b7\u2022\u00bb\u00ab\u203a]|::|[-\u2013\u2014])\s+|\s*\|\s*")
_SURE: Final = re.compile(r"\s+(?:\||::|\u00bb)\s+")
"""Separators that stand before the name of a site or section, and hardly ever in a headline."""
_MOST_TAIL_WORDS: Final = 5
_LEAST_HEAD_WORDS: Final = 3
_LEAST_SHARED: Final = 0.4
_LEAST_NAME: Final = 3
_COMMON_LABELS: Final = frozenset({"www", "com", "org", "net", "news", "blog", "gov", "edu", "mobile"})
_WORD: Final = re.compile(r"\w+")
_ADDRESS: Final = re.compile(r"https?://|www\.|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}/?$", re.IGNORECASE)


def site_name(clues: Clues) -> str | None:
    """Return the site's own name, null where the page does not say it."""
    publisher = clues.resolved(clues.article.get("publisher"))
    declared = (
        clues.first("og:site_name"),
        publisher.get("name") if isinstance(publisher, dict) else publisher,
        *(o.get("name") for o in clues.objects if o.get("@type") in ("WebSite", "NewsMediaOrganization")),
        clues.first("application-name", "publisher", "dc.publisher", "dcterms.publisher"),
    )
    names = (_SEPARATOR.split(plain(name))[0] for name in declared)
    return next((n for n in names if n and len(n) <= _LONGEST and not n.lower().startswith(("http:", "https:"))), None)


def headline(clues: Clues, site: str | None, url: str | None) -> str | None:
    """Return the headline that stands above the story if the page declares one like it, else the declared one."""
    names = {_folded(name) for name in (site or "", *_host_names(url)) if len(_folded(name)) >= _LEAST_NAME}
    declared = [title for title in (_bare(t, names) for t in _declared(clues)) if title]
    printed = [h for h in clues.texts("h1") if len(h) <= _LONGEST and _folded(h) not in names]
    agreed = (h for h in printed if any(_shared(h, title) >= _LEAST_SHARED for title in declared))
    return next(agreed, None) or next(iter(declared), None) or (printed[0] if len(printed) == 1 else None)


def _declared(clues: Clues) -> Iterator[str]:
    yield from (plain(clues.article.get(name)) for name in ("headline", "alternativeHeadline"))
    yield from clues.every("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "headline")
    yield from clues.texts("head > title, body > title", 1)


def _bare(title: str, names: set[str]) -> str:
    """Cut off what names the site, at either end, and after a bar any few words."""
    if len(title) > _LONGEST:
        return ""
    parts = list(_SEPARATOR.finditer(title))
    while parts and _names_site(title[parts[-1].end() :], names):
        title = title[: parts.pop().start()]
    while parts and _names_site(title[: parts[0].start()], names):
        cut = parts.pop(0).end()
        title, parts = title[cut:], list(_SEPARATOR.finditer(title[cut:]))
    head, _, tail = title.rpartition(parts[-1][0]) if parts else (title, "", "")
    is_sure = bool(parts) and _SURE.fullmatch(parts[-1][0]) is not None
    if is_sure and len(tail.split()) <= _MOST_TAIL_WORDS and len(head.split()) >= _LEAST_HEAD_WORDS:
        title = head
    return "" if _folded(title) in names else title.strip()


def _names_site(part: str, names: Iterable[str]) -> bool:
    folded = _folded(part)
    if _ADDRESS.search(part.strip()):
        return True
    is_long = len(folded) >= _LEAST_NAME
    return is_long and any(folded in name or (name in folded and len(name) >= len(folded) / 2) for name in names)


def _host_names(url: str | None) -> list[str]:
    """Return the parts of the host that may be the outlet's name: `www.bbc.co.uk` gives `bbc`."""
    try:
        labels = (urlsplit(url or "").hostname or "").split(".")
    except ValueError:
        return []
    return [label for label in labels[:-1] if len(label) >= _LEAST_NAME and label not in _COMMON_LABELS]


def _folded(name: str) -> str:
    return "".join(_WORD.findall(name.casefold())).replace("_", "")


def _shared(one: str, other: str) -> float:
    """Return the share of words that two titles have in common, of the longer one."""
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(a & b) / max(len(a), len(b)) if a and b else 0.0
