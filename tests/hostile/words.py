"""Texts on which a careless rule never ends, fields of a megabyte, floods for deduplication, and secrets."""

from random import Random
from typing import Any, Final

from tests.hostile.attack import STORY, Attack, Family, article, holding, jsonl, made

_UNITS: Final = {
    "spaces": " ", "tabs": "\t ", "dashes": "-", "long-dashes": "\u2014 ", "dots": ".", "ellipses": "\u2026",
    "brackets": "(", "closed": ")(", "square": "[", "quotes": '"', "single": "'", "curly": "\u201c\u201d",
    "ampersands": "&", "entities": "&amp;", "escaped": "&amp;amp;amp;lt;", "hashes": "&#", "semicolons": ";",
    "lower": "<", "tags": "<b ", "scripts": "<script ", "comments": "<!--", "closers": "-->", "capitals": "A",
    "initials": "A. ", "commas": ", ", "newlines": "\n", "carriage": "\r", "blank-lines": " \n\t\n",
    "bullets": "\u2022 a\n",
    "stars": "* ", "underscores": "_", "equals": "=", "slashes": "/", "addresses": "http://a.b/", "at": "a@",
    "numbers": "1,", "digits": "1", "dates": "1/1/1 ", "percent": "%41", "nbsp": "\u00a0", "soft": "\u00ad",
    "zero-width": "\u200b", "marks": "\u0301", "mojibake": "\u00c3\u00a9", "half-mojibake": "\u00e2\u20ac",
    "bars": "|", "advertisement": "ADVERTISEMENT\n", "read-more": "Read more: a\n", "share": "Share\n", "by": "By ",
    "place": "LONDON (Reuters) - ", "dateline": "LONDON, March 3 ", "copyright": "\u00a9 ", "photo": "Photo: ",
    "emoji": "\U0001f468\u200d\U0001f469\u200d", "flags": "\U0001f1e6", "arabic": "\u0640", "korean": "\u1100",
    "replacement": "\ufffd", "controls": "\u0092", "tags-plane": "\U000e0041", "words": "a ", "word": "a",
}  # fmt: skip
_BYTES: Final = 300_000


