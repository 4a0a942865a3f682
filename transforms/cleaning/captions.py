"""Photo credits and captions among the paragraphs: removed where the line says that it is one, else left alone.

A caption that does not say so stays: it cannot be told from a paragraph. Of one that ends in a credit the credit goes.
"""

import re
from typing import Final

from transforms.cleaning.furniture import line_rule
from transforms.cleaning.rule import Rule

_LIBRARY: Final = (
    r"(?:getty images|getty|shutterstock(?:\.com)?|istock(?:photo)?|corbis|wireimage|filmmagic|alamy|rex features|"
    r"rex shutterstock|thinkstock|"
    r"flickr|wikimedia(?: commons)?|depositphotos(?:\.com)?|caiaimage|newscom|zuma(?: press| wire)?|"
    r"barcroft(?: media)?|splash news|imago|"
    r"ap photo|ap file|ap images|afp photo|epa/[a-z-]+)"
)
"""Those that print pictures alone."""
_AGENCY: Final = rf"(?:{_LIBRARY}|reuters|ap|afp|epa|upi|dpa|pa(?: wire)?|bloomberg|xinhua|tass)"
_PERSON: Final = r"[^ .,!?/:]+(?: [^ !?/:,]+){0,4}"
_CAPTIONS: Final = (
    r"file photo ?[:\x{2013}\x{2014}-].*|file photo[.]?",
    r"enlarge this image.*|(?:toggle|hide) caption.*|image (?:copyright|source|credit) .*image caption .*",
    (
        r"(?:(?:main|top|lead|feature|cover|stock) )?(?:photo|photos|image|images|picture|pictures|foto|"
        r"bild)(?: ?credits?|"
        r" courtesy| source| by| ?copyright)?"
        r"(?: ?[:|-] ?[^.!?]{1,80}[.]?)?"
    ),
    (
        r"[\[(](?:(?:top|main|file|via) )?(?:h/t [^\])]{1,60}, )?(?:photo|photos|image|images|picture|video|"
        r"screen ?grab|"
        r"illustration|graphic)\b[^\])]{0,120}[\])]"
    ),
    (
        rf"(?:\x{{a9}} ?)?(?:{_PERSON} ?(?:/|\x{{2014}}|via) ?)*{_LIBRARY}(?: ?(?:/|\x{{2014}}) ?{_PERSON})*(?:, file|"
        rf" photo|/file photo)?[.]?"
    ),
    (
        rf"(?-i:REUTERS|AFP|EPA|AP) ?/ ?{_PERSON}|(?-i:[A-Z])[^ .,!?/:]+ (?-i:[A-Z])[^ .!?/:]+ ?(?:/|"
        rf"\x{{2014}}) ?(?:reuters|ap|afp|epa)(?:/{_PERSON})?"
    ),
    r"\x{a9} ?(?-i:[A-Z])[^.!?\x{3002}]{1,60}",
    r"(?:photo|image|picture)s? (?:by|courtesy of|credit) [^.!?]{1,80}[.]?",
)
_CREDIT: Final = re.compile(
    r"(?ai) ?(?:[\[(](?:(?:file )?(?:photo|image|picture|illustration)s?(?: credit| source| courtesy| by|"
    r":)[^()\[\]]{0,80}|"
    rf"(?:[^()\[\].!?]{{1,60}}(?:/|via ))?{_LIBRARY}(?: (?:photo|images))?(?:/[^()\[\].!?]{{1,90}})?|"
    rf"[^()\[\].!?/]{{3,40}}(?:/[^()\[\].!?]{{3,60}})? via (?:AP|Reuters|AFP))[\])]|"
    r"(?<=[.!?)\"\u201d\u2019]) (?-i:Photo|Photos|Image|Picture|Photo credit|Image credit|Photograph|Photo by)(?::|"
    r" by) ?[^!?:]{2,80}|"
    r"(?<=[.!?)\"\u201d\u2019]) (?-i:REUTERS)/[^.!?]{2,60}|"
    r"(?<=[.!?)\"\u201d\u2019]) (?:[^ .!?/]+(?: [^ .!?/]+){0,3} ?/ ?)?getty images(?:, file)?)\Z"
)
_MOST_CREDIT: Final = 160


def remove_credits(text: str) -> tuple[str, int]:
    """Remove the credit at a line's end, in brackets or after the caption's full stop; that of an agency is none."""
    lines = text.split("\n")
    done = [_CREDIT.sub("", line[-_MOST_CREDIT:]) if line[-1:] != "." else line[-_MOST_CREDIT:] for line in lines]
    count = sum(after != line[-_MOST_CREDIT:] for after, line in zip(done, lines, strict=True))
    if not count:
        return text, 0
    return "\n".join(line[:-_MOST_CREDIT] + after for line, after in zip(lines, done, strict=True)), count


RULES: Final = (
    line_rule(
        "caption",
        "A line that says it is a caption or a credit is not of the story",
        _CAPTIONS,
        r"^(?:file photo|enlarge this|(?:toggle|hide) caption|image (?:copyright|source|credit)|(?:(?:main|top|lead|"
        r"feature|cover|stock) )?"
        r"(?:photos?|images?|pictures?|foto|bild)(?:$| ?(?:credit|courtesy|source|by |copyright|[:|-]))|"
        r"[\[(](?:(?:top|main|file|via|h/t) )?(?:photo|image|picture|video|screen ?grab|illustration|graphic)|"
        r"[\[(]h/t |\x{a9}|(?:reuters|afp|epa|ap) ?/)|"
        rf"{_LIBRARY}|[/\x{{2014}}] ?(?:reuters|ap|afp|epa)(?:[^a-z]|$)",
    ),
    Rule(
        "photo_credit",
        "Who took the picture is not of the story",
        remove_credits,
        r"(?mi)(?:photo|photograph|image|picture|illustration)s?(?: credit| source| courtesy| by|:)|"
        rf"{_LIBRARY}|via (?:ap|reuters|afp)[\])]$| reuters/",
    ),
)
