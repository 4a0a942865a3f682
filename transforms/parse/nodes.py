"""Small questions to an XML element: its name, its words, its content as HTML."""

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

Element = Any
"""An lxml element: the library carries no types."""
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_EMPTY: Final = frozenset({"br", "hr", "img", "wbr", "input", "source", "embed", "col"})
_BREAK: Final = "\0"
"""Between paragraphs while text is gathered: no XML can hold it."""
_BLOCKS: Final = frozenset({
    "p", "block", "hl1", "hl2", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "bq", "div",
    "blockquote", "fn", "note", "table", "nitf-table", "tr", "pre", "hr", "br", "section", "article", "header",
    "footer", "aside", "address", "body", "body.content", "credit", "tagline",
})  # fmt: skip
_CELLS: Final = frozenset({"td", "th"})
_NO_STORY: Final = frozenset({"media", "figure", "script", "style", "head", "noscript"})


def escaped(text: str) -> str:
    """Write text so that markup reads it as that text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def local(element: Element) -> str:
    """Return the element's name without its namespace or prefix."""
    tag: str = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2]


def text_of(element: Element | None) -> str | None:
    """Return all text within the element, or null when that is none."""
    if element is None:
        return None
    text = "".join(element.itertext()).strip()
    return text or None


def line_of(element: Element | None) -> str | None:
    """Return all text within the element on one line, or null when that is none."""
    text = text_of(element)
    return " ".join(text.split()) if text else None


def markup_of(element: Element | None) -> str | None:
    """Return what the element holds: text as it is, child elements as HTML with the text around them escaped."""
    if element is None or len(element) == 0:
        return text_of(element)
    inner = escaped(element.text or "") + "".join(map(_html, element))
    return inner.strip() or None


def _html(element: Element) -> str:
    """Write an element without its attributes, which nothing asks for, and the text after it."""
    after = escaped(element.tail or "")
    if not isinstance(element.tag, str):
        return after
    name = local(element)
    if name in _EMPTY:
        return f"<{name}>{after}"
    inner = "".join(map(_html, element))
    return f"<{name}>{escaped(element.text or '')}{inner}</{name}>{after}"


def paragraphs_of(element: Element | None) -> str | None:
    """Return the text of the story that the element holds, a paragraph a line, captions and scripts left out."""
    if element is None:
        return None
    flow: list[str] = []
    _pour(element, flow, is_verbatim=False)
    lines = (" ".join(line.split()) for line in "".join(flow).split(_BREAK))
    return "\n".join(filter(None, lines)) or None


def _pour(element: Element, flow: list[str], *, is_verbatim: bool) -> None:
    name = local(element)
    if name in _NO_STORY:
        return
    around = _BREAK if name in _BLOCKS else " " if name in _CELLS else ""
    is_verbatim = is_verbatim or name == "pre"
    flow += (around, _broken(element.text, is_verbatim))
    for child in element:
        if isinstance(child.tag, str):
            _pour(child, flow, is_verbatim=is_verbatim)
        flow.append(_broken(child.tail, is_verbatim))
    flow.append(around)


def _broken(text: str | None, is_verbatim: bool) -> str:
    return (text or "").replace("\n", _BREAK) if is_verbatim else text or ""


def language_of(*elements: Element) -> str | None:
    """Return the first language that `xml:lang` declares."""
    return next((lang for element in elements if (lang := element.get(_LANGUAGE))), None)


def base_of(*elements: Element) -> str | None:
    """Return the first address that `xml:base` declares."""
    return next((base for element in elements if (base := element.get(_BASE))), None)


def named(tree: Element, *names: str) -> Iterator[Element]:
    """Yield the elements below of any of these names, whatever their namespace, in their order."""
    return (element for element in tree.iter(etree.Element) if local(element) in names)


def first(tree: Element, *names: str) -> Element | None:
    """Return the first element below of the first of these names that there is."""
    return next((element for name in names for element in named(tree, name)), None)


def attribute(tree: Element | None, name: str, key: str) -> str | None:
    """Return an attribute of the first element of that name below, or null when it is not there or blank."""
    element = None if tree is None else first(tree, name)
    value: str = "" if element is None else element.get(key, "").strip()
    return value or None
