"""Measures, prints and keeps: `python -m tests.benchmarks.peers --articles 100000`."""

import argparse
import os
from pathlib import Path

import orjson
import psutil
from rich.console import Console

from tests.benchmarks.bench import PROJECT, BenchFailed, corpus
from tests.benchmarks.peers.documents import lay_out
from tests.benchmarks.peers.race import INTERPRETER, Result, competitors, quick_competitors, results
from tests.benchmarks.peers.table import details, grid

_notes = Console(stderr=True)


def main() -> int:
    """Read the arguments, run the race, print the table and write it as JSON."""
    arguments = _arguments()
    try:
        found = race(arguments)
    except BenchFailed as failure:
        _notes.print(f"peers: {failure}", markup=False, highlight=False, soft_wrap=True)
        return 1
    result = arguments.folder / f"peers-{arguments.articles}.json"
    machine = {"cores": os.cpu_count(), "memory_bytes": psutil.virtual_memory().total}
    told = {"machine": machine, "seed": arguments.seed, "results": [one.as_json() for one in found]}
    result.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    console = Console()
    console.print(grid(found))
    for line in details(found):
        console.print(line, highlight=False)
    _notes.print(f"written to {result}")
    return 0


def race(arguments: argparse.Namespace) -> list[Result]:
    """Lay out the corpora and run everybody."""
    if not INTERPRETER.exists():
        missing = f"there is no {INTERPRETER.relative_to(PROJECT)}: run `make bench-peers`, which installs it"
        if not arguments.quick:
            raise BenchFailed(missing)
        _notes.print(missing)
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    fewer = min(arguments.articles, arguments.peer_articles)
    many, few = (lay_out(corpus(folder, articles, arguments.seed)) for articles in (arguments.articles, fewer))
    with _notes.status("the competitors, one after another"):
        return results(quick_competitors() if arguments.quick else competitors(), many, few, arguments.repeat)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.peers",
        description="Time deduplication by other programs on our corpus, and score it.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--articles", type=int, default=100_000, help="how many articles")
    parser.add_argument("--peer-articles", type=int, default=20_000, help="how many for a peer that would take minutes")
    parser.add_argument("--quick", action="store_true", help="Broadsheet and the fastest peer alone")
    parser.add_argument("--seed", type=int, default=7, help="chance of the corpus")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, of which the fastest counts")
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench", help="for corpora and results")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
