"""NITF, in which agencies and archives write one article: alone in a file, several in a row, or inside NewsML."""

import re
from collections.abc import Iterator
from typing import Any, Final

from transforms.parse.elements import Elements
from transforms.parse.nodes import Element, attribute, first, language_of, line_of, local, named, paragraphs_of
from transforms.parse.record import Data, Malformed, Record

_NAMES: Final = rb"(?:[\w.\-]+:)?nitf"
_USABLE: Final = "usable"
_BY: Final = re.compile(r"(?i:by)\s+")
_NOT_PRINTED: Final = ("normalized", "online")
"""Classes of bylines that an archive added beside the printed one."""
_WHOLE_TEXT: Final = "full_text"
"""Class of the block that an archive sets beside one that repeats the first paragraphs."""


def documents(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield a record per `<nitf>` element. Raises DumpRefused when the file does not begin as XML does."""
    return Elements(data, encoding, _NAMES, max_record_bytes).records(fields)


def fields(tree: Element) -> dict[str, Any]:
    """Return what an `<nitf>` element says, by our names; what it does not say is left out."""
    address = attribute(tree, "pubdata", "ex-ref") or ""
    is_web = address.startswith(("http://", "https://"))
    text = _story(tree)
    status = attribute(tree, "docdata", "management-status")
    said = {
        "title": line_of(first(tree, "hl1")) or line_of(first(tree, "title")),
        "text": text,
        "summary": None if text else paragraphs_of(first(tree, "abstract")),
        "url": address if is_web else None,
        "source_id": attribute(tree, "doc-id", "id-string"),
        "published": _published(tree),
        "updated": next((e.get("norm") for e in reversed(list(named(tree, "revision-history")))), None),
        "authors": _authors(tree),
        "dateline": line_of(first(tree, "dateline")),
        "agency": line_of(first(tree, "distributor")) or attribute(tree, "doc-id", "regsrc"),
        # An address names the outlet as other dumps do; its printed name would be another.
        "source": None if is_web else attribute(tree, "pubdata", "name"),
        "language": language_of(tree, *named(tree, "body", "body.content")),
        "pub_status": None if status == _USABLE else status,
    }
    return {name: value for name, value in said.items() if value}


def byline_names(byline: Element) -> list[str]:
    """Return the people of a byline, or what it says without `by` and the writer's post."""
    people = [name for person in named(byline, "person") if (name := line_of(person))]
    if people:
        return people
    for post in list(named(byline, "byttl", "virtloc")):
        post.text, post[:] = "", []
    printed = line_of(byline) or ""
    by = _BY.match(printed)
    name = printed[by.end() if by else 0 :].strip(" ,;")
    return [name] if name else []


def _authors(tree: Element) -> list[str]:
    printed = [b for b in named(tree, "byline") if not b.get("class", "").startswith(_NOT_PRINTED)]
    return list(dict.fromkeys(name for byline in printed for name in byline_names(byline)))


def _story(tree: Element) -> str | None:
    content = first(tree, "body.content")
    if content is None:
        return None
    whole = [block for block in named(content, "block") if block.get("class") == _WHOLE_TEXT]
    texts = filter(None, map(paragraphs_of, whole or [content]))
    return "\n".join(texts) or None


def _published(tree: Element) -> str | None:
    """Return the day in print, else when it was issued or released, else the date of its dateline."""
    places = (
        ("pubdata", "date.publication"),
        ("date.issue", "norm"),
        ("date.release", "norm"),
        ("story.date", "norm"),
    )
    return next((date for name, key in places if (date := attribute(tree, name, key))), None)


def within(tree: Element) -> Element | None:
    """Return the `<nitf>` element of a piece of content, or what stands for one without that name."""
    found = first(tree, "nitf")
    return tree if found is None and any(local(child) == "body.content" for child in tree.iter("*")) else found
