"""Pages that stand where a story should: bot walls, consent notices, error pages. Recognised from the record alone."""

import re
from typing import Final

MOST_WORDS: Final = 80
"""A longer text is a story, even one that speaks of robots and cookies."""

_RULES: Final = (
    (
        "bot wall",
        r"are you a robot|not a robot|checking your browser|verify (?:that )?you are (?:a )?human|unusual traffic|"
        r"not blocking them from loading|(?:enable|supports) javascript|enable cookies|complete the captcha|ddos protection",
    ),
    ("old browser notice", r"older browser version|browser is (?:out of date|not supported|no longer supported)"),
    (
        "consent notice",
        r"before you continue to|(?:we|our partners|this site) (?:and our partners )?uses? (?:and store )?cookies|"
        r"(?:accept|manage) (?:all )?cookies|we value your privacy|(?:store|access) information on (?:your|a) device",
    ),
    (
        "error page",
        r"\A(?:error )?(?:404 (?:page )?not found|403 forbidden|50[023] \w+ (?:error|gateway|unavailable))|"
        r"\A(?:page not found|access denied)|page you (?:requested|are looking for)",
    ),
)
_PATTERNS: Final = tuple((name, re.compile(pattern)) for name, pattern in _RULES)


def placeholder(words: str) -> str | None:
    """Name the kind of page that a text of at most MOST_WORDS folded words gives away; None for a story."""
    return next((name for name, pattern in _PATTERNS if pattern.search(words)), None)
