"""Weighs the quality report and its index in a lake of many nights: `python -m tests.benchmarks.reports --nights 90`.

One real, audited run makes the rows; the ledgers of the other nights are its own, day after day, with figures that
go up and down. Each page is opened in a real browser without a network, after an empty one has warmed it up.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table as Grid

from expectations.audit import warm_up
from flows.desk import lay_down
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store
from flows.lake.writer import Writer
from tests.benchmarks.generate import generate
from tests.browser import browser, found
from tests.integration.nights import Here, take
from tests.unit.lake.made import add_rows
from transforms.schema import Table
from transforms.tables import STORED

MOST_MILLISECONDS: Final = 1_000
MOST_BYTES: Final = 2_000_000
_LAST: Final = date(2026, 3, 31)
_LEDGERS: Final = ("runs", "audits", "source_counts", "source_fields", "dumps")
_COUNTS: Final = ("records", "records_read", "admitted", "quarantined", "copies", "replayed")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page: how heavy it is, and how long a browser took to load it, each time."""

    name: str
    byte_count: int
    milliseconds: tuple[float, ...]


def build(folder: Path, nights: int, articles: int, seed: int = 7) -> tuple[Path, list[float]]:
    """Make a lake of so many nights with a page a night; give it with the seconds of laying down the last page."""
    lake = folder / "lake"
    warm_up()
    take(lake, sorted(generate(articles, seed, folder / "corpus").dumps.iterdir()), Here())
    store = Store.open(lake, create=False)
    with store.writer() as writer:
        model = store.chosen(None)
        chance = Random(seed)  # noqa: S311 - the same lake each time
        others = tuple(part for part in model.parts if part.table not in _LEDGERS)
        manifest = _following(model, (*others, *_ledgers(writer, model, nights, chance)))
        writer.commit(manifest)
        writer.show_newest()
        seconds = [_laid_down(writer, manifest) for _ in range(3)]
        page = lake / "reports" / f"{_LAST}-{manifest.run_id}.html"
        for ago in range(1, nights):
            other = f"{_LAST - timedelta(days=ago)}-{_run_id(ago)}.html"
            (lake / "reports" / other).write_bytes(page.read_bytes())
        seconds.append(_laid_down(writer, manifest))
    return lake, seconds


def open_pages(pages: list[Path], repeat: int) -> Iterator[Opened]:
    """Open each page some times; AssertionError when the machine has no browser, or a page asks for another."""
    program = found()
    assert program, "no chromium, chromium-browser or google-chrome is on the PATH"
    with browser(program) as there:
        for page in pages:
            times = []
            for _ in range(repeat):
                there.open(page)
                times.append(float(there.value("performance.getEntriesByType('navigation')[0].loadEventEnd")))
                assert there.requests == [page.as_uri()]
            yield Opened(page.name, page.stat().st_size, tuple(times))


def main() -> int:
    """Build, open, print."""
    arguments = _arguments()
    with TemporaryDirectory() as folder:
        lake, seconds = build(Path(folder), arguments.nights, arguments.articles)
        night = max((lake / "reports").glob(f"{_LAST}-*.html"))
        opened = list(open_pages([night, lake / "reports" / "index.html"], arguments.repeat))
    table = Grid(title=f"{arguments.nights} nights, {arguments.articles:,} articles", title_justify="left")
    for name in ("page", "bytes", "median ms", "least ms", "most ms"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for each in opened:
        times = (f"{ms:,.0f}" for ms in (median(each.milliseconds), min(each.milliseconds), max(each.milliseconds)))
        table.add_row(each.name, f"{each.byte_count:,}", *times)
    Console().print(table)
    Console().print(f"laying down page and index: {', '.join(f'{each:.2f}' for each in seconds)} s")
    too_much = [o for o in opened if o.byte_count > MOST_BYTES or median(o.milliseconds) > MOST_MILLISECONDS]
    return 1 if too_much else 0


def _ledgers(writer: Writer, model: Manifest, nights: int, chance: Random) -> Iterator[Part]:
    """Write each ledger's rows once for every night, the oldest first."""
    tables = {table.name: table for table in STORED if table.name in _LEDGERS}
    for name, table in tables.items():
        files = [pq.ParquetFile(Path(writer.address) / part.path).read() for part in model.parts_of(name)]
        rows = pa.concat_tables(files).to_pylist()
        made = [_again(table, row, ago, chance) for ago in reversed(range(nights)) for row in rows]
        yield add_rows(writer, table, pa.Table.from_pylist(made, table.schema))


def _again(table: Table, row: dict[str, Any], ago: int, chance: Random) -> dict[str, Any]:
    """Give a row as it would be so many nights ago; of the last night as it is."""
    if not ago:
        return row | _if_there(row, day=_LAST, snapshot=10_000)
    scale = 0.7 + 0.6 * chance.random()
    counts = {name: int(row[name] * scale) for name in _COUNTS if name in row}
    again = row | counts | {"run_id": _run_id(ago)}
    again |= _if_there(row, day=_LAST - timedelta(days=ago), snapshot=10_000 - ago)
    if table.name == "audits" and chance.random() < 0.01:
        again |= {"status": "failed", "accepted_because": "The outlet had its yearly holiday."}
    return again


def _if_there(row: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in row}


def _run_id(ago: int) -> str:
    return f"{_LAST - timedelta(days=ago):%Y%m%d}T021500-{ago:08x}"


def _laid_down(writer: Writer, manifest: Manifest) -> float:
    begin = perf_counter()
    told = lay_down(writer, manifest)
    assert told.name, told.trouble
    return perf_counter() - begin


def _following(model: Manifest, parts: tuple[Part, ...]) -> Manifest:
    fields = {name: getattr(model, name) for name in Manifest.__slots__}
    return Manifest(**fields | {"number": model.number + 1, "parent_digest": model.digest, "parts": parts})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.reports",
        description="Weigh a night's page and the index over many nights, and open both in a browser.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--nights", type=int, default=90, help="nights in the lake")
    parser.add_argument("--articles", type=int, default=2_000, help="articles in the lake")
    parser.add_argument("--repeat", type=int, default=5, help="times that each page is opened")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
