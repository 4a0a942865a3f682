"""What a page says of itself in its metadata: Open Graph, Dublin Core, JSON-LD and the tags of publishing systems.

Scrapers keep it flat (`"og:title"`, `"DC.date.issued"`) or nested (`{"article": {"published_time": ...}}`), JSON-LD as
an object or as text. Names are therefore compared without separators, joined along the way down.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import orjson

from transforms.dates import parse_date

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (
        "ldheadline", "ogtitle", "twittertitle", "sailthrutitle", "parselytitle", "dctitle", "dctermstitle",
        "analyticsattributestitle", "headline", "contenttitle", "fbtitle", "title",
    ),
    "text": ("ldarticlebody",),
    "authors": (
        "ldauthor", "author", "sailthruauthor", "parselyauthor", "dccreator", "dctermscreator", "ogarticleauthor",
        "articleauthor", "analyticsattributesauthor", "byl", "byline", "authorname", "btauthor",
    ),
    "published": (
        "lddatepublished", "articlepublishedtime", "ogarticlepublishedtime", "articlepublished", "datepublished",
        "ogpublishedtime", "publishedtime", "sailthrudate", "parselypubdate", "dcdateissued", "dctermsissued",
        "dctermscreated", "dcdatecreated", "analyticsattributesarticledate", "articlepublish", "publishdate",
        "publisheddate", "publicationdate", "btpubdate", "pubdate", "ogpubdate", "ptime", "lddatecreated", "livedate",
        "dcdate", "dctermsdate", "pdate", "displaydate", "date",
    ),
    "updated": (
        "lddatemodified", "articlemodifiedtime", "ogarticlemodifiedtime", "articlemodified", "articleupdated",
        "datemodified", "ogupdatedtime", "ogmodifiedtime", "dctermsmodified", "dcdatemodified", "lastmodified",
        "lastmod", "btmoddate", "utime", "revisiondate", "lastpublisheddate", "datelastpubbed",
    ),
    "language": ("ldinlanguage", "oglocale", "language", "dclanguage", "dctermslanguage", "contentlanguage", "lang"),
    "canonical_url": (
        "canonical", "linkcanonical", "vrcanonical", "sailthrucanonical", "ogurl", "ldmainentityofpage", "ldurl",
        "analyticsattributescanonicalurl",
    ),
    "source": ("ogsitename", "ldpublisher", "dcpublisher", "sourcepublication", "publisher", "applicationname"),
}  # fmt: skip
_RANKS: Final = {name: (target, rank) for target, names in _NAMES.items() for rank, name in enumerate(names)}
_WHOLE: Final = frozenset({"ldauthor", "ldpublisher", "ldmainentityofpage", "author"})
"""Names whose objects stand for one thing, which is told by a field of them."""
_INNER: Final = ("name", "@id", "url")
_AROUND: Final = frozenset(
    {
        "graph",
        "jsonld",
        "ldjson",
        "applicationldjson",
        "meta",
        "metadata",
        "metatags",
        "opengraph",
        "schema",
        "microdata",
        "properties",
        "html",
    }
)
"""Names of what only holds other names."""
_LONGEST_NAME: Final = max(map(len, _RANKS))
_ARTICLE: Final = re.compile(r"(?:Article|Posting|Report)\b")
_SEPARATORS: Final = re.compile(r"[\W_]+")
_MOST_NODES: Final = 2_000
_MOST_JSON: Final = 1 << 20
_MOST_CHARS: Final = 1_000
"""Fields looked at, length of JSON that is read, and length of a value that can be meant, but for a story."""

_OTHER: Final = "?"
"""Way to what is no article; no name begins with it."""
_Node = tuple[str, Any]


def from_metadata(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Give by target (`title`, `authors`, `published` ...) what the metadata of a page says, as it says it.

    Of several names for a thing the most trusted wins; a date that cannot be read gives way to the next.
    """
    best: dict[str, tuple[int, Any]] = {}
    for name, value in _leaves(meta):
        target, rank = _RANKS[name]
        if target in best and best[target][0] <= rank:
            continue
        usable = _usable(target, value)
        if usable is not None:
            best[target] = rank, usable
    return {target: value for target, (_, value) in best.items()}


def _leaves(meta: Mapping[str, Any]) -> Iterator[_Node]:
    """Yield the values that have a name we know, breadth first, and no more than so many nodes of a hostile one."""
    waiting: deque[_Node] = deque([("", meta)])
    seen = 0
    while waiting and seen < _MOST_NODES:
        path, value = waiting.popleft()
        seen += 1
        if path in _RANKS:
            told = _told(value) if path in _WHOLE or not isinstance(value, Mapping) else value.get("identifier")
            if told is not None:
                yield path, told
        if isinstance(value, str):
            value = _json_of(value)
        if isinstance(value, list):
            waiting.extend((path, each) for each in value[:_MOST_NODES] if isinstance(each, Mapping))
        elif isinstance(value, Mapping):
            waiting.extend(_children(path, value))


def _children(path: str, value: Mapping[str, Any]) -> Iterator[_Node]:
    """Name the fields of an object by the way to them: those of a JSON-LD article anew, those of its others not."""
    kind = value.get("@type")
    if kind is not None and not path.startswith("ld"):
        path = "ld" if _ARTICLE.search(str(kind)[:_MOST_CHARS]) else _OTHER
    for key, inner in islice(value.items(), _MOST_NODES):
        step = _SEPARATORS.sub("", str(key)[:_MOST_CHARS]).lower()
        if step in _AROUND:
            yield path.removeprefix(_OTHER), inner
        elif path != _OTHER and len(path) + len(step) <= _LONGEST_NAME:
            yield path + step, inner


def _json_of(text: str) -> Any:
    """Read JSON-LD that was kept as text."""
    begin = text[:80].lstrip()[:1]
    if begin not in ("{", "[") or len(text) > _MOST_JSON or '"@type"' not in text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _told(value: Any) -> Any:
    """Give what stands for a thing: of an object its name, of a list that of each."""
    if isinstance(value, Mapping):
        return next((value[key] for key in _INNER if isinstance(value.get(key), str)), None)
    if isinstance(value, list):
        return [told for each in value[:_MOST_NODES] if isinstance(told := _told(each), str)] or None
    return value


def _usable(target: str, value: Any) -> Any:
    """Give the value if it can be one of this target."""
    if target == "authors":
        given = value if isinstance(value, list) else [value]
        names = [each for each in given if isinstance(each, str) and _is_name(each)]
        return names or None
    if isinstance(value, list):
        value = value[0] if value else None
    if target in ("published", "updated"):
        return value if parse_date(value) else None
    if not isinstance(value, str) or not value.strip():
        return None
    return value if _fits(target, value) else None


def _fits(target: str, value: str) -> bool:
    if target == "text":
        return True
    if target == "canonical_url":
        return len(value) <= _MOST_CHARS and value.lstrip().startswith(("http:", "https:", "/"))
    return len(value) <= _MOST_CHARS and (target != "source" or _is_name(value))


def _is_name(value: str) -> bool:
    """Tell a name from the address of a profile or an account."""
    return 0 < len(value.strip()) <= _MOST_CHARS and "://" not in value and not value.lstrip().startswith(("@", "//"))
