"""What feeds write that XML does not know: names of HTML characters, lone ampersands, control characters."""

import re
from html import unescape
from html.entities import html5
from typing import Final

from transforms.parse.nodes import escaped

_ILLEGAL: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:#(?P<number>[0-9]{1,8}|[xX][0-9a-fA-F]{1,8});|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});)?",
    re.DOTALL,
)
_OF_XML: Final = frozenset({"lt", "gt", "amp", "quot", "apos"})


def mended(text: str) -> str:
    """Write references so that XML reads them as a browser would, and leave out what no XML may hold."""
    if "&" in text:
        text = _REFERENCE.sub(_known, text)
    return _ILLEGAL.sub("", text)


def _known(found: re.Match[str]) -> str:
    whole, name = found[0], found["name"]
    if whole == "&":  # One string for all of them: a text may hold millions.
        return "&amp;"
    if whole[0] == "<" or name in _OF_XML:
        return whole
    if found["number"]:
        return escaped(_ILLEGAL.sub("", unescape(whole)))
    character = html5.get(f"{name};")
    return escaped(character) if character else f"&amp;{whole[1:]}"
