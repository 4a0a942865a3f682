"""Times `broadsheet search` on a lake: `python -m tests.benchmarks.search LAKE [--fts-python PYTHON]`.

It works on a copy of hard links, so the lake is left as it is. Each question is some words that stand in one article;
it is answered well when that article's words come back among the first ten. With an interpreter that has the wheels
`duckdb==1.5.5` and `duckdb-extension-fts`, DuckDB's own full-text index is asked the same.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.search import folder_of
from flows.search.index import current_index
from flows.search.question import Question
from flows.search.search import search
from flows.settings import Settings
from flows.work.drivers import Silent
from tests.benchmarks.generate import generate
from tests.integration.nights import take_unaudited

_QUESTIONS: Final = 100
_WORDS: Final = 5
_NIGHT: Final = 2_000
_LONG_WORD: Final = re.compile(r"[^\W\d_]{6,}")
_WHERE_FTS_IS: Final = """
import duckdb_extension_fts, pathlib
print(next(pathlib.Path(*duckdb_extension_fts.__path__).rglob('*.duckdb_extension')))
"""


def main() -> None:
    """Measure and print a line a figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search")
    parser.add_argument("lake", type=Path)
    parser.add_argument("--fts-python", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.lake.resolve().parent) as scratch:
        lake = Path(scratch) / "lake"
        left_out = shutil.ignore_patterns("search", "tmp", "lock")
        shutil.copytree(arguments.lake, lake, copy_function=os.link, symlinks=True, ignore=left_out)
        store = Store.open(lake, create=False)
        questions = _questions(store)
        _show("tantivy", _ours(store, questions), questions)
        if arguments.fts_python:
            _show("fts", _theirs(store, Path(scratch), arguments.fts_python, questions), questions)
        _nights(store, Path(scratch))


def _questions(store: Store) -> dict[str, str]:
    """Give articles with five long words of each, by an order that no text has a say in."""
    from flows.lake import connect  # noqa: PLC0415

    with connect(store.address) as lake:
        sql = "SELECT article_id, text FROM articles WHERE word_count > 100 ORDER BY article_id LIMIT $1"
        rows = lake.sql(sql, [_QUESTIONS]).fetchall()
    words = {article_id: sorted(set(_LONG_WORD.findall(text)), key=len)[-_WORDS:] for article_id, text in rows}
    return {article_id: " ".join(chosen).lower() for article_id, chosen in words.items()}


def _ours(store: Store, questions: dict[str, str]) -> dict[str, Any]:
    begin = time.perf_counter()
    current_index(store, Silent())
    seconds = time.perf_counter() - begin
    answers, times = [], []
    for words in questions.values():
        begin = time.perf_counter()
        found = search(store, Settings(lake=store.address), Question(words), Silent())
        times.append(time.perf_counter() - begin)
        answers.append([hit.article_id for hit in found.hits])
    size = sum(file.stat().st_size for file in folder_of(store).rglob("*"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"index": seconds, "bytes": size, "peak": peak, "times": times, "answers": answers}


def _theirs(store: Store, scratch: Path, python: Path, questions: dict[str, str]) -> dict[str, Any]:
    from flows.lake import connect  # noqa: PLC0415

    texts, asked = scratch / "texts.parquet", scratch / "questions.json"
    with connect(store.address) as lake:
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(lake.sql("SELECT article_id, title, text FROM copies").to_arrow_table(), texts)
    asked.write_text(json.dumps(list(questions.values())), "utf-8")
    wheel = subprocess.run([python, "-c", _WHERE_FTS_IS], capture_output=True, text=True, check=True).stdout.strip()
    script = Path(__file__).with_name("search_fts.py")
    command = [str(each) for each in (python, script, texts, scratch / "fts.duckdb", wheel, asked)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def _show(name: str, figures: dict[str, Any], questions: dict[str, str]) -> None:
    places = [
        a.index(wanted) + 1 if wanted in a else None for wanted, a in zip(questions, figures["answers"], strict=True)
    ]
    first = sum(place == 1 for place in places)
    megabytes = f"{figures['bytes'] / 1e6:.0f} MB, peak {figures['peak'] / 1e6:.0f} MB"
    found = f"found {sum(map(bool, places))} of {len(places)}, {first} of them first"
    milliseconds = 1000 * median(figures["times"])
    sys.stdout.write(f"{name}: index {figures['index']:.1f} s, {megabytes}; question {milliseconds:.0f} ms; {found}\n")
    sys.stdout.flush()


def _nights(store: Store, scratch: Path) -> None:
    """Tell what a search costs after one more night, and after going back."""
    dumps = generate(_NIGHT, 1, scratch / "night").dumps
    before = store.chosen(None).number
    take_unaudited(store.address, [dumps])
    for what in (f"one more night of {_NIGHT:,}", "going back"):
        begin = time.perf_counter()
        current_index(store, Silent())
        sys.stdout.write(f"brought up to {what}: {time.perf_counter() - begin:.2f} s\n")
        if store.chosen(None).number == before + 1:
            roll_back(store, before)


if __name__ == "__main__":
    main()
