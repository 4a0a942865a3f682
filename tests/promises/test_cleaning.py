"""Promises 7 and 20: who asks while nights are published and the lake is cleaned is answered by one snapshot, whole."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any, Final

import duckdb
import pytest

from flows.lake import connect
from flows.lake.integrity import verify
from flows.lake.retention import clean
from flows.lake.store import Store
from flows.settings import Retention
from tests.faults.stories import body
from tests.integration.nights import take_unaudited, write_dump
from transforms.errors import LakeBusy

NIGHTS: Final = 6
KEPT: Final = Retention(snapshots=3, days=0)
FAR_AHEAD: Final = datetime.now(UTC) + timedelta(days=400)
SQL: Final = """
    SELECT list(source_id ORDER BY source_id::INT) AS copies, (SELECT count(*) FROM articles) AS articles,
        (SELECT count(*) FROM deliveries) AS deliveries, sum(length(text)) AS characters
    FROM copies
"""


def record(number: int) -> dict[str, Any]:
    """Write an article that is no copy of one of another number."""
    return {"id": number, "url": f"https://post.example/{number}", "published": "2024-01-02", "body": body(number)}


def patiently(work: Callable[[], Any]) -> Any:
    """Do what needs the lake to itself, once it is free."""
    while True:
        try:
            return work()
        except LakeBusy:
            sleep(0.002)


def ask(lake: Path) -> tuple[Any, ...]:
    """Ask twice through one connection; a reader whose two answers differ has seen two snapshots."""
    with connect(lake) as reader:
        first, again = (reader.sql(SQL).fetchall() for _ in range(2))
    assert first == again
    [(copies, *numbers)] = first
    return tuple(copies), *numbers


def clean_until(over: Event, lake: Path) -> Counter[str]:
    gone: Counter[str] = Counter()
    while not over.is_set():
        removal = patiently(lambda: clean(Store.open(lake, create=False), KEPT, FAR_AHEAD, remove=True))
        gone += Counter(snapshots=len(removal.snapshots), files=len(removal.files))
        sleep(0.1)  # on two cores the nights want their share
    return gone


def ask_until(over: Event, lake: Path) -> list[tuple[Any, ...]]:
    answers = [ask(lake)]
    while not over.is_set():
        answers.append(ask(lake))
        sleep(0.05)
    return answers


@pytest.mark.slow
@pytest.mark.promise(7)
@pytest.mark.promise(20)
def test_readers_never_miss_a_file_while_nights_are_published_and_the_lake_is_cleaned(tmp_path: Path) -> None:
    lake, over, committed = tmp_path / "lake", Event(), []
    dumps = [write_dump(tmp_path / f"{n}.jsonl", [record(n), record(n + NIGHTS)]) for n in range(NIGHTS)]
    take_unaudited(lake, dumps[:1])
    with ThreadPoolExecutor(2) as others:
        cleaner = others.submit(clean_until, over, lake)
        reader = others.submit(ask_until, over, lake)
        try:
            committed.append(ask(lake))
            for dump in dumps[1:]:
                patiently(partial(take_unaudited, lake, [dump]))
                committed.append(ask(lake))
        finally:
            over.set()
    places = [committed.index(answer) for answer in reader.result()]  # a mixed answer is none of them

    assert NIGHTS == len(set(committed))
    assert sorted(places) == places
    assert len(set(places)) > 2
    assert cleaner.result()["snapshots"] > 0
    assert cleaner.result()["files"] > 0
    assert verify(Store.open(lake, create=False).medium).damaged == ()


@pytest.mark.promise(20)
def test_a_missing_file_would_be_noticed(tmp_path: Path) -> None:
    take_unaudited(tmp_path / "lake", [write_dump(tmp_path / "dump.jsonl", [record(1)])])
    manifest = Store.open(tmp_path / "lake", create=False).manifest(1)
    for part in manifest.parts_of("articles"):
        (tmp_path / "lake" / part.path).unlink()

    with pytest.raises(duckdb.IOException, match="No files found"):
        ask(tmp_path / "lake")
