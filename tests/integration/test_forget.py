"""Forgetting in a small lake: what is asked for, what goes with it, what stays, and what dies on the way."""

import gzip
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.drafts import draft
from flows.forgetting.forget import Forgetting, forget, look_ahead
from flows.forgetting.known import prints_in
from flows.forgetting.leftovers import search
from flows.forgetting.request import Plan, Request
from flows.inquiry.explain import explain
from flows.inquiry.shelf import open_shelf
from flows.lake import connect
from flows.lake.integrity import verify
from flows.lake.rollback import roll_back
from flows.lake.store import Store, required
from flows.publish import take_in
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from tests.faults.stories import body
from tests.integration.nights import Unaudited, content, take_unaudited, write_dump
from tests.integration.told import Told, sentence
from tests.promises.bytewise import files_with
from transforms.errors import UsageError
from transforms.ledgers import DUMPS

TODAY: Final = date(2026, 11, 22)
WORD: Final = "quillfeather"
STORY: Final = (
    f"the {WORD} letter was read aloud in the old council house and its writer wishes that it had not been so"
)
RECORDS: Final = [
    {"title": "First", "url": "https://post.example/1", "author": "Jo Reed", "body": body(1)},
    {"title": "Letter", "url": "https://post.example/2?utm_source=x", "author": "Ada  Quill", "body": STORY},
    {"title": "Near", "url": "https://mail.example/3", "published": "2026-03-02", "body": f"{body(3)} {body(4)}"},
    {
        "title": "Nearer",
        "url": "https://post.example/4",
        "published": "2026-03-02",
        "body": f"{body(3)} {body(4)} again",
    },
    {"title": "Nothing", "url": "https://post.example/5"},
]


def settings_of(lake: Path) -> Settings:
    return Settings(lake=str(lake), workers=1)


def forgotten(lake: Path, store: Store | None = None, **asked: Any) -> Forgetting:
    with PlainDriver(1) as driver:
        return forget(settings_of(lake), driver, Request(**asked), Unaudited(), store, TODAY)


def planned(lake: Path, **asked: Any) -> Plan:
    return look_ahead(settings_of(lake), Request(**asked), today=TODAY)


def titles(lake: Path) -> list[str]:
    with connect(lake) as reader:
        return [title for (title,) in reader.sql("SELECT title FROM copies ORDER BY ALL").fetchall()]


def id_of(lake: Path, title: str) -> str:
    with connect(lake) as reader:
        [(found,)] = reader.sql(f"SELECT article_id FROM copies WHERE title = '{title}'").fetchall()
    return str(found)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take a dump in which every record is of another kind, and a second that breaks off in the story."""
    folder = tmp_path_factory.mktemp("model")
    take_unaudited(folder / "lake", [write_dump(folder / "lines.jsonl", RECORDS)])
    broken = folder / "broken.jsonl"
    broken.write_bytes(orjson.dumps(RECORDS[1])[:-9] + b"\n" + orjson.dumps({"title": "Last", "body": body(6)}) + b"\n")
    take_unaudited(folder / "lake", [broken])
    return folder / "lake"


@pytest.fixture
def lake(model: Path, tmp_path: Path) -> Path:
    shutil.copytree(model, tmp_path / "lake", symlinks=True)
    return tmp_path / "lake"


@pytest.fixture(scope="module")
def forgot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forget the letter, by its address."""
    folder = tmp_path_factory.mktemp("forgot")
    shutil.copytree(model, folder / "lake", symlinks=True)
    (folder / "lake" / "reports").mkdir(exist_ok=True)
    (folder / "lake" / "reports" / "old.html").write_text(STORY)
    forgotten(folder / "lake", url="http://www.post.example/2#top")
    return folder / "lake"


