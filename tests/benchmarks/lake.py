"""Benchmarks a lake of many parts: `python -m tests.benchmarks.lake --parts 3000`.

The lake has an article part a day, as many days as parts, and every other table in some thirty parts, as weekly
compaction leaves it. Its rows are those of a real run over a made-up corpus, under fresh ids and days; no two files are
equal. It is built once a folder. All figures are seconds with files in the page cache, medians of some repeats.
"""

import argparse
import shutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import duckdb
import numpy as np
import orjson
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table as Grid

from flows.lake import connect
from flows.lake.folder import CATALOG
from flows.lake.integrity import require_whole
from flows.lake.manifest import Manifest, Part
from flows.lake.query import Reader
from flows.lake.store import Store
from flows.lake.writer import Writer
from tests.benchmarks.generate import generate
from tests.integration.nights import take_unaudited
from tests.unit.lake.made import add_rows
from transforms.article import ARTICLES
from transforms.schema import PARTITION_COLUMN
from transforms.tables import STORED, schema_digest

PROJECT: Final = Path(__file__).resolve().parents[2]
FIRST_DAY: Final = date(2016, 1, 1)
_ID_COLUMNS: Final = frozenset({"article_id", "text_id", "run_id", "dump_digest"})
_PUBLISH_SECONDS, _QUERY_SECONDS = 1.0, 0.15

_BUSY_PERCENT: Final = 15.0
"""Above this share of the processors in use by others, a figure says more about them than about the lake."""

_notes = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is built: days with an article part each, the rows of one, and the parts of every other table."""

    days: int
    day_rows: int
    narrow_parts: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was timed."""

    what: str
    seconds: tuple[float, ...]
    target: float | None = None

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.seconds)


def build(folder: Path, shape: Shape, seed: int = 7, model_articles: int = 2_000) -> Store:
    """Return a lake of this shape with one snapshot, built now unless it stands there already."""
    # What was built before a change of the tables is not what would be built now.
    home = folder / f"lake-{shape.days}-{shape.day_rows}-{shape.narrow_parts}-{seed}-{schema_digest()[:8]}"
    done = home / "built"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        models = _models(home, seed, model_articles)
        with Store.open(home / "lake", create=True).writer() as writer:
            model = _only(home / "model")
            parts = tuple(_parts(writer, models, shape, seed))
            writer.commit(_following(model, None, parts))
            writer.show_newest()
        done.touch()
    return Store.open(home / "lake", create=False)


def figures(store: Store, shape: Shape, repeat: int) -> Iterator[Figure]:
    """Time what a night and a reader do on this lake; the lake ends as it began, but for its snapshot numbers."""
    newest = _only(Path(store.address))
    yield from _publishing(store, newest, repeat)
    yield _timed("Store.current()", repeat, store.current)
    yield _timed("require_whole, sizes only", repeat, partial(require_whole, store.medium, newest, 0))
    yield _timed("require_whole, with digests", repeat, partial(require_whole, store.medium, newest, 1 << 50))
    yield from _asking(store, _question(shape), repeat)


def main() -> int:
    """Build, measure, print and keep the result."""
    arguments = _arguments()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shape = Shape(arguments.parts, arguments.rows, arguments.narrow)
    with _notes.status(f"building a lake of {shape.days:,} days in {folder}"):
        store = build(folder, shape)
    busy = psutil.cpu_percent(interval=2)
    if busy > _BUSY_PERCENT:
        _notes.print(f"warning: others use {busy:.0f} % of the processors; do not quote these figures")
    found = list(figures(store, shape, arguments.repeat))
    newest = _only(Path(store.address))
    result = folder / f"lake-{shape.days}.json"
    told = {"busy_percent_before": busy} | as_json(shape, newest, found)
    result.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    Console().print(grid(newest, found))
    _notes.print(f"written to {result}")
    return 0


