"""Who signed the story: as declared, else as printed in the byline."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from transforms.page.clues import Clues, plain

_DECLARED: Final = (
    "parsely-author", "sailthru.author", "author", "article:author", "article:author_name", "article.author",
    "dc.creator", "dcterms.creator", "dc.creator.author", "byl", "byline", "citation_author", "bt:author", "og:author",
    "analytics:author", "cxenseparse:author", "twitter:data1",
)  # fmt: skip
_PLACES: Final = (
    "[itemprop~=author] [itemprop~=name]", "[itemprop~=author]", "[rel~=author]", "[class*=author-name]",
    "[class*=author__name]", "[class*=authorname]", "[class*=byline] a", "[class*=byline__name]", "[class*=byline]",
    "[class*=post-author]", "[class*=article-author]", "[class~=author]",
)  # fmt: skip
_BY: Final = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|text|report)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af)\b[\s:]+|^(?:author|autor|auteur|\u0442\u0435\u043a\u0441\u0442|\u0430\u0432\u0442\u043e\u0440)s?\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*(?:[,;|\u2022\u00b7/]|\s(?:and|und|et|y|&|with)\s)\s*", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(
    r"@|\d|\.(?:com|org|net)\b|^(?:admin|administrator|editor|staff|root|none|null|unknown|guest|share|follow|comments?|"
    r"updated?|published|and|by)\b|\b(?:writer|reporter|editor|correspondent|admin)$",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"https?:|www\.", re.IGNORECASE)
_LOGIN: Final = re.compile(r"[a-z0-9._-]+(?:admin)?")
"""What authors are called in the tables of the site, not in print."""
_TAG: Final = re.compile(r"</?(a|li|p|div|br|h\d)\b[^<>]{0,1000}>|<[^<>]{1,1000}>")
_LONGEST_NAME: Final = 60
_MOST_WORDS: Final = 6
_MOST_NAMES: Final = 20
_MOST_BYLINES: Final = 5
_LONGEST_BYLINE: Final = 4_000


def authors(clues: Clues, site: str | None) -> tuple[str, ...]:
    """Return the names in order; the site itself is no author."""
    for found in (_linked(clues), clues.every(*_DECLARED), *(_printed(clues, place) for place in _PLACES)):
        names = tuple(dict.fromkeys(_names(found, site)))
        if names:
            return names[:_MOST_NAMES]
    return ()


def _linked(clues: Clues) -> Iterator[str]:
    for key in ("author", "creator"):
        people = clues.article.get(key)
        for person in people if isinstance(people, list) else [people]:
            yield from _called(clues.resolved(person))


def _printed(clues: Clues, place: str) -> Iterator[str]:
    """Yield what a byline says, a semicolon between its parts; the names of those who comment are none."""
    for element in clues.elements(place, _MOST_BYLINES):
        if element.closest("[class*=comment], [id*=comment]") is None:
            markup = element.html or ""
            if len(markup) <= _LONGEST_BYLINE:
                yield html.unescape(_TAG.sub(lambda tag: ";" if tag[1] else " ", markup))


def _called(person: Any) -> Iterator[str]:
    names = person.get("name") if isinstance(person, dict) else person
    yield from (plain(name) for name in (names if isinstance(names, list) else [names]))


def _names(found: Iterable[str], site: str | None) -> Iterator[str]:
    for line in found:
        if not _ADDRESS.search(line):
            names = (" ".join(_BY.sub("", part.strip()).split()) for part in _BETWEEN.split(_BY.sub("", line.strip())))
            yield from (n for n in (name.strip(" .,:;-\u2013\u2014") for name in names) if _is_name(n, site))


def _is_name(name: str, site: str | None) -> bool:
    is_short = 2 <= len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS  # noqa: PLR2004
    is_site = _folded(name) == _folded(site or "") or f"{site or ''} ".startswith(f"{name} ")
    is_word = any(c.isalpha() for c in name) and _LOGIN.fullmatch(name) is None
    return is_short and is_word and not is_site and _NOT_A_NAME.search(name) is None


def _folded(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