@pytest.mark.promise(22)
def test_no_byte_of_it_is_left_in_any_file_and_its_neighbours_are(model: Path, forgot: Path) -> None:
    with open_shelf(Store.open(forgot, create=False), None, settings_of(forgot)) as shelf:
        printed = [explain(shelf, id_of(forgot, title)).printed.text for title in ("First", "Near", "Last")]
        rejects = shelf.rows("SELECT reason, detail, raw IS NULL AS bare FROM quarantine ORDER BY ALL")

    assert len(files_with(model, WORD)) > 3
    assert [] == files_with(forgot, WORD)
    assert ["index.html"] == [path.name for path in (forgot / "reports").iterdir() if "-" not in path.name]
    assert ["First", "Last", "Near", "Nearer"] == titles(forgot)
    assert all(title in str(text) for title, text in zip(("First", "Near", "Last"), printed, strict=True))
    assert [
        ("forgotten", f"forgotten on {TODAY} (record)", True),
        ("forgotten", f"forgotten on {TODAY} (url)", True),
        ("no_text", "no words in the text field", False),
    ] == [(row["reason"], row["detail"], row["bare"]) for row in rejects]
    assert () == verify(Store.open(forgot, create=False).medium).damaged
    assert (3,) == Store.open(forgot, create=False).numbers()


@pytest.mark.promise(22)
def test_a_later_delivery_of_it_is_refused_and_leaves_no_byte(forgot: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(forgot, lake, symlinks=True)
    dump = tmp_path / "renamed.jsonl.gz"
    lines = [{"title": "Moved", "body": STORY}, {"title": "New", "body": body(7)}, RECORDS[1]]
    dump.write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, lines))))
    before = titles(lake)
    report = take_unaudited(lake, [dump])

    assert [(3, 1, 2, 2)] == [(d.records_read, d.admitted, d.quarantined, d.forgotten) for d in report.dumps]
    assert {"forgotten": 2} == report.quarantine
    assert sorted([*before, "New"]) == titles(lake)
    assert [] == files_with(lake, WORD)
    assert "replayed" == take_unaudited(lake, [dump]).dumps[0].status


def let_go(lake: Path) -> None:
    """Publish a snapshot whose ledger knows of no kept dump, and remove the dumps."""
    with Store.open(lake, create=False).writer() as writer:
        parent = required(writer.current(), writer.address)
        rows = pa.concat_tables([pq.read_table(lake / part.path) for part in parent.parts_of(DUMPS.name)])
        bare = rows.set_column(3, rows.schema.field("raw_name"), pa.nulls(rows.num_rows, pa.string()))
        others = [part for part in parent.parts if part.table != DUMPS.name]
        taken = take_in(writer, others, [draft(DUMPS, bare, writer.workspace / "dumps.parquet")])
        writer.publish_again(parent, replace(parent, parts=taken.parts), "compact")
    shutil.rmtree(lake / "raw")
    (lake / "raw").mkdir()


@pytest.mark.slow
@pytest.mark.parametrize("another", [True, False])
def test_of_a_dump_that_is_no_longer_kept_the_rows_are_taken(
    lake: Path, forgot: Path, tmp_path: Path, another: bool
) -> None:
    let_go(lake)
    if another:  # one more, which is kept
        write_dump(tmp_path / "more.jsonl", [RECORDS[1], {"title": "New", "body": f"{body(6)} {body(1)}"}])
        take_unaudited(lake, [tmp_path / "more.jsonl"])
        shutil.copytree(forgot, tmp_path / "forgot", symlinks=True)
        take_unaudited(tmp_path / "forgot", [tmp_path / "more.jsonl"])
    done = forgotten(lake, url="https://post.example/2")

    assert () == done.searched.found
    assert content(tmp_path / "forgot" if another else forgot) == content(lake)
    assert [] == files_with(lake, WORD)
    assert () == verify(Store.open(lake, create=False).medium).damaged


@pytest.mark.slow
def test_a_forgotten_outlet_that_goes_on_sending_stops_no_night(lake: Path, tmp_path: Path) -> None:
    forgotten(lake, source="post.example")
    sent = [{"url": f"https://post.example/{n}", "body": body(n)} for n in range(200, 320)]
    report = take_unaudited(lake, [write_dump(tmp_path / "outlet.jsonl", sent)])

    assert ("published", 120) == (report.outcome, report.quarantine["forgotten"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"source": "pots.example"}, "'pots.example', nothing was changed; did you mean post.example?"),
        ({"author": "nobody"}, "nothing in the lake is of 'nobody'; nothing was changed"),
    ],
)
def test_a_slip_of_the_pen_forgets_nothing(model: Path, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        planned(model, **asked)


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ({"url": "https://post.example/2"}, {"Letter"}),
        ({"author": "ada quill"}, {"Letter"}),
        ({"source": "POST.example"}, {"First", "Letter", "Nearer"}),
        ({"source": "mail.example"}, {"Near"}),
        ({"source": "mail.example", "copies": True}, {"Near", "Nearer"}),
    ],
)
def test_all_that_goes_is_told_first_and_nothing_is_changed(model: Path, asked: dict[str, Any], gone: set[str]) -> None:
    files = {path: path.stat().st_mtime_ns for path in model.rglob("*")}
    plan = planned(model, **asked)

    assert {id_of(model, title) for title in gone} == set(plan.article_ids)
    assert ("copies" not in asked and len(gone & {"Near", "Nearer"}) == 1) == (plan.staying_count == 1)
    assert files == {path: path.stat().st_mtime_ns for path in model.rglob("*")}


