"""Files of many articles that are no XML: Reuters SGML, mail, and text with an article on every line."""

import time
from email.message import EmailMessage
from typing import Any

import pytest

from transforms.article import Reason
from transforms.parse import Format, Malformed, Record, parse

ARTICLE = """<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" OLDID="5" NEWID="{}">
<DATE>26-FEB-1987 15:01:01.79</DATE><TOPICS><D>cocoa</D></TOPICS><UNKNOWN>&#5;&#5;f0704&#31;reute</UNKNOWN>
{}
</REUTERS>
"""
FULL = """<TEXT>&#2;
<TITLE>HARBOUR CO &lt;HRB> STOPS FERRY</TITLE><AUTHOR>    by Ann Lee, Reuters</AUTHOR>
<DATELINE>    OSLO, Feb 26 - </DATELINE><BODY>The ferry stops &amp; the tram
goes on.
    Second.
 Reuter
&#3;</BODY></TEXT>"""
RUSSIAN = "Корабль"
SGML = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'


def read(data: bytes, form: Format, encoding: str = "utf-8", **options: Any) -> list[Record | Malformed]:
    found = list(parse(data, form, encoding, **options))
    assert [r.number for r in found] == list(range(len(found)))
    assert all(r.offset is not None and data[r.offset :].startswith(r.raw) for r in found)
    return found


def fields(data: bytes, form: Format, encoding: str = "utf-8") -> list[dict[str, Any]]:
    found = read(data, form, encoding)
    assert all(isinstance(r, Record) for r in found), found
    return [{k: v for k, v in r.fields.items() if v is not None} for r in found if isinstance(r, Record)]


def test_a_reuters_article_is_read_without_its_marks() -> None:
    assert [
        {
            "source_id": "1",
            "published": "26-FEB-1987 15:01:01.79",
            "title": "HARBOUR CO <HRB> STOPS FERRY",
            "dateline": "OSLO, Feb 26 -",
            "authors": "by Ann Lee, Reuters",
            "agency": "Reuters",
            "text": "The ferry stops & the tram\ngoes on.\n    Second.\n Reuter",
        }
    ] == fields((SGML + ARTICLE.format(1, FULL)).encode(), Format.SGML)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<TEXT TYPE="UNPROC">&#2;\nSHIP NEWS\nTwo ships came.\n&#3;</TEXT>', "SHIP NEWS\nTwo ships came."),
        ('<TEXT TYPE="BRIEF">&#2;\n<TITLE>SHIPS</TITLE>Two ships &lt;TWO> came.\n&#3;</TEXT>', "Two ships <TWO> came."),
        ('<TEXT TYPE="BRIEF">&#2;\n<TITLE>SHIPS</TITLE>\n&#3;</TEXT>', None),
    ],
)
def test_a_text_without_a_marked_body_is_what_is_no_title(text: str, expected: str | None) -> None:
    (found,) = fields(ARTICLE.format(1, text).encode(), Format.SGML)

    assert expected == found.get("text")


def test_an_article_that_is_not_closed_costs_itself_only() -> None:
    data = (ARTICLE.format(1, FULL).replace("</REUTERS>", "") + ARTICLE.format(2, FULL)).encode()

    assert [Malformed, Record] == [type(r) for r in read(data, Format.SGML)]


def test_old_bytes_of_the_wire_are_read() -> None:
    (found,) = fields(ARTICLE.format(1, FULL).replace("ferry", "f\xfcrry").encode("latin-1"), Format.SGML, "cp1252")

    assert found["text"].startswith("The fürry")


def mail(subject: str, *parts: tuple[str, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Jürgen Groß <j@post.example>, desk@post.example", subject
    message["Date"], message["Message-ID"] = "Tue, 03 Mar 2026 10:00:00 +0000", "<1@post.example>"
    for kind, text in parts:
        if message.is_multipart() or message.get_content_type() != "text/plain" or message.get_payload():
            message.add_alternative(text, subtype=kind)
        else:
            message.set_content(text, subtype=kind)
    return bytes(message)


def test_a_mail_is_read_by_its_plain_text() -> None:
    (found,) = fields(mail("Fähre hält", ("plain", "Die Fähre hält.\n"), ("html", "<p>Die Fähre</p>")), Format.EML)

    assert {
        "title": "Fähre hält",
        "authors": ["Jürgen Groß"],
        "published": "Tue, 03 Mar 2026 10:00:00 +0000",
        "source_id": "1@post.example",
        "text": "Die Fähre hält.\n",
    } == found


def test_a_mail_without_plain_text_is_a_page() -> None:
    (found,) = fields(mail("Ferry", ("html", "<p>Stops.</p>\n")), Format.EML)

    assert ("<p>Stops.</p>\n", False) == (found["html"], "text" in found)


def test_a_mail_in_an_undeclared_encoding_is_read_as_guessed() -> None:
    (found,) = fields(f"Subject: a\n\n{RUSSIAN}".encode("cp1251"), Format.EML, "cp1251")

    assert RUSSIAN == found["text"]


def test_an_mbox_is_cut_at_its_postmarks() -> None:
    one, two = b"From a@b Tue\nSubject: One\n\n>From here on.\n\n", b"From c@d Wed\nSubject: Two\n\nEnd.\nFrom x\n"
    found = read(one + two, Format.MBOX)

    assert [("One", "From here on.\n\n"), ("Two", "End.\nFrom x\n")] == [
        (r.fields["title"], r.fields["text"]) for r in found if isinstance(r, Record)
    ]
    assert [0, len(one)] == [r.offset for r in found]


@pytest.mark.parametrize(
    "data",
    [
        b"no header at all",
        b"Content-Type: multipart/mixed; " + b";" * 100_000 + b"\n\na",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 20_000,
    ],
)
def test_a_mail_that_is_none_or_a_trap_is_malformed(data: bytes) -> None:
    (found,) = read(data, Format.EML)

    assert isinstance(found, Malformed)
    assert Reason.MALFORMED is found.reason


@pytest.mark.parametrize("header", [b"Subject", b"From", b"Date", b"Content-Language"])
@pytest.mark.parametrize("unit", [b"=?a?q?", b"=?utf-8?b?", b'"', b"<", b"(", b",", b"=?utf-8?q?=ff?= "])
def test_a_long_header_costs_little(header: bytes, unit: bytes) -> None:
    begin = time.process_time()
    read(header + b": " + unit * (300_000 // len(unit)) + b"\n\nText.", Format.EML)

    assert time.process_time() - begin < 2


def test_every_line_that_is_not_blank_is_an_article() -> None:
    found = read("Café one.\n\n  \r\nTwo.\r\nThree.".encode("latin-1"), Format.LINES, "cp1252")

    assert ["Café one.", "Two.", "Three."] == [r.fields["text"] for r in found if isinstance(r, Record)]


def test_a_line_too_long_costs_itself_only() -> None:
    found = read(b"one\n" + b"x" * 200 + b"\ntwo\n", Format.LINES, max_record_bytes=100)

    assert [None, Reason.TOO_LONG, None] == [r.reason if isinstance(r, Malformed) else None for r in found]
