"""NITF and NewsML, after the IPTC's specifications: the story, and what agencies and archives say of it."""

from typing import Any

import pytest

from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, parse

NITF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.3/specification/dtd/nitf-3-3.dtd">
<nitf xml:lang="en"><head><title>Harbour slug</title>
<docdata management-status="usable"><doc-id id-string="h-1" regsrc="HP"/><date.issue norm="20260303T100000Z"/></docdata>
<pubdata name="The Harbour Post" date.publication="20260304T000000"/><revision-history norm="20260305"/></head>
<body><body.head><hedline><hl1>Ferry
 stops</hl1><hl2>Tram goes on</hl2></hedline>
<byline class="print_byline">By Ann Lee, <byttl>Staff Writer</byttl></byline>
<byline class="normalized_byline">Lee, Ann</byline><distributor>Port Agency</distributor>
<dateline><location>OSLO</location>, <story.date>March 3</story.date> -</dateline><abstract><p>Short.</p></abstract>
</body.head><body.content>{}</body.content><body.end><tagline>Edited in Oslo.</tagline></body.end></body></nitf>"""
STORY = """<media media-type="image"><media-reference source="a.jpg"/><media-caption>A ferry.</media-caption></media>
<p>The <org>Harbour</org> said
so.</p><hl2>What now</hl2><p>First.<br/>Second &amp; last.</p><ul><li>One</li><li>Two</li></ul>
<table><tr><td>1</td><td>2</td></tr></table><pre>a
b</pre>"""
TEXT = "The Harbour said so.\nWhat now\nFirst.\nSecond & last.\nOne\nTwo\n1 2\na\nb"


def read(document: str, form: Format) -> list[dict[str, Any]]:
    data = document.encode()
    found = list(parse(data, form, "utf-8"))
    assert all(isinstance(r, Record) and data[r.offset or 0 :].startswith(r.raw) for r in found), found
    return [{k: v for k, v in r.fields.items() if v is not None} for r in found if isinstance(r, Record)]


def test_nitf_is_read_with_the_story_alone_in_its_text() -> None:
    assert [
        {
            "title": "Ferry stops",
            "text": TEXT,
            "source_id": "h-1",
            "published": "20260304T000000",
            "updated": "20260305",
            "authors": ["Ann Lee"],
            "dateline": "OSLO, March 3 -",
            "agency": "Port Agency",
            "source": "The Harbour Post",
            "language": "en",
        }
    ] == read(NITF.format(STORY), Format.NITF)


def test_an_archive_that_gives_the_lead_twice_is_read_once() -> None:
    blocks = (
        '<block class="lead_paragraph"><p>Lead.</p></block><block class="full_text"><p>Lead.</p><p>More.</p></block>'
    )

    assert "Lead.\nMore." == read(NITF.format(blocks), Format.NITF)[0]["text"]


def test_an_abstract_stands_in_for_a_missing_story() -> None:
    (fields,) = read(NITF.format(""), Format.NITF)

    assert ("Short.", False) == (fields["summary"], "text" in fields)


def test_an_address_names_the_outlet_in_nitf() -> None:
    document = NITF.replace("<pubdata ", '<pubdata ex-ref="https://post.example/ferry" ').format(STORY)
    (fields,) = read(document, Format.NITF)

    assert ("https://post.example/ferry", False) == (fields["url"], "source" in fields)


def test_nitf_documents_in_a_row_are_a_record_each() -> None:
    assert [TEXT, "Two."] == [f["text"] for f in read(NITF.format(STORY) + NITF.format("<p>Two.</p>"), Format.NITF)]


def test_a_broken_nitf_document_is_malformed() -> None:
    (found,) = parse(NITF.format("<p>a").encode(), Format.NITF, "utf-8")

    assert isinstance(found, Malformed)


G2 = """<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2026-03-05</sent>
</header><itemSet>{}</itemSet></newsMessage>"""
ITEM = """<newsItem guid="urn:newsml:agency.example:1" version="2" standard="NewsML-G2" xml:lang="en"><itemMeta>
<itemClass qcode="ninat:text"/><provider qcode="nprov:PORT"><name>Port Agency</name></provider>
<versionCreated>2026-03-03T12:00:00Z</versionCreated><firstCreated>2026-03-03T10:00:00Z</firstCreated>
<pubStatus qcode="stat:usable"/><title>Internal title</title></itemMeta>
<contentMeta><located><name>Oslo</name></located><creator><name>Ann Lee</name></creator>
<language tag="en-GB"/><slugline>FERRY-STOP</slugline><headline>Ferry stops</headline><by>By Ann Lee</by>
<dateline>OSLO, March 3</dateline><description role="drol:summary">Short.</description></contentMeta>
<contentSet>{}</contentSet></newsItem>"""
INLINE_NITF = """<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
<body.head><hedline><hl1>Other</hl1></hedline></body.head><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>
</inlineXML>"""
INLINE_XHTML = """<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head>
<title>Page</title></head><body><h1/><p>One.</p><p>Two.</p></body></html></inlineXML>"""
INLINE_TEXT = '<inlineData contenttype="text/plain">One.\nTwo.</inlineData>'
SAID = {
    "title": "Ferry stops",
    "text": "One.\nTwo.",
    "source_id": "urn:newsml:agency.example:1:2",
    "published": "2026-03-03T10:00:00Z",
    "updated": "2026-03-03T12:00:00Z",
    "authors": ["Ann Lee"],
    "dateline": "OSLO, March 3",
    "agency": "Port Agency",
    "source": "Port Agency",
    "language": "en-GB",
}


@pytest.mark.parametrize("content", [INLINE_NITF, INLINE_XHTML, INLINE_TEXT])
def test_newsml_g2_is_read_whatever_its_story_is_written_in(content: str) -> None:
    assert [SAID] == read(G2.format(ITEM.format(content)), Format.NEWSML)


def test_an_item_alone_in_its_file_is_read_the_same() -> None:
    item = ITEM.replace("<newsItem ", '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" ')

    assert [SAID] == read(item.format(INLINE_NITF), Format.NEWSML)


def test_every_item_is_a_record_and_a_caption_is_no_story() -> None:
    picture = ITEM.replace("ninat:text", "ninat:picture").format('<remoteContent href="a.jpg"/>')
    package = ITEM.replace("newsItem", "packageItem").format("")
    found = read(G2.format(ITEM.format(INLINE_NITF) + picture + package), Format.NEWSML)

    assert [("text", "Ferry stops"), (None, "Ferry stops"), ("summary", "Ferry stops")] == [
        (next((name for name in ("text", "summary") if name in fields), None), fields["title"]) for fields in found
    ]


def test_an_embargo_dates_the_story_and_a_cancelled_one_says_so() -> None:
    held = ITEM.replace("<pubStatus", "<embargoed>2026-03-04T06:00:00Z</embargoed><pubStatus")
    (fields,) = read(G2.format(held.replace("stat:usable", "stat:canceled").format(INLINE_TEXT)), Format.NEWSML)

    assert ("2026-03-04T06:00:00Z", "stat:canceled") == (fields["published"], fields["pub_status"])


def test_a_file_that_is_not_its_own_text_has_none() -> None:
    (fields,) = read(G2.format(ITEM.format('<inlineData encoding="base64">QUJD</inlineData>')), Format.NEWSML)

    assert "text" not in fields


def test_a_message_cut_short_yields_what_came_and_says_so() -> None:
    document = G2.format(ITEM.format(INLINE_NITF))
    found = list(parse(document[: document.index("</itemSet>")].encode(), Format.NEWSML, "utf-8"))

    assert [Record, Malformed] == [type(r) for r in found]


FIRST = """<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20260305T000000Z</DateAndTime></NewsEnvelope><NewsItem>
<Identification><NewsIdentifier><ProviderId>agency.example</ProviderId><DateId>20260303</DateId>
<NewsItemId>1</NewsItemId><RevisionId PreviousRevision="0" Update="N">1</RevisionId></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20260303T100000Z</FirstCreated><ThisRevisionCreated>20260303T120000Z</ThisRevisionCreated>
<Status FormalName="Usable"/></NewsManagement><NewsComponent><NewsLines><HeadLine>Ferry stops</HeadLine>
<ByLine>by Ann Lee</ByLine><DateLine>OSLO, March 3</DateLine><SlugLine>FERRY</SlugLine></NewsLines>
<AdministrativeMetadata><Provider><Party FormalName="Port Agency"/></Provider></AdministrativeMetadata>
<DescriptiveMetadata><Language FormalName="en"/></DescriptiveMetadata>
<NewsComponent><Role FormalName="Caption"/><ContentItem><DataContent><p>A ferry.</p></DataContent></ContentItem>
</NewsComponent><NewsComponent><Role FormalName="Main"/><ContentItem><MediaType FormalName="Text"/>{}</ContentItem>
</NewsComponent></NewsComponent></NewsItem></NewsML>"""


@pytest.mark.parametrize(
    "content",
    [
        "<DataContent><p>One.</p><p>Two.</p></DataContent>",
        "<DataContent><nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf></DataContent>",
        "<DataContent>One.\nTwo.</DataContent>",
        "<p>One.</p><p>Two.</p>",
    ],
)
def test_newsml_1_is_read_without_its_captions(content: str) -> None:
    assert [
        {
            **SAID,
            "source_id": "agency.example:20260303:1:1",
            "published": "20260303T100000Z",
            "updated": "20260303T120000Z",
            "language": "en",
        }
    ] == read(FIRST.format(content), Format.NEWSML)


def test_a_message_that_ends_before_any_item_is_refused() -> None:
    with pytest.raises(DumpRefused, match="before its </newsMessage> and holds no record"):
        read(G2[: G2.index("<itemSet>")], Format.NEWSML)
