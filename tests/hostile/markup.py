"""Web pages, XML and mail: nested past all measure, flooded with attributes and entities, or never closed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.hostile.attack import STORY, Attack, Family, holding, jsonl, made
from transforms.parse import Format

_FORMATS: Final = {str(form) for form in Format}
_PARAGRAPHS: Final = "".join(f"<p>{n}. {STORY}</p>" for n in range(5))


def _missing(*forms: str) -> str | None:
    """Say which of the formats is not read yet."""
    absent = [form for form in forms if form not in _FORMATS]
    return f"no parser for {absent[0]}" if absent else None


def _page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>A page</title>{head}</head><body>{body}</body></html>"


_PAGES: Final[Mapping[str, str]] = {
    "nested-div": _page("<div>" * 100_000 + _PARAGRAPHS),
    "nested-table": _page("<table><tr><td>" * 20_000 + _PARAGRAPHS),
    "nested-b": _page("<b><i>" * 50_000 + _PARAGRAPHS),
    "formatting": _page("<a><b><i><font>" * 300 + "<p>x" * 3_000 + _PARAGRAPHS),
    "attributes": _page(f'<p data-a="{"a" * 10_000_000}">{STORY}</p>{_PARAGRAPHS}'),
    "many-attributes": _page("<p " + " ".join(f'a{n}="{n}"' for n in range(100_000)) + f">{STORY}</p>{_PARAGRAPHS}"),
    "entities": _page("&amp;lt;" * 500_000 + _PARAGRAPHS),
    "number-entities": _page("&#x41;&#0;&#xD800;&#x110000;&#99999999999;" * 50_000 + _PARAGRAPHS),
    "comments": _page("<!--" * 200_000 + _PARAGRAPHS),
    "cdata": _page("<![CDATA[" * 200_000 + _PARAGRAPHS),
    "open-tags": _page("<" * 1_000_000 + _PARAGRAPHS),
    "open-quote": _page('<p class="' + "a" * 1_000_000 + _PARAGRAPHS),
    "scripts": _page("<script>" * 100_000 + _PARAGRAPHS),
    "metas": _page(_PARAGRAPHS, '<meta name="author" content="x">' * 50_000),
    "json-ld": _page(_PARAGRAPHS, '<script type="application/ld+json">' + '{"a":' * 100_000 + "</script>"),
    "json-ld-date": _page(
        _PARAGRAPHS, '<script type="application/ld+json">{"datePublished": "' + "1" * 1_000_000 + '"}</script>'
    ),
    "nul": _page("\0".join(_PARAGRAPHS)),
    "siblings": _page("<p>a</p>" * 200_000 + _PARAGRAPHS),
    "links": _page('<a href="http://a.example/">word</a> ' * 100_000 + _PARAGRAPHS),
    "no-html": "\u0000\ufffe" * 1000,
    "bases": _page(_PARAGRAPHS, '<base href="file:///etc/passwd"><link rel="canonical" href="javascript:alert(1)">'),
}
_FILES: Final = ("nested-div", "attributes", "comments", "number-entities", "nul", "no-html", "bases")
"""Pages that are delivered as files, too, which are read as those in a field are once they are taken for pages."""


def _in_html(page: str) -> bytes:
    return jsonl({"id": "1", "title": "A page", "url": "https://hostile.example/a", "html": page})


def _in_text(page: str) -> bytes:
    return jsonl({"id": "1", "title": "A page", "text": page})


HTML: Final = Family(
    "HTML",
    (
        *(Attack(f"text-{name}.jsonl", holding(_in_text(page))) for name, page in _PAGES.items()),
        *(Attack(f"field-{name}.jsonl", holding(_in_html(page)), may_be_refused=True)
          for name, page in _PAGES.items()),
        *(Attack(f"file-{name}.html", holding(page.encode()), may_be_refused=True, skipped=_missing("html"))
          for name, page in _PAGES.items() if name in _FILES),
    ),
    cpu_seconds=300,
)  # fmt: skip

_LAUGHS: Final = (
    '<!DOCTYPE rss [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
)
_QUADRATIC: Final = '<!DOCTYPE rss [<!ENTITY a "' + "a" * 100_000 + '">]>'


def _external(address: str) -> str:
    return f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}"><!ENTITY % p SYSTEM "{address}"> %p;]>'


def _feed(inside: str, doctype: str = "") -> bytes:
    items = "".join(
        f"<item><title>Honest {n}</title><link>https://feed.example/{n}</link>"
        f"<description>{n}. {STORY}</description></item>"
        for n in range(2)
    )
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return (
        f'{head}{doctype}<rss version="2.0"><channel><title>Feed</title>{items}'
        f"<item><title>Hostile</title><description>{STORY} {inside}</description></item></channel></rss>"
    ).encode()


_FEEDS: Final[Mapping[str, bytes]] = {
    "laughs": _feed("&a11;", _LAUGHS),
    "quadratic": _feed("&a;" * 50_000, _QUADRATIC),
    "external-file": _feed("&x;", _external("file:///etc/passwd")),
    "external-http": _feed("&x;", _external("http://127.0.0.1:9/x")),
    "nested": _feed("<a>" * 200_000),
    "nested-closed": _feed("<a>" * 200_000 + "</a>" * 200_000),
    "attributes": _feed("<a " + " ".join(f'b{n}="c"' for n in range(100_000)) + "/>"),
    "huge-attribute": _feed('<a b="' + "c" * 12_000_000 + '"/>'),
    "namespaces": _feed("".join(f'<a{n} xmlns:n{n}="urn:{n}">' for n in range(20_000))),
    "cdata": _feed("<![CDATA[" + "a" * 11_000_000 + "]]>"),
    "open-cdata": _feed("<![CDATA["),
    "open-comments": _feed("<!--" * 100_000),
    "entities": _feed("&amp;" * 1_000_000),
    "unknown-entities": _feed("&nosuch;" * 300_000),
    "references": _feed("&#0;&#xD800;&#1114112;" * 10_000),
    "stylesheet": b'<?xml-stylesheet href="file:///etc/passwd" type="text/xsl"?>' + _feed(""),
    "xinclude": _feed('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "encoding": _feed("").replace(b"utf-8", b"utf-7"),
    "encoding-unknown": _feed("").replace(b"utf-8", b"x" * 10_000),
    "items": b"<rss><channel>" + b"<item>" * 100_000,
    "open-items": b"<rss><channel>" + b"<item><title>a</title>" * 20_000,
    "many-items": b"<rss><channel>" + b"<item/>" * 100_000 + b"</channel></rss>",
    "truncated": _feed("")[:-60],
}
XML: Final = Family(
    "XML",
    tuple(
        Attack(f"feed-{name}.xml", holding(data), may_be_refused=True, skipped=_missing("feed"))
        for name, data in _FEEDS.items()
    ),
    cpu_seconds=120,
    markers=("root:x:0:0",),
)


def _sgml() -> Iterator[tuple[str, bytes]]:
    body = f"<TITLE>A title</TITLE><BODY>{STORY}</BODY>"
    whole = f'<REUTERS NEWID="1"><TEXT>{body}</TEXT></REUTERS>'
    head = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
    yield "open", (head + '<REUTERS NEWID="1"><TEXT>' * 50_000 + STORY).encode()
    yield "never-closed", (head + whole + f'<REUTERS NEWID="2"><TEXT>{body}').encode()
    yield "attributes", (head + "<REUTERS " + 'A="b" ' * 500_000 + f">{body}</REUTERS>").encode()
    yield "open-quote", (head + '<REUTERS A="' + "b" * 2_000_000 + whole).encode()
    yield "titles", (head + "<REUTERS><TEXT>" + "<TITLE>" * 300_000 + "</TEXT></REUTERS>").encode()
    yield "entities", (head + f"<REUTERS><TEXT><BODY>{STORY}{'&lt;&#3;' * 300_000}</BODY></TEXT></REUTERS>").encode()


def _mail() -> Iterator[tuple[str, bytes]]:
    head = "From: a@example.org\nSubject: A subject\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(10_000))
    yield "nested", (head + parts + f"\n{STORY}").encode()
    yield "headers", (head + "X-A: b\n" * 200_000 + f"\n{STORY}").encode()
    yield "long-header", (head + "X-A: " + "b" * 5_000_000 + f"\n\n{STORY}").encode()
    yield "folded", (head + "X-A: b\n" + " c\n" * 500_000 + f"\n{STORY}").encode()
    yield "encoded-words", (head.replace("A subject", "=?utf-8?q?a?= " * 100_000) + f"\n{STORY}").encode()
    yield "bad-words", (head.replace("A subject", "=?" * 100_000) + f"\n{STORY}").encode()
    yield "recipients", (head + "To: " + "a@b.example, (" * 50_000 + f"\n\n{STORY}").encode()
    yield "base64", (head + f"Content-Transfer-Encoding: base64\n\n{'A' * 4_000_001}").encode()
    yield "charset", (head + f"Content-Type: text/plain; charset={'x' * 10_000}\n\n{STORY}").encode()
    yield "boundary", (head + f'Content-Type: multipart/mixed; boundary="{"-" * 70}"\n\n{"-" * 2_000_000}').encode()
    yield "parts", (head + 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\na\n" * 100_000).encode()
    yield "html", (head + f"Content-Type: text/html\n\n{'<div>' * 100_000}{STORY}").encode()
    yield "date", (head.replace("Mon, 4 Mar 2024", "9" * 100_000) + f"\n{STORY}").encode()


def _headings() -> bytes:
    return b"".join(b"From a@example.org Mon Mar  4 10:00:00 2024\n" for _ in range(100_000))


SGML: Final = Family(
    "SGML and mail",
    (
        *(Attack(f"sgml-{name}.sgm", holding(data), may_be_refused=True, skipped=_missing("sgm"))
          for name, data in _sgml()),
        *(Attack(f"mail-{name}.eml", holding(data), may_be_refused=True, skipped=_missing("eml"))
          for name, data in _mail()),
        Attack("from-lines.mbox", made(_headings), may_be_refused=True, skipped=_missing("mbox")),
    ),
    cpu_seconds=120,
)  # fmt: skip


def _warc(headers: Mapping[str, Any], block: bytes) -> bytes:
    head = {"WARC-Type": "response", "WARC-Target-URI": "https://warc.example/a", "Content-Length": len(block),
            "WARC-Record-ID": "<urn:uuid:0>", "WARC-Date": "2024-03-04T10:00:00Z",
            "Content-Type": "application/http;msgtype=response", **headers}  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def _http(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", "Content-Type: text/html", *headers))
    return lines.encode() + b"\r\n" + body


def _warcs() -> Iterator[tuple[str, bytes]]:
    import gzip  # noqa: PLC0415

    page = _page(_PARAGRAPHS).encode()
    honest = _warc({}, _http(page))
    yield "length-over", honest + _warc({"Content-Length": 1 << 40}, _http(page))
    yield "length-short", _warc({"Content-Length": 10}, _http(page)) + honest
    yield "length-negative", _warc({"Content-Length": -5}, _http(page)) + honest
    yield "length-words", _warc({"Content-Length": "many"}, _http(page)) + honest
    yield "length-digits", _warc({"Content-Length": "9" * 10_000}, _http(page)) + honest
    yield "header-long", _warc({"X": "y" * 20_000_000}, _http(page)) + honest
    yield "header-many", _warc({f"X{n}": "y" for n in range(200_000)}, _http(page)) + honest
    yield "header-endless", b"WARC/1.0\r\n" + b"X: y\r\n" * 500_000
    yield "http-header", _warc({}, _http(page, "X: " + "y" * 10_000_000)) + honest
    yield "chunks-lie", _warc({}, _http(b"ffffffffff\r\n" + page, "Transfer-Encoding: chunked")) + honest
    yield "chunks-negative", _warc({}, _http(b"-1\r\n" + page, "Transfer-Encoding: chunked")) + honest
    yield "chunks-many", _warc({}, _http(b"1\r\na\r\n" * 500_000 + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
    yield "body-bomb", _warc({}, _http(gzip.compress(bytes(256 << 20)), "Content-Encoding: gzip")) + honest
    yield "body-cut", _warc({}, _http(gzip.compress(page)[:-20], "Content-Encoding: gzip")) + honest
    yield "body-not-gzip", _warc({}, _http(page, "Content-Encoding: gzip, deflate, br")) + honest
    yield "uri", _warc({"WARC-Target-URI": "http://" + "a" * 1_000_000}, _http(page)) + honest
    yield "nested", _warc({}, _http(_page("<div>" * 100_000 + _PARAGRAPHS).encode())) + honest
    yield "empty-records", _warc({"WARC-Type": "request"}, b"") * 20_000 + honest


WARC: Final = Family(
    "WARC",
    tuple(
        Attack(f"warc-{name}.warc", made(lambda data=data: data), may_be_refused=True, skipped=_missing("warc"))  # type: ignore[misc]
        for name, data in (_warcs() if "warc" in _FORMATS else ((name, b"") for name in ("all",)))
    ),
    cpu_seconds=120,
)
