"""Promise 17: what a run takes in memory is told by its settings; of tonight's batch it holds narrow rows, and no text.

Measured from outside, all processes together (PSS), workers = 1, duckdb_memory_mb = 256, chunk_bytes = 1 MiB: some
500 MiB for 3,000 articles (8 MB), 700 for 30,000 (85 MB), 950 for 100,000 (285 MB). Of each some 190 MiB are the
auditor, and some 160 the interpreter and what it has imported. Parsing and normalising stay level however much there
is. What grows is deduplication, which fills DuckDB's share first, and then holds the narrow rows of tonight's new
articles (MEMBERSHIP, PROFILES, FEATURES, DELIVERIES) as Arrow tables: some 2 KB an article of its own, and as much
again in pages of staged files that are mapped, which the kernel takes back when it wants them.
"""

from pathlib import Path
from typing import Final

import orjson
import pytest

from tests.benchmarks.generate import generate
from tests.benchmarks.memory import Measured, measure, python

pytestmark = [pytest.mark.promise(17), pytest.mark.slow]

PROJECT: Final = Path(__file__).parents[2]
DUCKDB_MIB: Final = 256
FEW: Final = 3_000
MANY: Final = 10 * FEW
MOST_MIB: Final = 900
"""For MANY articles."""
MOST_BYTES_AN_ARTICLE: Final = 4096
"""What may be added for each article more, when DuckDB has all that it may take."""


def run(folder: Path, articles: int) -> Measured:
    """Take so many articles in one night into a lake of their own."""
    dumps = generate(articles, 7, folder).dumps
    settings = folder / "settings.toml"
    settings.write_text(f"duckdb_memory_mb = {DUCKDB_MIB}\nworkers = 1\nchunk_bytes = {1 << 20}\n")
    options = ("--lake", str(folder / "lake"), "--settings", str(settings), "--json")
    done = measure(python("-m", "flows.cli", "run", str(dumps), *options), PROJECT)
    assert done.code == 0, done.errors
    assert articles == orjson.loads(done.output)["copies"]
    return done


def test_ten_times_the_articles_take_little_more_memory_than_duckdb_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few, many = (run(tmp_path / str(articles), articles).peak_bytes for articles in (FEW, MANY))
    with capsys.disabled():
        for articles, peak in ((FEW, few), (MANY, many)):
            print(f"\n{articles:,} articles: {peak >> 20} MiB at most")  # noqa: T201 - the figures are what it is for

    assert many < MOST_MIB << 20
    assert many - few < (DUCKDB_MIB << 20) + (MANY - FEW) * MOST_BYTES_AN_ARTICLE
