"""Any list of objects, written in any format, comes back equal."""

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import DumpRefused
from transforms.parse import Format, Malformed, Record, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(TEXT, VALUES, max_size=5), max_size=8)
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def fields(data: bytes, form: Format, encoding: str = "utf-8", **options: Any) -> list[dict[str, Any]]:
    found = list(parse(data, form, encoding, **options))
    assert [r.number for r in found] == list(range(len(found)))
    assert all(isinstance(r, Record) for r in found), found
    return [r.fields for r in found if isinstance(r, Record)]


def spelled(rows: list[dict[str, Any]]) -> str:
    """Tell 1 from 1.0 and True, which compare equal."""
    return repr(rows)


@given(OBJECTS, st.booleans(), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_json_lines_come_back_equal(rows: list[dict[str, Any]], is_ascii: bool, feed: str) -> None:
    data = feed.join(json.dumps(r, ensure_ascii=is_ascii) for r in rows).encode()
    assert spelled(fields(data, Format.JSONL)) == spelled(rows)
    for record in parse(data, Format.JSONL, "utf-8"):
        assert record.offset is not None
        assert data[record.offset :].startswith(record.raw)


@given(OBJECTS, st.sampled_from([None, 0, 2]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_json_arrays_come_back_equal(rows: list[dict[str, Any]], indent: int | None, encoding: str) -> None:
    data = json.dumps(rows, indent=indent, ensure_ascii=False).encode(encoding)
    assert spelled(fields(data, Format.JSON, encoding)) == spelled(rows)


@given(st.lists(st.dictionaries(TEXT, VALUES, max_size=5), min_size=1, max_size=4))
def test_objects_in_a_row_come_back_equal(rows: list[dict[str, Any]]) -> None:
    data = "\n".join(json.dumps(r, indent=1) for r in rows).encode()
    assert spelled(fields(data, Format.JSON)) == spelled(rows)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=8),
    st.sampled_from([(Format.CSV, ","), (Format.CSV, ";"), (Format.TSV, "\t")]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_tables_come_back_equal(rows: list[tuple[str, str]], form: tuple[Format, str], encoding: str) -> None:
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=form[1], quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text"])
    writer.writerows(rows)
    found = fields(sink.getvalue().encode(encoding), form[0], encoding)
    assert found == [{"id": i, "text": t} for i, t in rows]


@given(
    st.lists(st.fixed_dictionaries({"id": st.integers(-(2**63), 2**63 - 1), "text": TEXT | st.none()}), max_size=200)
)
def test_parquet_comes_back_equal(rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema), sink, row_group_size=50)
    assert fields(bytes(sink.getvalue()), Format.PARQUET, "") == rows


@given(
    st.binary(max_size=300) | TEXT.map(str.encode), st.sampled_from(list(Format)), st.sampled_from(["utf-8", "utf-16"])
)
def test_no_bytes_raise_anything_but_a_refusal(data: bytes, form: Format, encoding: str) -> None:
    try:
        found = list(parse(data, form, encoding))
    except DumpRefused:
        return
    assert all(isinstance(r, Record | Malformed) for r in found)


@given(
    st.lists(st.sampled_from(["{}", '{"a": 1}', "", " ", "x", "[1]", '{"a": NaN}', '{"a": "é"}']), max_size=12),
    st.integers(0, 40),
)
def test_records_do_not_depend_on_where_the_file_is_cut(pieces: list[str], near: int) -> None:
    data = "\n".join(pieces).encode()
    cut = data.find(b"\n", near) + 1
    whole = [(r.offset, r.raw) for r in parse(data, Format.JSONL, "utf-8")]
    parts = [
        (r.offset, r.raw)
        for s in ((0, cut), (cut, len(data)))
        for r in parse(data, Format.JSONL, "utf-8", start=s[0], stop=s[1])
    ]
    assert parts == whole
