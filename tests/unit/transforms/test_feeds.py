"""Feeds of every kind: a record per item, with what the item itself says."""

from typing import Any

import pytest

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, parse

RSS = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>The Harbour Post</title><link>https://post.example/</link><language>en-gb</language>
{}
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://blatt.example/news/">
<title>Das Blatt</title><link rel="self" href="feed.atom"/><author><name>Redaktion</name></author>
{}
</feed>"""


def read(document: str | bytes, encoding: str = "utf-8", **options: Any) -> list[Record | Malformed]:
    data = document.encode() if isinstance(document, str) else document
    found = list(parse(data, Format.FEED, encoding, **options))
    assert [r.number for r in found] == list(range(len(found)))
    assert all(r.offset is None or data[r.offset :].startswith(r.raw) for r in found)
    return found


def only(document: str | bytes, encoding: str = "utf-8") -> dict[str, Any]:
    (record,) = read(document, encoding)
    assert isinstance(record, Record), record
    return {name: value for name, value in record.fields.items() if value is not None}


def test_an_rss_item_is_read_whole() -> None:
    item = """<item><title><![CDATA[Ferry &amp; tram]]></title><link>https://feeds.example/~r/1</link>
    <feedburner:origLink>https://post.example/ferry</feedburner:origLink><guid isPermaLink="false">p-1</guid>
    <pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator><dc:creator>Bo Ray</dc:creator>
    <description>The ferry stops.</description><category>Harbour</category>
    <content:encoded><![CDATA[<p>The ferry stops.</p><p>The tram goes on.</p>]]></content:encoded></item>"""

    assert {
        "title": "Ferry &amp; tram",
        "url": "https://post.example/ferry",
        "source_id": "p-1",
        "published": "Tue, 03 Mar 2026 10:00:00 GMT",
        "authors": ["Ann Lee", "Bo Ray"],
        "language": "en-gb",
        "text": "<p>The ferry stops.</p><p>The tram goes on.</p>",
    } == only(RSS.format(item))


def test_a_description_is_a_summary_when_there_is_no_content_with_a_word_in_it() -> None:
    item = (
        "<item><description>Rain.</description><content:encoded>&lt;img src='a'&gt;&amp;nbsp;</content:encoded></item>"
    )

    assert {"summary": "Rain.", "language": "en-gb"} == only(RSS.format(item))


def test_rss_1_is_read_with_its_items_beside_the_channel() -> None:
    document = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>A</title>
    <dc:language>fr</dc:language><items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items></channel>
    <item rdf:about="https://a.example/1"><title>Un</title><link>https://a.example/1</link>
    <dc:date>2026-03-03T10:00:00+01:00</dc:date><description>Deux.</description></item></rdf:RDF>"""

    assert {
        "title": "Un",
        "url": "https://a.example/1",
        "source_id": "https://a.example/1",
        "published": "2026-03-03T10:00:00+01:00",
        "language": "fr",
        "summary": "Deux.",
    } == only(document)


def test_an_atom_entry_is_read_with_its_xhtml_as_html() -> None:
    entry = """<entry><title type="html">Fähre &amp;amp; Bahn</title><id>tag:blatt.example,2026:1</id>
    <link rel="enclosure" href="ton.mp3"/><link rel="alternate" type="text/html" href="faehre"/>
    <published>2026-03-03T10:00:00Z</published><updated>2026-03-03T12:00:00Z</updated>
    <author><name>Eva Holm</name><email>eva@blatt.example</email></author><summary>Kurz.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="lead">Eins &lt;
    <b>zwei</b>.</p>Drei<br/>vier</div></content></entry>"""

    assert {
        "title": "Fähre &amp; Bahn",
        "url": "https://blatt.example/news/faehre",
        "source_id": "tag:blatt.example,2026:1",
        "published": "2026-03-03T10:00:00Z",
        "updated": "2026-03-03T12:00:00Z",
        "authors": ["Eva Holm"],
        "language": "de",
        "text": "<div><p>Eins &lt;\n    <b>zwei</b>.</p>Drei<br>vier</div>",
    } == only(ATOM.format(entry))


