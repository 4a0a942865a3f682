"""Records come out of every format, and what is no record comes out as Malformed in its place."""

import csv
import io
import json
import time
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, header, parse


def parsed(data: bytes, form: Format, encoding: str = "utf-8", **options: Any) -> list[Record | Malformed]:
    return list(parse(data, form, encoding, **options))


def fields(found: list[Record | Malformed]) -> list[dict[str, Any]]:
    assert all(isinstance(r, Record) for r in found), found
    return [r.fields for r in found if isinstance(r, Record)]


def reasons(found: list[Record | Malformed]) -> list[Reason | None]:
    return [r.reason if isinstance(r, Malformed) else None for r in found]


def test_blank_lines_are_no_records_and_offsets_point_at_the_record() -> None:
    data = b'\n{"a": 1}\r\n  \t\n{"a": 2}'
    found = parsed(data, Format.JSONL)
    assert [(r.number, r.offset, r.raw) for r in found] == [(0, 1, b'{"a": 1}'), (1, 15, b'{"a": 2}')]


def test_a_broken_line_is_malformed_with_its_place_and_its_neighbours_are_kept() -> None:
    found = parsed(b'{"a": 1}\n{"a": \n{"a": 3}\n', Format.JSONL)
    assert reasons(found) == [None, Reason.MALFORMED, None]
    broken = found[1]
    assert isinstance(broken, Malformed)
    assert (broken.number, broken.offset, broken.raw) == (1, 9, b'{"a": ')
    assert broken.detail == "broken JSON at character 6 of 6"


@pytest.mark.parametrize(
    ("line", "kind"),
    [(b"[1]", "list"), (b'"x"', "string"), (b"1.5", "number"), (b"null", "null"), (b"true", "boolean")],
)
def test_json_that_is_no_object_says_what_it_is(line: bytes, kind: str) -> None:
    (found,) = parsed(line, Format.JSONL)
    assert isinstance(found, Malformed)
    assert (found.reason, found.detail) == (Reason.NOT_AN_OBJECT, f"a JSON {kind} instead of an object")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"a": NaN, "b": -Infinity, "c": 1e400}', {"a": None, "b": None, "c": None}),
        (b'{"a": "x\\ud800y", "\\udc00": ["\\ud83d\\ude00"]}', {"a": "x\ufffdy", "\ufffd": ["\U0001f600"]}),
        (b'{"id": 18446744073709551616}', {"id": 2**64}),
        (b'{"deep": {"ids": [123456789012345678901]}}', {"deep": {"ids": [123456789012345678901]}}),
        (b'{"a": 9223372036854775807, "b": 1.0, "c": true}', {"a": 2**63 - 1, "b": 1.0, "c": True}),
        (b'{"a": "tab\there, nul\x00here"}', {"a": "tab\there, nul\x00here"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "é '.encode() + b'\x93q\x94 caf\xe9"}', {"a": "é “q” café"}),
    ],
)
def test_what_the_fast_parser_rejects_or_rounds_is_read_patiently(line: bytes, expected: dict[str, Any]) -> None:
    assert fields(parsed(line, Format.JSONL)) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        b"\0\0\0\0",
        b'{"a": "\x81 is nowhere"}',
        b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}",
        b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b"[" * 1_000_000,
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_hopeless_lines_are_malformed_and_raise_nothing(line: bytes) -> None:
    assert reasons(parsed(line + b'\n{"a": 1}', Format.JSONL)) == [Reason.MALFORMED, None]


def test_the_deepest_allowed_record_is_a_record() -> None:
    line = b'{"a": ' + b"[" * 63 + b"]" * 63 + b"}"
    assert reasons(parsed(line, Format.JSONL)) == [None]


@pytest.mark.parametrize("form", [Format.JSONL, Format.JSON, Format.CSV, Format.TXT])
def test_an_overlong_record_is_cut_to_its_beginning(form: Format) -> None:
    record = json.dumps({"a": "x" * 200_000}).encode() if form in (Format.JSON, Format.JSONL) else b"x" * 200_000
    data = b"text\n" + record if form is Format.CSV else record
    (found,) = parsed(data, form, max_record_bytes=100_000)
    assert isinstance(found, Malformed)
    assert found.reason is Reason.TOO_LONG
    assert found.raw == record[: 64 << 10]


def test_records_after_an_overlong_one_are_still_read() -> None:
    data = b'{"a": "' + b"x" * 200_000 + b'"}\n{"a": 1}\n'
    assert reasons(parsed(data, Format.JSONL, max_record_bytes=100_000)) == [Reason.TOO_LONG, None]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_lines_are_cut_between_characters(encoding: str) -> None:
    # U+010A ends in the byte of a line feed, and U+0A00 begins with it.
    text = '{"a": "\u010a\u0a00\u0a0a"}\r\n{"a": "b"}\n'
    assert fields(parsed(text.encode(encoding), Format.JSONL, encoding)) == [{"a": "\u010a\u0a00\u0a0a"}, {"a": "b"}]


