"""RSS of every number, RSS 1.0 (RDF) and Atom: a record per item, with what the item itself says.

What the channel says holds for its items only where it must: their language, and the base of relative addresses.
The outlet is left to the items' addresses, so that one outlet has one name in feeds and in any other dump.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin

from transforms.errors import DumpRefused
from transforms.parse.elements import Elements
from transforms.parse.nodes import Element, base_of, language_of, local, markup_of, text_of
from transforms.parse.record import Data, Malformed, Record
from transforms.parse.xml_source import head_of, root_name

ROOTS: Final = frozenset({"rss", "rdf", "feed", "channel"})
"""Names of root elements, in lower case, without prefix."""
_PREFIXES: Final = {
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/rss/1.0/modules/content": "content:",
    "http://purl.org/dc/elements/1.0": "dc:",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://news.yandex.ru": "yandex:",
}
_CONTENT: Final = ("content:encoded", "atom:content", "yandex:full-text", "xhtml:body")
_SUMMARY: Final = ("description", "atom:summary", "dc:description", "dcterms:abstract")
_PUBLISHED: Final = (
    "pubdate", "atom:published", "atom:issued", "dcterms:issued", "dc:date", "dcterms:created", "atom:created", "date",
)  # fmt: skip
_UPDATED: Final = ("atom:updated", "atom:modified", "dcterms:modified", "lastbuilddate")
_AUTHORS: Final = ("dc:creator", "atom:author", "author")
_TAG: Final = re.compile(r"<[^<>]*+>|&[#\w]*+;")
_WORD: Final = re.compile(r"\w")
_MAIL_THEN_NAME: Final = re.compile(r"\S+@\S+\s*\((.*)\)")
_NAME_THEN_MAIL: Final = re.compile(r"([^<(]*+)[<(]\S+@\S+[>)]")
_REDIRECTORS: Final = ("feedproxy.google.", "feeds.feedburner.", "rss.feedsportal.")
_WEB: Final = ("http://", "https://")

Parts = dict[str, list[Element]]
"""An item's children by their usual names."""