def as_json(shape: Shape, manifest: Manifest, found: list[Figure]) -> dict[str, object]:
    """Return everything, as plain values."""
    return {
        "days": shape.days,
        "day_rows": shape.day_rows,
        "narrow_parts": shape.narrow_parts,
        "parts": len(manifest.parts),
        "part_bytes": sum(part.byte_count for part in manifest.parts),
        "manifest_bytes": len(manifest.to_bytes()),
        "figures": [
            {"what": f.what.strip(), "median_seconds": f.median, "target_seconds": f.target, "seconds": f.seconds}
            for f in found
        ],
    }


def grid(manifest: Manifest, found: list[Figure]) -> Grid:
    """Show a line a figure; one that misses its target is marked."""
    size = sum(part.byte_count for part in manifest.parts) / 1e6
    table = Grid(title=f"{len(manifest.parts):,} parts, {size:,.0f} MB", title_justify="left")
    table.add_column("what")
    for name in ("target ms", "median ms", "least ms", "most ms"):
        table.add_column(name, justify="right")
    for figure in found:
        target = f"{figure.target * 1e3:,.0f}" if figure.target else ""
        missed = "*" if figure.target and figure.median > figure.target else ""
        milliseconds = (f"{s * 1e3:,.1f}" for s in (figure.median, min(figure.seconds), max(figure.seconds)))
        table.add_row(figure.what, target + missed, *milliseconds)
    return table


def _publishing(store: Store, base: Manifest, repeat: int) -> Iterator[Figure]:
    """Publish a small night, time after time, each time on the same parts as before."""
    commits, shows = [], []
    for turn in range(repeat + 1):
        with store.writer() as writer:
            parts = (*base.parts, *_night(writer, base, seed=turn))
            manifest = _following(base, writer.current(), parts)
            commits.append(_seconds(partial(writer.commit, manifest)))
            shows.append(_seconds(writer.show_newest))
            writer.commit(_following(base, writer.current(), base.parts))
            writer.show_newest()
    both = [sum(pair) for pair in zip(commits, shows, strict=True)]
    yield Figure("publish a night: commit and catalog", tuple(both[1:]), _PUBLISH_SECONDS)
    yield Figure("  of which commit", tuple(commits[1:]))
    yield Figure("  of which catalog", tuple(shows[1:]))


def _asking(store: Store, sql: str, repeat: int) -> Iterator[Figure]:
    """Ask about one day, through each of the two doors: connecting and asking, and asking again."""
    lake, catalog = store.address, f"{store.address}/{CATALOG}"
    yield from _through("flows.lake.connect", lambda: connect(lake), sql, repeat)
    yield from _through("catalog.duckdb", lambda: duckdb.connect(catalog, read_only=True), sql, repeat)


def _through(
    name: str, door: Callable[[], Reader | duckdb.DuckDBPyConnection], sql: str, repeat: int
) -> Iterator[Figure]:
    opened, first, again = [], [], []
    for _ in range(repeat + 1):
        begin = perf_counter()
        with door() as connection:
            opened.append(perf_counter() - begin)
            ask = partial(_ask, connection, sql)
            first.append(_seconds(ask))
            again.append(_seconds(ask))
    both = [sum(pair) for pair in zip(opened, first, strict=True)]
    yield Figure(f"one day through {name}", tuple(both[1:]), _QUERY_SECONDS)
    yield Figure("  of which connecting", tuple(opened[1:]))
    yield Figure("  of which asking", tuple(first[1:]))
    yield Figure("  asking again", tuple(again[1:]), _QUERY_SECONDS)


