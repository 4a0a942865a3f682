"""DuckDB and Arrow, opened so that they can read the parts of a lake and download nothing."""

from pathlib import Path
from typing import BinaryIO, cast

import duckdb

Config = dict[str, str | bool | int | float | list[str]]


def is_remote(address: str) -> bool:
    """Tell an address in object storage from a folder's."""
    return "://" in address


def open_duckdb(address: str, database: Path | None = None, config: Config | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database, in memory where none is named, that reads the parts under the address of a lake."""
    offline: Config = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    connection = duckdb.connect(database or ":memory:", config=offline | (config or {}))
    if is_remote(address):
        from flows.lake.bucket_files import PartFiles  # noqa: PLC0415 - object storage is an extra

        connection.register_filesystem(PartFiles(address))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # it would draw over the report, on standard output
    return connection


def open_part(address: str, path: str) -> str | BinaryIO:
    """Give what Arrow reads a part by: its name in a folder, or a file over object storage."""
    if not is_remote(address):
        return f"{address}/{path}"
    from flows.lake.bucket_files import PartFile  # noqa: PLC0415

    return cast("BinaryIO", PartFile(address, path))
