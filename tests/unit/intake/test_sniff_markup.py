"""Feeds, wire formats, SGML and mail are known by what they hold; XML of another kind is refused by its root's name."""

from pathlib import Path

import pytest

from flows.intake.chunks import chunks, records
from flows.intake.sniff import recognise
from tests.unit.intake.deliveries import received
from transforms.errors import DumpRefused
from transforms.parse import Format

RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


@pytest.mark.parametrize(
    ("content", "name", "form"),
    [
        (b'<?xml version="1.0"?>\n<!-- a --><rss version="2.0"></rss>', "a", Format.FEED),
        (b"\xef\xbb\xbf \n<rss></rss>", "a.txt", Format.FEED),
        (b'<?xml-stylesheet href="a"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "a.json", Format.FEED),
        (b"<atom:feed ></atom:feed>", "a", Format.FEED),
        ("<rss></rss>".encode("utf-16"), "a.xml", Format.FEED),
        (RDF + b' xmlns="http://purl.org/rss/1.0/"/>', "a", Format.FEED),
        (RDF + b' xmlns="http://xmlns.com/foaf/0.1/"/>', "a.rdf", None),
        (b"<!DOCTYPE nitf SYSTEM 'nitf.dtd' [<!ENTITY a \"]>\">]><nitf></nitf>", "a.xml", Format.NITF),
        (b"<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'/>", "a.xml", Format.NEWSML),
        (b"<nar:newsItem />", "a", Format.NEWSML),
        (b"<NewsML></NewsML>", "a.xml", Format.NEWSML),
        (b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<DOCUMENT>', "a.xml", Format.SGML),
        (b'<REUTERS TOPICS="NO">', "a.txt", Format.SGML),
        (b"Subject: a\n\nb", "a.eml", Format.EML),
        (b"From a@b Tue\nSubject: a\n\nb", "a.mbox", Format.MBOX),
        (b"Subject: a\n\nb", "a.txt", Format.TXT),
        (b"From a@b Tue\n", "a.txt", Format.TXT),
        (b"no mail", "a.eml", None),
        (b"<html></html>", "a.rss", None),
        (b"<urlset></urlset>", "a.xml", None),
        (b'{"text": "<rss>"}', "a.xml", None),
        (b"id,text\n1,<rss></rss>\n", "a.csv", Format.CSV),
    ],
)
def test_the_format_of_marked_up_files_is_told(content: bytes, name: str, form: Format | None) -> None:
    found = recognise(content, name, 0 if content[:2] == b"\xff\xfe" else None)

    assert form is (None if found is None else found[0])


def test_xml_of_another_kind_is_refused_by_the_name_of_its_root(tmp_path: Path) -> None:
    with pytest.raises(DumpRefused, match=r"a\.xml is XML with the root element <urlset>, which is no news format"):
        received(tmp_path, "a.xml", b"<?xml version='1.0'?><urlset></urlset>")


def article(number: int) -> bytes:
    body = "x" * (number % 50)
    return f'<REUTERS NEWID="{number}">\n<TEXT><BODY>{body}</BODY></TEXT>\n</REUTERS>\n'.encode()


@pytest.mark.parametrize("target_bytes", [1, 100, 1_000, 10**6])
def test_reuters_sgml_is_cut_between_articles(tmp_path: Path, target_bytes: int) -> None:
    data = b"<!DOCTYPE lewis>\n" + b"".join(map(article, range(100)))
    (member,) = received(tmp_path, "a.sgm", data).members
    cut = chunks(member, target_bytes)

    assert [c.start for c in cut[1:]] == [c.stop for c in cut[:-1]]
    assert (cut[0].start, cut[-1].stop) == (0, len(data))
    assert list(map(article, range(100))) == [r.raw + b"\n" for c in cut for r in records(c)]
