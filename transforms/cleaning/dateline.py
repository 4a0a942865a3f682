"""Datelines: where a story was filed, when, and by which agency, as printed before its first word.

`LONDON (Reuters) - `, `GAZA, Feb. 22 (Xinhua) -- `, `ANN ARBOR, Mich. \u2013 `. What only looks like one stays: a place
needs its agency, its date, its state or country, or else a city that stands alone in datelines.
"""

import re
from typing import Final, NamedTuple

from transforms.cleaning.agencies import ANY, agency_in
from transforms.cleaning.gazetteer import CITIES, REGIONS

_DAY: Final = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)(?:day|DAY),? )?"
    r"(?:(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|"
    r"dec(?:ember)?)\.? \d{1,2}(?:, ?\d{4})?|\d{1,2}\.? (?i:jan|feb|m[a\u00e4]r|ene|apr|abr|ma[iy]|jun|jul|aug|ago|sep|"
    r"oct|okt|nov|de[cz]|dic)\w{0,7}\.?(?: \d{4})?)"
)
_DATED: Final = re.compile(_DAY)
_CREDIT: Final = rf"(?:\([^()\n]{{2,40}}\)|/{ANY}/)"
_DASH: Final = r"(?:\.?-{2,3}|[\u2013\u2014\u2015]|(?<= )-(?= )|\.-(?=[ A-Z\"]))"
_HEAD: Final = re.compile(
    rf"(?P<place>[^\d\n()\u2013\u2014!?\"\u201c]{{3,60}}?)??,? ?(?P<date>{_DAY})?[,.]{{0,2}} "
    rf"?(?:(?:--)?(?P<credit>{_CREDIT}))? ?{_DASH} ?"
)
_BARE: Final = re.compile(
    rf"(?P<place>[^a-z\d\n()!?\"]{{3,40}} )?(?P<credit>\((?:{ANY}|CNN)\)|/{ANY}/\.?) ?(?=[A-Z\"\u201c\u2018])"
)
_SLASHED: Final = re.compile(
    rf"(?P<place>[^\d\n()/!?\"]{{3,40}}?)??,? ?(?P<date>{_DAY})?[,.]{{0,2}} ?(?P<credit>/{ANY}/)[. ]+(?=[A-Z\"\u201c])"
)
_OUTLETS: Final = re.compile(r"\((?:CNN|NEWSER|BBC|Variety\.com|Reuters Breakingviews)\)")
_DATE_PLACE: Final = re.compile(rf"(?P<date>{_DAY}) \((?P<place>[A-Z][\w .,-]{{2,40}})\) ?(?:--|\u2013|\u2014) ?")
_FIELD: Final = re.compile(
    rf"\s*(?P<place>[^\d\n()/]*?)[\s,.:]*(?P<date>{_DAY})?[\s,.]*(?P<credit>{_CREDIT})?[\s.]*(?:[-\u2013\u2014].*)?",
    re.DOTALL,
)
_PARTICLES: Final = frozenset(
    {"of", "de", "del", "da", "do", "dos", "la", "el", "al", "an", "am", "im", "der", "den", "and", "sur", "di"}
)
_LABELS: Final = frozenset({
    "ADVISORY", "ALERT", "ANALYSIS", "BREAKING", "BREAKING NEWS", "CORRECTED", "EXCLUSIVE", "FACTBOX", "FEATURE",
    "LIVE", "NOTE", "OPINION", "REFILE", "REVIEW", "TOP", "UPDATE", "UPDATED", "URGENT", "VIDEO", "WATCH", "WRAPUP",
})  # fmt: skip
_REGIONS: Final = frozenset(region.casefold().rstrip(".") for region in REGIONS)
_SHOUTED: Final = re.compile(r"[A-Z]{3}")
_MOST: Final = 120
_MOST_WORDS: Final = 7


class Dateline(NamedTuple):
    """A dateline as printed, its place and its agency by the name we know it by."""

    printed: str
    place: str | None
    agency: str | None


def match_dateline(text: str, at: int = 0) -> tuple[int, Dateline] | None:
    """Match a dateline at a place of a text; give where the story begins, and the dateline."""
    head = text[at : at + _MOST].partition("\n")[0]
    for pattern in (_HEAD, _DATE_PLACE, _BARE, _SLASHED):
        found = pattern.match(head)
        if found and found.end() < len(text) - at and _holds(pattern, found):
            return at + found.end(), _dateline(found)
    return None


def read_dateline(field: str) -> Dateline:
    """Read a dateline that came in a field of its own, such as `TULSA, Okla, March 12 -`; it need not be proven one."""
    found = _FIELD.fullmatch(field)
    place = _tidy(found["place"]) if found else ""
    agency = agency_in(found["credit"]) if found and found["credit"] else None
    return Dateline(" ".join(field.split()), place or None, agency)


def _holds(pattern: re.Pattern[str], found: re.Match[str]) -> bool:
    place = _tidy(found["place"] or "")
    if pattern is _DATE_PLACE:
        return True
    is_known = bool(found["credit"]) and (
        agency_in(found["credit"]) is not None or bool(_OUTLETS.match(found["credit"]))
    )
    if not place:
        return is_known
    city, _, region = place.partition(",")
    if place.upper() in _LABELS or not _is_capitalised(place) or (not city.isupper() and _SHOUTED.search(city)):
        return False
    if is_known:
        return pattern is not _BARE or place.isupper()
    stands_alone = place.upper() in CITIES and (place.isupper() or bool(found["date"]))
    in_region = city.isupper() and _tidy(region).casefold().rstrip(".") in _REGIONS
    return stands_alone or in_region or bool(found["date"] and city.isupper() and not region)


def _is_capitalised(place: str) -> bool:
    words = re.split(r"[ /-]", place)
    is_name = all(word[:1].isupper() or word in _PARTICLES or not word.strip(",.&'") for word in words)
    return is_name and len(words) <= _MOST_WORDS and not place.endswith(":")


def _dateline(found: re.Match[str]) -> Dateline:
    place = _tidy(found["place"] or "") or None
    credit = found.groupdict().get("credit")
    return Dateline(" ".join(found[0].split()), place, _agency(credit) if credit else None)


def _agency(credit: str) -> str | None:
    """Give the agency that a credit names; of one that we do not know, the name as printed, for it leaves the text."""
    return agency_in(credit) or credit.strip(" ()[]/-\u2013\u2014.,") or None


def _tidy(place: str) -> str:
    return " ".join(place.split()).strip(" ,:").removesuffix(",.").strip(" ,")
