"""The catalog: what its views show, which files they open, and that any DuckDB can read the file."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.lake.catalog import build_catalog, sql_type, view_statements
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store
from tests.unit.lake.made import a_manifest, root_of, rows_of
from transforms.article import ARTICLES
from transforms.tables import MEMBERSHIP
from transforms.views import SHOWN


def viewed(manifest: Manifest | None, address: str) -> duckdb.DuckDBPyConnection:
    """Open a connection in memory with the views."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for statement in view_statements(manifest, address):
        connection.execute(statement)
    return connection


@pytest.fixture
def views(store: Store, published: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the views of the published lake."""
    with viewed(published, store.address) as connection:
        yield connection


def test_articles_are_the_canonical_ones_dated_or_not(views: duckdb.DuckDBPyConnection) -> None:
    found = views.execute("SELECT right(article_id, 2), published_date FROM articles ORDER BY ALL").fetchall()
    second, third = date(2024, 1, 2), date(2024, 1, 3)

    assert found == [("00", second), ("01", second), ("0a", third), ("0b", third), ("14", None), ("15", None)]


def test_copies_are_all_articles_with_their_place(views: duckdb.DuckDBPyConnection) -> None:
    found = views.execute(
        "SELECT right(article_id, 2), right(canonical_id, 2), is_canonical FROM copies WHERE published_date IS NULL"
    ).fetchall()

    assert sorted(found) == [("14", "14", True), ("15", "15", True), ("16", "14", False)]
    assert views.execute("SELECT count(*), count(DISTINCT article_id) FROM copies").fetchall() == [(9, 9)]


def test_pairs_are_the_stored_ones_and_the_twins_smaller_id_first(views: duckdb.DuckDBPyConnection) -> None:
    found = views.execute(
        "SELECT right(article_id, 2), right(other_id, 2), jaccard, containment, relation, rule FROM pairs "
        "WHERE rule = 'same words' ORDER BY 1"
    ).fetchall()

    assert found == [
        ("00", "02", 1.0, 1.0, "exact", "same words"),
        ("0a", "0c", 1.0, 1.0, "exact", "same words"),
        ("14", "16", 1.0, 1.0, "exact", "same words"),
    ]
    assert views.execute("SELECT count(*) FROM pairs").fetchall() == [(4,)]


@pytest.mark.parametrize("is_empty", [True, False])
def test_views_have_the_declared_columns_types_and_comments(store: Store, published: Manifest, is_empty: bool) -> None:
    with viewed(None if is_empty else published, store.address) as connection:
        for table in SHOWN:
            found = connection.execute(
                "SELECT column_name, data_type, comment FROM duckdb_columns() "
                "WHERE table_name = ? ORDER BY column_index",
                [table.name],
            ).fetchall()
            meaning = connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = ?", [table.name])

            assert found == [(c.name, sql_type(c.type), c.comment) for c in table.columns]
            assert meaning.fetchall() == [(table.meaning,)]


def test_views_without_a_manifest_have_no_rows(tmp_path: Path) -> None:
    with viewed(None, str(tmp_path)) as connection:
        for table in SHOWN:
            assert connection.execute(f"FROM {table.name}").fetchall() == []


@pytest.mark.parametrize("day", ["2024-01-02", None])
def test_a_lake_of_dated_or_of_undated_articles_only_is_shown(
    store: Store, add: Callable[..., Part], day: str | None
) -> None:
    places = rows_of(MEMBERSHIP, 1, published_date=[day and date.fromisoformat(day)])
    parts = [add(ARTICLES, rows_of(ARTICLES, 1), day), add(MEMBERSHIP, places)]
    with viewed(a_manifest(*parts), store.address) as connection:
        for view in ("articles", "copies"):
            found = connection.execute(f"SELECT published_date FROM {view}").fetchall()

            assert found == [(day and date.fromisoformat(day),)]


@pytest.mark.parametrize("view", ["articles", "copies"])
def test_a_filter_on_the_day_opens_the_files_of_that_day_only(views: duckdb.DuckDBPyConnection, view: str) -> None:
    query = f"EXPLAIN ANALYZE SELECT count(text) FROM {view}"
    everything = views.execute(query).fetchall()[0][1]
    one_day = views.execute(f"{query} WHERE published_date = DATE '2024-01-03'").fetchall()[0][1]

    # Two dated days and the undated one; then one of the two, and none of the undated.
    assert "Scanning Files" not in everything
    assert re.findall(r"Scanning Files: (\d/\d)", one_day) in (["1/2"], ["1/2", "0/1"], ["0/1", "1/2"])


@pytest.mark.parametrize("view", ["articles", "copies"])
def test_a_filter_on_the_day_reaches_the_membership_as_well(store: Store, published: Manifest, view: str) -> None:
    dated = a_manifest(*published.parts_of("membership"), *published.parts_of("articles", {"2024-01-02", "2024-01-03"}))
    query = f"EXPLAIN (FORMAT JSON) SELECT count(text) FROM {view} WHERE published_date = DATE '2024-01-03'"
    with viewed(dated, store.address) as connection:
        plan = connection.execute(query).fetchall()[0][1]

    # Once for the scan of the articles, once for the scan of the membership.
    assert len(re.findall(r"published_date *=[^,]*2024-01-03", plan)) == 2


def test_the_file_opens_read_only_with_comments_and_leaves_no_wal(
    store: Store, published: Manifest, tmp_path: Path
) -> None:
    path = tmp_path / "alone" / "new's.duckdb"
    path.parent.mkdir()
    build_catalog(published, store.address, path)

    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM copies").fetchall() == [(9,)]
        comments = connection.execute(
            "SELECT count(comment) FROM duckdb_columns() WHERE table_name = 'articles'"
        ).fetchall()
        assert comments == [(len(ARTICLES.columns),)]


def test_the_file_is_of_a_version_that_every_duckdb_since_1_0_reads(tmp_path: Path) -> None:
    path = tmp_path / "catalog.duckdb"
    build_catalog(None, str(tmp_path), path)

    # The main header: 8 bytes of checksum, "DUCK", then the version of the storage.
    assert path.read_bytes()[8:12] == b"DUCK"
    assert int.from_bytes(path.read_bytes()[12:20], "little") == 64


@pytest.mark.parametrize("name", ["it's", "a [b] c", "st*r", "run=5", "per%20cent", "Zürich"])
def test_a_lake_may_lie_under_an_odd_name(store: Store, published: Manifest, tmp_path: Path, name: str) -> None:
    root_of(store).rename(tmp_path / name)
    path = tmp_path / name / "tmp" / "catalog.duckdb"
    build_catalog(published, str(tmp_path / name), path)
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute("SELECT max(published_date), count(*) FROM articles").fetchall()

    assert found == [(date(2024, 1, 3), 6)]
