"""Every row leads back to the bytes that it came from: read again at the place it names, they give the same row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pytest

from flows.accept import stage_tasks
from flows.again.raw import KeptDump, OpenTask, Place, fetched, kept_dumps, open_dump, records_at
from flows.inquiry.explain import explain
from flows.inquiry.explanation_sheet import explanation_sheet
from flows.inquiry.provenance import SHOWN_CHARS
from flows.inquiry.shelf import Shelf, open_shelf
from flows.lake.store import Store
from flows.report import DumpReport, RunReport
from flows.settings import Settings
from flows.stage import fields_of
from tests.integration.nights import take_unaudited, write_dump
from transforms.article import ARTICLES
from transforms.normalise import normalise
from transforms.relation import PairSettings

SAMPLES: Final = Path(__file__).parents[2] / "data" / "samples"
SETTINGS: Final = Settings(workers=1)
STORY: Final = "The council of Marrick voted on Monday to mend the harbour wall before the winter storms come in. " * 3
FEED: Final = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>
<item><title>Wall</title><link>https://post.example/wall</link><description>{STORY}</description></item>
<item><title>Ferry</title><link>https://post.example/ferry</link><description>Ferry. {STORY}</description></item>
</channel></rss>"""
LETTERS: Final = f"""From desk@post.example Mon Mar  2 10:00:00 2026
From: desk@post.example
Subject: Wall
Date: Mon, 2 Mar 2026 10:00:00 +0000

Letters. {STORY}

From desk@post.example Mon Mar  2 11:00:00 2026
From: desk@post.example
Subject: Storm
Date: Mon, 2 Mar 2026 11:00:00 +0000

Storms. {STORY}
"""
ANSWER: Final = {
    "status": "ok",
    "articles": [{"title": "One", "body": f"One. {STORY}"}, {"title": "Two", "body": STORY}],
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a lake of the samples and of formats that these lack."""
    folder = tmp_path_factory.mktemp("provenance")
    (folder / "feed.rss").write_text(FEED)
    (folder / "letters.mbox").write_text(LETTERS)
    write_dump(folder / "answers.jsonl", [{"title": "Bare", "body": f"Bare. {STORY}"}, ANSWER])
    (folder / "hostile.jsonl").write_bytes(
        orjson.dumps({"title": "Bell", "body": STORY, "more": "\x1b[2J\u202e" * 999})
    )
    take_unaudited(folder / "lake", [SAMPLES, *sorted(path for path in folder.iterdir() if path.is_file())])
    return folder / "lake"


@pytest.fixture(scope="module")
def shelf(lake: Path) -> Iterator[Shelf]:
    with open_shelf(Store.open(lake, create=False), None, SETTINGS) as shelf:
        yield shelf


def derived(dump: KeptDump, shelf: Shelf, places: list[dict[str, Any]], folder: Path) -> Iterator[tuple[Any, pa.Table]]:
    """Read the records at some places of a dump again, each alone, and make its row."""
    arrival = open_dump(OpenTask(dump, fetched(dump, shelf.medium, folder), folder / dump.digest, SETTINGS))
    report = RunReport("again", "", dumps=[DumpReport(dump.name, "consumed")])
    tasks = stage_tasks([arrival], SETTINGS, dump.outlet, folder, report)
    for row in places:
        [member] = [member for member in arrival.receipt.members if member.name == row["member"]]
        task = next(task for task in tasks if task.member == member.name)
        fields = fields_of(task.outlet)
        place = Place(row["record_number"], row["byte_offset"])
        [record] = records_at(task.chunk, [place], SETTINGS.max_record_bytes, fields)
        yield row, normalise([record], fields, task.outlet, task.guide)


@pytest.mark.promise(10)
def test_every_article_is_made_again_from_its_place_in_the_kept_dump(shelf: Shelf, tmp_path: Path) -> None:
    deliveries = shelf.rows("FROM deliveries")
    copies = shelf.connection.execute("FROM copies").to_arrow_table()
    columns = list(ARTICLES.full_schema.names)
    rows = {row["article_id"]: row for row in copies.select(columns).to_pylist()}
    seen = 0
    for dump in kept_dumps(shelf.manifest, shelf.past.address):
        places = [row for row in deliveries if row["dump_digest"] == dump.digest]
        for row, batch in derived(dump, shelf, places, tmp_path):
            assert [rows[row["article_id"]]] == batch.articles.select(columns).to_pylist()
            seen += 1
    formats = {row["dump_name"].partition(".")[2] for row in deliveries}

    assert seen == len(deliveries) > 70
    assert {"jsonl", "json", "csv", "tsv", "parquet", "txt", "zip", "tar.xz", "rss", "mbox"} <= formats


@pytest.mark.promise(10)
def test_every_rejected_record_is_found_at_its_place_again(shelf: Shelf, tmp_path: Path) -> None:
    rejects = shelf.rows("FROM quarantine")
    for dump in kept_dumps(shelf.manifest, shelf.past.address):
        places = [row for row in rejects if row["dump_digest"] == dump.digest]
        for row, batch in derived(dump, shelf, places, tmp_path):
            names = ["reason", "detail", "raw", "byte_offset"]
            assert [{name: row[name] for name in names}] == batch.rejects.select(names).to_pylist()
    assert rejects


def test_an_explanation_shows_the_record_as_it_came_and_what_it_hides_is_escaped(shelf: Shelf) -> None:
    [row] = shelf.rows("SELECT article_id FROM copies WHERE title = 'Bell'")
    found = explain(shelf, row["article_id"])
    sheet = explanation_sheet(found, PairSettings())

    assert "\x1b" not in sheet
    assert "\\u001b[2J" in found.printed.text or "\\x1b[2J" in found.printed.text  # type: ignore[operator]
    assert found.printed.char_count > SHOWN_CHARS
    assert f"of which the first {SHOWN_CHARS:,}" in sheet


def test_an_explanation_says_when_the_dump_is_no_longer_kept(lake: Path) -> None:
    store = Store.open(lake, create=False)
    with open_shelf(store, None, SETTINGS) as shelf:
        [row] = shelf.rows("SELECT article_id, raw_name FROM copies JOIN deliveries USING (article_id) "
                           "JOIN dumps USING (dump_digest) WHERE title = 'Storm'")  # fmt: skip
        raw = lake / "raw" / row["raw_name"]
        raw.rename(lake / "gone")
        printed = explain(shelf, row["article_id"]).printed
        (lake / "gone").rename(raw)

    assert printed.text is None
    assert f"raw/{row['raw_name']} is missing" in str(printed.why_not)
