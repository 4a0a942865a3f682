"""Rows of history by key: those that scanning everything finds, with the part that each is from."""

from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from flows.dedup.history import PART, Past
from flows.lake.store import Store
from tests.unit.lake.made import add_rows, publish, rows_of
from transforms.article import ARTICLES
from transforms.tables import PROFILES

BOUNDS = (0, 3, 20_003, 20_040)
"""Rows of three parts; the second is of two row groups."""


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    store = Store.open(tmp_path_factory.mktemp("past") / "lake", create=True)
    with store.writer() as writer:
        parts = [add_rows(writer, PROFILES, rows_of(PROFILES, b - a, a)) for a, b in pairwise(BOUNDS)]
        parts += [add_rows(writer, ARTICLES, rows_of(ARTICLES, 2, 4), day) for day in ("2024-01-02", None)]
    return Past(publish(store, *parts), store.address)


def find(past: Past, wanted: dict[str, str]) -> list[tuple[str, int]]:
    with duckdb.connect() as connection:
        rows = past.find(connection, PROFILES, wanted, ["text_id", "article_id"])
    return sorted(zip(rows["article_id"].to_pylist(), rows[PART].to_pylist(), strict=True))


def test_rows_are_found_in_every_part_and_row_group(past: Past) -> None:
    asked = [0, 2, 3, 19_999, 20_002, 20_039]
    values = ", ".join(f"('{n:032x}')" for n in [*asked, 77_777])
    sizes = [3, 3, 20_000, 20_000, 20_000, 37]
    parts = past.parts(PROFILES)
    found = find(past, {"article_id": f"VALUES {values}"})

    assert [(f"{n:032x}", size) for n, size in zip(asked, sizes, strict=True)] == [
        (article_id, parts[part].rows) for article_id, part in found
    ]


def test_one_key_or_the_other_serves(past: Past) -> None:
    found = find(past, {"article_id": f"VALUES ('{1:032x}')", "text_id": f"VALUES ('{2:032x}')"})

    assert [article_id for article_id, _ in found] == [f"{1:032x}", f"{2:032x}"]


def test_only_the_days_that_are_asked_for_are_read(past: Past) -> None:
    wanted = {"article_id": f"VALUES ('{4:032x}')"}
    with duckdb.connect() as connection:
        dated = past.find(connection, ARTICLES, wanted, ["text"], {"2024-01-02"})
        everywhere = past.find(connection, ARTICLES, wanted, ["text"])

    assert [dated.num_rows, everywhere.num_rows] == [1, 2]


def test_keys_that_occur_are_given_once(past: Past) -> None:
    with duckdb.connect() as connection:
        found = past.exists(
            connection, PROFILES, "article_id", f"SELECT '{5:032x}' AS article_id UNION ALL SELECT 'no'"
        )

    assert found["article_id"].to_pylist() == [f"{5:032x}"]


def test_before_the_first_snapshot_there_is_nothing(tmp_path: Path) -> None:
    nothing = Past(None, str(tmp_path))
    with duckdb.connect() as connection:
        rows = nothing.find(connection, PROFILES, {"article_id": "SELECT 'a'"}, ["text_id"])
        known = nothing.exists(connection, PROFILES, "article_id", "SELECT 'a' AS article_id")

    assert (rows.num_rows, known.num_rows) == (0, 0)
    assert rows.schema == pa.schema([PROFILES.schema.field("text_id"), pa.field(PART, pa.int32())])
