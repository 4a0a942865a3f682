"""The story of a page, and nothing but the story: by two extractors that watch each other, or by the swift one alone."""

import re
from collections import Counter
from typing import Any, Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from transforms.outlet import Extractor

MAX_CAREFUL_TAGS: Final = 30_000
"""Tags beyond which a page is no longer a story's; the careful extractor would take seconds for it."""
MAX_SWIFT_DEPTH: Final = 1_000
"""Elements inside one another beyond which the swift extractor takes time in the square of their number."""
_LEAST_AGREEMENT: Final = 0.7
"""Share of words that two extractions have in common, below which a third is asked. About one news page in fifteen."""
_LEAST_PROSE_WORDS: Final = 10
_SCRIPT_SHORT: Final = 100
"""Words below which a text is no story where the page's linked data hold one several times as long."""
_TIMES_LONGER: Final = 3
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_SELF_CLOSING: Final = frozenset(
    ["area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param", "source", "td", "th", "tr", "track", "wbr"]
)
_WORD: Final = re.compile(r"\w+")
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Scripts without blanks between words: two characters count for one."""
_SENTENCE_END: Final = re.compile(r"[.!?\u2026:;\"\u201d\u2019')\]\u00bb\u3002\uff01\uff1f\u300d]$")
_MARKUP: Final = re.compile(r"<[^<>]{1,1000}>")


def story(html: str, tree: HTMLTree, title: str | None, linked_body: Any, extractor: Extractor) -> str:
    """Return the story, one paragraph a line, without its headline."""
    tag_count = html.count("<")
    swift = _swift(tree) if tag_count <= MAX_SWIFT_DEPTH or _depth(html) <= MAX_SWIFT_DEPTH else ""
    if extractor is Extractor.SPEED or tag_count > MAX_CAREFUL_TAGS:
        text = swift
    else:
        text = _settled(html, swift)
    return _or_linked(_without_headline(text, title), linked_body)


def _settled(html: str, swift: str) -> str:
    careful = _careful(html)
    if _agreement(careful, swift) >= _LEAST_AGREEMENT:
        return careful
    found = [text for text in (careful, swift, _readable(html)) if text]
    return max(found, key=lambda text: sum(_agreement(text, other) for other in found), default="")


def _swift(tree: HTMLTree) -> str:
    """Extract by the shape of the page, from the first line of prose to the last."""
    text = extract_plain_text(
        tree, main_content=True, alt_texts=False, links=False, noscript=False, list_bullets=False, form_fields=False
    )
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    prose = [place for place, line in enumerate(lines) if _is_prose(line)]
    return "\n".join(lines[prose[0] : prose[-1] + 1] if prose else lines)


def _careful(html: str) -> str:
    """Extract by what pages' parts are called and how dense their text and links are."""
    import trafilatura  # noqa: PLC0415  half a second, for pages only

    text = trafilatura.extract(html, fast=True, favor_precision=True, include_comments=False)
    return _lines(text or "")


def _readable(html: str) -> str:
    """Extract as the reader view of browsers does."""
    from trafilatura.external import try_readability  # noqa: PLC0415
    from trafilatura.utils import load_html  # noqa: PLC0415

    tree = load_html(html)
    if tree is None:
        return ""
    found = try_readability(tree)
    return _lines(
        extract_plain_text(_markup(found), main_content=False, alt_texts=False, links=False, list_bullets=False)
    )


def _markup(element: Any) -> str:
    from lxml.html import tostring  # noqa: PLC0415

    return str(tostring(element, encoding="unicode"))


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def _is_prose(line: str) -> bool:
    words = line.count(" ") + 1 + len(_DENSE.findall(line)) // 2
    return words >= _LEAST_PROSE_WORDS and _SENTENCE_END.search(line) is not None


def _agreement(one: str, other: str) -> float:
    """Return the share of their words that two texts have in common, 0 to 1."""
    a, b = Counter(_WORD.findall(one)), Counter(_WORD.findall(other))
    both = a.total() + b.total()
    return 2 * (a & b).total() / both if both else 1.0


def _without_headline(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n")
    return rest if title and rest and _WORD.findall(first.casefold()) == _WORD.findall(title.casefold()) else text


def _or_linked(text: str, linked_body: Any) -> str:
    """Take the body of the linked data where the page itself shows next to nothing: a script would have filled it."""
    if not isinstance(linked_body, str) or len(_WORD.findall(text)) >= _SCRIPT_SHORT:
        return text
    body = _lines(_MARKUP.sub(" ", linked_body))
    return body if len(body) > _TIMES_LONGER * len(text) else text


def _depth(html: str) -> int:
    """Count how deep the elements lie inside one another, at most."""
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _SELF_CLOSING:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest
