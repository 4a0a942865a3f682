"""What stands below a story's last sentence: the agency it came from, who reported it, whose rights they are."""

import re
from typing import Final

from transforms.cleaning.agencies import ANY, agency_in
from transforms.cleaning.furniture import COPYRIGHT, spelled
from transforms.cleaning.rule import Lift, Lifted

_LIST: Final = rf"{ANY}(?:(?:, ?| and |/| / ){ANY})*"
_DESK: Final = (
    r"(?:Additional |Further )?(?:[Rr]eporting|[Rr]eported|[Ww]riting|[Ww]ritten|[Ee]diting|[Ee]dited|[Cc]ompiled)"
    r"(?: and (?:[Ww]riting|[Ee]diting))? [Bb]y "
)
_INITIALS: Final = r"(?:[a-z]{2,4}(?:/[a-z]{2,4}){1,3} )?"
_SOURCE: Final = (
    r"(?:Source|Sources|Quelle|Kaynak|Fuente|Fonte|Źródło): ?-?(?:Al Jazeera(?: and news agencies| News)?|"
    r"[Nn]ews agencies|"
    rf"{_LIST}(?: news agency| News Agency)?)"
)
_FORMS: Final = (
    rf"\({_DESK}[^()\n]{{2,600}}\)?",
    rf"{_INITIALS}\({_LIST}\)",
    rf"(?:--|[\u2013\u2014]|- ?) ?{_LIST}",
    rf"(?:\u00a9|\(c\)) ?(?:\d{{4}} )?{ANY}",
    _SOURCE,
)
_SURE: Final = (
    rf"\({_DESK}[^()\n]{{2,600}}\)|[a-z]{{2,4}}(?:[/,][a-z]{{2,4}}){{1,5}}[ -]{{1,2}}\({_LIST}\)|\({ANY}(?:, {ANY})+\)"
)
_LAST: Final = re.compile(
    rf"(?:(?<=[.!?\"\u201d\u2019)\]]) ?-? ?(?P<credit>{'|'.join(_FORMS)})|(?<=\S) (?P<sure>{_SURE}))\.?-?\Z"
)
_LINE: Final = re.compile(rf"(?P<credit>{'|'.join(_FORMS)}|{_DESK}[^()\n]{{2,600}}|[(\[]?{_LIST}[)\]]?)\.?-?")
_REPORTERS: Final = re.compile(r"(?:[Rr]eporting|[Rr]eported)(?: and [Ww]riting| and [Ee]diting)? [Bb]y ([^;()\n]+)")
_NAME: Final = re.compile(
    r"[A-Z\u00c0-\u00dd][\w.'\u2019-]*(?: (?:al|bin|de|van|von|der|[A-Z\u00c0-\u00dd][\w.'\u2019-]*)){1,3}"
)
_MOST_LAST: Final = 700
_COPYRIGHT: Final = "|".join(f"(?:{each})" for each in COPYRIGHT)
_IS_COPYRIGHT: Final = re.compile(f"(?ai){spelled(_COPYRIGHT)}")
_MOST_NOTICE: Final = 400


def lift_tail(text: str) -> Lifted:
    """Take off the credits at the end, one after another, with the agency and reporters that they name."""
    agency, authors, count, end = None, list[str](), 0, len(text)
    while (found := _credit(text, end)) is not None:
        begin, credit = found
        if not begin:
            break
        agency, count = agency or agency_in(_REPORTERS.sub("", credit)), count + 1
        authors += [name for part in _REPORTERS.findall(credit) for name in _names(part) if name not in authors]
        end = begin
    return Lifted(text[:end], count, authors=tuple(authors), agency=agency) if count else Lifted(text)


def _credit(text: str, end: int) -> tuple[int, str] | None:
    """Match a credit that ends at a place; give where the text before it ends, and the credit."""
    start = text.rfind("\n", max(0, end - _MOST_LAST), end) + 1
    if start and (whole := _LINE.fullmatch(text, start, end)):
        return start - 1, whole["credit"]
    window = max(start, end - _MOST_LAST)
    found = _LAST.search(text[window:end])
    return (window + found.start(), found["credit"] or found["sure"]) if found else None


def _names(part: str) -> list[str]:
    """Give the names in `Ann Vale in Lindmoor and Bo Reed`; a place after `in` is none."""
    return [
        found[0].rstrip(".")
        for piece in re.split(r", | and ", part)
        if (found := _NAME.match(piece.partition(" in ")[0]))
    ]


def lift_copyright(text: str) -> Lifted:
    """Take out the lines that say whose rights they are; one of an agency tells that the story is its own."""
    lines = text.split("\n")
    notices = [line for line in lines if len(line) <= _MOST_NOTICE and _IS_COPYRIGHT.fullmatch(line)]
    if not notices or len(notices) == len(lines):
        return Lifted(text)
    kept = [line for line in lines if line not in notices]
    return Lifted("\n".join(kept), len(notices), agency=next(filter(None, map(agency_in, notices)), None))


LIFTS: Final = (
    Lift(
        "copyright",
        "A notice of rights is no line of the story, but may name its agency",
        lift_copyright,
        r"(?mi)^(?:\x{2014} ?)?(?:copyright|\(c\)|\x{a9}|all rights reserved|this material may not)",
    ),
    Lift(
        "tail_credit",
        "Agency and reporters are columns",
        lift_tail,
        rf"(?:{ANY}|gency|gencies|Al Jazeera|Al Jazeera News)[)\]]?\.?-?\z|"
        r"[(\n](?:Additional |Further )?(?:[Rr]eport|[Ww]rit|[Ee]dit|[Cc]ompil)[a-z]+ (?:and [A-Za-z]+ )?[Bb]y ",
    ),
)
