"""Addresses, as dumps spell them."""

import os
from pathlib import Path

import orjson
import pytest

from transforms.urls import canonical_url, host, original, site

PAGE = "https://echo.example/2017/ferry"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://echo.example/2017/ferry/",
        "https://www.echo.example/2017/ferry",
        "http://www.www.echo.example/2017/ferry",
        " https://echo.example/2017/ferry\n",
        "https://ECHO.example:443/2017/ferry#comments",
        "https://echo.example/2017/ferry?utm_source=a&utm_medium=b&fbclid=c",
        "http:/echo.example/2017/ferry",
        "http://http://echo.example/2017/ferry",
        "https://web.archive.org/web/20170207id_/http://www.echo.example/2017/ferry",
        "http://archive.is/1234/https://web.archive.org/web/2017/http://echo.example/2017/ferry",
        "https://reader:secret@echo.example/2017/ferry",
        "https://echo.example./2017/ferry",
        "https://m.echo.example/2017/ferry",
        "http://www.m.echo.example/2017/ferry",
        "https://mobile.echo.example/2017/ferry?amp=1",
        "https://amp.echo.example/2017/ferry",
        "https://echo.example/2017/ferry/amp/",
        "https://echo.example/amp/2017/ferry",
        "https://echo.example/2017/ferry?amp",
        "https://echo.example/2017/ferry?outputType=amp&utm_source=x",
        "https://echo.example/2017/ferry?print=1",
        "https://www.google.com/amp/s/echo.example/2017/ferry",
        "https://www-echo-example.cdn.ampproject.org/c/s/www.echo.example/amp/2017/ferry",
        "https://archive.ph/o/aBcDe/https://echo.example/2017/ferry",
        "http://archive.today/newest/http://echo.example/2017/ferry",
        "https://web.archive.org/web/2017/echo.example/2017/ferry",
        "https://web.archive.org/web/2017/http%3A%2F%2Fecho.example%2F2017%2Fferry",
        "https://arquivo.pt/wayback/20170207101500/http://echo.example/2017/ferry",
        "https://webcache.googleusercontent.com/search?q=cache:AbCdEfGhIjKl:https://echo.example/2017/ferry+&cd=1",
    ],
)
def test_one_page_has_one_address(url: str) -> None:
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "echo",
        "echo.example/a",
        "https://echo.example",
        "https://echo.example/",
        "http://localhost/a",
        "http://[::1/a",
        "http://echo.example:x/a?b=1",
        "http://echo.example:99999/a?b=1",
        "mailto:desk@echo.example",
    ],
)
def test_a_front_page_or_no_page_at_all_has_none(url: str) -> None:
    assert canonical_url(url) is None


def test_a_page_told_by_its_query_is_a_page() -> None:
    assert canonical_url("https://echo.example/?p=5&utm_source=x") == "https://echo.example?p=5"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://echo.example/view?cid=AEN20170207", "https://echo.example/view?cid=AEN20170208"),
        ("https://echo.example/story.asp?20170207", "https://echo.example/story.asp?20170208"),
        ("https://echo.example/amp", "https://echo.example/"),
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://archive.is/Ab1cD", "https://archive.is/Ef2gH"),
        ("https://echo.example/print/ferry", "https://echo.example/ferry"),
        ("https://harbour.echo.example/a", "https://echo.example/a"),
    ],
)
def test_two_pages_have_two_addresses(first: str, second: str) -> None:
    assert canonical_url(first) != canonical_url(second)


def test_a_campaign_is_no_part_of_the_address() -> None:
    assert canonical_url("https://echo.example/a?cid=rss&amp;id=3") == "https://echo.example/a?id=3"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.echo.co.uk/a", "echo.co.uk"),
        ("https://harbour.wordpress.com/a", "harbour.wordpress.com"),
        ("https://harbour.blogspot.com/a", "harbour.blogspot.com"),
        ("https://147.182.248.18/a", "147.182.248.18"),
        ("https://www.gov.cn/", "gov.cn"),
        ("echo", None),
    ],
)
def test_the_hosts_of_one_site_have_its_name(url: str, expected: str | None) -> None:
    assert site(url) == expected


def test_the_page_s_own_link_may_lead_to_another_host_of_its_site() -> None:
    assert canonical_url("https://women.echo.com/1", "https://www.echo.com/a/1") == "https://echo.com/a/1"


def test_an_address_that_leads_through_no_archive_is_the_original() -> None:
    assert original(f" {PAGE}?a=http://x.example ") == f"{PAGE}?a=http://x.example"


@pytest.mark.skipif("BROADSHEET_REALDATA" not in os.environ, reason="BROADSHEET_REALDATA names no folder of real dumps")
def test_the_sites_of_real_addresses_are_found() -> None:
    cases = orjson.loads((Path(os.environ["BROADSHEET_REALDATA"]) / "gold" / "url_cases.json").read_bytes())

    for url, expected in cases["TestCanonicalDomain.test_canonical_domain"]:
        assert (url, site(url)) == (url, expected.removeprefix("www."))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (None, PAGE),
        ("", PAGE),
        ("https://www.echo.example/ferry-laid-up", "https://echo.example/ferry-laid-up"),
        ("/ferry-laid-up", "https://echo.example/ferry-laid-up"),
        ("https://courier.example/ferry", PAGE),
        ("https://echo.example/", PAGE),
        ("//[", PAGE),
    ],
)
def test_the_page_s_own_link_wins_within_its_site(declared: str | None, expected: str) -> None:
    assert canonical_url(PAGE, declared) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.Echo.example/a", "echo.example"),
        ("www.echo.example", "echo.example"),
        ("echo.example/a", "echo.example"),
        ("https://web.archive.org/web/2017/http://echo.example/a", "echo.example"),
        ("The Echo", None),
        ("localhost", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_host_is_found_in_an_address_or_a_bare_name(text: str, expected: str | None) -> None:
    assert host(text) == expected
