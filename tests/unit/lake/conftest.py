"""A small lake, empty or published."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from flows.lake.manifest import Manifest, Part
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from tests.unit.lake.made import add_rows, publish, rows_of
from transforms.article import ARTICLES
from transforms.schema import Table
from transforms.tables import MEMBERSHIP, PAIRS, QUARANTINE


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Make a lake without a snapshot."""
    return Store.open(tmp_path / "lake", create=True)


@pytest.fixture
def add(store: Store) -> Callable[..., Part]:
    """Give a function that writes rows as a part of the lake, while nobody holds it."""

    def add_to_store(table: Table, rows: pa.Table, day: str | None = None) -> Part:
        with store.writer() as writer:
            return add_rows(writer, table, rows, day)

    return add_to_store


@pytest.fixture
def published(store: Store, add: Callable[..., Part]) -> Manifest:
    """Publish two dated days and one undated, three articles each; the third has the words of the first."""
    parts = []
    for start, day in ((0, "2024-01-02"), (10, "2024-01-03"), (20, None)):
        ids = [f"{n:032x}" for n in range(start, start + 3)]
        moments = [None] * 3 if day is None else [datetime.fromisoformat(f"{day}T05:00:00+00:00")] * 3
        parts.append(add(ARTICLES, rows_of(ARTICLES, 3, start, published_at=moments), day))
        places = rows_of(
            MEMBERSHIP,
            3,
            start,
            published_date=[day and date.fromisoformat(day)] * 3,
            canonical_id=[ids[0], ids[1], ids[0]],
            is_canonical=[True, True, False],
            twin_id=[ids[0], None, ids[0]],
            twin_relation=["canonical", None, "exact"],
            twin_rule=["itself", None, "same words"],
        )
        parts.append(add(MEMBERSHIP, places))
    parts.append(add(PAIRS, rows_of(PAIRS, 1, 90)))
    parts.append(add(QUARANTINE, rows_of(QUARANTINE, 2)))
    return publish(store, *parts)


@pytest.fixture
def connection(store: Store, published: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a locked-down connection to the published lake."""
    with open_snapshot(store, threads=1) as opened:
        yield opened
