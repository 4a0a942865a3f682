"""Who signed the story: as declared, else as printed in the byline."""

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
    r"(?:by|von|par|por|di|da|door|av|af)\b[\s:]+|^(?:author|autor|auteur)s?\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*(?:[,;|\u2022\u00b7/]|\s(?:and|und|et|y|&|with)\s)\s*", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(
    r"https?:|www\.|@|\d{3}|\.(?:com|org|net)\b|^(?:admin|administrator|editor|staff|root|none|null|unknown|share|follow|"
    r"comments?|updated?|published)\b",
    re.IGNORECASE,
)
_LONGEST_NAME: Final = 60
_MOST_WORDS: Final = 6
_MOST_NAMES: Final = 20


def authors(clues: Clues, site: str | None) -> tuple[str, ...]:
    """Return the names in order. The site itself is an author only where nobody else is named, and then none."""
    for found in (_linked(clues), clues.every(*_DECLARED), *(clues.texts(place, 5) for place in _PLACES)):
        names = tuple(dict.fromkeys(_names(found, site)))
        if names:
            return names[:_MOST_NAMES]
    return ()


def _linked(clues: Clues) -> Iterator[str]:
    for key in ("author", "creator"):
        people = clues.article.get(key)
        for person in people if isinstance(people, list) else [people]:
            yield from _called(clues.resolved(person))


def _called(person: Any) -> Iterator[str]:
    names = person.get("name") if isinstance(person, dict) else person
    yield from (plain(name) for name in (names if isinstance(names, list) else [names]))


def _names(found: Iterable[str], site: str | None) -> Iterator[str]:
    for line in found:
        for part in _BETWEEN.split(_BY.sub("", line)):
            name = _BY.sub("", part).strip(" .,:;-\u2013\u2014")
            if _is_name(name) and name.casefold() != (site or "").casefold():
                yield name


def _is_name(name: str) -> bool:
    is_short = 2 <= len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS
    return is_short and any(c.isalpha() for c in name) and _NOT_A_NAME.search(name) is None
