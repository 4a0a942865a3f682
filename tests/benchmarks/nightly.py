"""What a night costs by the history it comes upon: `python -m tests.benchmarks.nightly --new 50000 0 500000 5000000`.

The corpus is five nights in order of publication, with copies that run from one into the next. Four of them are taken
by real runs and are the recent history; older nights are the first of them again, under other ids, days, addresses and
bands, so that the lake has the size, the parts and the chance meetings of a long history, but not its work. Then the
fifth night is run, audit and all, upon a copy of each lake (hard links: parts never change).
"""

import argparse
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table as Grid

from flows.lake.duck import open_duckdb
from flows.lake.manifest import Part
from flows.lake.store import Store
from flows.lake.writer import Writer
from tests.benchmarks.generate import generate
from tests.benchmarks.memory import Measured, measure, python
from tests.unit.lake.made import add_rows
from transforms.fingerprint import as_binary, from_binary
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import STORED, schema_digest

PROJECT: Final = Path(__file__).resolve().parents[2]
NIGHTS: Final = 5
_IDS: Final = frozenset(
    {"article_id", "text_id", "other_id", "component_id", "cluster_id", "canonical_id", "chain_id", "twin_id",
     "dump_digest", "run_id"}
)  # fmt: skip
_MOST_TIMES: Final = 3.0
_MOST_BYTES: Final = 2_000_000_000

_notes = Console(stderr=True)


def write_nights(folder: Path, new: int, seed: int) -> list[Path]:
    """Write the five nights, `new` articles each, in order of publication."""
    corpus = generate(NIGHTS * new, seed, folder, files=1, days=NIGHTS)
    [dump] = corpus.dumps.iterdir()
    target = folder / "nights"
    target.mkdir(exist_ok=True)
    with open_duckdb("") as connection:
        lines = f"read_csv('{dump}', columns = {{'line': 'VARCHAR'}}, delim = '\\0', quote = '', escape = '')"
        connection.execute(
            f"CREATE TABLE story AS SELECT line, (line->>'published')::TIMESTAMPTZ AS published FROM {lines}"
        )
        for night in range(NIGHTS):
            some = f"SELECT line FROM story ORDER BY published LIMIT {new} OFFSET {night * new}"
            path = target / f"night-{night}.jsonl"
            rows = connection.execute(some).to_arrow_table()["line"]
            path.write_bytes(b"".join(line.encode() + b"\n" for line in rows.to_pylist()))
    dump.unlink()
    return sorted(target.iterdir())


def recent_lake(home: Path, nights: list[Path]) -> Path:
    """Take all nights but the last by real runs; once."""
    lake = home / "recent"
    if not (home / "recent.done").exists():
        shutil.rmtree(lake, ignore_errors=True)
        for night in nights[:-1]:
            _succeeded(_run(lake, night))
        (home / "recent.done").touch()
    return lake


def history(home: Path, recent: Path, older: int) -> Path:
    """Give a lake of the recent nights and so many older ones; built once."""
    lake = home / f"history-{older}"
    done = home / f"history-{older}.done"
    if not done.exists():
        shutil.rmtree(lake, ignore_errors=True)
        _link(recent, lake)
        with Store.open(lake, create=False).writer() as writer:
            parent = writer.current()
            assert parent
            first = Store.open(lake, create=False).manifest(1)
            parts = tuple(part for night in range(1, older + 1) for part in _older(writer, first.parts, night))
            writer.publish_again(parent, replace(parent, parts=(*parent.parts, *parts)), "run")
        _succeeded(_run(lake, _one_story(home)))  # which audits all that was put there, so that the night need not
        done.touch()
    return lake


def _one_story(home: Path) -> Path:
    path = home / "one.jsonl"
    row = {
        "url": "https://one.example/story",
        "headline": "One",
        "body": "One story of its own, and no more than that.",
    }
    path.write_bytes(orjson.dumps(row | {"published": "2023-12-01T06:00:00Z", "source": "one"}))
    return path


def _older(writer: Writer, parts: tuple[Part, ...], night: int) -> Iterator[Part]:
    """Write a night's parts again as those of a night so many times five days before."""
    tables = {table.name: table for table in STORED}
    shift = timedelta(days=NIGHTS * night)
    for part in parts:
        table = tables[part.table]
        rows = pq.ParquetFile(Path(writer.address) / part.path).read()
        day = None
        if part.day is not None:
            day = str(np.datetime64(part.day, "D") - NIGHTS * night)
        yield add_rows(writer, table, _moved(table, rows, night, shift), day)


def _moved(table: Table, rows: pa.Table, night: int, shift: timedelta) -> pa.Table:
    for name in table.schema.names:
        place, field = rows.column_names.index(name), rows.schema.field(name)
        column = rows[name].combine_chunks()
        moved = _moved_column(name, column, night, shift)
        if moved is not None:
            rows = rows.set_column(place, field, moved.cast(field.type))
    return rows


