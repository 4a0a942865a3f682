"""Of a web archive the pages are read, what is damaged is shown, and the rest is counted."""

import gzip
import time
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake.chunks import chunks, records
from tests.unit.intake.deliveries import CODECS, received
from transforms.article import Reason
from transforms.parse import Format, Malformed, Record, census, frames, parse

PAGE = "<!doctype html><html><body><p>Das Wehr hält, sagt die Stadt.</p></body></html>"
TYPE = "Content-Type: text/html; charset=utf-8\r\n"


def response(body: bytes = PAGE.encode(), headers: str = TYPE, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body


def record(
    content: bytes, kind: str = "response", length: int | None = None, url: str = "https://e.example/1"
) -> bytes:
    form = "text/html" if kind == "resource" else f"application/http; msgtype={kind}"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-05T06:00:00Z\r\n"
        f"Content-Type: {form}\r\nContent-Length: {len(content) if length is None else length}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def arc(*pages: bytes) -> bytes:
    version = b"1 0 Maker\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20140301000000 text/plain %d\n" % len(version) + version + b"\n"
    line = b"http://e.example/a b 127.0.0.1 20140301000000 text/html %d\n"
    return head + b"".join(line % len(page) + page + b"\n" for page in pages)


def found(data: bytes, limit: int = 1 << 20) -> list[Record | Malformed]:
    return list(parse(data, Format.WARC, "", max_record_bytes=limit))


def details(data: bytes, limit: int = 1 << 20) -> list[str]:
    return [each.detail for each in found(data, limit) if isinstance(each, Malformed)]


def chunked(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "content",
    [
        response(),
        response(headers=""),
        PAGE.encode(),
        response(gzip.compress(PAGE.encode()), TYPE + "Content-Encoding: gzip\r\n"),
        response(brotli.compress(PAGE.encode()), TYPE + "Content-Encoding: br\r\n"),
        response(chunked(PAGE.encode()), TYPE + "Transfer-Encoding: chunked\r\n"),
        response(
            chunked(gzip.compress(PAGE.encode())), TYPE + "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
        ),
        response(headers=TYPE + "Content-Encoding: gzip\r\n"),
        response(headers=TYPE + "Transfer-Encoding: chunked\r\n"),
        response(PAGE.encode("utf-16"), TYPE),
        response().replace(b"\r\n", b"\n"),
    ],
    ids=[
        "plain",
        "untyped",
        "bare",
        "gzip",
        "brotli",
        "chunked",
        "both",
        "not gzip",
        "not chunked",
        "utf-16",
        "bare feeds",
    ],
)
def test_a_page_is_unpacked_by_its_header_or_in_spite_of_it(content: bytes) -> None:
    (page,) = found(record(content))

    assert isinstance(page, Record)
    assert page.fields == {"html": PAGE, "url": "https://e.example/1", "fetched_at": "2024-03-05T06:00:00Z"}


def test_pages_alone_are_records_and_the_rest_is_counted() -> None:
    image = response(b"\x89PNG", "Content-Type: image/png\r\n")
    before = record(b"", "warcinfo") + record(b"GET / HTTP/1.1\r\n\r\n", "request") + record(image)
    data = before + record(response()) + record(PAGE.encode(), "resource") + record(b"", "revisit")

    pages = found(data)

    assert [(p.number, p.offset, data[p.offset or 0 :].startswith(p.raw)) for p in pages] == [
        (0, len(before), True),
        (1, len(before + record(response())), True),
    ]
    assert census(data) == {
        "warcinfo records": 1,
        "request records": 1,
        "responses that are no page": 1,
        "revisit records": 1,
    }


@pytest.mark.parametrize(("status", "reason"), [("404 Not Found", "404"), ("302 Found", "302"), ("503 Busy", "503")])
def test_what_the_server_sent_in_place_of_the_page_is_a_placeholder(status: str, reason: str) -> None:
    (page,) = found(record(response(status=status)))

    assert isinstance(page, Malformed)
    assert (page.reason, page.detail) == (Reason.PLACEHOLDER, f"HTTP status {reason}")


@pytest.mark.parametrize(
    ("damaged", "detail"),
    [
        (record(response(), length=9), "no record follows after the 9 bytes it says"),
        (record(response(), length=99_999), "it is cut short"),
        (record(response()).replace(b"Content-Length", b"Content-Size", 1), "its header says no length"),
        (b"what is this?\r\n\r\n", "no record of the archive begins here"),
        (b"WARC/1.0\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "its header does not end within 65,536 bytes"),
        (record(response(b"\x1f\x8bno gzip", TYPE + "Content-Encoding: gzip\r\n")), "its HTTP body cannot be unpacked"),
        (record(response(b"")), "a page without a body"),
    ],
)
def test_a_damaged_record_costs_itself_and_not_its_neighbours(damaged: bytes, detail: str) -> None:
    data = record(response()) + damaged + record(response())

    first, broken, last = found(data)

    assert isinstance(broken, Malformed)
    assert broken.detail.startswith(detail)
    assert (first.offset, last.offset) == (0, len(data) - len(record(response())))
    assert broken.raw.strip() == damaged.strip()


def test_an_archive_cut_short_loses_what_is_cut() -> None:
    data = record(response()) * 3

    pages = found(data[: -len(PAGE)])

    assert [type(page) for page in pages] == [Record, Record, Malformed]


@pytest.mark.parametrize("pack", [gzip.compress, brotli.compress])
def test_a_bomb_in_a_body_is_too_long(pack: object) -> None:
    packed = pack(b" " * (8 << 20))  # type: ignore[operator]
    codec = "br" if pack is brotli.compress else "gzip"

    (page,) = found(record(response(packed, f"{TYPE}Content-Encoding: {codec}\r\n")))

    assert isinstance(page, Malformed)
    assert (page.reason, page.detail) == (
        Reason.TOO_LONG,
        "its page unpacks to more than the 1,048,576 bytes a record may have",
    )


def test_a_record_beyond_the_limit_is_kept_in_part() -> None:
    assert details(record(response(b"x" * 100_000)), 50_000) == [
        "100,237 bytes, more than the 50,000 a record may have"
    ]


@pytest.mark.parametrize(
    "unit", [b"http:a 1 20140301000000 t 1 ", b"a ", b"http:\n", b"WARC/1.0\n", b"WARC/1.0\r\n\r\n", b"\n"]
)
@pytest.mark.parametrize("start", [arc(), record(b"", "warcinfo")])
def test_damage_takes_time_in_proportion(start: bytes, unit: bytes) -> None:
    begin = time.process_time()

    assert len(list(frames(start + unit * (500_000 // len(unit))))) > 0
    assert time.process_time() - begin < 2


def test_arc_files_are_archives_too() -> None:
    second = b"http://e.example/c 0.0.0.0 20140301000000 text/html 200 - - 0 a.arc %d\n" % len(response()) + response()
    assert len(found(arc(response()) + second)) == 2
    data = arc(response(), response(status="404 Not Found"), response(b"x", "Content-Type: image/gif\r\n"))

    page, missing = found(data)

    assert isinstance(page, Record)
    assert page.fields == {"html": PAGE, "url": "http://e.example/a%20b", "fetched_at": "20140301000000"}
    assert isinstance(missing, Malformed)
    assert missing.detail == "HTTP status 404"
    assert census(data) == {"filedesc records": 1, "responses that are no page": 1}


def test_a_damaged_arc_record_costs_itself() -> None:
    data = arc(response(), response(), response())
    second = data.index(b"http://e", data.index(b"http://e") + 1)
    broken = data[:second] + data[second:].replace(b"text/html 1", b"text/html 9", 1)

    assert [type(page) for page in found(broken)] == [Record, Malformed, Record]


@pytest.mark.parametrize("target_bytes", [1, 700, 10**6])
@pytest.mark.parametrize(
    "data", [b"".join(record(response(), url=f"https://e.example/{n}") for n in range(9)), arc(*[response()] * 9)]
)
def test_chunks_share_an_archive_without_losing_or_moving_a_page(
    tmp_path: Path, data: bytes, target_bytes: int
) -> None:
    (member,) = received(tmp_path, "a.warc", data).members

    cut = chunks(member, target_bytes)
    pages = [page for chunk in cut for page in records(chunk)]

    assert [(p.offset, p.raw) for p in pages] == [(p.offset, p.raw) for p in found(data)]
    assert (cut[0].start, cut[-1].stop) == (0, len(data))
    assert len(cut) == 1 or target_bytes < len(data)


def test_an_archive_compressed_record_by_record_is_one_dump_that_says_what_it_passed_over(tmp_path: Path) -> None:
    parts = [record(b"", "warcinfo"), record(response()), record(b"GET /\r\n\r\n", "request")]

    receipt = received(tmp_path, "night.warc.gz", b"".join(CODECS[".gz"](part) for part in parts))

    assert receipt.digest == received(tmp_path, "night.warc", b"".join(parts)).digest
    assert receipt.skipped == ("night.warc.gz holds 1 request records, 1 warcinfo records, which are no articles",)


WHOLE = (
    record(b"", "warcinfo")
    + record(response())
    + record(response(gzip.compress(PAGE.encode()), TYPE + "Content-Encoding: gzip\r\n"))
)


@settings(max_examples=50)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=20))
def test_every_byte_of_a_damaged_archive_lies_in_one_record(at: int, junk: bytes) -> None:
    data = WHOLE[:at] + junk + WHOLE[at + len(junk) :]

    spans = [(frame.begin, frame.end) for frame in frames(data)]

    assert b"".join(data[begin:end].strip(b"\r\n") for begin, end in spans) == b"".join(
        data[begin:end].strip(b"\r\n")
        for begin, end in zip([0, *(end for _, end in spans)], [*(end for _, end in spans), len(data)], strict=True)
    )
    assert len(found(data)) <= len(spans)
