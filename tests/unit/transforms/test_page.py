"""A page is read for what it says; what it does not say is not made up, and nothing in it stops the reading."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.page import Extractor, Page, read_page
from transforms.parse.html import page_text

URL = "https://www.lindmoor.example/2024/03/05/dam"
STORY = "".join(
    f"<p>Engineer number {n} said on Tuesday that the dam above Lindmoor would hold, whatever the river did.</p>"
    for n in range(12)
)


def page(head: str = "", body: str = "<h1>The dam will hold</h1>") -> Page:
    html = f"<!doctype html><html><head>{head}</head><body>{body}<article>{STORY}</article></body></html>"
    return read_page(html, URL, Extractor.SPEED)


def linked(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>The dam will hold | Lindmoor Echo</title>", "", "The dam will hold"),
        ("<title>The dam will hold - Lindmoor</title>", "", "The dam will hold"),
        ("<title>Lindmoor Echo - The dam will hold</title><meta property=og:site_name content='Lindmoor Echo'>", "",
         "The dam will hold"),
        ("<title>Dam - will it hold? - echo.example.com</title>", "", "Dam - will it hold?"),
        ("<title>Opinion | The dam will hold | News</title>", "<h1>The dam will hold</h1>", "The dam will hold"),
        ("<meta property=og:title content='You will not believe this dam'>", "<h1>The dam will hold</h1>",
         "You will not believe this dam"),
        ("<title>The Lindmoor view: it holds | Opinion</title>", "<h1>Opinion</h1>", "The Lindmoor view: it holds"),
        ("", "<h1>The dam will hold</h1>", "The dam will hold"),
        ("", "<h1>One</h1><h1>Two</h1>", None),
        ("<title>Lindmoor</title>", "", None),
    ],
)  # fmt: skip
def test_the_headline_comes_without_the_name_of_the_site(head: str, body: str, title: str | None) -> None:
    assert title == page(head, body).title


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        (linked(datePublished="2024-03-05T06:00:00Z"), "", "2024-03-05T06:00:00Z"),
        (linked(datePublished="0001-01-01"), "<time datetime='2024-03-05'>", "2024-03-05"),
        ("<meta name=parsely-pub-date content='2024-03-05'>", "", "2024-03-05"),
        ("<meta name=date content='soon'>", "<span class=post-date>Posted on March 5, 2024</span>", "March 5, 2024"),
        ("", "<span class=post-date>Updated March 5, 2024</span>", None),
        ("", "<p>© 2024 Lindmoor Echo</p>", None),
        ("<meta property=og:updated_time content='2024-03-05'>", "", None),
    ],
)
def test_a_date_is_declared_or_printed_as_one_or_there_is_none(head: str, body: str, published: str | None) -> None:
    assert published == page(head, body).published


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        (linked(author={"name": "Ada Quill"}), "", ("Ada Quill",)),
        (linked(author=[{"name": "Ada Quill"}, "Bo Ink"]), "", ("Ada Quill", "Bo Ink")),
        (
            linked(author={"@id": "#1"}) + linked(**{"@type": "Person", "@id": "#1", "name": "Ada Quill"}),
            "",
            ("Ada Quill",),
        ),
        ("<meta name=author content='By Ada Quill and Bo Ink'>", "", ("Ada Quill", "Bo Ink")),
        ("<meta name=author content='https://x.example/ada-quill'>", "<a rel=author>Ada Quill</a>", ("Ada Quill",)),
        ("<meta name=author content=admin>", "<p class=byline>by <b>Ada</b> Quill, 5 March</p>", ("Ada Quill",)),
        (linked(author={"name": "Lindmoor Echo"}, publisher={"name": "Lindmoor Echo"}), "", ()),
        ("", "<div class=comment><span class=author>Troll McBridge</span></div>", ()),
    ],
)
def test_authors_are_people_that_the_page_names(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert authors == page(head, body).authors


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/dam", "https://www.lindmoor.example/dam"),
        ("https://other.example/dam", "https://other.example/dam"),
        ("/", None),
        ("javascript:void(0)", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_the_canonical_address_is_that_of_a_story(link: str, address: str | None) -> None:
    assert address == page(f"<link rel=canonical href='{link}'>").canonical_url


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("Мост откроют позже, сообщили власти города во вторник.", "cp1251", "windows-1251"),
        ("橋は来年開通すると市長は火曜日に述べた。", "cp932", "Shift_JIS"),
        ("这座桥将于明年开放、市长星期二说。", "gb18030", "gb2312"),
        ("這座橋將於明年開放、市長星期二說。", "big5", "big5"),
        ("다리는 내년에 열린다고 시장이 화요일 말했다.", "cp949", "euc-kr"),
        ("橋は来年開通する。", "iso2022_jp", "iso-2022-jp"),
        ("The café”s bill", "cp1252", "iso-8859-1"),
        ("The café”s bill", "utf-8", "iso-8859-1"),
        ("The café”s bill", "utf-8", "nonsense"),
        ("The café”s bill", "cp1252", "utf-8"),
        ("The café”s bill", "utf-16", "utf-8"),
    ],
)
def test_a_page_is_decoded_as_its_bytes_and_its_label_agree_best(text: str, codec: str, label: str) -> None:
    html = f'<html><head><meta charset="{label}"></head><p>{text}</p>'

    assert html == page_text(html.encode(codec)).removeprefix("\ufeff")


def test_a_story_that_only_linked_data_holds_is_taken_from_there() -> None:
    body = "The dam will hold, the engineer said. " * 20

    found = read_page(f"<html><head>{linked(articleBody=body)}</head><body>Please enable scripts.</body>", URL)

    assert body.strip() == found.text


HOSTILE = {
    "deep": "<div>" * 100_000 + STORY + "</div>" * 100_000,
    "open tables": "<table><tr><td>" * 9_000,
    "no body": "<html><head><title>x",
    "links": "<a href=x>" * 29_000,
    "times": "<time datetime=2024>" * 29_000,
    "linked data": '<script type="application/ld+json">' + "[" * 100_000,
    "brackets": "<" * 100_000,
    "blanks": "<p>" + " " * 1_000_000,
    "bars": "<title>" + " | a" * 50_000 + "</title>",
    "surrogate": "<p>\ud800",
    "nothing": "",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_page_stops_the_reading_or_takes_it_long(kind: str) -> None:
    begin = time.process_time()

    found = [read_page(HOSTILE[kind], URL, extractor) for extractor in Extractor]

    assert all(len(each.text) <= len(HOSTILE[kind]) for each in found)
    assert time.process_time() - begin < 4


DECLARED = linked(author="Ada Quill", datePublished="2024")
WHOLE = f"<html><head><title>Dam</title>{DECLARED}</head><body>{STORY}</body></html>"


@settings(max_examples=25)
@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=9), st.sampled_from(Extractor))
def test_a_cut_or_damaged_page_is_read_as_far_as_it_goes(begin: int, end: int, junk: bytes, how: Extractor) -> None:
    found = read_page(WHOLE[:begin].encode() + junk + WHOLE[end:].encode(), URL, how)

    assert isinstance(found.text, str)
    assert found.published in (None, "2024")