def test_an_entry_that_only_says_when_it_was_updated_was_published_then() -> None:
    fields = only(ATOM.format("<entry><updated>2026-03-03</updated></entry>"))

    assert ("2026-03-03", "2026-03-03") == (fields["published"], fields["updated"])


def test_a_prefix_for_all_of_atom_changes_nothing() -> None:
    document = (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>T</a:title>'
        '<a:content type="text">Words.</a:content></a:entry></a:feed>'
    )

    assert {"title": "T", "text": "Words."} == only(document)


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("<author>ann@post.example (Ann Lee)</author>", ["Ann Lee"]),
        ("<author>Ann Lee &lt;ann@post.example&gt;</author>", ["Ann Lee"]),
        ("<author>ann@post.example</author>", None),
        ("<author>Ann Lee</author>", ["Ann Lee"]),
        ("<dc:creator></dc:creator><author>Ann Lee</author>", ["Ann Lee"]),
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Ann Lee</dc:creator>", ["Ann Lee"]),
    ],
)
def test_authors_are_names_not_mail_addresses(written: str, authors: list[str] | None) -> None:
    assert authors == only(RSS.format(f"<item>{written}</item>")).get("authors")


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ('<source url="https://other.example/rss">Other</source>', "https://other.example/rss"),
        ('<source url="http://feeds.feedburner.com/other">Other</source>', "Other"),
        ("<source>Other</source>", "Other"),
        ("", None),
    ],
)
def test_only_an_item_taken_from_elsewhere_names_its_outlet(written: str, source: str | None) -> None:
    assert source == only(RSS.format(f"<item>{written}</item>")).get("source")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("<link>/a</link>", "https://post.example/a"),
        ("<guid>https://post.example/g</guid>", "https://post.example/g"),
        ('<guid isPermaLink="false">https://post.example/g</guid>', None),
        ("<guid>p-1</guid>", None),
        ("<link>https://post.example/?a=1&b=2&amp;c=3</link>", "https://post.example/?a=1&b=2&c=3"),
    ],
)
def test_the_address_is_absolute(written: str, url: str | None) -> None:
    assert url == only(RSS.format(f"<item>{written}</item>")).get("url")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Caf&eacute; &ndash; AT&T &amp; Co&nbsp;&unknown; &lt;b&gt;", "Café \u2013 AT&T & Co\xa0&unknown; <b>"),
        ("a&#146;b&#3;c&#x41;\x02", "a\u2019bcA"),
        ("<![CDATA[a &nbsp; & b]]>", "a &nbsp; & b"),
        ("<b>a</b> &lt; c", "<b>a</b> &lt; c"),
        ("a<!-- & --> b", "a b"),
    ],
)
def test_what_xml_does_not_know_and_feeds_write_is_read_as_a_browser_would(written: str, title: str) -> None:
    assert title == only(RSS.format(f"<item><title>{written}</title></item>"))["title"]


def test_prefixes_that_nobody_declared_are_known_by_their_usual_meaning() -> None:
    document = "<rss><channel><item><content:encoded>Words.</content:encoded><x:y>z</x:y></item></channel></rss>"

    assert {"text": "Words."} == only(document)


LATIN = "<rss><channel><item><title>Notícias de Évora</title></item></channel></rss>"
DECLARED = "<?xml version='1.0' encoding='{}'?>"


