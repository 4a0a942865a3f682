"""The analyst's connection answers questions and lets nothing else through."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from flows.lake import connect
from flows.lake.manifest import Manifest
from flows.lake.query import Reader, open_snapshot, run_query
from flows.lake.store import Store
from tests.unit.lake.made import publish, root_of, three_days
from transforms.errors import UsageError


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Publish a lake that questions do not change, with things beside its parts that are no analyst's business."""
    store = Store.open(tmp_path_factory.mktemp("shown") / "lake", create=True)
    three_days(store)
    (root_of(store) / "raw" / "dump").write_text("raw")
    (root_of(store) / "parts" / "link").symlink_to("/etc")
    return store


@pytest.fixture
def connection(shown: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a locked-down connection to it."""
    with open_snapshot(shown, threads=1) as opened:
        yield opened


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> object:
    """Return the first value of the first row."""
    return run_query(connection, sql).column(0).to_pylist()[0]


def test_the_newest_snapshot_is_shown_unless_an_older_one_is_named(store: Store, published: Manifest) -> None:
    publish(store)
    with open_snapshot(store) as newest, open_snapshot(store, 1) as older:
        assert one(newest, "SELECT count(*) FROM copies") == 0
        assert one(older, "SELECT count(*) FROM copies") == 9


def test_a_lake_without_a_snapshot_can_be_asked(store: Store) -> None:
    with open_snapshot(store) as connection:
        assert one(connection, "SELECT count(*) FROM articles") == 0


def test_a_snapshot_that_is_not_there_is_wrong_usage(store: Store) -> None:
    with pytest.raises(UsageError, match="there is no snapshot 3"):
        open_snapshot(store, 3)


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
def test_all_that_is_no_query_is_refused(connection: duckdb.DuckDBPyConnection, shown: Store, sql: str) -> None:
    parts = root_of(shown) / "parts"
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
    connection: duckdb.DuckDBPyConnection, shown: Store, sql: str
) -> None:
    with pytest.raises(UsageError):
        run_query(connection, sql.format(lake=root_of(shown)))

    run_query(connection, "SELECT 1")
    assert not list((root_of(shown) / "parts").glob("evil*"))


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
    connection: duckdb.DuckDBPyConnection, shown: Store, sql: str
) -> None:
    with pytest.raises(duckdb.Error, match=r"disabled|locked"):
        connection.execute(sql.format(lake=root_of(shown)))


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
    with open_snapshot(store, memory_limit="40MB", threads=1) as connection:
        assert one(connection, sql) == "fffffe98d0963d27015c198262d97221"
    assert set(spills.glob("broadsheet-*")) == before


@pytest.fixture
def reader(shown: Store) -> Iterator[Reader]:
    """Give what a notebook has of the published lake."""
    with connect(shown.address) as opened:
        yield opened


def count(reader: Reader) -> int:
    """Return how many copies a reader sees."""
    [(rows,)] = reader.sql("SELECT count(*) FROM copies").fetchall()
    return int(rows)


def test_a_reader_gives_relations_that_can_be_asked_further(reader: Reader) -> None:
    days = reader.sql("SELECT published_date AS day FROM copies").filter("day IS NOT NULL").aggregate("max(day)")

    assert days.fetchall() == [(date(2024, 1, 3),)]
    assert reader.sql("FROM articles").to_arrow_table().num_rows == 6


def test_a_reader_takes_parameters_by_place_and_by_name(reader: Reader) -> None:
    day = date(2024, 1, 2)

    assert reader.sql("SELECT count(*) FROM copies WHERE published_date = ?", [day]).fetchall() == [(3,)]
    assert reader.sql("SELECT count(*) FROM copies WHERE published_date > $day", {"day": day}).fetchall() == [(3,)]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{parts}/evil.parquet'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{parts}/evil.parquet'",
        "ATTACH '{parts}/evil.duckdb'",
        "SET threads = 1",
        "PRAGMA profiling_output = '{parts}/evil.json'",
        "CREATE OR REPLACE VIEW articles AS SELECT 1",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
        "",
        "FROM enable_profiling(save_location = '{parts}/evil')",
    ],
)
def test_a_reader_refuses_all_that_is_no_query(reader: Reader, shown: Store, sql: str) -> None:
    parts = root_of(shown) / "parts"
    with pytest.raises(UsageError, match=r"only a single query|is not allowed here"):
        reader.sql(sql.format(parts=parts))

    assert not list(parts.glob("evil*"))
    assert count(reader) == 9


def test_a_reader_reaches_no_file_outside_the_parts(reader: Reader, shown: Store) -> None:
    with pytest.raises(duckdb.PermissionException, match="disabled"):
        reader.sql(f"SELECT * FROM read_parquet('{shown.address}/lake.json')")


@pytest.mark.promise(7)
def test_a_reader_keeps_its_snapshot_while_a_new_one_sees_the_newest(store: Store, published: Manifest) -> None:
    with connect(store.address) as reader:
        publish(store)
        with connect(store.address) as newest, connect(Path(store.address), at=1) as older:
            assert (count(newest), count(older), count(reader)) == (0, 9, 9)


def test_a_reader_is_closed_with_its_block(store: Store) -> None:
    with connect(store.address) as reader:
        pass
    with pytest.raises(duckdb.ConnectionException):
        reader.sql("SELECT 1")


def test_a_reader_needs_a_lake_and_a_snapshot_that_are_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no lake at"):
        connect(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="there is no snapshot 3"):
        connect(store.address, at=3)


def test_who_holds_the_catalog_open_keeps_his_snapshot_and_who_opens_it_next_sees_the_newest(
    store: Store, published: Manifest
) -> None:
    path = root_of(store) / "catalog.duckdb"
    with duckdb.connect(path, read_only=True) as before:
        assert before.execute("SELECT count(*) FROM copies").fetchall() == [(9,)]
        publish(store)
        with duckdb.connect(path, read_only=True) as after:
            assert after.execute("SELECT count(*) FROM copies").fetchall() == [(0,)]
        assert before.execute("SELECT count(*) FROM copies").fetchall() == [(9,)]
