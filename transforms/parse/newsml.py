"""NewsML-G2 and NewsML 1: a record per item, its metadata from the envelope, its story from NITF, XHTML or text in it.

Every item is a record, packages and pictures too, which have no text and are found in quarantine for that. An item
that its provider withheld or cancelled keeps its text, with `pub_status` beside it; one under embargo is dated with the
time from which it may be printed.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from transforms.parse import nitf
from transforms.parse.elements import Elements
from transforms.parse.nodes import Element, attribute, first, language_of, line_of, local, named, paragraphs_of, text_of
from transforms.parse.record import Data, Malformed, Record

ROOTS: Final = frozenset(
    {"newsmessage", "newsitem", "packageitem", "conceptitem", "planningitem", "knowledgeitem", "catalogitem", "newsml"}
)
"""Names of root elements, in lower case, without prefix."""
_NAMES: Final = rb"(?:[\w.\-]+:)?(?:newsItem|packageItem|conceptItem|planningItem|knowledgeItem|catalogItem|NewsItem)"
_USABLE: Final = ("usable", "stat:usable")
_KINDS: Final = ("MediaType", "Role")
_HOLDERS: Final = ("NewsComponent", "ContentItem")
_TEXT_KINDS: Final = ("", "text", "complexdata", "complex data")
_NO_STORY_ROLES: Final = ("caption", "script", "shotlist", "alternate caption")
_STORIES: Final = ("ninat:text", "ninat:composite", None)


def items(data: Data, encoding: str, max_record_bytes: int) -> Iterator[Record | Malformed]:
    """Yield the items of a message, or the one a file is. Raises DumpRefused when the file is not XML or cut short."""
    elements = Elements(data, encoding, _NAMES, max_record_bytes)
    inherited = language_of(*elements.frame[::-1])
    return elements.records(lambda item: _fields(item, inherited))


def _fields(item: Element, language: str | None) -> dict[str, Any]:
    read: Callable[[Element], dict[str, Any]] = _first_generation if local(item) == "NewsItem" else _second_generation
    fields = {"language": language} | {name: value for name, value in read(item).items() if value}
    if "text" in fields:
        fields.pop("summary", None)
    if fields.get("updated") == fields.get("published"):
        fields.pop("updated", None)
    return {name: value for name, value in fields.items() if value}


def _second_generation(item: Element) -> dict[str, Any]:
    meta, about = _child(item, "itemMeta"), _child(item, "contentMeta")
    inner = _inner(_child(item, "contentSet"))
    provider = _party(_child(meta, "provider"))
    status = attribute(meta, "pubStatus", "qcode")
    guid, version = item.get("guid"), item.get("version")
    return inner | _said(
        title=line_of(_headline(about)) or inner.get("title") or line_of(_child(meta, "title")),
        authors=_people(about) or inner.get("authors"),
        dateline=line_of(_child(about, "dateline")) or inner.get("dateline") or _party(_child(about, "located")),
        agency=line_of(_child(about, "creditline")) or _party(_child(about, "infoSource")) or provider,
        source=inner.get("source") or provider,
        source_id=f"{guid}:{version}" if guid and version else guid,
        published=line_of(_child(meta, "embargoed"))
        or line_of(_child(meta, "firstCreated"))
        or line_of(_child(about, "contentCreated"))
        or line_of(_child(meta, "versionCreated")),
        updated=line_of(_child(meta, "versionCreated")),
        language=attribute(about, "language", "tag") or language_of(item) or inner.get("language"),
        summary=_summary(meta, about),
        pub_status=None if status in _USABLE else status,
    )


def _summary(meta: Element | None, about: Element | None) -> str | None:
    """Return what describes a story; what describes a picture is a caption."""
    is_story = attribute(meta, "itemClass", "qcode") in _STORIES
    return paragraphs_of(_child(about, "description")) if is_story else None


def _headline(about: Element | None) -> Element | None:
    lines = _children(about, "headline")
    plain = (line for line in lines if line.get("role") in (None, "hldrole:main"))
    return next(plain, lines[0] if lines else None)


def _people(about: Element | None) -> list[str]:
    printed = [name for by in _children(about, "by") for name in nitf.byline_names(by)]
    named_ones = (line_of(_child(creator, "name")) for creator in _children(about, "creator"))
    return printed or list(filter(None, named_ones))


def _first_generation(item: Element) -> dict[str, Any]:
    identifier, management = first(item, "NewsIdentifier"), first(item, "NewsManagement")
    inner = next((inner for inner in map(_inner_of, _contents(item)) if "text" in inner), {})
    provider = attribute(first(item, "Provider"), "Party", "FormalName")
    status = attribute(management, "Status", "FormalName")
    return inner | _said(
        title=line_of(first(item, "HeadLine")) or inner.get("title"),
        authors=_bylines(item) or inner.get("authors"),
        dateline=line_of(first(item, "DateLine")) or inner.get("dateline"),
        agency=attribute(first(item, "Source"), "Party", "FormalName") or provider,
        source=provider or inner.get("source"),
        source_id=_identifier(identifier),
        published=line_of(_below(management, "FirstPublished", "FirstCreated", "ThisRevisionCreated")),
        updated=line_of(_below(management, "ThisRevisionCreated")),
        language=attribute(first(item, "DescriptiveMetadata"), "Language", "FormalName")
        or language_of(item)
        or inner.get("language"),
        pub_status=None if status is None or status.lower() in _USABLE else status,
    )


def _bylines(item: Element) -> list[str]:
    return list(dict.fromkeys(name for by in named(item, "ByLine") for name in nitf.byline_names(by)))


def _identifier(identifier: Element | None) -> str | None:
    if identifier is None:
        return None
    public = line_of(first(identifier, "PublicIdentifier"))
    parts = (line_of(first(identifier, name)) for name in ("ProviderId", "DateId", "NewsItemId", "RevisionId"))
    return public or ":".join(filter(None, parts)) or None


def _contents(component: Element) -> Iterator[Element]:
    """Yield what holds the content of the components, leaving out captions and what is no text."""
    children = list(component.iterchildren("*"))
    said = {local(child): child.get("FormalName", "").lower() for child in children if local(child) in _KINDS}
    if said.get("MediaType", "") not in _TEXT_KINDS or said.get("Role") in _NO_STORY_ROLES:
        return
    if local(component) == "ContentItem":
        data = _child(component, "DataContent")
        yield component if data is None else data
        return
    for child in children:
        if local(child) in _HOLDERS:
            yield from _contents(child)


def _inner(content_set: Element | None) -> dict[str, Any]:
    """Read the first of the renditions that has text."""
    renditions = _children(content_set, "inlineXML") + _children(content_set, "inlineData")
    return next((inner for inner in map(_inner_of, renditions) if "text" in inner), {})


def _inner_of(content: Element) -> dict[str, Any]:
    document = nitf.within(content)
    if document is not None:
        return nitf.fields(document)
    if content.get("encoding"):  # Base64: a file of some kind, not text.
        return {}
    if len(content) == 0:
        return _said(text=text_of(content))
    page = first(content, "body")
    text = paragraphs_of(content if page is None else page)
    return (
        _said(text=text, title=line_of(first(content, "title")), language=language_of(*content.iter("*")))
        if text
        else {}
    )


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _child(element: Element | None, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _children(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else [child for child in element.iterchildren("*") if local(child) == name]


def _below(element: Element | None, *names: str) -> Element | None:
    return None if element is None else first(element, *names)


def _party(element: Element | None) -> str | None:
    """Return the name of a party or place, else the word that its code ends with."""
    if element is None:
        return None
    code = (element.get("qcode") or element.get("uri") or "").rstrip("/").replace("/", ":")
    return line_of(_child(element, "name")) or element.get("literal") or code.rpartition(":")[2] or None