def _flood(unit: str) -> bytes:
    """Put a run of one thing into a text, alone, behind a letter, and into a headline."""
    run = unit * (_BYTES // len(unit.encode()))
    return jsonl(
        article(1, f"{STORY}{run}end of {unit}"),
        article(2, f"{STORY}\n{run}"),
        article(3, f"{STORY} of {unit!r}", title=run[:50_000]),
    )


def _ten_megabytes() -> bytes:
    random = Random(3)  # noqa: S311
    return jsonl(article(1, " ".join(f"w{random.randrange(10**6)}" for _ in range(1_300_000))))


TEXT: Final = Family(
    "text",
    (
        *(Attack(f"run-of-{name}.jsonl", made(lambda unit=unit: _flood(unit))) for name, unit in _UNITS.items()),  # type: ignore[misc]
        Attack("ten-megabytes.jsonl", made(_ten_megabytes), admitted=1),
        Attack("marks-pile.jsonl", made(lambda: jsonl(article(1, STORY + "a" + "\u0301\u0316" * 2_000_000)))),
        Attack("many-lines.jsonl", made(lambda: jsonl(article(1, "\n".join(f"line {n}" for n in range(400_000)))))),
    ),
    cpu_seconds=120,
    mib=2500,
)

_LONG: Final[dict[str, dict[str, Any]]] = {
    "date-digits": {"published": "1" * 1_000_000},
    "date-words": {"published": "March " * 200_000},
    "date-zones": {"published": "2024-03-04T10:00:00" + "+01:00" * 150_000},
    "date-early": {"published": "0001-01-01"},
    "date-medieval": {"published": "1066-10-14T00:00:00Z"},
    "date-late": {"published": "9999-12-31T23:59:59-23:59"},
    "date-number": {"published": 10**18},
    "date-negative": {"published": -(10**15)},
    "date-float": {"published": 1e300},
    "date-object": {"published": {"$date": {"$numberLong": "9" * 1000}}},
    "date-in-url": {"url": "https://a.example/" + "2024/13/45/" * 90_000},
    "url-long": {"url": "https://a.example/" + "a" * 1_000_000},
    "url-query": {"url": "https://a.example/?" + "&".join(f"utm_{n}=1" for n in range(80_000))},
    "url-escapes": {"url": "https://a.example/" + "%25" * 300_000},
    "url-dots": {"url": "https://" + "a." * 400_000 + "example/"},
    "url-slashes": {"url": "https://a.example" + "/" * 1_000_000},
    "url-parents": {"url": "https://a.example/" + "../" * 300_000},
    "url-at": {"url": "https://" + "a@" * 400_000},
    "url-brackets": {"url": "https://[" + ":" * 1_000_000},
    "url-idna": {"url": "https://" + "\u00fc" * 100_000 + ".example/"},
    "url-punycode": {"url": "https://xn--" + "a" * 100_000 + ".example/"},
    "url-port": {"url": "https://a.example:" + "9" * 100_000 + "/"},
    "url-control": {"url": "https://a.example/\r\n\u0000\u202e\U0001f600"},
    "url-archive": {"url": "https://web.archive.org/web/20200101000000/" * 20_000},
    "url-list": {"url": ["https://a.example/1"] * 100_000},
    "canonical": {"canonical_url": "javascript:" + "a" * 1_000_000},
    "author-flood": {"authors": "By " * 300_000},
    "author-commas": {"authors": " and , " * 200_000},
    "source-dots": {"source": "." * 1_000_000},
    "title-bars": {"title": " | ".join(["a"] * 200_000)},
    "title-bidi": {"title": "\u202e\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>"},
}


FIELDS: Final = Family(
    "fields",
    tuple(
        Attack(f"{name}.jsonl", holding(jsonl(article(place, f"Of field {name}.", **fields))), admitted=1)
        for place, (name, fields) in enumerate(_LONG.items())
    ),
    cpu_seconds=240,
)


_ONE_TEMPLATE: Final = 2_500
"""Each pair of them is alike and is verified, at a cost that grows with the square: here 7 CPU seconds, 700 MiB."""


def _bucket() -> bytes:
    """Give many texts that share all but a word: whatever proposes pairs sees one bucket."""
    words = " ".join(f"word{n}" for n in range(60))
    return jsonl(*(article(n, f"{words} {n} {n * 7919}") for n in range(_ONE_TEMPLATE)))


def _titles() -> bytes:
    return jsonl(*({"id": str(n), "title": "The same headline", "text": f"Short text of {n}."} for n in range(5_000)))


def _chain() -> bytes:
    """Let each text overlap the one before it: a chain that would glue all into one story."""
    words = [f"w{n}" for n in range(4_000)]
    return jsonl(*(article(n, " ".join(words[n : n + 60])) for n in range(3_000)))


def _passages() -> bytes:
    """Let one long text hold thousands of short ones."""
    words = [f"p{n}" for n in range(200_000)]
    briefs = (article(n, " ".join(words[n * 60 : n * 60 + 80])) for n in range(3_000))
    return jsonl(article(10**6, " ".join(words)), *briefs)


DEDUP: Final = Family(
    "deduplication",
    (
        Attack("one-bucket.jsonl", made(_bucket), admitted=_ONE_TEMPLATE),
        Attack("same-record.jsonl", made(lambda: jsonl(article(1, "The same.")) * 20_000)),
        Attack("same-headline.jsonl", made(_titles), admitted=5_000),
        Attack("chain.jsonl", made(_chain), admitted=3_000),
        Attack("passages.jsonl", made(_passages), admitted=3_001),
        Attack("one-word.jsonl", made(lambda: jsonl(article(1, "word " * 1_000_000))), admitted=1),
        Attack("two-words.jsonl", made(lambda: jsonl(*(article(n, "tick tock " * (9_000 + n)) for n in range(50)))),
               admitted=50),
        Attack("shingles.jsonl", made(lambda: jsonl(article(1, " ".join(map(str, range(1_000_000)))))), admitted=1),
    ),
    cpu_seconds=120,
    mib=3000,
)  # fmt: skip

MARK: Final = "XYZZY-PLANTED-SECRET"
_SECRET: Final = article(1, f"{STORY} {MARK}", title=f"A title with {MARK}", **{MARK.lower(): MARK})
_LINE: Final = jsonl(_SECRET).strip()

SECRETS: Final = Family(
    "secrets",
    (
        Attack("admitted.jsonl", holding(jsonl(_SECRET)), admitted=1),
        Attack("broken.jsonl", holding(_LINE[:-1] + b"\n" + jsonl(article(2))), quarantined="malformed"),
        Attack("broken.json", holding(b"[" + _LINE + b" " + _LINE), refused="breaks"),
        Attack("wrong-width.csv", holding(f"id,text\n1,{MARK},{MARK}\n2,{STORY}\n".encode()), quarantined="malformed"),
        Attack("bad-bytes.jsonl", holding(_LINE.replace(b"title", b"\x81\x8d"))),
        Attack("too-deep.jsonl", holding(_LINE[:-1] + b',"a":' + b"[" * 100 + b"]" * 100 + b"}"),
               quarantined="malformed"),
        Attack("no-text.jsonl", holding(jsonl({"title": MARK, "text": ""})), may_be_refused=True),
        Attack("latin.txt", holding(f"{MARK} caf\xe9 {STORY}".encode("latin-1")), admitted=1),
    ),
    markers=(MARK,),
)  # fmt: skip

POISON: Final = Family(
    "poison",
    (
        Attack("abort.jsonl", holding(jsonl(*(article(n, f"abort {n}") for n in range(50)),
                                            article(99, "POISON abort"))), quarantined="crashed", admitted=50),
        Attack("hang.jsonl", holding(jsonl(article(60), article(61, "POISON hang"), article(62))),
               quarantined="crashed", admitted=2),
        Attack("memory.jsonl", holding(jsonl(article(70), article(71, "POISON memory"), article(72))),
               quarantined="crashed", admitted=2),
        Attack("raise.jsonl", holding(jsonl(article(73), article(74, "POISON raise"), article(75))),
               quarantined="crashed", admitted=2),
        Attack("many.jsonl", holding(jsonl(*(article(n, "POISON abort") for n in range(100, 140)))),
               refused="each ended the process"),
        Attack("array.json", holding(b"[" + jsonl(article(80, "POISON abort")).strip() + b"]"),
               refused="was to read its record 0"),
    ),
    cpu_seconds=250,
)  # fmt: skip