def test_a_part_of_json_lines_keeps_the_offsets_of_the_whole() -> None:
    data = b'{"a": 1}\n{"a": 2}\n{"a": 3}\n'
    found = parsed(data, Format.JSONL, start=9, stop=18)
    assert [(r.number, r.offset, r.raw) for r in found] == [(0, 9, b'{"a": 2}')]


def test_a_json_array_yields_its_elements_with_their_bytes() -> None:
    data = b' [ {"a": "],[{\\""} ,\n {"b": {"c": []}}, 3, "x,]" ] \n'
    found = parsed(data, Format.JSON)
    assert reasons(found) == [None, None, Reason.NOT_AN_OBJECT, Reason.NOT_AN_OBJECT]
    for record in found:
        assert record.offset is not None
        assert data[record.offset :].startswith(record.raw)


def test_a_bad_element_costs_that_element_only() -> None:
    assert reasons(parsed(b'[{"a": 1}, {"a" 2}, {"a": 3}]', Format.JSON)) == [None, Reason.MALFORMED, None]


def test_a_pretty_printed_object_is_one_record_and_several_in_a_row_are_several() -> None:
    one, two = {"a": [1, {"b": "}"}]}, {"c": None}
    data = json.dumps(one, indent=2) + "\n" + json.dumps(two, indent=2)
    assert fields(parsed(data.encode(), Format.JSON)) == [one, two]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"7",
        b'{"a": ',
        b'{"a": "',
        b'{"a": tru}',
        b"[",
        b"[{}",
        b"[{},",
        b"[{},]",
        b"[{} {}]",
        b"[{}] x",
        b'{} "x"',
        b"[,]",
    ],
)
def test_a_broken_json_file_is_refused_with_the_place(data: bytes) -> None:
    if not data:
        assert parsed(data, Format.JSON) == []
        return
    with pytest.raises(DumpRefused, match=r"^the JSON of the file breaks at byte \d+ \(.+\); "):
        parsed(data, Format.JSON)


def test_an_empty_array_has_no_records() -> None:
    assert parsed(b"[ ]", Format.JSON) == []


def test_wide_characters_do_not_confuse_the_brackets_of_a_json_file() -> None:
    rows = [{"a": "表[{"}, {"a": "ソ\\"}]
    text = json.dumps(rows, ensure_ascii=False)
    for encoding in ("cp932", "gb18030", "utf-16"):
        assert fields(parsed(text.encode(encoding), Format.JSON, encoding)) == rows


def test_quoted_line_breaks_delimiters_and_quotes_stay_in_their_cells() -> None:
    data = b'id,text\r\n1,"one\r\ntwo, ""three"""\r\n\r\n2,plain\r\n'
    found = parsed(data, Format.CSV)
    assert fields(found) == [{"id": "1", "text": 'one\r\ntwo, "three"'}, {"id": "2", "text": "plain"}]
    assert [(r.number, r.offset, r.raw) for r in found] == [
        (0, 9, b'1,"one\r\ntwo, ""three"""'),
        (1, 36, b"2,plain"),
    ]


def test_a_row_of_another_width_is_malformed_and_says_both_widths() -> None:
    found = parsed(b"a,b\n1,2,3\n1\n1,2\n", Format.CSV)
    assert reasons(found) == [Reason.MALFORMED, Reason.MALFORMED, None]
    assert isinstance(found[0], Malformed)
    assert found[0].detail == "3 cells where the header has 2"


def test_repeated_and_empty_column_names_are_made_distinct() -> None:
    assert header(b"\xef\xbb\xbfa, a ,,b,a_2,\n", Format.CSV, "utf-8-sig") == (
        "a",
        "a_3",
        "column_3",
        "b",
        "a_2",
        "column_6",
    )


def test_an_unclosed_quote_costs_one_row_not_the_file() -> None:
    data = b'id,text\n1,fine\n2,"opened\n3,fine\n4,fine\n'
    found = parsed(data, Format.CSV)
    assert reasons(found) == [None, Reason.MALFORMED, None, None]
    assert (found[1].raw, found[1].offset) == (b'2,"opened', 15)
    assert isinstance(found[1], Malformed)
    assert found[1].detail == "a quote opens and never closes"


def test_an_unclosed_quote_does_not_glue_the_next_quoted_row_on() -> None:
    data = b'id,text\n1,"opened\n2,"closed"\n3,"fine"\n'
    assert reasons(parsed(data, Format.CSV)) == [Reason.MALFORMED, None, None]


def test_a_stray_quote_within_one_line_is_text() -> None:
    assert fields(parsed(b'id,text\n1,"He said "go" and went"\n', Format.CSV)) == [
        {"id": "1", "text": 'He said go" and went"'}
    ]


def test_hostile_quotes_take_time_in_proportion_to_the_file() -> None:
    line = b'a","""b\n'
    seconds = []
    for count in (5_000, 20_000):
        begin = time.process_time()
        parsed(b"a,b\n" + line * count, Format.CSV)
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 12 * seconds[0] + 0.1


