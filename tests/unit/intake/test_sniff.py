"""Format and encoding are found by content first, by name second."""

import codecs
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.intake.sniff import encoding_of, recognise
from flows.intake.staging import _Utf8
from transforms.parse import Format


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["x"]}), sink)
    return sink.getvalue()


def found(content: bytes, name: str) -> Format | None:
    result = recognise(content, name, None, lambda column: column.lower() == "text")
    return None if result is None else result[0]


@pytest.mark.parametrize(
    ("content", "name", "form"),
    [
        (parquet(), "a.csv", Format.PARQUET),
        (b"plain", "a.parquet", None),
        (b'{"a": 1}\n{"a": 2}\n', "a.json", Format.JSONL),
        (b'{"a": 1}\n{"a": 2}\n', "a", Format.JSONL),
        (b'{"a": 1}\n{"a": 2}\n', "a.txt", Format.JSONL),
        (b'{"a": 1}\n\n', "a.json", Format.JSON),
        (b'{"a": 1}\n\n', "a.ndjson.gz", Format.JSONL),
        (b'\xef\xbb\xbf\n {"a": 1}', "a.json", Format.JSON),
        (b'{\n "a": 1\n}', "a", Format.JSON),
        (b'{\n "a": 1\n}', "A.JSON.ZST", Format.JSON),
        (b'[\n {"a": 1}]', "a.dat", Format.JSON),
        (b"[1, 2]", "a.json", Format.JSON),
        (b"[1]\n[2]", "a.jsonl", Format.JSONL),
        (b"broken\n{}", "a.jsonl", Format.JSONL),
        (b"no json", "a.json", None),
        (b"[Photo] A story.", "a.txt", Format.TXT),
        (b"{Reuters} A story.", "a.text", Format.TXT),
        (b"[1, 2]", "a", None),
        (b"id,text\n1,x\n", "a.csv", Format.CSV),
        (b"id,body\n1,x\n", "a.csv.bz2", Format.CSV),
        (b"id\ttext\n1\tx\n", "a.tab", Format.TSV),
        (b"id,text\n1,x\n", "export.2024-01-01", Format.CSV),
        (b"id\tTEXT\n1\tx\n", "export", Format.TSV),
        (b"id,body\n1,x\n", "export", None),
        (b"text\nx\n", "export", None),
        (b"A story.", "a", None),
        (b"A story.", "a.md", None),
        (b"<html><p>A story.", "a.html", Format.HTML),
        (b"<p>A story.", "a.htm", Format.HTML),
        (b"\xef\xbb\xbf\n<!-- x --><!DOCTYPE html>", "a.txt", Format.HTML),
        (b"<?xml version='1.0'?>\n<html xmlns='x'>", "a", Format.HTML),
        (b"<html>,text\n1,x\n", "a.csv", Format.CSV),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\0\0\0\0", "a", Format.WARC),
        (b"filedesc://a.arc 0.0.0.0 20140301000000 text/plain 1\n", "a.arc", Format.WARC),
        (b"no archive", "a.warc.gz", None),
        (b"<?xml version='1.0'?>", "a.xml", None),
        (b"%PDF-1.7", "a.pdf", None),
        (bytes(range(256)), "a.txt", None),
        (bytes(1000), "a.jsonl", None),
        ('{"a": 1}\n{"a": 2}'.encode("utf-16"), "a", Format.JSONL),
        ('{\n"a": 1}'.encode("utf-16"), "a.json", Format.JSON),
        ("A story.".encode("utf-16"), "a.txt", Format.TXT),
    ],
)
def test_the_format_is_told(content: bytes, name: str, form: Format | None) -> None:
    assert found(content, name) is form


def first_bad_byte(data: bytes, block_bytes: int) -> int | None:
    watch = _Utf8()
    for at in range(0, len(data), block_bytes):
        watch.feed(data[at : at + block_bytes], at)
    watch.feed(b"", len(data), is_last=True)
    return watch.first_bad_byte


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 5, 1000])
def test_utf_8_is_checked_across_blocks(block_bytes: int) -> None:
    good = "aé€\U0001f600z".encode() * 3
    assert first_bad_byte(good, block_bytes) is None
    for bad in (good + b"\xff" + good, good[:-2], b"a\xc3"):
        assert first_bad_byte(bad, block_bytes) is not None


ENGLISH = "The minister said on Monday that the café would reopen, at a cost of £3 million. " * 5
SPANISH = "El año pasado, según la compañía, ¿quién ganó más? El niño comió en la mañana. " * 5
POLISH = "Wczoraj w Łodzi odbyło się spotkanie; posłowie żądają wyjaśnień w sprawie środków. " * 5
CZECH = "Včera se v Praze sešli ministři, aby jednali o nových pravidlech; předseda říká, že uspěje. " * 5
HUNGARIAN = (
    "Tegnap Budapesten találkoztak a miniszterek; az új szabályokról döntöttek, a fűtés és a hő is szóba került. " * 5
)
GERMAN = "Der Minister äußerte sich am Montag über die „schöne“ Lösung – für 3 Millionen €. " * 5  # noqa: RUF001
TURKISH = "Başbakan dün yaptığı açıklamada, görüşmelerin yarın başlayacağını söyledi; ışıklar söndü. " * 5  # noqa: RUF001
RUSSIAN = "Вчера в Москве прошла встреча министров, на которой обсуждали новые правила торговли. " * 5
CHINESE = "昨天在北京举行的会议上，部长们讨论了新的贸易规则，并表示将继续合作。" * 5  # noqa: RUF001


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "cp1252"),
        (SPANISH, "cp1252"),
        (GERMAN, "cp1252"),
        (POLISH, "cp1250"),
        (CZECH, "cp1250"),
        (HUNGARIAN, "cp1250"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (CHINESE, "gb18030"),
    ],
)
def test_text_that_is_no_utf_8_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert data.decode(encoding_of(data, first_bad_byte(data, 100))) == text


def test_a_little_damage_does_not_unmake_utf_8() -> None:
    data = SPANISH.encode() + b"caf\xe9"
    assert encoding_of(data, first_bad_byte(data, 100)) == "utf-8"


def test_bytes_without_a_place_in_windows_1252_are_latin_1() -> None:
    data = b"caf\xe9 \x81"
    assert encoding_of(data, 3) == "latin-1"


def test_a_byte_order_mark_decides() -> None:
    assert encoding_of(codecs.BOM_UTF8 + b"a", None) == "utf-8-sig"
    assert encoding_of("a".encode("utf-16"), 0) == "utf-16"
    assert encoding_of(codecs.BOM_UTF16_BE + b"\0a", 0) == "utf-16"
    assert encoding_of(b"a", None) == "utf-8"


def test_a_text_file_with_a_header_between_tabs_is_a_table() -> None:
    assert (Format.TSV, "utf-8") == recognise(b"title\tbody\nA\tB\n", "a.txt", None, {"body"}.__contains__)
    assert (Format.TXT, "utf-8") == recognise(b"body, title\nA, B\n", "a.txt", None, {"body"}.__contains__)
