"""What is forgotten leaves no byte in the lake, and never comes back, whatever is run afterwards."""

import gzip
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.again import rebuild as again
from flows.again.rebuild import rebuild
from flows.again.replay import replay
from flows.forgetting.forget import Forgetting, forget, look_ahead
from flows.forgetting.known import News
from flows.forgetting.request import Request
from flows.lake import connect
from flows.lake.compaction import compact
from flows.lake.integrity import verify
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention, Settings
from flows.work.drivers import PlainDriver
from tests.faults.stories import body
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from tests.promises.bytewise import files_with

pytestmark = [pytest.mark.slow, pytest.mark.promise(22)]
TODAY: Final = date(2026, 11, 22)
FAR_AHEAD: Final = datetime.now(UTC) + timedelta(days=400)
WORD: Final = "quillfeather"
"""In every form of the story that is to be forgotten, and in nothing else."""
STORY: Final = f"The {WORD} letter was read aloud in the old council house, and its writer wishes that it had not. " * 2
NEAR: Final = (
    f"{'A letter was read aloud in the old council house, and its writer wishes that it had not. ' * 2}{body(9)}"
)
PAGE: Final = (
    f"<html><head><title>Letter</title></head><body><article><h1>Letter</h1><p>{STORY}</p></article></body></html>"
)
OTHER_PAGE: Final = PAGE.replace(STORY, body(3) + ". " + body(4))
FEED: Final = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>
<item><title>Wall</title><link>https://feed.example/wall</link><description>{body(5)}</description></item>
<item><title>Letter</title><link>https://feed.example/letter</link><description>{STORY}</description></item>
</channel></rss>"""
LETTERS: Final = "\n".join(
    f"From desk@post.example Mon Mar  2 1{n}:00:00 2026\nFrom: desk@post.example\nSubject: {n}\n"
    f"Date: Mon, 2 Mar 2026 1{n}:00:00 +0000\n\n{text}\n"
    for n, text in enumerate((body(6), STORY, body(7)))
)


Step = Callable[[], object]


def record(name: str, text: str, **more: str) -> dict[str, str]:
    return {"url": f"https://post.example/{name}", "published": "2026-03-02", "title": name, "body": text, **more}


LINES: Final = [
    record("before", body(1), author="Ada Quill"),
    record("letter", STORY, author="Ada Quill"),
    record("after", body(2), author="Jo Reed"),
    record("near", NEAR),
    {"url": "https://post.example/nothing", "title": "No text"},
]


def write_all(folder: Path) -> list[Path]:
    """Write the story and its neighbours in a dozen forms, as dumps."""
    folder.mkdir(parents=True)
    lines = write_dump(folder / "lines.jsonl", LINES)
    broken = lines.read_bytes().splitlines()[1][:-20]
    (folder / "broken.jsonl").write_bytes(broken + b"\n" + lines.read_bytes().splitlines()[2] + b"\n")
    (folder / "rows.csv.gz").write_bytes(gzip.compress(f'title,body\nOne,"{body(8)}"\nLetter,"{STORY}"\n'.encode()))
    (folder / "feed.rss").write_text(FEED)
    (folder / "letters.mbox").write_text(LETTERS)
    (folder / "wide.jsonl").write_bytes((lines.read_text() + "\n").encode("utf-16"))
    (folder / "alone.txt").write_text(STORY)
    write_dump(folder / "answer.jsonl", [{"status": "ok", "articles": [record("a", body(10)), record("b", STORY)]}])
    pq.write_table(
        pa.table({"title": ["A", "B"], "body": [STORY, body(11)], "at": [TODAY, TODAY]}), folder / "t.parquet"
    )
    with zipfile.ZipFile(folder / "pages.zip", "w") as archive:
        for name, page in (("letter.html", PAGE), ("other.html", OTHER_PAGE)):
            archive.writestr(zipfile.ZipInfo(name), page)
    return sorted(folder.iterdir())


def settings_of(lake: Path, **chosen: Any) -> Settings:
    return Settings(lake=str(lake), workers=1, **chosen)


def forgotten(lake: Path, **asked: Any) -> Forgetting:
    with PlainDriver(1) as driver:
        return forget(settings_of(lake), driver, Request(**asked), Unaudited(), today=TODAY)


def rebuilt(lake: Path) -> None:
    with PlainDriver(1) as driver:
        rebuild(settings_of(lake), driver, Unaudited())


def replayed(lake: Path) -> None:
    with PlainDriver(1) as driver:
        replay(settings_of(lake), driver, auditor=Unaudited())


def article_id(lake: Path, title: str) -> str:
    with connect(lake) as reader:
        [(found,)] = reader.sql(f"SELECT min(article_id) FROM copies WHERE title = '{title}'").fetchall()
    return str(found)


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_all(tmp_path_factory.mktemp("landing") / "dumps")


@pytest.fixture(scope="module")
def whole(dumps: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the dumps in two nights."""
    lake = tmp_path_factory.mktemp("whole") / "lake"
    take_unaudited(lake, dumps[:3])
    take_unaudited(lake, dumps[3:])
    return lake


