"""What a page prints around a story: lines that advertise, lead elsewhere, share, recruit, warn or give an address.

A line goes as a whole or not at all, and only if all of it is furniture: no pattern here fits a line with a sentence of
the story in it. Patterns are in the common part of RE2 and `re`, so that one stands for the test and for the edit.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from transforms.cleaning.rule import Rule

Remove = Callable[[re.Pattern[str], str], tuple[str, int]]
_LEAST_STORY: Final = 300
"""Characters from which what is left beside a paywall's line is a story."""
_MOST_LINE: Final = 1_000
"""A longer line is a paragraph."""
_NETWORK: Final = (
    r"(?:facebook|twitter|google ?\+|google plus|whatsapp|e-?mail|linked ?in|pinterest|reddit|tumblr|stumble ?upon|"
    r"stumble|digg|"
    r"newsvine|telegram|xing|messenger|instagram|flipboard|pocket|print|permalink|copy link|more)"
)
_SOCIAL: Final = r"(?:facebook|twitter|instagram|linked ?in|youtube|snapchat|pinterest|google ?\+|whatsapp|telegram)"
_FIRST_BUTTONS: Final = re.compile("(?ai)facebook twitter ")
_BUTTONS: Final = re.compile(
    rf"(?ai)(?:(?<![^ ])(?:send|share) )?\bfacebook twitter(?: {_NETWORK}){{2,}}(?![\w-])(?: https?://[^ ]+)?"
)
_HANDLE: Final = r"@[a-z0-9_]{2,30}"
_ADDRESS: Final = r"[a-z0-9._+-]+ ?@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
_NAME: Final = r"[^ .!?,:;]+(?: [^ .!?,:;]+)*"

