"""Answers come in four shapes, and none of them lets a stranger's text do harm."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.lake.answers import render
from flows.lake.query import run_query
from transforms.errors import UsageError

ROWS = pa.table(
    {
        "day": [date(2024, 1, 2), None],
        "at": pa.array([datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
        "text": ['=1+1,"x"', "two\nlines"],
        "raw": [b'{"a":"\xff"}', None],
        "authors": [["A. N. Other"], []],
        "edits": pa.array([[("rule", 2)], []], pa.map_(pa.string(), pa.int32())),
        "sum": pa.array([Decimal(-7), Decimal(2**70)], pa.decimal128(38, 0)),
        "price": pa.array([Decimal("-1.50"), None], pa.decimal128(5, 2)),
        "share": [-0.5, float("nan")],
    }
)


def test_json_is_an_array_of_objects() -> None:
    assert orjson.loads(render(ROWS, "json")) == [
        {
            "day": "2024-01-02",
            "at": "2024-01-02T03:04:05+00:00",
            "text": '=1+1,"x"',
            "raw": '{"a":"\\xff"}',
            "authors": ["A. N. Other"],
            "edits": {"rule": 2},
            "sum": -7,
            "price": -1.5,
            "share": -0.5,
        },
        {
            "day": None,
            "at": None,
            "text": "two\nlines",
            "raw": None,
            "authors": [],
            "edits": {},
            "sum": str(2**70),
            "price": None,
            "share": None,
        },
    ]


def test_csv_holds_lists_as_json_and_disarms_formulas_but_not_numbers() -> None:
    assert render(ROWS, "csv").decode() == (
        '"day","at","text","raw","authors","edits","sum","price","share"\n'
        '2024-01-02,2024-01-02 03:04:05.000000Z,"\'=1+1,""x""","{""a"":""\\xff""}","[""A. N. Other""]","{""rule"":2}",'
        "-7,-1.50,-0.5\n"
        ',,"two\nlines",,"[]","{}",1180591620717411303424,,nan\n'
    )


@pytest.mark.parametrize(
    "payload",
    [
        "=1+1",
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\uff1d1",
        '=HYPERLINK("x")',
    ],
)
def test_no_text_of_a_csv_begins_as_a_formula_would(payload: str) -> None:
    words = pa.array([payload, "a = 1", "7"])
    cells = list(
        csv.reader(io.StringIO(render(pa.table({"t": words, "e": words.dictionary_encode()}), "csv").decode()))
    )

    assert [["t", "e"], ["'" + payload] * 2, ["a = 1"] * 2, ["7"] * 2] == cells


def test_parquet_keeps_everything() -> None:
    assert pq.ParquetFile(io.BytesIO(render(ROWS.drop(["share"]), "parquet"))).read() == ROWS.drop(["share"])


def test_the_box_shows_rows_and_lets_no_control_character_through() -> None:
    titles, authors = ["\x1b[31mred\x1b[0m", "\u202eover", "plain"], [["\x1b[2J"], ["\u2066"], None]
    hostile = pa.table({"title": titles, "authors": authors})
    shown = render(hostile, "table").decode()

    assert "plain" in shown
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_the_box_shows_raw_bytes_as_text() -> None:
    assert '{"a":"\\xff"}' in render(ROWS.select(["raw"]), "table").decode()


def test_a_plan_is_shown_as_it_is_drawn(connection: duckdb.DuckDBPyConnection) -> None:
    shown = render(run_query(connection, "EXPLAIN SELECT 42"), "table").decode()

    assert "\\n" not in shown
    assert len(shown.splitlines()) > 3


@pytest.mark.parametrize("shape", ["table", "json", "csv", "parquet"])
def test_every_view_can_be_shown_in_every_shape(connection: duckdb.DuckDBPyConnection, shape: str) -> None:
    for view in ("articles", "copies", "pairs", "quarantine", "runs"):
        assert render(run_query(connection, f"FROM {view}"), shape)  # type: ignore[arg-type]


def test_odd_types_are_shown_or_refused_in_a_sentence(connection: duckdb.DuckDBPyConnection) -> None:
    rows = run_query(connection, "SELECT INTERVAL 1 DAY AS gap, uuid() AS id, TIME '01:02' AS at, NULL AS nothing")

    assert b"01:02:00" in render(rows, "table")
    assert orjson.loads(render(rows, "json"))[0]["at"] == "01:02:00"
    assert b",01:02:00.000000," in render(rows, "csv")
    with pytest.raises(UsageError, match="parquet cannot hold this result"):
        render(rows, "parquet")


def test_columns_of_one_name_are_all_kept(connection: duckdb.DuckDBPyConnection) -> None:
    rows = run_query(connection, "SELECT 1 AS a, 2 AS a_1, 3 AS a")

    assert orjson.loads(render(rows, "json")) == [{"a": 1, "a_1": 2, "a_2": 3}]
