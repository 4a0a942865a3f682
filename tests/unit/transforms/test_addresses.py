"""Addresses, as dumps spell them."""

import pytest

from transforms.urls import canonical_url, host

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
