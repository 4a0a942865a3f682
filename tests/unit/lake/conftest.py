"""A small lake, empty or published."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from flows.lake.manifest import Manifest, Part
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from tests.unit.lake.made import add_rows, three_days
from transforms.schema import Table


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
def published(store: Store) -> Manifest:
    """Publish two dated days and one undated, three articles each; the third has the words of the first."""
    return three_days(store)


@pytest.fixture
def connection(store: Store, published: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a locked-down connection to the published lake."""
    with open_snapshot(store, threads=1) as opened:
        yield opened