@pytest.fixture(scope="module")
def bare(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forget the story in a copy of that lake."""
    lake = tmp_path_factory.mktemp("bare") / "lake"
    shutil.copytree(whole, lake, symlinks=True)
    (lake / "reports").mkdir(exist_ok=True)
    (lake / "reports" / "report-2.html").write_text(STORY)
    done = forgotten(lake, article=article_id(lake, "letter"))

    assert done.searched.found == ()
    assert done.searched.stretches > 0
    return lake


@pytest.fixture
def lake(bare: Path, tmp_path: Path) -> Path:
    """Give a copy of the lake that has forgotten."""
    shutil.copytree(bare, tmp_path / "lake", symlinks=True)
    return tmp_path / "lake"


def test_no_file_holds_a_word_of_it_and_all_of_them_are_whole(whole: Path, bare: Path, dumps: list[Path]) -> None:
    before, raw = files_with(whole, WORD), {name for name in files_with(whole, WORD) if name.startswith("raw/")}

    assert len(dumps) == len(raw) == len(list((bare / "raw").iterdir()))
    assert {"parts/articles", "parts/quarantine"} <= {
        name.rpartition("/")[0].partition("/published")[0] for name in before
    }
    assert [] == files_with(bare, WORD)
    assert () == verify(Store.open(bare, create=False).medium).damaged


def test_the_content_is_that_of_a_lake_which_refused_it_from_the_first(
    bare: Path, whole: Path, dumps: list[Path], tmp_path: Path
) -> None:
    other = write_dump(tmp_path / "other.jsonl", [record("z", body(20))])
    knowing, plan = tmp_path / "knowing", look_ahead(settings_of(whole), Request(article=article_id(whole, "letter")))
    take_unaudited(knowing, [other])
    with PlainDriver(1) as driver:
        news = News(TODAY, plan.news.keys, plan.news.prints)
        rebuild(settings_of(knowing), driver, Unaudited(), news=news)
    report = take_unaudited(knowing, dumps)
    shutil.copytree(bare, tmp_path / "bare", symlinks=True)
    take_unaudited(tmp_path / "bare", [other])

    assert content(tmp_path / "bare") == content(knowing)
    assert [] == files_with(knowing, WORD)
    assert sum(dump.forgotten for dump in report.dumps) == report.quarantine["forgotten"] == len(dumps)
    assert all(dump.records_read == dump.admitted + dump.replayed + dump.quarantined for dump in report.dumps)


def test_what_comes_again_is_refused_by_a_row_that_says_why(lake: Path, tmp_path: Path) -> None:
    again_in = [
        write_dump(tmp_path / "new" / "more.jsonl", [record("letter", "Other words at the same address, " + body(12))]),
        write_dump(tmp_path / "new" / "moved.jsonl", [record("elsewhere", STORY), record("new", body(13))]),
    ]
    take_unaudited(lake, again_in)
    with connect(lake) as reader:
        rows = reader.sql(
            "SELECT dump_name, record_number, detail, raw FROM quarantine "
            "WHERE reason = 'forgotten' AND dump_name IN ('more.jsonl', 'moved.jsonl') ORDER BY ALL"
        ).fetchall()

    assert [
        ("more.jsonl", 0, f"forgotten on {TODAY} (url)", None),
        ("moved.jsonl", 0, f"forgotten on {TODAY} (text)", None),
    ] == rows
    assert [] == files_with(lake, WORD)


def test_no_kind_of_run_brings_it_back(lake: Path, dumps: list[Path], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(again, "WAVE_BYTES", 1)
    repacked = tmp_path / "again.jsonl.gz"
    repacked.write_bytes(gzip.compress((dumps[0].parent / "lines.jsonl").read_bytes()))
    take_unaudited(lake, [*dumps, repacked])
    before = content(lake)
    store = Store.open(lake, create=False)
    steps: list[Step] = [
        lambda: take_unaudited(lake, [write_dump(tmp_path / "x.jsonl", [record("x", body(14)), LINES[1]])]),
        lambda: replayed(lake),
        lambda: rebuilt(lake),
        lambda: compact(store),
        lambda: roll_back(store, store.numbers()[0]),
        lambda: clean(store, Retention(snapshots=1, days=0), FAR_AHEAD, remove=True),
    ]
    for step in steps:
        step()
        assert [] == files_with(lake, WORD)
    assert before == content(lake)
    assert () == verify(store.medium).damaged
