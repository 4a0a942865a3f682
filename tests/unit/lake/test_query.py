"""The analyst's connection answers questions and lets nothing else through; answers come in four shapes."""

import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.lake.manifest import Manifest
from flows.lake.query import connect, render, run_query
from flows.lake.store import Store
from tests.unit.lake.made import a_manifest
from transforms.errors import UsageError


@pytest.fixture
def connection(store: Store, published: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an analyst's connection to the published lake."""
    with connect(store, threads=1) as opened:
        yield opened


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    """Return the first value of the first row."""
    return run_query(connection, sql).column(0).to_pylist()[0]


def test_the_newest_snapshot_is_shown_unless_an_older_one_is_named(store: Store, published: Manifest) -> None:
    store.commit(a_manifest(parent=published))
    with connect(store) as newest, connect(store, 1) as older:
        assert one(newest, "SELECT count(*) FROM copies") == 0
        assert one(older, "SELECT count(*) FROM copies") == 9


def test_a_lake_without_a_snapshot_can_be_asked(store: Store) -> None:
    with connect(store) as connection:
        assert one(connection, "SELECT count(*) FROM articles") == 0


def test_a_snapshot_that_is_not_there_is_wrong_usage(store: Store) -> None:
    with pytest.raises(UsageError, match="there is no snapshot 3"):
        connect(store, 3)


def test_moments_are_shown_in_utc(connection: duckdb.DuckDBPyConnection) -> None:
    assert one(connection, "SELECT max(published_at)::VARCHAR FROM articles") == "2024-01-03 05:00:00+00"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "FROM articles",
        "WITH a AS (FROM copies) SELECT * FROM a",
        "VALUES (1)",
        "DESCRIBE articles",
        "SHOW TABLES",
        "SUMMARIZE pairs",
        "EXPLAIN SELECT 1",
        "explain analyze from articles",
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1",
        "-- a remark\nSELECT 1;",
    ],
)
def test_queries_pass(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert run_query(connection, sql).num_columns > 0


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO '{parts}/evil.parquet'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{parts}/evil.parquet'",
        "EXPLAIN (ANALYZE) COPY (SELECT 1) TO '{parts}/evil.parquet'",
        "EXPLAIN ANALYZE CREATE TABLE evil AS SELECT 1",
        "ATTACH ':memory:' AS other",
        "ATTACH '{parts}/evil.duckdb'",
        "SET threads = 1",
        "RESET enable_external_access",
        "PRAGMA enable_profiling",
        "PRAGMA profiling_output = '{parts}/evil.json'",
        "CREATE TABLE evil AS SELECT 1",
        "CREATE OR REPLACE VIEW articles AS SELECT 1",
        "DROP VIEW articles",
        "INSERT INTO articles VALUES (1)",
        "WITH a AS (SELECT 1) INSERT INTO articles FROM a",
        "CALL pragma_version()",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE '{parts}/evil'",
        "PREPARE p AS SELECT 1",
        "BEGIN",
        "USE memory",
    ],
)
def test_all_that_is_no_query_is_refused(connection: duckdb.DuckDBPyConnection, store: Store, sql: str) -> None:
    parts = store.root / "parts"
    before = sorted(parts.rglob("*"))
    with pytest.raises(UsageError, match="only a single query"):
        run_query(connection, sql.format(parts=parts))

    assert sorted(parts.rglob("*")) == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('{lake}/lake.json')",
        "SELECT * FROM read_text('{lake}/parts/../lake.json')",
        "SELECT * FROM read_text('{lake}/raw/dump')",
        "SELECT * FROM read_text('{lake}/parts/link/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM glob('{lake}/parts/../*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.invalid/a.parquet')",
        "SELECT * FROM query('COPY (SELECT 1) TO ''/tmp/evil''')",
        "SELECT * FROM enable_logging(storage = 'file', storage_config = {{'path': '{lake}/parts/evil'}})",
        "FROM system.main.\"Enable_Profiling\" /* */ (save_location = '{lake}/parts/evil')",
        "SELECT (SELECT count(*) FROM enable_profiling(save_location = '{lake}/parts/evil'))",
        "WITH a AS (FROM enable_profiling(save_location = '{lake}/parts/evil')) FROM a",
        "SUMMARIZE FROM enable_profiling(save_location = '{lake}/parts/evil')",
        "EXPLAIN ANALYZE FROM enable_profiling(save_location = '{lake}/parts/evil')",
        "FROM query('FROM enable_profiling(save_location = ''{lake}/parts/evil'')')",
        "FROM json_execute_serialized_sql('{{}}')",
        "PRAGMA import_database('/etc')",
    ],
)
def test_files_outside_the_parts_are_out_of_reach(
    connection: duckdb.DuckDBPyConnection, store: Store, sql: str
) -> None:
    (store.root / "raw" / "dump").write_text("raw")
    (store.root / "parts" / "link").symlink_to("/etc")
    with pytest.raises(UsageError):
        run_query(connection, sql.format(lake=store.root))

    run_query(connection, "SELECT 1")
    assert not list((store.root / "parts").glob("evil*"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_text('{lake}/parts/../lake.json')",
        "SELECT * FROM read_text('{lake}/parts/link/passwd')",
        "SELECT * FROM glob('{lake}/*')",
        "COPY (SELECT 1) TO '{lake}/evil.parquet'",
        "ATTACH '{lake}/evil.duckdb' AS evil",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET TimeZone = 'Asia/Tokyo'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_the_bare_connection_is_locked_down_as_well(
    connection: duckdb.DuckDBPyConnection, store: Store, sql: str
) -> None:
    (store.root / "parts" / "link").symlink_to("/etc")
    with pytest.raises(duckdb.Error, match=r"disabled|locked"):
        connection.execute(sql.format(lake=store.root))


def test_python_variables_are_no_tables(connection: duckdb.DuckDBPyConnection) -> None:
    within_reach = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException, match="within_reach does not exist"):
        connection.sql("FROM within_reach")
    assert within_reach.num_rows == 1


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT nothing FROM articles", "SELECT 'a'::DATE", "SELECT error('a\nb')"])
def test_a_mistake_is_told_in_one_line(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_query(connection, sql)

    assert "Error: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_query_larger_than_its_memory_spills_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    hashes = "SELECT md5(i::VARCHAR) AS h FROM range(900000) t(i)"
    sql = f"SELECT max(h) FROM (SELECT h, row_number() OVER (ORDER BY h) FROM ({hashes}))"
    spills = Path(tempfile.gettempdir())
    before = set(spills.glob("broadsheet-*"))
    with connect(store, memory_limit="40MB", threads=1) as connection:
        assert one(connection, sql) == "fffffe98d0963d27015c198262d97221"
    assert set(spills.glob("broadsheet-*")) == before


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
