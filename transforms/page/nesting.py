"""How deep the elements of a page lie inside one another: depth costs some of its readers time in its square."""

import re
from typing import Final

MAX_DEPTH: Final = 3_000
"""News pages stay below 100."""
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_SELF_CLOSING: Final = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "td", "th", "tr", "track", "wbr",
})  # fmt: skip


def is_deep(html: str) -> bool:
    """Tell whether elements lie deeper than any page's; counts opened ones only where they alone could be as many."""
    return html.count("<") - html.count("</") > MAX_DEPTH and _depth(html) > MAX_DEPTH


def _depth(html: str) -> int:
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _SELF_CLOSING:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest
