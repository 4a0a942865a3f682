"""Chunks share a file out among processes without losing, doubling or moving a record."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.intake.chunks import chunks, column_names, records
from tests.unit.intake.deliveries import received

ROWS = [{"id": n, "text": "x" * (n % 50)} for n in range(300)]
JSON_LINES = "\n".join(json.dumps(r) for r in ROWS).encode()


@pytest.mark.parametrize("target_bytes", [1, 100, 1000, 10**6])
def test_json_lines_are_cut_at_line_ends(tmp_path: Path, target_bytes: int) -> None:
    (member,) = received(tmp_path, "a.jsonl", JSON_LINES).members
    cut = chunks(member, target_bytes, member_index=3)
    assert [c.start for c in cut[1:]] == [c.stop for c in cut[:-1]]
    assert (cut[0].start, cut[-1].stop) == (0, len(JSON_LINES))
    assert {c.member_index for c in cut} == {3}
    found = [record for chunk in cut for record in records(chunk)]
    assert [json.loads(r.raw) for r in found] == ROWS
    assert all(JSON_LINES[r.offset or 0 :].startswith(r.raw) for r in found)


def test_parquet_is_cut_between_row_groups(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), sink, row_group_size=70)
    (member,) = received(tmp_path, "a.parquet", sink.getvalue()).members
    cut = chunks(member, member.byte_count // 2)
    assert [(c.start, c.stop) for c in cut] == [(0, 2), (2, 4), (4, 5)]
    assert [json.loads(r.raw) for c in cut for r in records(c)] == ROWS
    assert column_names(member) == ("id", "text")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"id,text\n" + b'1,"a\nb"\n' * 50),
        ("a.json", json.dumps(ROWS).encode()),
        ("a.txt", b"x" * 1000),
        ("a.jsonl", JSON_LINES.decode().encode("utf-16")),
    ],
)
def test_other_files_are_one_chunk(tmp_path: Path, name: str, data: bytes) -> None:
    (member,) = received(tmp_path, name, data).members
    (chunk,) = chunks(member, 100)
    assert (chunk.start, chunk.stop) == (0, member.byte_count)
    assert len(list(records(chunk))) in {50, 300, 1}