def items(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the items of a feed. Raises DumpRefused when the file is none, or ends before any."""
    elements = Elements(data, encoding, _item_names(data, encoding), max_record_bytes)
    inherited = _inherited(elements.frame)
    return elements.records(lambda item: _fields(item, inherited))


def _item_names(data: Data, encoding: str) -> bytes:
    name = root_name(head_of(data, encoding))
    prefix, _, root = (name or "").rpartition(":")
    if name and root.lower() not in ROOTS:
        raise DumpRefused(f"the root element is <{name[:50]}>, which is no feed; look at what was delivered")
    if root.lower() != "feed":
        return b"(?i:item)"
    return re.escape(f"{prefix}:entry" if prefix else "entry").encode()


def _inherited(frame: list[Element]) -> dict[str, str | None]:
    """Return the language of a feed, and the address that others are relative to."""
    innermost_first = frame[::-1]
    groups = [_parts(element) for element in innermost_first]
    said = (_text(parts, ("language", "dc:language")) for parts in groups)
    links = (_link(parts, None) for parts in groups)
    return {
        "language": next(filter(None, said), None) or language_of(*innermost_first),
        "base": base_of(*innermost_first) or next(filter(None, links), None),
    }


def _fields(item: Element, inherited: dict[str, str | None]) -> dict[str, Any]:
    parts = _parts(item)
    base = base_of(item) or inherited["base"]
    published, updated = _text(parts, _PUBLISHED), _text(parts, _UPDATED)
    fields = {
        "title": _content(parts, ("title", "atom:title", "dc:title")),
        "url": _link(parts, base),
        "source_id": _text(parts, ("guid", "atom:id", "dc:identifier")) or _about(item),
        "published": published or updated,
        "updated": updated,
        "authors": _authors(parts),
        "language": language_of(item) or _text(parts, ("dc:language", "language")) or inherited["language"],
        "source": _source(parts),
        **_story(parts),
    }
    return {name: value for name, value in fields.items() if value}


def _parts(element: Element) -> Parts:
    parts: Parts = {}
    for child in element:
        if isinstance(child.tag, str):
            parts.setdefault(_usual_name(child), []).append(child)
    return parts


def _usual_name(element: Element) -> str:
    tag: str = element.tag
    namespace, bracket, name = tag.rpartition("}")
    if not bracket:
        return name.lower()
    prefix = _PREFIXES.get(namespace[1:].rstrip("/").lower())
    return "other:" if prefix is None else prefix + name.lower()


def _story(parts: Parts) -> dict[str, str | None]:
    """Give the full content, or else what the feed itself calls a description or summary."""
    content = _content(parts, _CONTENT)
    return {"text": content} if content else {"summary": _content(parts, _SUMMARY)}


def _content(parts: Parts, names: tuple[str, ...]) -> str | None:
    """Return the first of these that has a word in it."""
    found = (markup_of(part) for name in names for part in parts.get(name, ()) if _is_text(part))
    return next((text for text in found if text and _WORD.search(_TAG.sub("", text))), None)


def _is_text(part: Element) -> bool:
    """Tell Atom's text from pictures and files that stand, or are linked, in its place."""
    kind = part.get("type", "")
    return "/" not in kind or kind.startswith("text/") or kind.endswith("xml")


def _text(parts: Parts, names: tuple[str, ...]) -> str | None:
    found = (text_of(part) for name in names for part in parts.get(name, ()))
    return next(filter(None, found), None)


def _about(item: Element) -> str | None:
    return next((value for key, value in item.attrib.items() if key.endswith("}about")), None)


def _link(parts: Parts, base: str | None) -> str | None:
    links = parts.get("atom:link", []) + parts.get("link", [])
    own = [_text(parts, ("feedburner:origlink",)), _text(parts, ("link",))]
    written = next(filter(None, own), None) or _alternate(links) or _permalink(parts)
    return _absolute(written, base) if written else None


def _alternate(links: list[Element]) -> str | None:
    """Return the address of the page, rather than of a file, that shows the same."""
    alternates = [link for link in links if link.get("href") and link.get("rel", "alternate") == "alternate"]
    alternates.sort(key=lambda link: "html" not in link.get("type", "html"))
    return alternates[0].get("href") if alternates else None


def _permalink(parts: Parts) -> str | None:
    guid = next(iter(parts.get("guid", ())), None)
    if guid is None or guid.get("isPermaLink", "true").lower() == "false":
        return None
    text = text_of(guid)
    return text if text and text.startswith(_WEB) else None


def _absolute(address: str, base: str | None) -> str | None:
    try:
        return urljoin(base or "", address.strip())
    except ValueError:  # brackets that are no IPv6 address
        return address


def _authors(parts: Parts) -> list[str]:
    """Return names; a mail address alone is none."""
    for key in _AUTHORS:
        people = [_person(text) for part in parts.get(key, ()) if (text := _name_within(part))]
        if names := list(dict.fromkeys(filter(None, people))):
            return names
    return []


def _name_within(part: Element) -> str | None:
    children = [child for child in part if isinstance(child.tag, str)]
    return text_of(next((c for c in children if local(c) == "name"), None)) if children else text_of(part)


def _person(text: str) -> str | None:
    written = _MAIL_THEN_NAME.fullmatch(text) or _NAME_THEN_MAIL.fullmatch(text)
    name = written[1].strip() if written else text
    return None if not name or ("@" in name and " " not in name) else name


def _source(parts: Parts) -> str | None:
    """Return the other outlet that an item was taken from: by its address, which other dumps name it by too."""
    for part in parts.get("source", []) + parts.get("atom:source", []):
        children = _parts(part)
        address = part.get("url") or _link(children, None) or ""
        if address.startswith(_WEB) and not any(redirector in address for redirector in _REDIRECTORS):
            return address
        if name := _text(children, ("atom:title",)) if children else text_of(part):
            return name
    return None
