"""The story of a page, and nothing but the story: by extractors that watch each other, or by the swift one alone."""

import re
from collections import Counter
from typing import Any, Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from transforms.outlet import Extractor
from transforms.page.clues import Clues

MAX_CAREFUL_TAGS: Final = 30_000
"""Tags beyond which a page is no longer a story's; the careful extractor would take seconds for it."""
_LEAST_AGREEMENT: Final = 0.7
"""Share of words that two extractions have in common, below which a third is asked. About one news page in fifteen."""
_LONGEST_ROW: Final = 400
"""Characters beyond which the row of a table is layout."""
_LEAST_PROSE_WORDS: Final = 10
_SCRIPT_SHORT: Final = 100
"""Words below which a text is no story where the page's linked data hold one several times as long."""
_TIMES_LONGER: Final = 3
_WORD: Final = re.compile(r"\w+")
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Scripts without blanks between words: two characters count for one."""
_SENTENCE_END: Final = re.compile(r"[.!?\u2026:;\"\u201d\u2019')\]\u00bb\u3002\uff01\uff1f\u300d]$")
_MARKUP: Final = re.compile(r"<[^<>]{1,1000}>")


def story(html: str, clues: Clues, title: str | None, extractor: Extractor) -> str:
    """Return the story, one paragraph a line, without its headline."""
    swift = "" if clues.is_deep else _swift(clues.tree)
    is_careful = extractor is Extractor.QUALITY and html.count("<") <= MAX_CAREFUL_TAGS
    text = _settled(html, swift) if is_careful else swift
    return _or_linked(_without_headline(text, title), clues.article.get("articleBody"))


def _settled(html: str, swift: str) -> str:
    careful = _careful(html)
    if _agreement(careful, swift) >= _LEAST_AGREEMENT:
        return swift if _is_layout(careful) else careful
    found = [text for text in (careful, swift, _readable(html)) if text]
    return max(found, key=lambda text: sum(_agreement(text, other) for other in found), default="")


def _is_layout(text: str) -> bool:
    """Tell a page laid out as a table, which comes as cells between bars, its paragraphs lost."""
    return any(line.startswith("|") and len(line) > _LONGEST_ROW for line in text.splitlines())


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
    return _lines(extract_plain_text(_markup(found), alt_texts=False, links=False, list_bullets=False))


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
