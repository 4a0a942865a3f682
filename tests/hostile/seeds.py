"""Small valid files of every format, to be mutated; and what must hold of whatever comes of them."""

import io
from collections.abc import Iterator
from random import Random
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from flows.intake.sniff import encoding_of, recognise
from transforms.errors import DumpRefused
from transforms.fields import FieldMap
from transforms.normalise import normalise
from transforms.parse import Format, Malformed, Record, header, parse

_MAX_RECORD_BYTES: Final = 1 << 16
_FIELDS: Final = {
    "id": "1", "title": "A bridge reopens",
    "text": "The bridge over the river has been opened again.\nCarts may use it.",
    "url": "https://a.example/2024/03/04/bridge", "published": "2024-03-04T10:00:00Z", "authors": ["Ann Writer"],
    "meta": {"a": [1, 2.5, None, True]},
}  # fmt: skip
_ITEM: Final = (
    "<item><title>A bridge</title><link>https://a.example/1</link><pubDate>Mon, 04 Mar 2024 10:00:00 GMT</pubDate>"
    "<description><![CDATA[<p>The bridge has been opened again.</p>]]></description></item>"
)
_MAIL: Final = (
    "From: a@example.org\nSubject: =?utf-8?q?A_bridge?=\nDate: Mon, 4 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nThe bridge is open.\n--b--\n'
)
_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>A bridge</title><meta name='author' content='Ann'></head><body><article>"
    "<h1>A bridge</h1><p>The bridge over the river has been opened again.</p></article></body></html>"
)


def _parquet() -> bytes:
    sink = io.BytesIO()
    table = pa.table({"id": [1, 2], "text": ["The bridge.", "It is open."], "tags": [["a"], []]})
    pq.write_table(table, sink, compression="none")
    return sink.getvalue()


def _by_name() -> dict[str, bytes]:
    line = orjson.dumps(_FIELDS)
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{_PAGE}".encode()
    return {
        "txt": b"The bridge over the river has been opened again.",
        "jsonl": line + b"\n" + line + b"\n",
        "json": b"[" + line + b",\n" + line + b"]",
        "csv": b'id,title,text\n1,"A ""bridge""","It is\nopen"\n2,b,c\n',
        "tsv": b"id\ttitle\ttext\n1\tA bridge\tIt is open\n",
        "parquet": _parquet(),
        "feed": f'<?xml version="1.0"?><rss version="2.0"><channel>{_ITEM}{_ITEM}</channel></rss>'.encode(),
        "nitf": b"<nitf><body><body.content><p>The bridge.</p></body.content></body></nitf>",
        "newsml": b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a"><contentSet><inlineXML>'
        b"<html><body><p>The bridge.</p></body></html></inlineXML></contentSet></newsItem>",
        "sgm": b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS NEWID="1"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT>'
        b"<TITLE>A</TITLE><BODY>The bridge.</BODY></TEXT></REUTERS>",
        "eml": _MAIL.encode(),
        "mbox": b"From a@example.org Mon Mar  4 10:00:00 2024\n" + _MAIL.encode(),
        "lines": b"The bridge is open.\nAnother article.\n",
        "html": _PAGE.encode(),
        "warc": b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
        b"WARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2024-03-04T10:00:00Z\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: "
        + str(len(http)).encode()
        + b"\r\n\r\n"
        + http
        + b"\r\n\r\n",
    }


SEEDS: Final[dict[Format, bytes]] = {Format(name): seed for name, seed in _by_name().items() if name in {*Format}}
"""One of each format that is read."""
_TOKENS: Final = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b'"', b"\\", b"\\ud800", b"{", b"}", b"[", b"]", b"<", b">", b"&",
    b"<!--", b"<![CDATA[", b"]]>", b"--", b"\r\n\r\n", b"\n", b"\r", b"9" * 30, b"1e999", b"-1", b"=?utf-8?b?",
    b"null", b"NaN", b",", b"\t", b"/", b"xmlns:a=", b"]>", b"\xc3", b"\xed\xa0\x80", b"<p>", b"</item>",
    b"</REUTERS>", b"PAR1",
)  # fmt: skip


def mutated(seed: bytes, random: Random) -> bytes:
    """Cut, repeat, overwrite and insert a few times."""
    data = bytearray(seed)
    for _ in range(random.randint(1, 6)):
        at = random.randint(0, len(data))
        end = min(len(data), at + random.randint(0, 40))
        match random.randrange(5):
            case 0:
                del data[at:end]
            case 1:
                data[at:at] = data[at:end] * random.randint(1, 20)
            case 2:
                data[at:at] = random.choice(_TOKENS) * random.choice((1, 1, 2, 300))
            case 3 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case _:
                data[at:end] = random.randbytes(end - at)
    return bytes(data)


def require_sound(form: Format, data: bytes) -> int:
    """Read the bytes as that format, and give how many records there are.

    Raises AssertionError where records do not add up, and whatever else was raised, but for DumpRefused.
    """
    first_bad = _first_bad_byte(data)
    recognise(data, f"dump.{form}", first_bad, lambda _: True)
    encoding = "" if form is Format.PARQUET else encoding_of(data, first_bad)
    found: list[Record | Malformed] = []
    try:
        header(data, form, encoding)
        found.extend(parse(data, form, encoding, max_record_bytes=_MAX_RECORD_BYTES))
    except DumpRefused as refusal:
        if not str(refusal) or "\n" in str(refusal):
            raise AssertionError("refused without one sentence") from refusal
    assert [*range(len(found))] == [record.number for record in found]
    assert all(record.offset is None or 0 <= record.offset <= len(data) for record in found)
    batch = normalise(found, FieldMap())
    assert len(found) == batch.articles.num_rows + batch.rejects.num_rows
    return len(found)


def _first_bad_byte(data: bytes) -> int | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def drawn(count: int, seed: int) -> Iterator[tuple[Format, bytes]]:
    """Draw formats and mutated files."""
    random = Random(seed)  # noqa: S311
    for _ in range(count):
        form = random.choice([*SEEDS])
        yield form, mutated(SEEDS[form], random)
