"""The floor: one bare DuckDB statement from the same JSONL to the same day partitions.

The benchmark runs this module as a child process of its own.
"""

import sys
import time
from pathlib import Path
from typing import Final

import duckdb
import orjson

from tests.benchmarks.memory import Measured, measure, python

_COLUMNS: Final = dict.fromkeys(("url", "headline", "body", "published", "author", "source", "lang"), "VARCHAR")

# The cast takes the offset into account, so the day is that of UTC, as in the lake.
_STATEMENT: Final = """
COPY (
    SELECT *, CAST(CAST(published AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS DATE) AS published_date
    FROM read_json('{source}', format = 'newline_delimited', columns = {columns})
) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (published_date))
"""


def copy(dumps: Path, target: Path) -> float:
    """Run the statement and return its seconds."""
    source = str(dumps / "*.jsonl").replace("'", "''")
    statement = _STATEMENT.format(source=source, columns=_COLUMNS, target=str(target).replace("'", "''"))
    with duckdb.connect() as connection:
        began = time.perf_counter()
        connection.execute(statement)
        return time.perf_counter() - began


def run_floor(dumps: Path, target: Path, project: Path) -> Measured:
    """Run the floor as a child process and measure it as the run is measured."""
    return measure(python("-m", "tests.benchmarks.floor", str(dumps), str(target)), project)


if __name__ == "__main__":
    seconds = copy(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.buffer.write(orjson.dumps({"statement_seconds": seconds}, option=orjson.OPT_APPEND_NEWLINE))
