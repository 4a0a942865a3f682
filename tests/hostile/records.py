"""Records that are too long, in no encoding, or JSON that plays tricks: each costs itself."""

from collections.abc import Iterator
from typing import Final
from zlib import crc32

import orjson

from tests.hostile.attack import STORY, Attack, Family, article, blocks, holding, jsonl, repeated

_AFTER: Final = jsonl(article(1_001, "It came after the hostile line."))
_AFTER_ARRAY: Final = jsonl(article(1_002, "It came after the hostile element.")).strip()


def _beside(line: bytes, number: int) -> bytes:
    """Put a hostile line between two honest ones."""
    before, after = (jsonl(article(n, f"Beside hostile line {number}, {n}.")) for n in (2 * number, 2 * number + 1))
    return before + line + b"\n" + after


def _text(raw: bytes) -> bytes:
    return b'{"id": "7", "title": "A title", "text": "' + STORY.encode() + b" " + raw + b'"}'


def _endless() -> Iterator[bytes]:
    yield from repeated(b"a" * (1 << 20), 1 << 30)
    yield b"\n" + _AFTER


LINES: Final = Family(
    "lines",
    (
        Attack("one-gib-line.jsonl", blocks(_endless), quarantined="too_long", admitted=1, is_slow=True),
        Attack("no-newline.jsonl", blocks(lambda: repeated(b'{"text": "' + b"x" * 1000, 64 << 20)),
               quarantined="too_long", admitted=0),
        Attack("only-newlines.jsonl", blocks(lambda: repeated(b"\n" * (1 << 20), 64 << 20))),
        Attack("long-array.json", blocks(lambda: [b'[{"text": "', b"y" * (40 << 20), b'"},', _AFTER_ARRAY, b"]"]),
               quarantined="too_long", admitted=1),
        Attack("one-long-text.txt", blocks(lambda: repeated(b"no end of it \n", 40 << 20)), quarantined="too_long"),
        Attack("endless.txt", blocks(lambda: repeated(b"y" * (1 << 20), 2200 << 20)), refused="unpacks to more than",
               is_slow=True),
    ),
    cpu_seconds=350,
    mib=2500,  # what is mapped of the files themselves counts, too
)  # fmt: skip

