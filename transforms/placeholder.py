"""Pages that stand where a story should: bot walls, consent notices, error pages. Recognised from the record alone."""

import re
from typing import Final

MOST_WORDS: Final = 80
"""A longer text is a story, even one that speaks of robots and cookies."""

_BOT_WALL: Final = (
    r"are you a robot|(?:know|sure|check|confirm|verify|prove) (?:that )?you (?:are|re) not a robot|"
    r"(?:select|tick|check|click|press) i (?:am|m) not a robot|verify (?:that )?you are (?:a )?human|"
    r"checking your browser|unusual traffic from your|not blocking them from loading|complete the captcha|"
    r"(?:enable|supports) javascript|enable cookies|ddos protection by"
)
_OLD_BROWSER: Final = r"older browser version|browser is (?:out of date|not supported|no longer supported)"
_CONSENT: Final = (
    r"before you continue to|(?:we|our partners|this site) (?:and our partners )?uses? (?:and store )?cookies|"
    r"(?:accept|manage) (?:all )?cookies|we value your privacy|(?:store|access) information on (?:your|a) device"
)
_ERROR: Final = (
    r"\A(?:error )?(?:404 (?:page )?not found|403 forbidden|50[023] \w+ (?:error|gateway|unavailable))|"
    r"\Apage not found|\Aaccess denied(?:\Z| you (?:do not|don t))|"
    r"page you (?:requested|(?:are|re|were) looking for)"
)
_PATTERNS: Final = (
    ("bot wall", re.compile(_BOT_WALL)),
    ("old browser notice", re.compile(_OLD_BROWSER)),
    ("consent notice", re.compile(_CONSENT)),
    ("error page", re.compile(_ERROR)),
)


def placeholder(words: str) -> str | None:
    """Name the kind of page that a text of at most MOST_WORDS folded words gives away; None for a story."""
    return next((name for name, pattern in _PATTERNS if pattern.search(words)), None)
