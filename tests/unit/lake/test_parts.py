"""Part files hold the rows they are given, in one order, in bytes that depend on nothing else."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.lake.catalog import sql_type
from flows.lake.parts import ROW_GROUP_ROWS, sort_bounds, sort_keys, write_part
from tests.unit.lake.made import rows_of
from transforms.article import ARTICLES
from transforms.schema import Table
from transforms.tables import DELIVERIES, FEATURES, MEMBERSHIP, PAIRS, STORED


def statistics(path: Path) -> Iterator[tuple[str, bool]]:
    group = pq.ParquetFile(path).metadata.row_group(0)
    for index in range(group.num_columns):
        yield group.column(index).path_in_schema, group.column(index).is_stats_set


@pytest.mark.parametrize("table", STORED, ids=lambda table: table.name)
def test_rows_of_every_table_read_back_in_arrow(table: Table, tmp_path: Path) -> None:
    rows = rows_of(table, 3)
    write_part(table, rows, tmp_path / "part")

    assert pq.ParquetFile(tmp_path / "part").read() == rows


@pytest.mark.parametrize("table", STORED, ids=lambda table: table.name)
def test_duckdb_reads_every_table_in_the_types_that_empty_views_promise(table: Table, tmp_path: Path) -> None:
    write_part(table, rows_of(table, 3), tmp_path / "part")
    with duckdb.connect() as connection:
        found = connection.execute(f"DESCRIBE FROM read_parquet('{tmp_path}/part')").fetchall()

    assert [(name, kind) for name, kind, *_ in found] == [(f.name, sql_type(f.type)) for f in table.schema]


def test_duckdb_reads_bands_and_moments_as_they_were(tmp_path: Path) -> None:
    write_part(FEATURES, rows_of(FEATURES, 2), tmp_path / "features.parquet")
    write_part(ARTICLES, rows_of(ARTICLES, 1), tmp_path / "articles.parquet")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        bands = connection.execute(f"SELECT steep_bands FROM '{tmp_path}/features.parquet' ORDER BY text_id").fetchall()
        moment = connection.execute(f"SELECT published_at::VARCHAR FROM '{tmp_path}/articles.parquet'").fetchall()

    assert bands == [(bytes(range(4)) * 32,), (bytes(range(1, 5)) * 32,)]
    assert moment == [("2024-01-02 03:04:05+00",)]


def test_bytes_depend_on_the_set_of_rows_only(tmp_path: Path) -> None:
    rows = rows_of(DELIVERIES, ROW_GROUP_ROWS + 500)
    backwards = pa.concat_tables([rows.slice(start, 100) for start in range(rows.num_rows - 100, -1, -100)])
    write_part(DELIVERIES, rows, tmp_path / "one")
    write_part(DELIVERIES, backwards, tmp_path / "other")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_long_tables_fall_into_row_groups(tmp_path: Path) -> None:
    write_part(PAIRS, rows_of(PAIRS, 2 * ROW_GROUP_ROWS + 1), tmp_path / "part")
    metadata = pq.ParquetFile(tmp_path / "part").metadata

    assert [metadata.row_group(n).num_rows for n in range(3)] == [ROW_GROUP_ROWS, ROW_GROUP_ROWS, 1]


def test_an_empty_table_is_a_file_of_its_schema(tmp_path: Path) -> None:
    write_part(PAIRS, rows_of(PAIRS, 0), tmp_path / "part")

    assert pq.ParquetFile(tmp_path / "part").read() == rows_of(PAIRS, 0)


def test_rows_of_another_schema_are_refused(tmp_path: Path) -> None:
    rows = rows_of(MEMBERSHIP, 2)
    for wrong in (rows.append_column("published_date", pa.array([None, None], pa.date32())), rows.drop(["jaccard"])):
        with pytest.raises(ValueError, match="another schema"):
            write_part(MEMBERSHIP, wrong, tmp_path / "part")


def test_a_null_where_none_may_be_is_refused(tmp_path: Path) -> None:
    rows = rows_of(PAIRS, 1).set_column(0, PAIRS.schema.field(0), pa.array([None], pa.string()))
    with pytest.raises(pa.ArrowInvalid, match="non-nullable"):
        write_part(PAIRS, rows, tmp_path / "part")


def test_texts_have_neither_dictionary_nor_statistics(tmp_path: Path) -> None:
    write_part(ARTICLES, rows_of(ARTICLES, 3), tmp_path / "part")
    group = pq.ParquetFile(tmp_path / "part").metadata.row_group(0)
    coded = {c.path_in_schema for n in range(group.num_columns) if (c := group.column(n)).has_dictionary_page}
    counted = {name for name, is_set in statistics(tmp_path / "part") if is_set}

    assert coded == {"source", "language", "published_at_origin", "edits.key_value.key"}
    assert counted == {"source", "language", "word_count", "text_id", "published_at", "article_id"}


def test_bounds_of_the_sort_keys_are_json_scalars() -> None:
    rows = rows_of(ARTICLES, 3)

    assert sort_bounds(ARTICLES, rows) == (
        {"published_at": "2024-01-02T03:04:05+00:00", "article_id": "0" * 32},
        {"published_at": "2024-01-02T03:04:05.000002+00:00", "article_id": "0" * 31 + "2"},
    )
    assert sort_bounds(DELIVERIES, rows_of(DELIVERIES, 2))[1]["record_number"] == 1


def test_bounds_of_nothing_are_null() -> None:
    undated = rows_of(ARTICLES, 2, published_at=[None, None])

    assert sort_bounds(ARTICLES, undated)[0] == {"published_at": None, "article_id": "0" * 32}
    assert sort_bounds(PAIRS, rows_of(PAIRS, 0)) == ({"article_id": None, "other_id": None},) * 2


@pytest.mark.parametrize("table", STORED, ids=lambda table: table.name)
def test_rows_are_sorted_by_keys_that_the_table_has(table: Table, tmp_path: Path) -> None:
    rows = rows_of(table, 5)
    write_part(table, rows.take([3, 0, 4, 2, 1]), tmp_path / "part")

    assert set(sort_keys(table)) <= set(table.schema.names)
    assert pq.ParquetFile(tmp_path / "part").read() == rows
