"""The lake: immutable parts, numbered manifests, a catalog. `connect` and `ask` are what a notebook needs of it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from flows.lake.query import Reader


def ask(sql: str, *parameters: object, lake: str | Path = "lake", at: int | str | None = None) -> "pd.DataFrame":
    """Answer one question about the newest snapshot, or snapshot `at`, as a data frame; $1 and so on are parameters.

    Raises UsageError for anything but a query and when there is no such lake or snapshot, duckdb.Error for what DuckDB
    cannot answer.
    """
    with connect(lake, at) as reader:
        return reader.sql(sql, list(parameters)).df()


def connect(lake: str | Path = "lake", at: int | str | None = None) -> "Reader":
    """Open the newest snapshot of a lake, or snapshot `at`, read-only and locked down to the lake's parts.

    `at` may be `refused`, for the last night that its audit refused.

    Raises UsageError when there is no such lake or snapshot, LakeDamaged when its newest manifest is not whole.
    """
    from flows.lake.query import Reader, open_snapshot  # noqa: PLC0415 - a run imports parts of this package only
    from flows.lake.store import Store  # noqa: PLC0415

    return Reader(open_snapshot(Store.open(lake, create=False), at))