@pytest.mark.slow
def test_an_article_is_forgotten_with_its_address_and_its_words(lake: Path) -> None:
    short = id_of(lake, "Letter")[:8]
    done = forgotten(lake, article=short)

    assert ("published", (1, 2)) == (done.report and done.report.outcome, done.purged.snapshots)
    with connect(lake) as reader:
        kinds = reader.sql("SELECT kind, count(*) FROM forgotten GROUP BY ALL ORDER BY ALL").fetchall()
    assert [("article", 1), ("record", 1), ("text", 1), ("url", 2)] == kinds
    assert forgotten(lake, article=short).report is None


@pytest.mark.parametrize("asked", [{}, {"url": "https://a.example/b", "author": "x"}, {"author": " "}])
def test_one_thing_is_forgotten_at_a_time(asked: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="name one thing to forget"):
        Request(**asked)  # type: ignore[arg-type]


class Dies(Exception):
    """Stands for a kill."""


def dying_at(what: str) -> Callable[..., None]:
    def hook(operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        if f"{operation} {paths[-1]}".find(what) >= 0:
            raise Dies
        perform()

    return hook


@pytest.mark.slow
@pytest.mark.promise(22)
def test_what_died_after_its_snapshot_is_not_gone_back_on_and_is_ended_by_the_next_call(
    lake: Path, tmp_path: Path
) -> None:
    with pytest.raises(Dies):
        forgotten(lake, Store.open(lake, create=False, hook=dying_at("snapshots/000001.json")), author="Ada Quill")
    store = Store.open(lake, create=False)
    assert (1, 2, 3) == store.numbers()
    take_unaudited(lake, [write_dump(tmp_path / "between.jsonl", [RECORDS[1], {"title": "New", "body": body(8)}])])
    with pytest.raises(UsageError, match="snapshot 3 forgot what snapshot 2 holds"):
        roll_back(store, 2)
    done = forgotten(lake, author="Ada Quill")

    assert (None, (1, 2)) == (done.report, done.purged.snapshots)
    assert (3, 4) == store.numbers()
    assert () == done.searched.found
    assert "Letter" not in titles(lake)
    # The broken record was found by the words of the story, the later delivery by its author.
    assert [] == files_with(lake, WORD)


@pytest.mark.parametrize("pack", [lambda text: text, gzip.compress])
@pytest.mark.parametrize("name", ["raw/x.txt.gz", "tmp/left", "reports/old.html", "parts/x.parquet"])
def test_a_leftover_that_is_planted_is_found(
    forgot: Path, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    shutil.copytree(forgot, tmp_path / "lake", symlinks=True)
    store = Store.open(tmp_path / "lake", create=False)
    planted = tmp_path / "lake" / name
    planted.parent.mkdir(exist_ok=True)
    if name.endswith(".parquet"):
        pq.write_table(pa.table({"a": [[{"b": STORY}]]}), planted, compression="zstd")
    else:
        planted.write_bytes(pack(f"and so {STORY} indeed".encode()))
    found = search(store, prints_in(store.current(), store.address), settings_of(forgot)).found

    assert (name,) == found


def test_the_command_tells_then_does_it_and_proves_it(lake: Path, told: Told) -> None:
    before = content(lake)
    first = told("forget", "--author", "Ada Quill", "--lake", lake)
    as_json = orjson.loads(told("forget", "--author", "Ada Quill", "--lake", lake, "--json").out)

    assert (0, "") == (first.code, first.err)
    assert "1 articles, which 1 records brought, and 1 rejected records with words of them" in first.out
    assert first.out.endswith("--yes does it\n")
    assert before == content(lake)
    assert [id_of(lake, "Letter")] == as_json["article_ids"]
    assert "no article" in sentence(told("forget", "ffffffff", "--lake", lake))
