"""Takes a tree of real dumps in one run and tells what became of each folder: `python -m tests.judge.folders DIR`."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.lake import connect
from tests.benchmarks.bench import PROJECT
from tests.benchmarks.memory import measure, python

_FOLDER: Final = "regexp_replace(dump_name, '^(dumps/[^/]+|[^/]+)/.*$', '\\1')"  # dumps/reuters21578, html, warc, ...
_COUNTS: Final = f"""
    SELECT {_FOLDER} AS folder, count(*) FILTER (status = 'consumed') AS dumps, sum(records_read)::BIGINT AS read,
        sum(admitted)::BIGINT AS admitted, sum(replayed)::BIGINT AS replayed, sum(quarantined)::BIGINT AS quarantined,
        count(*) FILTER (status = 'refused') AS refused
    FROM dumps GROUP BY folder ORDER BY folder
"""
_REASONS: Final = f"""
    SELECT {_FOLDER} AS folder, reason, detail, count(*) AS records
    FROM quarantine GROUP BY ALL ORDER BY folder, records DESC, reason, detail
"""
_REFUSALS: Final = f"""
    SELECT {_FOLDER} AS folder, left(replace(detail, dump_name, '...'), 160) AS reason, count(*) AS dumps
    FROM dumps WHERE status = 'refused' GROUP BY ALL ORDER BY folder, dumps DESC, reason
"""


def main() -> int:
    """Run, tell, and end with the run's own exit code: 2 where some dump was refused, which others are to be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.judge.folders", description=__doc__)
    parser.add_argument("folder", type=Path, help="tree of dumps")
    arguments = parser.parse_args()
    console = Console(width=160)
    with TemporaryDirectory() as home:
        lake = Path(home) / "lake"
        done = measure(python("-m", "flows.cli", "run", str(arguments.folder.resolve()), "--lake", str(lake)), PROJECT)
        sys.stderr.write(done.errors)
        if not (lake / "catalog.duckdb").exists():
            return done.code
        for title, sql in (("taken", _COUNTS), ("quarantined", _REASONS), ("refused as a whole", _REFUSALS)):
            console.print(_table(title, *_ask(lake, sql)))
    console.print(f"exit code {done.code}, {done.seconds:.1f} s, {done.peak_bytes / 2**20:,.0f} MiB at most")
    return 0 if done.code in (0, 2) else done.code


def _ask(lake: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connect(lake) as reader:
        answer = reader.sql(sql)
        return answer.columns, answer.fetchall()


def _table(title: str, names: list[str], rows: list[tuple[Any, ...]]) -> Table:
    table = Table(title=title, title_justify="left", box=None)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(f"{value:,}" if isinstance(value, int) else str(value)) for value in row))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