_WIDE: Final = "\ufeff" + orjson.dumps(article(3, "Told in UTF-16.")).decode() + "\n"
_RAW: Final = {
    "bad-utf8": (b"\xff\xfe\xfa broken \x81\x8d\x8f\x90\x9d", None),
    "overlong": (b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf\xc1\x81", None),
    "nul": (b"\\u0000 and \x00 and \x01\x02", None),
    "lone-surrogate": (b"\\ud800 half and \\udc00\\ud800", None),
    "raw-surrogate": (b"\xed\xa0\x80 \xed\xb0\x80", None),
    "bidi": ("\u202eevil\u2066 \u2067\u2069\u200f".encode(), None),
    "zero-width": ("a\u200b\u200d\u2060\ufeff\u00adb".encode() * 10_000, None),
    "tags": ("\U000e0041\U000e0042".encode() * 1000, None),
    "noncharacters": ("\ufffe\uffff\U0010ffff\U0001fffe".encode(), None),
}

ENCODINGS: Final = Family(
    "encodings",
    (
        *(Attack(f"{name}.jsonl", holding(_beside(_text(raw), place)), quarantined=reason,
                 admitted=2 if reason else 3)
          for place, (name, (raw, reason)) in enumerate(_RAW.items(), 10)),
        Attack("bom-everywhere.jsonl", holding(b"\xef\xbb\xbf".join([b"", jsonl(article(4, "BOM")), _AFTER])),
               admitted=2),
        Attack("utf16-half.jsonl", holding(_WIDE.encode("utf-16-le")[:-3])),
        Attack("utf16-odd.jsonl", holding(_WIDE.encode("utf-16-be") + b"\x00")),
        Attack("utf16-surrogates.jsonl", holding(b"\xff\xfe" + b"\x00\xd8" * 5000 + "\n".encode("utf-16-le"))),
        Attack("utf32.jsonl", holding(_WIDE.encode("utf-32")), quarantined="malformed", admitted=0),
        Attack("utf7.txt", holding(b"+ADw-script+AD4-alert(1)+ADw-/script+AD4- and a story of some words follows.")),
        Attack("all-bytes.txt", holding(bytes(range(32, 256)) * 40)),
        Attack("random.txt", holding(b"".join(bytes([n * n % 251, n % 256]) for n in range(20_000))),
               may_be_refused=True),
    ),
)  # fmt: skip


def _deep(levels: int) -> bytes:
    return b'{"text": "a", "meta": ' + b"[" * levels + b"]" * levels + b"}"


def _object(pairs: str) -> bytes:
    """Give a story of its own these fields: the same one twice would be one article."""
    number = crc32(pairs.encode())
    return f'{{"id": "9", "title": "T", "text": "{number}. {STORY}", {pairs}}}'.encode()


_DEPTHS: Final = (100, 1_000, 1_025, 100_000, 1_000_000)
_HARMLESS: Final = {
    "depth-60": _object('"meta": ' + "[" * 60 + "]" * 60),
    "2-64": _object('"big": 18446744073709551616, "published": 18446744073709551616'),
    "nan": _object('"a": NaN, "b": Infinity, "published": NaN, "c": -Infinity'),
    "exponents": _object('"a": 1e999999, "b": -1e-999999, "published": 1e308'),
    "duplicate-keys": _object('"text": "another", "text": "' + STORY + '"'),
    "long-list": _object('"authors": [' + ",".join(["1"] * 1_000_000) + "]"),
    "authors-lists": _object('"authors": [[["a"], {"name": ["b"]}], null, 1, true, {"name": {"name": "c"}}]'),
    "types": b'{"id": [1], "title": {"a": 1}, "text": ["' + STORY.encode() + b'"], "published": [], "url": 17}',
    "long-key": _object('"' + "k" * 1_000_000 + '": 1'),
    "long-id": _object('"id": "' + "i" * 1_000_000 + '"'),
    "long-title": _object('"title": "' + "t " * 500_000 + '"'),
    "long-author": _object('"authors": ["' + "n" * 1_000_000 + '"]'),
    "long-source": _object('"source": "' + "s" * 1_000_000 + '"'),
    "source-path": _object('"source": "../../../etc/passwd\\u0000", "language": "../../x"'),
    "language": _object('"language": "' + "x" * 100_000 + '"'),
}
_BROKEN: Final = {
    "long-integer": _object('"a": ' + "9" * 100_000),
    "long-float": _object('"a": 1.' + "9" * 1_000_000 + "e"),
    "open-string": b'{"text": "' + b"\\" * 100_001,
    "open-braces": b'{"a":' * 100_000,
    "list": b"[1, 2, 3]",
    "null": b"null",
}
JSON: Final = Family(
    "JSON",
    (
        *(Attack(f"depth-{levels}.jsonl", holding(_beside(_deep(levels), 100 + place)), quarantined="malformed",
                 admitted=2) for place, levels in enumerate(_DEPTHS)),
        *(Attack(f"{name}.jsonl", holding(_beside(line, 200 + place)), admitted=3)
          for place, (name, line) in enumerate(_HARMLESS.items())),
        *(Attack(f"{name}.jsonl", holding(_beside(line, 300 + place)), admitted=2,
                 quarantined="not_an_object" if name in ("list", "null") else "malformed")
          for place, (name, line) in enumerate(_BROKEN.items())),
        Attack("wide-object.jsonl", holding(_beside(_object(",".join(f'"k{n}": {n}' for n in range(500_000))), 400)),
               quarantined="malformed", admitted=2),
        Attack("depth-1000000.json", holding(b"[" * 1_000_000), refused="never ends"),
        Attack("closed-too-often.json", holding(b'[{"text": "a"}]]]]'), refused="breaks"),
        Attack("million-elements.json", holding(b"[" + b"1," * 1_000_000 + b"1]"), quarantined="not_an_object",
               is_slow=True),
        Attack("many-keys.jsonl", blocks(lambda: (b'{"text": "a", "k%d": 1}\n' % n for n in range(20_000)))),
        Attack("quotes.json", holding(b'[{"a": "' + b'\\"' * 2_000_000), refused="never ends"),
    ),
    cpu_seconds=240,
)  # fmt: skip