@pytest.mark.parametrize(
    ("document", "sniffed"),
    [
        (LATIN.encode("latin-1"), "cp1252"),
        ((DECLARED.format("ISO-8859-1") + LATIN).encode("latin-1"), "cp1250"),
        ((DECLARED.format("UTF-8") + LATIN).encode("latin-1"), "cp1252"),
        ((DECLARED.format("ISO-8859-1") + LATIN).encode(), "utf-8"),
        ((DECLARED.format("nonsense") + LATIN).encode("latin-1"), "cp1252"),
        ((DECLARED.format("rot13") + LATIN).encode("latin-1"), "cp1252"),
        ((DECLARED.format("UTF-16") + LATIN).encode("utf-16"), "utf-16"),
        (LATIN.encode("utf-8-sig"), "utf-8-sig"),
    ],
)
def test_an_encoding_is_read_declared_or_not_and_right_or_wrong(document: bytes, sniffed: str) -> None:
    assert {"title": "Notícias de Évora"} == only(document, sniffed)


@pytest.mark.parametrize(("name", "text"), [("Shift_JIS", "表示"), ("gb2312", "新闻"), ("windows-1251", "Вчера")])
def test_a_declared_script_is_believed(name: str, text: str) -> None:
    document = f"{DECLARED.format(name)}<rss><item><title>{text}</title></item></rss>".encode(name)

    assert text == only(document, "cp1252")["title"]


def broken(found: list[Record | Malformed]) -> list[bool]:
    return [isinstance(r, Malformed) and r.reason is Reason.MALFORMED for r in found]


def titles(found: list[Record | Malformed]) -> list[str]:
    return [r.fields["title"] for r in found if isinstance(r, Record)]


@pytest.mark.parametrize(
    "middle",
    [
        "<item><title>b</item>",
        "<item><title>b<br>c</title></item>",
        "<item><title>b</title>",
        "<item><title><![CDATA[b</title></item>",
        "<item><title><!-- b</title></item>",
        "<item><title a='1' a='2'>b</title></item>",
        f"<item>{'<a>' * 300}{'</a>' * 300}</item>",
    ],
)
def test_a_broken_item_costs_itself_only(middle: str) -> None:
    document = RSS.format(f"<item><title>a</title></item>{middle}<item><title><![CDATA[c]]></title></item>")
    found = read(document)

    assert (["a", "c"], [False, True, False]) == (titles(found), broken(found))
    assert [r.raw.decode() for r in found if isinstance(r, Malformed)] == [middle]


def test_a_file_cut_within_an_item_yields_the_items_before_it() -> None:
    document = RSS.format("<item><title>a</title></item><item><title>b</title></item>")
    found = read(document[: document.index("b</title>")])

    assert (["a"], [False, True]) == (titles(found), broken(found))


def test_a_file_cut_between_items_says_that_something_is_missing() -> None:
    document = RSS.format("<item><title>a</title></item>")
    found = read(document[: document.index("</channel>")])

    assert (["a"], [False, True]) == (titles(found), broken(found))
    assert isinstance(found[1], Malformed)
    assert "before its </rss>" in found[1].detail


def test_a_feed_without_items_has_no_records() -> None:
    assert [] == read(RSS.format(""))
    assert [] == read("<rss version='2.0'/>")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("<head><title>Moved</title></head>", "the root element is <head>, which is no feed"),
        ("<rss><channel><title>The Har", "ends before its </rss> and holds no record"),
        ("Not found", "does not begin as XML does"),
    ],
)
def test_a_file_with_nothing_to_read_is_refused_with_the_reason(document: str, why: str) -> None:
    with pytest.raises(DumpRefused, match=why):
        read(document)


def test_an_item_longer_than_the_limit_is_too_long_and_its_neighbours_are_read() -> None:
    document = RSS.format(f"<item><title>{'b' * 5_000}</title></item><item><title>c</title></item>")
    first, second = read(document, max_record_bytes=1_000)

    assert isinstance(first, Malformed)
    assert Reason.TOO_LONG is first.reason
    assert ["c"] == titles([second])


def test_an_item_without_a_story_still_has_the_field_for_one() -> None:
    (record,) = read(RSS.format("<item><title>a</title></item>"))

    assert isinstance(record, Record)
    assert {"text": None, "title": "a", "language": "en-gb"} == record.fields