_ADVERTISEMENT: Final = (
    (
        r"(?:ads?|advertisement|advertisements|sponsored(?: content)?|anzeige|werbung|publicité|publicidad|reklama|"
        r"reklam|"
        r"pubblicità|"
        r"advertentie)(?: (?:ad|advertisement))*"
    ),
    (
        r"(?:advertisement ?[-\x{2013}\x{2014}:|"
        r"]? ?)?(?:continue reading(?: the main story)?)(?: below)?(?:continue reading the main story)*[ .:]*"
    ),
    (
        r"(?:advertisement ?[-\x{2013}\x{2014}:|]? ?)?(?:this )?(?:story|article|text|content|post) continues (?:below|"
        r"after)"
        r"(?: (?:this|the))?(?: (?:ad|ads|advertisement|advert|video|gallery|photo|photos|slideshow|newsletter|"
        r"sign-?up|"
        r"form))?[ .:]*"
    ),
    (
        r"(?:advertisement ?[-\x{2013}\x{2014}:|]? ?)?scroll down (?:for|to) (?:the )?(?:videos?|photos?|more|pictures|"
        r"continue|continue reading|"
        r"read more|see more)[ .:]*"
    ),
    (
        r"(?:der )?artikel wird nach der (?:anzeige|werbung) fortgesetzt[ .]*|(?:der )?text geht (?:unten|"
        r"nach der anzeige) weiter[ .]*"
    ),
    r"la suite après (?:cette|la) publicité[ .]*|sigue leyendo(?: después de la publicidad)?[ .]*",
)
_NAVIGATION: Final = (
    r"[>\x{bb}\x{203a} ]*(?:read|see|watch|find out|learn) (?:more|next)(?: here| below)?[ .:>\x{bb}\x{203a}\x{2026}]*",
    (
        r"(?:most (?:read|popular|viewed|shared)|latest (?:stories|news)|trending(?: now| stories)?|see all related|"
        r"related"
        r"(?: coverage| stories| articles| links| content| topics| news)?|recommended(?: stories| for you)?|you (?:may|"
        r"might) also like|"
        r"more (?:on this story|stories|from this section)|more in [a-z]+|up next|watch next|keep reading|view gallery|"
        r"back to top|skip to (?:main )?content|jump to comments|leave a comment|show comments|view comments|"
        r"advertise with us)[ :\x{2026}]*"
    ),
    (
        r"[>\x{bb}\x{203a} ]*(?:also read|read also|see also|read more|also see|recommended reading|related(?: story|"
        r" stories| article| articles| coverage)?"
        r"|lesen sie auch|lesen sie mehr|mehr zum thema|mehr dazu|lire aussi|à lire aussi|lea también|lee también|"
        r"leia também"
        r"|leia mais|leggi anche|czytaj także|czytaj też|lees ook|ilgili haber) ?[:|] ?[^ ].*[^. ]"
    ),
    r"[^.!]{10,150} (?-i:Read more)|for [^.!?]{1,60}, click here(?: to [^.!?]{1,60})?[ .]*",
    r"den vollständigen artikel lesen[ .\x{2026}]*|weiterlesen[ .\x{2026}]*|zum thema[ :]*|jetzt teilen:?",
    r"(?:\(excerpt\) )?read more (?:at|on) [a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^ ]*)?[ .]*|read more[.:]? https?://[^ ]+",
    (
        r"\(?(?:on a |using a )?mobile (?:device|users?)[?,]? ?click here(?: to (?:watch|see) the video|"
        r" for video)[ .]*\)?"
    ),
    r"(?:please )?(?:enable javascript to watch|media playback is (?:un|not )supported on (?:your|this) device)[ .]*",
    r"(?:video|poll|gallery|comments|player) loading[ .\x{2026}]*(?:watch (?:next|this video again) *)*",
    r"sorry,? we are (?:not currently|unable to) accept(?:ing)? comments on this article[ .]*",
    r"have something to add to this story\? (?:share it|tell us) in the comments[ .]*",
    r"send this page to someone via email[ .]*|share this (?:article|story|page|post) (?:by|via|with) email[ .]*",
)
_SHARING: Final = (
    (
        r"[>\x{bb} ]*(?:share|tweet|like|send)(?: this)?(?: (?:article|story|page|post|slide|video|with))?"
        rf"(?: ?(?:on|via|by|with|to|:|\|)? ?{_NETWORK})*(?: share)?[ :|]*"
    ),
    rf"{_NETWORK}(?:[ |,/]+{_NETWORK})+[ .|]*",
    (
        rf"[>\x{{bb}} \x{{2013}}\x{{2014}}-]*(?:for (?:more |the latest )?[^.!?]{{1,80}}, )?(?:(?:please )?(?:like|"
        rf"join|follow|"
        rf"find) (?:us|me|him|her|them|{_HANDLE}|{_NAME}|[^.!?]{{1,40}} \({_HANDLE}\)))"
        rf" on (?:{_SOCIAL}(?: {_HANDLE})?)(?:(?:, | and |, and | or |, or )(?:sign up for our newsletters?|{_SOCIAL}|"
        rf"[^.!?]{{1,60}} on {_SOCIAL}))*[ .!]*"
    ),
    rf"(?:for [^.!?]{{1,80}}, )?follow (?:me on twitter )?{_HANDLE}(?: for [^.!?]+| on twitter)?[ .]*",
    rf"(?:for [^.!?]{{1,80}}, )?follow me on twitter {_HANDLE} and .like. [^.!?]+ on facebook[ .]*",
    (
        rf"follow us:? ?(?:{_HANDLE}[^.!?]*)?|follow us|"
        rf"(?:like us on facebook ?\|? *)?follow us on twitter(?: *\|? *contact [^.!?]+)?"
    ),
    rf"\x{{2014}}?{_HANDLE}",
    r"join the conversation[.:]? see the latest news and share your comments with [^.!?]+ on facebook and twitter[ .]*",
)
_SUBSCRIPTION: Final = (
    (
        r"(?:sign up|subscribe|register) (?:now|here|today)[ .!]*|sign up(?: here)? for (?:our|the|a free|free|a|"
        r"[a-z]+'s) [^.!?]*(?:newsletters?|briefing|alerts?|updates)[^.!?]*[.!]?"
    ),
    r"subscribe to (?:our|the) [^.!?]*(?:newsletters?|briefing|podcast|channel)[^.!?]*[.!]?",
    (
        r"(?:free )?sign up [^.!?]*newsletters?!?|"
        r"for more [^.!?]+, (?:you can )?sign up for our [^.!?]*newsletters?(?: here)?[ .]*"
    ),
    r"(?:[^ .!?]+ )?newsletters?(?: sign ?up| sign up for .*| get .*(?:sign up|view sample).*).*",
    r"get [^.!?]*(?:newsletter|brief)[.]? sign up .*",
    (
        r"keep up with this story and more by subscribing now[ .]*|(?:try|subscribe to) [a-z ]+ (?:for only|from|"
        r"for) [$\x{20ac}\x{a3}][0-9.]+ (?:per|a) (?:week|month)[ .]*"
    ),
)
_PAYWALL: Final = (
    (
        r"(?:please )?(?:subscribe|sign in|log in|register)(?: now| or (?:subscribe|register|log in|"
        r"sign in))? to (?:continue reading|read (?:the full|this|more|the rest)|keep reading)[^.!?]*[ .!]*"
    ),
    (
        r"you(?:'|\x{2019})?(?: ha)?ve (?:reached|read|used|hit) (?:your|the|all)[^.!?]*(?:limit|"
        r"number)?[^.!?]*(?:free|"
        r"complimentary) (?:articles?|stories)[^.!?]*[ .!]*"
    ),
    (
        r"(?:already )?(?:a |an )?(?:subscriber|member)\? ?(?:log|sign) in[^.!?]*[ .!]*|this (?:article|story|"
        r"content) is (?:only available|available only|for|exclusively for|reserved for)(?: to|"
        r" for)? (?:our )?(?:subscribers|members)[^.!?]*[ .!]*"
    ),
    (
        r"(?:we|this (?:web)?site) uses? cookies[^.!?]*(?:[.!?] .*(?:cookies|consent|privacy|accept|agree|"
        r"settings).*)?[.!]?"
    ),
    (
        r"by (?:continuing|using|browsing)[^.!?]*(?:you )?(?:agree|consent)[^.!?]*(?:cookies|terms|"
        r"privacy)[^.!?]*[.!]?|"
        r"(?:accept|manage|reject)(?: all)? cookies"
    ),
    r"(?:[^.!?]{1,80}[.!] ?)?this site is protected by recaptcha.*",
)
_CONTACT: Final = (
    rf"\x{{2014}}?(?:write to|contact|e-?mail|reach|follow) (?:{_NAME} )?(?:at )?{_ADDRESS}[ .]*",
    rf"(?:e-?mail: ?)?{_ADDRESS}[ .]*",
    r"write to [^!?:;]{2,60} at [a-z0-9._+-]+ ?@[a-z0-9-]+(?:\.[a-z0-9-]+)+[ .]*",
    rf"curious about [^.!?]+\? send an email to {_ADDRESS}[ .]*",
)
COPYRIGHT: Final = (  # these a lift takes, for they may name an agency
    (
        r"(?:\x{2014} ?)?(?:copyright|\(c\)|\x{a9})(?: ?(?:copyright|\(c\)|"
        r"\x{a9}))? ?(?:[0-9]{4})?[ ,-]*[^.!?]{0,80}(?:, inc)?[.,]? ?"
        r"(?:all rights reserved[.]?.*)"
    ),
    r"(?:copyright|\(c\)|\x{a9})(?: ?(?:copyright|\(c\)|\x{a9}))? ?[0-9]{4} [^.!?]{2,60}[.]?",
    r"all rights reserved[. ]*|this material may not be published, broadcast, (?:re)?written,? or redistributed[. ]*",
)


