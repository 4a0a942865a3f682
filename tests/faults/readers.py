"""A reader that never rests: whatever the writers do, each answer is one committed snapshot's, and is stable."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from flows.lake import connect
from flows.lake.folder import CATALOG
from flows.lake.store import Store
from tests.faults.sight import DIGEST, catalog_rows, rows_digest, snapshot_rows
from transforms.errors import BroadsheetError, UsageError

_REST_SECONDS: Final = 0.02
"""Between two questions, so that two cores have time for the writers as well."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How many answers a reader had, and what was wrong with them."""

    answers: int
    violations: tuple[str, ...]


def watch(lake: Path, is_over: Callable[[], bool]) -> list[list[Any]]:
    """Ask until it is over: [newest before, newest after, digest, digest again or error] for each question."""
    answers: list[list[Any]] = []
    while not is_over():
        for ask in (_ask_snapshot, _ask_catalog):
            try:
                answers += ask(lake)
            except (BroadsheetError, OSError, duckdb.Error) as error:
                answers.append([0, 0, "", f"{ask.__name__}: {type(error).__name__}: {str(error).splitlines()[0]}"])
        time.sleep(_REST_SECONDS)
    return answers


def judge(lake: Path, answers: list[list[Any]]) -> Watched:
    """Compare answers with the snapshots that were there to be seen, read again now that nobody writes."""
    digests: dict[int, str] = {}
    violations = [found for answer in answers if (found := _wrong(lake, answer, digests))]
    return Watched(len(answers), tuple(violations))


def _wrong(lake: Path, answer: list[Any], digests: dict[int, str]) -> str | None:
    low, high, first, again = answer
    if first != again:
        return f"a reader at snapshot {high} was told {first or 'nothing'}, then {again or 'nothing'}"
    for number in range(high, low - 1, -1):
        if number not in digests:
            digests[number] = snapshot_rows(lake, number)
        if digests[number] == first:
            return None
    return f"a reader's answer {first} is that of no snapshot from {low} to {high}"


def _newest(lake: Path) -> int | None:
    try:
        manifest = Store.open(lake, create=False).current()
    except UsageError:
        return None  # nobody has founded it yet
    return manifest.number if manifest else 0


def _ask_snapshot(lake: Path) -> Iterator[list[Any]]:
    """Ask through the front door, twice on one connection. What is answered is no older than what was newest before."""
    before = _newest(lake)
    if before is None:
        return
    with connect(lake) as reader:
        after = _newest(lake)
        first, again = (rows_digest(reader.sql(DIGEST).fetchall()) for _ in range(2))
    yield [before, after, first, again]


def _ask_catalog(lake: Path) -> Iterator[list[Any]]:
    """Ask as DuckDB's command line does. What the catalog shows may be older than the newest, but was committed."""
    if (lake / CATALOG).is_symlink():
        rows = catalog_rows(lake)
        yield [0, _newest(lake), rows, rows]
