"""What stands between a headline and a story's first sentence: highlights, bylines, datelines. Each has its column."""

import re
from typing import Final

from transforms.cleaning.agencies import ANY, agency_in
from transforms.cleaning.dateline import match_dateline
from transforms.cleaning.rule import Lift, Lifted, at_head

_BULLETS: Final = "\u2022\u25aa\u25cf\u25e6\u2023\u00b7"
_DASHES: Final = "*\u2013\u2014-"
_ONLY_DASHES: Final = "\u2013\u2014-"
_BULLET: Final = re.compile(rf"[{_BULLETS}{_DASHES}]\s+(?=\S)")

_WORD: Final = (
    r"(?:[A-Z\u00c0-\u00dd\u0141\u0160\u017d][\w'\u2019-]*\.?|"
    r"(?:de|de la|del|da|dos|di|van|van der|von|bin|al|el|ten)(?= ))"
)
_NAME: Final = rf"{_WORD}(?: {_WORD}){{1,4}}"
_NAMES: Final = rf"{_NAME}(?:(?:, | and | und | et | y | & |, and ){_NAME}){{0,7}}"
_BY: Final = r"(?:By|BY|by|Von|VON|von|Par|PAR|Por|POR):? "
_BYLINE: Final = re.compile(
    rf"{_BY}(?P<names>{_NAMES})(?:,? ?[|\u2022/-] ?[^.!?]{{1,60}}|, [A-Z][^.!?|]{{2,50}}(?: ?\| ?[^!?]{{1,60}})?|"
    rf",? (?:in|for) [A-Z][^.!?]{{2,40}})?\s*"
)
_CREDIT: Final = re.compile(rf"{_BY}(?:the |The )?(?P<agency>{ANY})(?: (?:staff|news agency))?")
_ROLE: Final = re.compile(
    r"(?:(?:Special|For|Special to|Special for) [A-Z][\w .&']{1,40}|(?:[A-Z][\w.&'\u2019-]*,? ){0,5}"
    r"(?:Reporters?|Writers?|Editors?|Correspondents?|Columnist|Contributors?|Bureau Chief|Staff)|USA TODAY)"
)
_JOINED: Final = re.compile(rf"{_BY}(?P<names>{_NAME}(?: and {_NAME})?) (?=[A-Z/]{{4,}})")
_SEPARATOR: Final = re.compile(r", and |, | and | und | et | y | & ")
_MOST_BYLINE: Final = 160


def lift_highlights(text: str) -> Lifted:
    """Take the leading bullets off, if a story follows.

    One dash alone may open a line of speech, so it stays, and so does a dash below other bullets.
    """
    lines = text.split("\n")
    bullets = 0
    dashes = text[:1] in _ONLY_DASHES
    while bullets < len(lines) and _BULLET.match(lines[bullets]) and (lines[bullets][0] in _ONLY_DASHES) == dashes:
        bullets += 1
    if bullets == 0 or bullets == len(lines) or (bullets == 1 and lines[0][0] in _DASHES):
        return Lifted(text)
    highlights = tuple(_BULLET.sub("", line, count=1) for line in lines[:bullets])
    return Lifted("\n".join(lines[bullets:]), bullets, highlights=highlights)


def lift_byline(text: str) -> Lifted:
    """Take off the lines that name who wrote it, and with them the line that says what they are."""
    authors: list[str] = []
    agency, at, count = None, 0, 0
    while (found := _byline(text, at)) is not None:
        end, names, credited = found
        at, count, agency = end, count + 1, agency or credited
        authors += [name for name in names if name not in authors]
    return Lifted(text[at:], count, authors=tuple(authors), agency=agency) if count else Lifted(text)


def _byline(text: str, at: int) -> tuple[int, list[str], str | None] | None:
    """Match a byline at a line's start; give where the rest begins, its names and its agency."""
    line = text[at : at + _MOST_BYLINE].partition("\n")[0]
    end = at + len(line) + 1
    if end >= len(text) or text[end - 1] != "\n":
        return _before_dateline(text, at, line)
    if found := _CREDIT.fullmatch(line):
        return end, [], agency_in(found["agency"])
    if found := _BYLINE.fullmatch(line):
        return _after_role(text, end), _SEPARATOR.split(found["names"]), agency_in(line[found.end("names") :])
    return _before_dateline(text, at, line)


def _after_role(text: str, at: int) -> int:
    line = text[at : at + _MOST_BYLINE].partition("\n")[0]
    end = at + len(line) + 1
    return end if end < len(text) and text[end - 1] == "\n" and _ROLE.fullmatch(line) else at


def _before_dateline(text: str, at: int, line: str) -> tuple[int, list[str], str | None] | None:
    """Match names with a dateline after them on the same line; its agency proves where they end."""
    found = _JOINED.match(line)
    dateline = match_dateline(text, at + found.end()) if found else None
    if not found or not dateline or not dateline[1].agency:
        return None
    return at + found.end(), _SEPARATOR.split(found["names"]), None


def lift_dateline(text: str) -> Lifted:
    """Take off the dateline; of several the first says where, for the others were printed before it was edited in."""
    printed: list[str] = []
    place = agency = None
    at = count = 0
    while (found := match_dateline(text, at)) is not None:
        at, dateline = found
        printed.append(dateline.printed)
        place, agency, count = place or dateline.place, agency or dateline.agency, count + 1
    if not count:
        return Lifted(text)
    return Lifted(text[at:].lstrip(" \n"), count, dateline=" ".join(printed), dateline_place=place, agency=agency)


LIFTS: Final = (
    Lift(
        "highlight",
        "Outlets print a bullet list above a story, which is no part of it",
        lift_highlights,
        at_head(rf"\A[{_BULLETS}{_DASHES}] ", 2),
    ),
    Lift(
        "byline", "Who wrote it is a column", lift_byline, at_head(r"\A(?:By|BY|by|Von|VON|von|Par|PAR|Por|POR):? ", 5)
    ),
    Lift(
        "dateline",
        "Where and when it was filed, and by which agency, are columns",
        lift_dateline,
        at_head(
            r"\A(?:[^\n()]*\([^\n()]*\)\.? ?[-\x{2013}-\x{2015}]|[^a-z\n()]*(?:\([A-Za-z -]+\)|/[A-Za-z -]+/)|"
            r"[^\n()/]*/[A-Za-z -]+/|[A-Z\x{c0}-\x{dd}][^\n]*(?:--|[\x{2013}-\x{2015}]| - |\.-))",
            120,
        ),
    ),
)