def remove_lines(fits: re.Pattern[str], text: str) -> tuple[str, int]:
    """Remove the lines that fit as a whole."""
    lines = text.split("\n")
    kept = [line for line in lines if len(line) > _MOST_LINE or not fits.fullmatch(line)]
    return ("\n".join(kept), len(lines) - len(kept)) if len(kept) < len(lines) else (text, 0)


def remove_buttons(text: str) -> tuple[str, int]:
    """Remove the names of buttons that stand in a row inside a line, with the short link behind them."""
    return _BUTTONS.subn(" ", text) if _FIRST_BUTTONS.search(text) else (text, 0)


def spelled(pattern: str) -> str:
    r"""Write RE2's \x{hex} as the character, for `re`."""
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: re.escape(chr(int(code[1], 16))), pattern)


def remove_wall(fits: re.Pattern[str], text: str) -> tuple[str, int]:
    """Remove the lines that fit, if a story is left: alone, they tell that the page is none."""
    rest, count = remove_lines(fits, text)
    return (rest, count) if len(rest) >= _LEAST_STORY else (text, 0)


def line_rule(name: str, reason: str, patterns: tuple[str, ...], screen: str, remove: Remove = remove_lines) -> Rule:
    """Make a rule that removes the lines that any of the patterns fits; its screen knows how these begin or end."""
    pattern = "|".join(f"(?:{each})" for each in patterns)
    return Rule(name, reason, partial(remove, re.compile(f"(?ai){spelled(pattern)}")), f"(?mi){screen}")


