"""Documents with bytes changed come out as records, as malformed ones, or are refused in one sentence."""

from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, parse

DOCUMENTS: Final = {
    Format.FEED: b"""<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY a "b">]><rss xmlns:dc="http://purl.org/
dc/elements/1.1/"><channel><language>en</language><item><title><![CDATA[a & b]]></title><link>/a?b&amp;c</link>
<author>a@b (c)</author><guid>http://a/</guid></item><item xml:lang="de"><description>a<b>c</b></description>
<source url="http://c/"/></item></channel></rss>""",
    Format.NITF: b"""<nitf><head><docdata><doc-id id-string="a"/></docdata></head><body><body.head><byline>By A <byttl>B
</byttl></byline></body.head><body.content><p>a&eacute;<media>b</media></p><table><tr><td>c</td></tr></table>
</body.content></body></nitf>""",
    Format.NEWSML: b"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="a" version="1">
<itemMeta><provider qcode="a:b"/></itemMeta><contentSet><inlineXML><html><body><p>a</p></body></html></inlineXML>
</contentSet></newsItem></itemSet></newsMessage>""",
    Format.SGML: b"""<!DOCTYPE lewis><REUTERS NEWID="1"><DATE>a</DATE><TEXT>&#2;<TITLE>b</TITLE><BODY>c</BODY></TEXT>
</REUTERS><REUTERS NEWID="2"><TEXT TYPE="UNPROC">d</TEXT></REUTERS>""",
    Format.EML: b"""From: =?utf-8?q?a?= <a@b>\nSubject: =?latin-1?b?YQ==?=\nContent-Type: multipart/mixed; boundary="x"

--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\na=C3=A9\n--x
Content-Type: text/html; charset=cp1252\nContent-Transfer-Encoding: base64\n\nPHA+\n--x--\n""",
    Format.MBOX: b"From a@b Tue\nSubject: a\n\nb\n\nFrom c@d Wed\nFrom: a <c@d>\n\n>From e\n",
    Format.LINES: "é\n\nb\n".encode("latin-1"),
}
PIECES: Final = [
    b"<",
    b">",
    b"&",
    b'"',
    b"<item>",
    b"</item>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"\0",
    b"\xff",
    b"=?",
    b"\n",
]
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=4)), max_size=6
)


def mutated(document: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, piece in changes:
        at = int(place * len(document))
        document = document[:at] + piece + document[at + removed :]
    return document


@pytest.mark.parametrize("form", DOCUMENTS)
@given(changes=CHANGES, encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "gb18030"]))
@settings(max_examples=40)
def test_no_change_of_a_document_makes_parsing_fail(
    form: Format, changes: list[tuple[float, int, bytes]], encoding: str
) -> None:
    data = mutated(DOCUMENTS[form], changes)
    found: list[Record | Malformed] = []
    with suppress(DumpRefused):
        found += parse(data, form, encoding)

    assert [r.number for r in found] == list(range(len(found)))
    assert all(r.offset is None or data[r.offset :].startswith(r.raw) for r in found)
