"""The questions of data/queries with their answers: `python -m tests.integration.questions LAKE` writes them down."""

import sys
from pathlib import Path

from flows.lake.answers import render
from flows.lake.query import open_snapshot, run_query
from flows.lake.store import Store

QUERIES = Path(__file__).parents[2] / "data" / "queries"
ANSWERS = QUERIES / "README.md"
_HEAD = """# Questions

What editors and analysts ask, a file each. Any of them runs as it is:

```sh
broadsheet query --lake data/demo-lake -- "$(cat data/queries/02-who-copies-whom.sql)"
```

In the stock shell it is `duckdb lake/catalog.duckdb < data/queries/02-who-copies-whom.sql`. The answers are those of
the demo lake.
"""


def answers(lake: Path) -> str:
    """Ask all of them, on a page 120 columns wide."""
    return "\n".join([_HEAD, *(_answer(lake, file) for file in sorted(QUERIES.glob("*.sql")))])


def _answer(lake: Path, file: Path) -> str:
    question, _, sql = file.read_text("utf-8").partition("\n")
    with open_snapshot(Store.open(lake, create=False)) as connection:
        table = render(run_query(connection, sql), "table").decode()
    return f"## {question.removeprefix('-- ')}\n\n[{file.name}]({file.name})\n\n```text\n{table.rstrip()}\n```\n"


if __name__ == "__main__":
    ANSWERS.write_text(answers(Path(sys.argv[1])), "utf-8")