def _moved_column(name: str, column: pa.Array, night: int, shift: timedelta) -> pa.Array | None:
    if name in _IDS:  # the order of ids stays: what is the smallest of a cluster is so again
        return pc.binary_replace_slice(column.cast(pa.binary()), start=24, stop=32, replacement=b"%08x" % night)
    if name.endswith("_bands"):
        salt = np.uint32((night * 0x9E3779B9) & 0xFFFFFFFF)
        return as_binary(from_binary(pa.chunked_array([column])) ^ salt)
    if name in ("published_at", PARTITION_COLUMN):
        days = pc.subtract(column.cast(pa.timestamp("us")), pa.scalar(shift, pa.duration("us")))
        return days.cast(pa.timestamp("us", "UTC")) if name == "published_at" else days
    if name in ("canonical_url", "url"):
        return pc.binary_join_element_wise(column, pa.scalar(f"/{night}"), "")
    return None


def _link(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-al", str(source), str(target)], check=True)


def _run(lake: Path, night: Path) -> Measured:
    return measure(python("-m", "flows.cli", "run", str(night), "--lake", str(lake), "--json"), PROJECT)


def _succeeded(run: Measured) -> Measured:
    if run.code:
        raise AssertionError(f"exit code {run.code}: {run.errors}{run.output[:500]}")
    return run


def tonight(home: Path, lake: Path | None, night: Path) -> Measured:
    """Run the last night upon a copy of a lake, or on none."""
    copy = home / "tonight"
    shutil.rmtree(copy, ignore_errors=True)
    if lake:
        _link(lake, copy)
    try:
        return _succeeded(_run(copy, night))
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def grid(runs: dict[int, Measured]) -> Grid:
    """Show the stages side by side, a column for each history."""
    told = {size: orjson.loads(run.output) for size, run in runs.items()}
    base = next(iter(runs.values())).seconds
    table = Grid(title="a night's seconds, by articles of history", title_justify="left")
    table.add_column("stage")
    for size in runs:
        table.add_column(f"{size:,}", justify="right")
    for stage in next(iter(told.values()))["stage_seconds"]:
        table.add_row(stage, *(f"{each['stage_seconds'].get(stage, 0.0):.2f}" for each in told.values()))
    table.add_row("whole run", *(f"{run.seconds:.2f}" for run in runs.values()))
    table.add_row("times the first", *(f"{run.seconds / base:.2f}" for run in runs.values()))
    table.add_row(
        f"peak {next(iter(runs.values())).kind}, MB", *(f"{run.peak_bytes / 1e6:,.0f}" for run in runs.values())
    )
    table.add_row("new pairs", *(f"{each['pairs']:,}" for each in told.values()))
    return table


def main() -> int:
    """Build what is not there, measure, print and keep the result; 1 when the last history misses its target."""
    arguments = _arguments()
    home = arguments.folder.resolve() / f"nightly-{arguments.new}-{arguments.seed}-{schema_digest()[:8]}"
    home.mkdir(parents=True, exist_ok=True)
    nights = sorted((home / "nights").glob("*.jsonl")) or write_nights(home, arguments.new, arguments.seed)
    recent = recent_lake(home, nights)
    older = {size: max(0, size // arguments.new - (NIGHTS - 1)) for size in arguments.sizes}
    lakes = {size: history(home, recent, older[size]) if size else None for size in arguments.sizes}
    busy = psutil.cpu_percent(interval=2)
    tonight(home, None, nights[-1])  # so that no turn pays for compiling
    runs = {size: tonight(home, lake, nights[-1]) for size, lake in lakes.items()}
    Console().print(grid(runs))
    first, last = next(iter(runs.values())), list(runs.values())[-1]
    told: dict[str, Any] = {
        str(size): {"seconds": run.seconds, "peak_bytes": run.peak_bytes, "report": orjson.loads(run.output)}
        for size, run in runs.items()
    }
    result = arguments.folder / f"nightly-{arguments.new}.json"
    result.write_bytes(orjson.dumps({"busy_percent_before": busy, "histories": told}, option=orjson.OPT_INDENT_2))
    _notes.print(f"{busy:.0f} % of the processors were busy before; written to {result}")
    return int(last.seconds > _MOST_TIMES * first.seconds or last.peak_bytes > _MOST_BYTES)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.nightly",
        description="Time the same night upon histories of several sizes.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("sizes", type=int, nargs="*", default=[0, 500_000, 5_000_000], help="articles of history")
    parser.add_argument("--new", type=int, default=50_000, help="articles of the night")
    parser.add_argument("--seed", type=int, default=11, help="chance of the corpus")
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench", help="for lakes and results")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