def _ask(connection: Reader | duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return connection.sql(sql).fetchall()


def _question(shape: Shape) -> str:
    day = FIRST_DAY + timedelta(days=shape.days // 2)
    return f"SELECT count(*), sum(word_count) FROM articles WHERE {PARTITION_COLUMN} = DATE '{day}'"


def _timed(what: str, repeat: int, act: Callable[[], object]) -> Figure:
    act()
    return Figure(what, tuple(_seconds(act) for _ in range(repeat)))


def _seconds(act: Callable[[], object]) -> float:
    begin = perf_counter()
    act()
    return perf_counter() - begin


def _models(home: Path, seed: int, articles: int) -> dict[str, pa.Table]:
    """Give the rows that a real run makes of a small corpus, by table."""
    corpus = generate(articles, seed, home / "corpus")
    take_unaudited(home / "model", sorted(corpus.dumps.iterdir()))
    manifest = _only(home / "model")
    models = {}
    for table in STORED:
        files = [pq.ParquetFile(home / "model" / part.path).read() for part in manifest.parts_of(table.name)]
        if sum(map(len, files)):
            models[table.name] = pa.concat_tables(files).combine_chunks()
    return models


def _parts(writer: Writer, models: dict[str, pa.Table], shape: Shape, seed: int) -> Iterator[Part]:
    """Write the article parts, and the parts of the other tables that cover as many days each."""
    days = [FIRST_DAY + timedelta(days=n) for n in range(shape.days)]
    step = -(-shape.days // shape.narrow_parts)
    others = [table for table in STORED if table.name in models and not table.is_partitioned]
    for start in range(0, shape.days, step):
        some = days[start : start + step]
        ids = {day: _ids(shape.day_rows, seed, day.toordinal()) for day in some}
        for day in some:
            rows = _rows_of(models[ARTICLES.name], shape.day_rows, day.toordinal(), ids[day])
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            times = pa.array([noon] * len(rows), rows["published_at"].type)
            yield add_rows(writer, ARTICLES, _with(rows, published_at=times), day.isoformat())
        all_ids = [each for day in some for each in ids[day]]
        dates = pa.array([day for day in some for _ in range(shape.day_rows)], pa.date32())
        for table in others:
            count = len(some) if table.kind == "ledger" else len(all_ids)
            rows = _rows_of(models[table.name], count, start, all_ids[:count])
            given = {PARTITION_COLUMN: dates, "is_canonical": pa.array([True] * len(all_ids))}
            yield add_rows(writer, table, _with(rows, **{k: v for k, v in given.items() if k in rows.column_names}))


def _night(writer: Writer, base: Manifest, seed: int) -> Iterator[Part]:
    """Give the parts of one small night: those of the last day again, and a few rows of every other table."""
    for table in STORED:
        if some := base.parts_of(table.name):
            rows = pq.ParquetFile(Path(writer.address) / some[-1].path).read().slice(0, 200)
            fresh = _rows_of(rows, len(rows), 0, _ids(len(rows), seed, 0))
            yield add_rows(writer, table, fresh, some[-1].day)


def _rows_of(model: pa.Table, count: int, start: int, ids: list[str]) -> pa.Table:
    """Take so many rows of the model, round and round, and give them these ids."""
    rows = model.take(pa.array((np.arange(count) + start * 37) % len(model)))
    name = next(name for name in rows.column_names if name in _ID_COLUMNS)
    return _with(rows, **{name: pa.array(ids)})


def _with(rows: pa.Table, **columns: pa.Array) -> pa.Table:
    for name, values in columns.items():
        place = rows.column_names.index(name)
        rows = rows.set_column(place, rows.schema.field(name), values)
    return rows


def _ids(count: int, *seed: int) -> list[str]:
    digits = np.random.default_rng(seed).bytes(16 * count).hex()
    return [digits[32 * n : 32 * n + 32] for n in range(count)]


def _following(model: Manifest, parent: Manifest | None, parts: tuple[Part, ...]) -> Manifest:
    number, digest = (parent.number + 1, parent.digest) if parent else (1, None)
    fields = {name: getattr(model, name) for name in Manifest.__slots__}
    return Manifest(**fields | {"number": number, "parent_digest": digest, "parts": parts})


def _only(lake: Path) -> Manifest:
    newest = Store.open(lake, create=False).current()
    if newest is None:
        raise AssertionError(lake)
    return newest


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.lake",
        description="Time publishing and asking on a lake of many parts.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--parts", type=int, default=3_000, help="article parts, one a day")
    parser.add_argument("--rows", type=int, default=200, help="rows of each")
    parser.add_argument("--narrow", type=int, default=30, help="parts of every other table")
    parser.add_argument("--repeat", type=int, default=7, help="times that each thing is done")
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench", help="for lakes and results")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
