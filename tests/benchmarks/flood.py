"""A flood of one boilerplate: `python -m tests.benchmarks.flood --articles 10000`.

So many notices of one night in one wording, each with figures of its own: every two of them are alike, and every pair
is found, compared and listed, so the work grows with the square. What is measured is a whole run, audit included.
"""

import argparse
import shutil
from pathlib import Path
from typing import Final

import numpy as np
import orjson
from rich.console import Console
from rich.table import Table as Grid

from tests.benchmarks.bench import PROJECT
from tests.benchmarks.memory import Measured, measure, python

_SENTENCES: Final = (
    "The harbour board of {place} said on Monday that {a} tonnes of cargo had been landed at its quays in the week.",
    "That compares with {b} tonnes in the week before and is in line with what the board had expected for the season.",
    "Of the ships that called, most came from the northern ports, as they have done since the channel was dredged.",
    "Berths were free on {c} of the days, the board said, and no vessel had to wait outside for more than a tide.",
    "The figures come out every week and may be revised when the customs office has closed its books of the month.",
    "The board's dues come to {d} crowns, which will be spent on the breakwater and on the lights along the fairway.",
)


def write_flood(folder: Path, articles: int, seed: int) -> Path:
    """Write the notices as JSON Lines."""
    rng = np.random.default_rng(seed)
    path = folder / "flood.jsonl"
    with path.open("wb") as file:
        for number, (a, b, c, d) in enumerate(rng.integers(1_000, 9_999_999, (articles, 4)).tolist()):
            text = " ".join(_SENTENCES).format(place="Marrick", a=a, b=b, c=c, d=d)
            row = {"url": f"https://board.example/{number}", "headline": f"Landings {number}", "body": text}
            file.write(orjson.dumps(row | {"published": "2026-03-02T06:00:00Z"}, option=orjson.OPT_APPEND_NEWLINE))
    return path


def flood(folder: Path, articles: int, seed: int) -> Measured:
    """Run a night of so many notices into an empty lake."""
    home = folder / "flood"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    try:
        dump = write_flood(home, articles, seed)
        return measure(python("-m", "flows.cli", "run", str(dump), "--lake", str(home / "lake"), "--json"), PROJECT)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run, and print the stages."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.flood", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000], help="notices of one wording")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench")
    arguments = parser.parse_args()
    runs = {count: flood(arguments.folder, count, arguments.seed) for count in arguments.articles}
    grid = Grid("notices", *(f"{count:,}" for count in runs))
    told = {count: orjson.loads(run.output) for count, run in runs.items()}
    for stage in next(iter(told.values()))["stage_seconds"]:
        grid.add_row(stage, *(f"{each['stage_seconds'].get(stage, 0.0):.2f} s" for each in told.values()))
    grid.add_row("whole run", *(f"{run.seconds:.2f} s" for run in runs.values()))
    grid.add_row("peak memory", *(f"{run.peak_bytes / 1e6:,.0f} MB" for run in runs.values()))
    grid.add_row("pairs listed", *(f"{each['pairs']:,}" for each in told.values()))
    grid.add_row("largest of clusters", *(f"{each['copies'] - each['articles']:,} joined" for each in told.values()))
    Console().print(grid)
    return max(run.code for run in runs.values())


if __name__ == "__main__":
    raise SystemExit(main())