def test_semicolons_and_tabs_are_found_in_the_header() -> None:
    assert fields(parsed(b'id;"text, long"\n1;a,b\n', Format.CSV)) == [{"id": "1", "text, long": "a,b"}]
    assert fields(parsed(b"id\ttext\n1\ta,b\n", Format.TSV)) == [{"id": "1", "text": "a,b"}]


def test_csv_in_utf_16_is_read_as_spreadsheets_write_it() -> None:
    data = "id\ttext\r\n1\t„Größe“\r\n".encode("utf-16")
    assert fields(parsed(data, Format.TSV, "utf-16")) == [{"id": "1", "text": "„Größe“"}]


def test_one_row_in_another_encoding_does_not_spoil_the_rest() -> None:
    data = "id,text\n1,Größe\n".encode() + b"2,Gr\xf6\xdfe\n3,\x81\n"
    found = parsed(data, Format.CSV)
    assert fields(found[:2]) == [{"id": "1", "text": "Größe"}, {"id": "2", "text": "Größe"}]
    assert reasons(found[2:]) == [Reason.MALFORMED]


def test_a_table_without_a_readable_header_is_refused() -> None:
    for data in (b"", b"\n\n", b'"open\n'):
        with pytest.raises(DumpRefused, match="header row cannot be read"):
            parsed(data, Format.CSV)


def test_cells_longer_than_the_csv_module_allows_are_read() -> None:
    sink = io.StringIO()
    csv.writer(sink).writerows([["text"], ["x" * 300_000]])
    assert fields(parsed(sink.getvalue().encode(), Format.CSV)) == [{"text": "x" * 300_000}]


def test_a_text_file_is_one_record() -> None:
    assert fields(parsed("\ufeffOne.\r\nTwo.".encode(), Format.TXT, "utf-8-sig")) == [{"text": "One.\r\nTwo."}]
    assert reasons(parsed(b"\x81", Format.TXT)) == [Reason.MALFORMED]


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return bytes(sink.getvalue())


def test_parquet_values_keep_their_types_and_nesting() -> None:
    row = {"text": "é", "tags": ["a", "b"], "meta": {"n": 1}, "at": datetime(2024, 1, 2, tzinfo=UTC), "none": None}
    found = parsed(parquet(pa.Table.from_pylist([row])), Format.PARQUET, "")
    assert fields(found) == [row]
    assert found[0].offset is None
    assert json.loads(found[0].raw)["meta"] == {"n": 1}


def test_parquet_row_groups_are_read_apart() -> None:
    data = parquet(pa.table({"n": list(range(10))}), row_group_size=3)
    assert [f["n"] for f in fields(parsed(data, Format.PARQUET, "", start=1, stop=3))] == [3, 4, 5, 6, 7, 8]


def test_parquet_text_that_is_no_utf_8_is_malformed_row_by_row() -> None:
    column = pa.array([b"good", b"\xff", b"good"], pa.binary()).view(pa.string())
    data = parquet(pa.table({"text": column}))
    assert reasons(parsed(data, Format.PARQUET, "")) == [None, Reason.MALFORMED, None]


def test_parquet_columns_of_one_name_do_not_hide_each_other() -> None:
    table = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    data = parquet(table)
    assert fields(parsed(data, Format.PARQUET, "")) == [{"a": "x", "a_2": "y"}]
    assert header(data, Format.PARQUET, "") == ("a", "a_2")


def test_nanoseconds_become_microseconds() -> None:
    table = pa.table({"at": pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "UTC"))})
    (row,) = fields(parsed(parquet(table), Format.PARQUET, ""))
    assert row["at"] == datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC)


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_a_parquet_file_that_unfolds_beyond_measure_is_refused(kind: pa.DataType) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 150, pa.int32()), pa.array(["x" * 1_000_000]))
    data = parquet(pa.table({"text": values.cast(kind)}), compression="zstd")
    assert len(data) < 100_000
    with pytest.raises(DumpRefused, match="unfolds to over 1,000 times"):
        for _ in parse(data, Format.PARQUET, ""):
            pass


@pytest.mark.parametrize("data", [b"PAR1PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b""])
def test_a_damaged_parquet_file_is_refused(data: bytes) -> None:
    with pytest.raises(DumpRefused, match="Parquet file is damaged"):
        parsed(data, Format.PARQUET, "")


def test_formats_without_columns_have_no_header() -> None:
    assert header(b"{}", Format.JSONL, "utf-8") is None


def test_quotes_behind_a_backslash_are_read_where_a_table_is_written_so() -> None:
    data = b'id,text\n1,"He said \\"no\\", twice"\n2,"Nobody else did"\n'
    found = list(parse(data, Format.CSV, "utf-8"))

    assert [{"id": "1", "text": 'He said "no", twice'}, {"id": "2", "text": "Nobody else did"}] == [
        record.fields for record in found if isinstance(record, Record)
    ]


def test_a_backslash_before_a_closing_quote_is_text_where_that_fits_more_rows() -> None:
    data = b'id,text\n1,"the folder C:\\"\n2,"the folder D:\\"\n'
    found = list(parse(data, Format.CSV, "utf-8"))

    assert ["the folder C:\\", "the folder D:\\"] == [r.fields["text"] for r in found if isinstance(r, Record)]
