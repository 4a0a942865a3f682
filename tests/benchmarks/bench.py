"""Benchmarks the whole run against the floor: `python -m tests.benchmarks.bench --articles 100000`.

Everything is timed in one invocation: a floor, a run into an empty lake, a floor again. What is compared are wall
seconds of whole processes, start of the interpreter included, and the peak memory of their trees.
"""

import argparse
import hashlib
import os
import platform
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import duckdb
import orjson
import psutil
from rich.console import Console

from tests.benchmarks import damage
from tests.benchmarks.floor import run_floor
from tests.benchmarks.generate import Truth, generate
from tests.benchmarks.memory import Measured, measure, python
from tests.benchmarks.recall import Scores, score
from tests.benchmarks.report import Findings, show

PROJECT: Final = Path(__file__).resolve().parents[2]
_GENERATOR: Final = ("vocabulary.py", "sentences.py", "copies.py", "damage.py", "generate.py")
_BUSY_PERCENT: Final = 15.0
"""Above this share of the processors in use by others, a figure says more about them than about the run."""

_USUAL_DIRT: Final = round(100 * damage.SHARE)

_notes = Console(stderr=True)


class BenchFailed(Exception):
    """Raised when there is nothing to measure; says why in one sentence."""


def corpus(folder: Path, articles: int, seed: int, dirty_percent: int = _USUAL_DIRT) -> Truth:
    """Return the corpus of these arguments, written now unless the same generator wrote it before."""
    dirt = "" if dirty_percent == _USUAL_DIRT else f"-{dirty_percent}-percent-dirty"
    home = folder / f"corpus-{articles}-{seed}{dirt}-{_generator_digest()}"
    done = home / "corpus.json"
    if done.exists():
        kept = orjson.loads(done.read_bytes())
        return Truth(home / "dumps", home / "truth.csv", kept["articles"], kept["body_bytes"])
    with _notes.status(f"writing {articles:,} articles into {home}"):
        truth = generate(articles, seed, home, dirty_share=dirty_percent / 100)
    # Written last: a corpus that was cut short has no such file and is written again.
    done.write_bytes(orjson.dumps({"articles": truth.articles, "body_bytes": truth.body_bytes}))
    return truth


def bench(folder: Path, articles: int, seed: int, repeat: int, dirty_percent: int = _USUAL_DIRT) -> Findings:
    """Measure `repeat` runs between floors. Raises BenchFailed when a floor or a run fails."""
    truth = corpus(folder, articles, seed, dirty_percent)
    lake = folder / f"lake-{os.getpid()}"
    try:
        machine = _settle(truth)
        floors, runs = [_floor(truth, folder)], []
        for _ in range(repeat):
            shutil.rmtree(lake, ignore_errors=True)
            runs.append(_run(truth, lake))
            floors.append(_floor(truth, folder))
        summaries, scores = [_summary(run) for run in runs], _score(lake, truth)
    finally:
        shutil.rmtree(lake, ignore_errors=True)
    statements = [orjson.loads(floor.output)["statement_seconds"] for floor in floors]
    arguments = {"articles": articles, "seed": seed, "repeat": repeat, "dirty_percent": dirty_percent}
    return Findings(arguments, machine, truth.articles, truth.body_bytes, floors, statements, runs, summaries, scores)


def main() -> int:
    """Read the arguments, measure, print and keep the result."""
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    given = arguments.articles, arguments.seed, arguments.repeat, arguments.dirty
    try:
        findings = bench(arguments.folder.resolve(), *given)
    except BenchFailed as failure:
        _notes.print(f"bench: {failure}", markup=False, highlight=False, soft_wrap=True)
        return 1
    dirt = "" if arguments.dirty == _USUAL_DIRT else f"-dirty-{arguments.dirty}"
    result = arguments.folder / f"result-{arguments.articles}{dirt}.json"
    result.write_bytes(orjson.dumps(findings.as_json(), option=orjson.OPT_INDENT_2))
    show(findings, Console())
    _notes.print(f"written to {result}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.bench",
        description="Time a whole run against the bare floor.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--articles", type=_at_least_one, default=100_000, help="how many articles")
    parser.add_argument("--seed", type=int, default=7, help="chance of the corpus")
    parser.add_argument("--repeat", type=_at_least_one, default=1, help="runs, of which the median counts")
    parser.add_argument("--dirty", type=int, default=_USUAL_DIRT, metavar="PERCENT", help="share of damaged texts")
    parser.add_argument("--folder", type=Path, default=PROJECT / "bench", help="for corpora and results")
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _generator_digest() -> str:
    """Return a short digest of the generator's source: what it wrote before a change is not what it would write now."""
    digest = hashlib.sha256()
    for name in _GENERATOR:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:12]


def _settle(truth: Truth) -> dict[str, Any]:
    """Write back what is unwritten and read the dumps once, so that no turn pays for it; describe the machine."""
    os.sync()
    for dump in sorted(truth.dumps.iterdir()):
        with dump.open("rb") as file:
            while file.read(1 << 24):
                pass
    busy = psutil.cpu_percent(interval=2)
    if busy > _BUSY_PERCENT:
        _notes.print(f"warning: others use {busy:.0f} % of the processors; do not quote these figures")
    versions = {name: version(name) for name in ("duckdb", "pyarrow", "numpy")} | {"python": platform.python_version()}
    memory = psutil.virtual_memory().total
    return {"cores": os.cpu_count(), "memory_bytes": memory, "busy_percent_before": busy, "versions": versions}


def _floor(truth: Truth, folder: Path) -> Measured:
    target = folder / f"floor-{os.getpid()}"
    try:
        with _notes.status("the floor"):
            return _succeeded("the floor", run_floor(truth.dumps, target, PROJECT))
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _run(truth: Truth, lake: Path) -> Measured:
    command = python("-m", "flows.cli", "run", str(truth.dumps), "--lake", str(lake), "--json")
    with _notes.status("the whole run"):
        return _succeeded("the run", measure(command, PROJECT))


def _succeeded(what: str, measured: Measured) -> Measured:
    if measured.code != 0:
        sys.stderr.write(measured.errors)
        again = " ".join(measured.command)
        raise BenchFailed(f"{what} failed with exit code {measured.code}; what it said is above. By hand: {again}")
    return measured


def _summary(run: Measured) -> dict[str, Any]:
    """Return the run's own account of itself. Raises BenchFailed when it gave none."""
    try:
        summary = orjson.loads(run.output)
    except orjson.JSONDecodeError as error:
        raise BenchFailed(f"the run's standard output is not one JSON object: {run.output[:200]!r}") from error
    if not isinstance(summary, dict) or not isinstance(summary.get("stage_seconds"), dict):
        raise BenchFailed("the run's JSON object has no stage_seconds of the form {stage: seconds}")
    return summary


def _score(lake: Path, truth: Truth) -> Scores:
    try:
        return score(lake / "catalog.duckdb", truth.table)
    except duckdb.Error as error:
        raise BenchFailed(f"the lake's catalog cannot be read: {error}") from error


if __name__ == "__main__":
    raise SystemExit(main())
