"""The rival of the search benchmark: DuckDB's full-text extension, in an interpreter that has its wheel.

Run by `tests.benchmarks.search --fts-python`; needs nothing of this repository.
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb

ASK = """
    SELECT article_id FROM (SELECT article_id, fts_main_a.match_bm25(article_id, ?, conjunctive := 1) AS score FROM a)
    WHERE score IS NOT NULL ORDER BY score DESC LIMIT 10
"""


def main(texts: str, database: str, extension: str, questions: str) -> None:
    """Index a Parquet file of texts, ask, and print figures and answers as JSON."""
    with duckdb.connect(database) as connection:
        connection.execute(f"LOAD '{extension}'")
        begin = time.perf_counter()
        connection.execute("CREATE TABLE a AS FROM read_parquet(?)", [texts])
        connection.execute("PRAGMA create_fts_index('a', 'article_id', 'title', 'text', stemmer = 'english')")
        connection.execute("CHECKPOINT")
        seconds = time.perf_counter() - begin
        answers, times = [], []
        for words in json.loads(Path(questions).read_text("utf-8")):
            begin = time.perf_counter()
            answers.append([row[0] for row in connection.execute(ASK, [words]).fetchall()])
            times.append(time.perf_counter() - begin)
    size = Path(database).stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"index": seconds, "bytes": size, "peak": peak, "times": times, "answers": answers}))


if __name__ == "__main__":
    main(*sys.argv[1:])
