"""The declared tables: names, comments and schemas that hang together."""

import pyarrow as pa
import pytest

from transforms.article import ARTICLES
from transforms.fingerprint import MINIMA
from transforms.normalise import REJECTS, STAGED
from transforms.schema import PARTITION_COLUMN, Column, Table
from transforms.tables import COPIES, FEATURES, QUARANTINE, STEEP_BANDS, STORED, VIEWS, WIDE_BANDS

TABLES = {table.name: table for table in (*STORED, *VIEWS)}


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_column_has_one_name_and_a_meaning(table: Table) -> None:
    names = [column.name for column in table.columns]

    assert sorted(set(names)) == sorted(names)
    assert all(column.meaning and not column.meaning.endswith(".") for column in table.columns)


def test_a_name_means_one_type_wherever_it_stands() -> None:
    types = {(column.name, str(column.type)) for table in TABLES.values() for column in table.columns}

    assert sorted({name for name, _ in types}) == sorted(name for name, _ in types)


def test_the_partition_column_is_in_the_rows_and_not_in_the_files() -> None:
    assert PARTITION_COLUMN in ARTICLES.full_schema.names
    assert PARTITION_COLUMN not in ARTICLES.schema.names
    assert len(ARTICLES.schema) + 1 == len(ARTICLES.full_schema)


def test_copies_show_all_that_articles_show() -> None:
    assert {column.name for column in ARTICLES.columns} <= {column.name for column in COPIES.columns}


def test_what_is_staged_fills_articles_features_and_quarantine() -> None:
    assert {*ARTICLES.full_schema.names, *FEATURES.full_schema.names} <= {*STAGED.names}
    assert (
        {"reason", "detail", "raw", "record_number", "byte_offset"} == set(REJECTS.names) <= {*QUARANTINE.schema.names}
    )


def test_the_bands_use_all_minima() -> None:
    assert [0, 0] == [MINIMA % bands for bands in (WIDE_BANDS, STEEP_BANDS)]


def test_a_comment_names_the_unit() -> None:
    assert [
        column.comment for column in (Column("n", pa.int64(), "Size", "bytes"), Column("n", pa.int64(), "Size"))
    ] == ["Size [bytes]", "Size"]