_LEAD: Final = r"^[>\x{bb}\x{203a} \x{2013}\x{2014}-]*"
_END: Final = r"(?:$|[ .:|>\x{bb}\x{203a}\x{2026}])"
RULES: Final = (
    Rule("share_buttons", "Names of buttons in a row are no sentence", remove_buttons, "(?i)facebook twitter "),
    line_rule(
        "advertisement",
        "A marker of an advertisement is no line of the story",
        _ADVERTISEMENT,
        r"^(?:(?:ads?|sponsored|sponsored content|anzeige|werbung|publicité|publicidad|reklama?|pubblicità|"
        r"advertentie)(?:$| ad)|"
        r"advertisement|continue reading|(?:this )?(?:story|article|text|content|post) continues|scroll down|"
        r"(?:der )?artikel wird nach|"
        r"(?:der )?text geht|la suite après|sigue leyendo)",
    ),
    line_rule(
        "navigation",
        "A line that leads to another page belongs to this page, not to the story",
        _NAVIGATION,
        rf"{_LEAD}(?:(?:read|see|watch|find out|learn) (?:more|next|also){_END}|also (?:read|see)|most (?:read|popular|"
        rf"viewed|shared)|"
        r"latest (?:stories|news)|trending|see all related|related|recommended|you (?:may|might) also like|"
        r"more (?:on this|stories|from this|in [a-z]+$)|"
        r"up next|keep reading|view (?:gallery|comments)|back to top|skip to|jump to|leave a comment|show comments|"
        r"advertise with|lesen sie|"
        r"mehr (?:zum|dazu)|lire aussi|à lire aussi|l[eé]a |lee |lea também|leia |leggi |czytaj |lees ook|ilgili |"
        r"den vollständigen|weiterlesen|zum thema|"
        r"jetzt teilen|\(excerpt|\(?(?:on a |using a )?mobile |please enable|enable java|media playback|(?:video|poll|"
        r"gallery|comments|player) loading|"
        r"sorry,? we are|have something to add|send this page|share this)|, click here|read more$",
    ),
    line_rule(
        "sharing",
        "Buttons to share a page, and calls to follow its authors",
        _SHARING,
        rf"{_LEAD}(?:(?:share|tweet|like|send)(?:$|[ :|]+(?:this|on |via|by |with |to |share|$)|[ :|]*{_NETWORK})|"
        rf"{_NETWORK}[ |,/]+{_NETWORK}|"
        r"(?:please )?follow |(?:please )?(?:like|join|find) (?:us|me|him|her|them|@|(?-i:[^a-z]))|join the conv|"
        r"@[a-z0-9_]|follow us)|"
        r", (?:please )?(?:follow|like|join|find) (?:us|me|him|her|them|@|(?-i:[^a-z]))",
    ),
    line_rule(
        "subscription",
        "Newsletters, subscriptions and consent are the outlet's business",
        _SUBSCRIPTION,
        r"^(?:(?:free )?sign up|subscribe|register|(?:[^ .!?\n]+ )?newsletter|get |for more |keep up with this|"
        r"try [a-z]+ )",
    ),
    line_rule(
        "paywall",
        "A line that asks for money, a login or consent, below what was told without them",
        _PAYWALL,
        r"^(?:(?:please )?(?:subscribe|sign in|log in|register) |you(?:['\x{2019}]ve| have|['\x{2019}] ?have|"
        r"ve) (?:reached|read|used|hit)|"
        r"(?:already )?(?:an? )?(?:subscriber|member)\?|this (?:article|story|content) is (?:only|avail|for|excl|"
        r"reser)|"
        r"(?:we|this (?:web)?site) uses? cookies|by (?:continuing|using|browsing)|(?:accept|manage|"
        r"reject) (?:all )?cookies)|protected by recaptcha",
        remove_wall,
    ),
    line_rule(
        "contact",
        "An address to write to is no line of the story",
        _CONTACT,
        "@",
    ),
)
