"""Pages that stand where a story should: bot walls, consent notices, error pages, forms. Known from the record alone.

Short ones give themselves away by a phrase. In other languages, and where a scraper left the headline above them,
phrases vary but the vocabulary does not: a text that is made of the words of a consent notice is one. Several kinds of
them must be there, and often, so that a story about cookies or robots stays a story.
"""

import re
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

MOST_WORDS: Final = 250
"""A longer text is a story."""
_PHRASE_WORDS: Final = 80
"""In a longer text a phrase gives nothing away: stories speak of robots and cookies, too."""

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
_PAYWALL: Final = (
    r"(?:subscribe|sign in|log in|register) (?:now )?to (?:continue|keep) reading|to continue (?:reading|"
    r"viewing)\b.*\b(?:subscribe|sign in)|"
    r"you (?:ve|have) (?:reached|used|hit) (?:your|the|all)\b.*\bfree|reached the limit for free|"
    r"(?:article|story|content) is (?:only available|available only|exclusively|reserved) (?:to|"
    r"for) (?:our )?(?:subscribers|members)|"
    r"register your subscription to continue"
)
_AD_WALL: Final = (
    r"(?:disable|turn off|turning off|switch off) (?:your )?(?:ad ?block|ublock)|you re (?:blocking ads|"
    r"using an ad ?blocker)|"
    r"wyłącz ad ?block|korzystasz z ad ?block|używasz ad ?block|désactive[rz] (?:votre |le )?bloqueur|"
    r"ad ?blocker (?:deaktivieren|ausschalten)|"
    r"desactiva(?:r)? (?:tu |el )?bloqueador|正在屏蔽广告"
)
_ALERT_FORM: Final = (
    r"(?:your notification has been|su notificación se ha) (?:saved|guardado)|"
    r"(?:problem saving your notification|problema al guardar su notificación)"
)
_PHRASES: Final = (
    ("alert form", re.compile(_ALERT_FORM)),
    ("bot wall", re.compile(_BOT_WALL)),
    ("old browser notice", re.compile(_OLD_BROWSER)),
    ("consent notice", re.compile(_CONSENT)),
    ("error page", re.compile(_ERROR)),
    ("paywall", re.compile(_PAYWALL)),
    ("ad wall", re.compile(_AD_WALL)),
)


class _Vocabulary(NamedTuple):
    """Words of a kind of page: stems in English, German, French, Spanish, Italian, Portuguese, Polish, Turkish, ...

    signs: one of them must be there; stems: one pattern for each kind of word; least_kinds: how many of them are found;
    least_share: how many words of the text, at least, they are.
    """

    page: str
    signs: tuple[str, ...]
    stems: tuple[str, ...]
    least_kinds: int
    least_share: float


_VOCABULARIES: Final = (
    _Vocabulary(
        "bot wall",
        ("kein robot", "keine robot", "nie jestem robot", "no soy un robot", "pas un robot", "non sono un robot",
         "sou um rob", "geen robot", "не робот", "robot değil", "لست روبوت"),
        (r"\bip\b", "captcha", "javascript", "zugriff|połącz|conexi|connexion|conness|conex|подключ|bağlan|verbinding"),
        1,
        0.02,
    ),
    _Vocabulary(
        "consent notice",
        ("cookie", "ciasteczk", "куки", "çerez"),
        (
            "cookie|ciasteczk|куки|çerez",
            "privacy|prywatn|datenschutz|confidentialit|privacid|конфиденциал|gizlilik|الخصوصية",
            r"consent|zgod|zustimm|einwillig|consenso|toestemming|соглас|\br\u0131za|موافق",
            r"\baccept|akceptuj|akzeptier|acepta|accett|aceita|принима|kabul|قبول",
            r"\bdata\b|danych|daten|données|\bdatos|\bdati\b|\bdados|gegevens|данны|verileri|بيانات",
            "przetwarz|verarbeit|processing|traitement|tratamiento|trattamento|tratamento|verwerk|обработ|işlen|معالجة",
            r"partner|partenaire|parceir|\bsocios|партн|ortak",
            "advertis|reklam|werbung|anuncio|publici|pubblic|advertentie|реклам|إعلان",
            r"website|web site|witryn|sitio web|sito web|site web|сайт|موقع",
        ),
        5,
        0.08,
    ),
    _Vocabulary(
        "registration form",
        ("password", "free trial", "register"),
        ("first name", "last name|surname", "e ?mail address", "password", "telephone|phone number", "job title",
         "organi[sz]ation|company name", "free trial|trial request", "registered users|registration", "your details"),
        6,
        0.04,
    ),
)  # fmt: skip
_HINTS: Final = "|".join(
    [
        *(phrase.pattern.replace(r"\Z", r"\z") for _, phrase in _PHRASES),
        *(re.escape(sign) for vocabulary in _VOCABULARIES for sign in vocabulary.signs),
    ]
)
_STEMS: Final = {v.page: re.compile("|".join(f"({stem})" for stem in v.stems)) for v in _VOCABULARIES}


def may_be_pages(words: pa.Array) -> pa.BooleanArray:
    """Tell which texts of folded words, an array of strings, `placeholder` may name; one pass over all of them."""
    return pc.match_substring_regex(words, _HINTS)


def placeholder(words: str) -> str | None:
    """Name the kind of page that a text of at most MOST_WORDS folded words gives away; None for a story."""
    count = words.count(" ") + 1
    if count <= _PHRASE_WORDS and (page := next((page for page, phrase in _PHRASES if phrase.search(words)), None)):
        return page
    return next((v.page for v in _VOCABULARIES if _is_made_of(words, count, v)), None)


def _is_made_of(words: str, count: int, vocabulary: _Vocabulary) -> bool:
    if not any(sign in words for sign in vocabulary.signs):
        return False
    found = [match.lastindex for match in _STEMS[vocabulary.page].finditer(words)]
    return len(set(found)) >= vocabulary.least_kinds and len(found) >= vocabulary.least_share * count
