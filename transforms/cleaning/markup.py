"""Markup left in a text: scripts, tags, entities, comments and the debris that half-removed comments leave.

Each edit takes a text and gives it back with the number of edits. All are linear in the length of the text.
"""

import html
import re
from typing import Final

from transforms.cleaning.rule import Rule

_DASH: Final = "\\-\u2010-\u2015\u2212"
_COMMENT: Final = re.compile(r"<!--[^\n]{0,400}?-->")
_OPENER: Final = re.compile(
    r"<!(?:--)?\[(?:if\b[^\]\n]{0,60}|endif)\](?:--)?>|<!\[CDATA\[|<!doctype\b[^<>\n]{0,200}>|"
    rf"<!(?:\s?[{_DASH}.\u2026]+(?:\s?[{_DASH}.\u2026])*|(?=\s|$))",
    re.IGNORECASE,
)
# A look behind, so that a run without its `>` is tried from its first character alone.
_CLOSER: Final = re.compile(rf"(?:(?<![{_DASH}])[{_DASH}]{{2,}}|[\u2010-\u2015\u2212\u2026]|(?<!\.)\.{{2,}})>|\]\]>")
_ELEMENTS: Final = tuple(
    (re.compile(rf"(?ai)<{name}(?=[\s/>])"), re.compile(rf"(?ai)</{name}(?:>|\s[^>]*(?:>|\Z)|\Z)"))
    for name in ("script", "style")
)
_BLOCKS: Final = (
    "address article aside blockquote body br caption center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 head header hr html iframe img li link main meta nav ol option p pre script section select style table tbody "
    "td tfoot th thead title tr ul video"
)
_INLINE: Final = (
    "a abbr acronym amp-img audio b big button cite code del dfn em embed font i input ins kbd label mark noscript "
    "object picture q s samp small source span strike strong sub sup svg template time tt u var wbr"
)
_NAMES: Final = "|".join(sorted(f"{_BLOCKS} {_INLINE}".split(), key=len, reverse=True))
_FLAG: Final = "(?:async|defer|controls|hidden|nowrap|noshade|allowfullscreen|itemscope|muted|autoplay|loop|disabled)"
_ATTRIBUTES: Final = rf"(?:\s[^<>]*=[^<>]*|\s+{_FLAG}\b[^<>]*|\s*)"
"""`<Video Shopping Mall Inc>` has none: wires write the names of companies so."""
_TAG: Final = re.compile(rf"(?ai)</?({_NAMES}){_ATTRIBUTES}/?>")
_SYMBOL: Final = re.compile(r"(?a)\w\s<([A-Z]{1,5})>")
_ALWAYS_TAGS: Final = frozenset({"BR", "HR", "WBR"})
_BLOCK_NAMES: Final = frozenset(_BLOCKS.split())
# Feeds escape what was already escaped, so any number of `amp;` may come in between.
_ENTITY: Final = re.compile(r"&(?:amp;)*(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_MARKS: Final = re.compile("[<>&]")


def remove_scripts(text: str) -> tuple[str, int]:
    """Remove script and style elements with all that they hold."""
    count = 0
    for opener, closer in _ELEMENTS:
        text, removed = remove_between(text, opener, closer)
        count += removed
    return text, count


def remove_between(text: str, opener: re.Pattern[str], closer: re.Pattern[str]) -> tuple[str, int]:
    """Remove what begins with one and ends with the next other, a line break in its place; what is left open stays."""
    kept, at, count = [], 0, 0
    while (start := opener.search(text, at)) and (end := closer.search(text, start.end())):
        kept.append(text[at : start.start()])
        at = end.end()
        count += 1
    return "\n".join([*kept, text[at:]]) if count else text, count


def remove_tags(text: str) -> tuple[str, int]:
    """Remove the tags of known elements; those of block elements leave a line break.

    `Sears <S>` and its like, which nothing closes, stay: wires write the symbols of companies so.
    """
    if "<" not in text:
        return text, 0
    symbols = {name for name in set(_SYMBOL.findall(text)) - _ALWAYS_TAGS if not re.search(rf"(?i)</{name}\s*>", text)}
    found: list[str] = []

    def left(tag: re.Match[str]) -> str:
        if tag[0][1:-1] in symbols:
            return tag[0]
        found.append(tag[0])
        return "\n" if tag[1].lower() in _BLOCK_NAMES else ""

    return _TAG.sub(left, text), len(found)


def decode_entities(text: str) -> tuple[str, int]:
    """Decode character references that end in a semicolon, however often they were escaped."""
    decoded, count = _ENTITY.subn(lambda entity: html.unescape("&" + entity[1]), text)
    return decoded, count if decoded != text else 0


def remove_comments(text: str) -> tuple[str, int]:
    """Remove comments that close on their line, and the opening and closing marks that others left behind."""
    if "<!" not in text and ">" not in text:
        return text, 0
    total = 0
    for pattern in (_COMMENT, _OPENER, _CLOSER):
        text, count = pattern.subn("", text)
        total += count
    return text, total


def remove_marks(text: str) -> tuple[str, int]:
    """Remove the characters that markup is made of."""
    return _MARKS.subn("", text)


RULES: Final = (
    Rule(
        "entity",
        "Feeds and scrapers escape letters and marks, often more than once",
        decode_entities,
        r"&(?:amp;)*(?:#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]+;)",
    ),
    Rule("script", "Programs and style sheets were never printed", remove_scripts, r"(?i)<(?:script|style)[\s/>]"),
    Rule(
        "comment",
        "Half a clean-up leaves the marks of comments, their hyphens turned into any dash",
        remove_comments,
        r"<!|[-.\x{2010}-\x{2015}\x{2212}\x{2026}\]]>",
    ),
    Rule("tag", "Tags of a page's markup are no words", remove_tags, rf"(?i)</?(?:{_NAMES}){_ATTRIBUTES}/?>"),
)
"""In the order in which they apply; `remove_marks` is for what is left after too many turns."""
