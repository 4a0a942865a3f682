"""What a page declares about itself, gathered once: meta tags, and linked data (JSON-LD) with the article among it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from resiliparse.parse.html import HTMLTree

from transforms.parse.objects import value
from transforms.parse.record import Fault

_MOST_OBJECTS: Final = 2_000
_MOST_METAS: Final = 1_000
_MOST_JSON_CHARS: Final = 1 << 20
_OPENING: Final = re.compile(r"\s*+(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)?")
_CLOSING: Final = ("-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", ";")
_ARTICLE: Final = re.compile(r"(?:^|/)(?:\w*(?:Article|BlogPosting)|Report|SocialMediaPosting|Review)$")
_PAGE: Final = re.compile(r"(?:^|/)(?:Web|Item|Article)?Page$")
_TELLING: Final = ("headline", "datePublished", "author", "articleBody", "publisher")


@dataclass(frozen=True, slots=True)
class Clues:
    """Meta contents by lower-case name, in order; the article's linked data, and the page's own where it has none."""

    tree: HTMLTree
    metas: dict[str, list[str]]
    objects: tuple[dict[str, Any], ...]
    article: dict[str, Any]
    web_page: dict[str, Any]
    root_language: str | None
    is_deep: bool
    """Whether its elements lie so deep that only what it declares is read."""

    def first(self, *names: str) -> str | None:
        """Return the first meta content under these names, best name first."""
        return next((content for name in names for content in self.metas.get(name, ())), None)

    def every(self, *names: str) -> Iterator[str]:
        """Yield the meta contents under these names, best name first."""
        for name in names:
            yield from self.metas.get(name, ())

    def texts(self, selector: str, most: int = 20) -> Iterator[str]:
        """Yield the plain text of the elements that a selector finds, blanks joined."""
        for element in self.elements(selector, most):
            text = plain(element.text)
            if text:
                yield text

    def elements(self, selector: str, most: int) -> list[Any]:
        """Return the first elements that a selector finds."""
        return [] if self.is_deep else elements(self.tree, selector, most)

    def resolved(self, thing: Any) -> Any:
        """Return the linked object that a mere reference names, or the thing itself."""
        if not isinstance(thing, dict) or "name" in thing or not isinstance(thing.get("@id"), str):
            return thing
        named = (o for o in self.objects if o.get("@id") == thing["@id"] and "name" in o)
        return next(named, thing)


def gather(tree: HTMLTree, *, is_deep: bool) -> Clues:
    """Gather the clues of a page."""
    objects = tuple(_objects(tree))
    languages = [root.getattr("lang") or root.getattr("xml:lang") for root in elements(tree, "html", 1)]
    articles = [o for o in objects if _is(o, _ARTICLE)]
    article = max(articles, key=lambda o: sum(1 for name in _TELLING if o.get(name)), default={})
    web_page = next((o for o in objects if _is(o, _PAGE)), {})
    return Clues(
        tree, _metas(tree), objects, article, web_page, plain("".join(filter(None, languages))) or None, is_deep
    )


def _metas(tree: HTMLTree) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in elements(tree, "meta[content]", _MOST_METAS):
        content = " ".join((meta.getattr("content") or "").split())
        for kind in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.getattr(kind) or "").strip().lower()
            if name and content:
                metas.setdefault(name, []).append(content)
    return metas


def _objects(tree: HTMLTree) -> Iterator[dict[str, Any]]:
    """Yield the objects of the linked data, the outermost first."""
    level: list[Any] = [_loaded(script.text or "") for script in elements(tree, _SCRIPTS, _MOST_SCRIPTS)]
    count = 0
    while level and count < _MOST_OBJECTS:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                yield item
                count += 1
            inner.extend(v for v in (item.values() if isinstance(item, dict) else item) if isinstance(v, dict | list))
        level = inner[:_MOST_OBJECTS]


_SCRIPTS: Final = 'script[type="application/ld+json"]'
_MOST_SCRIPTS: Final = 50


def _loaded(script: str) -> list[Any] | dict[str, Any]:
    if len(script) > _MOST_JSON_CHARS:
        return []
    body = _OPENING.sub("", script, count=1).rstrip()
    for mark in _CLOSING:
        body = body.removesuffix(mark).rstrip()
    found = value(body.encode("utf-8", "replace"), "utf-8")
    return found if not isinstance(found, Fault) and isinstance(found, dict | list) else []


def _is(thing: dict[str, Any], kinds: re.Pattern[str]) -> bool:
    kind = thing.get("@type")
    return any(isinstance(k, str) and kinds.search(k) for k in (kind if isinstance(kind, list) else [kind]))


def elements(tree: HTMLTree, selector: str, most: int) -> list[Any]:
    """Return the first elements that a selector finds in a page."""
    document = tree.document
    return [] if document is None else list(document.query_selector_all(selector)[:most])


def plain(text: Any) -> str:
    """Return a declared value as one line of text; nothing for what is no text."""
    return " ".join(text.split()) if isinstance(text, str) else ""
