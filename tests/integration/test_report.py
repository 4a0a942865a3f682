"""The quality report of the sample nights: what an editor reads there, and that an analyst can ask it again."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.report import Report, report
from expectations.report.answers import Answer
from expectations.report.charts import Chart
from expectations.report.close_pairs import ClosePairs
from expectations.report.duplicates import Matrix
from expectations.report.gates import Strip
from flows.cli import app
from flows.desk import Laid, edition_of, lay_down, write_report
from flows.lake import connect
from flows.lake.query import open_snapshot, run_query
from flows.lake.store import Store
from tests.integration.nights import take_unaudited, write_dump
from tests.unit.lake.made import add_rows, rows_of
from transforms.errors import LakeDamaged, UsageError
from transforms.ledgers import AUDITS, RUNS

VOID = {"meta", "br", "link", "img", "input"}
SPEAKING = {"a", "article", "b", "bdi", "body", "caption", "code", "dd", "del", "details", "div", "dl", "dt",
            "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "head", "header", "html", "i", "ins", "li",
            "main", "meta", "nav", "ol", "p", "pre", "q", "section", "span", "style", "summary", "table", "tbody", "td",
            "tfoot", "th", "thead", "time", "title", "tr", "ul"}  # fmt: skip
DRAWN = {"svg", "g", "path", "text", "circle"}


class Page(HTMLParser):
    """What a page is made of. Fails when a tag is closed that is not the last one opened."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Fail unless it is the last one opened."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep what a reader sees, and the SQL."""
        if "style" not in self._open:
            self.text = f"{self.text} {' '.join(data.split())}".strip()

    def values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


@pytest.fixture(scope="module")
def lake(sample_lake: Path) -> Path:
    """Take the first night, then the others: two snapshots."""
    return sample_lake


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take one article: nothing to be a copy of."""
    folder = tmp_path_factory.mktemp("single")
    article = {"title": "Harbour wall", "body": "The council voted to mend the wall."}
    take_unaudited(folder / "lake", [write_dump(folder / "a.jsonl", [article])], reports=True)
    return folder / "lake"


@pytest.fixture(scope="module")
def page(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    out = tmp_path_factory.mktemp("page") / "report.html"
    write_report(Store.open(lake, create=False), None, out)
    return Page(out.read_bytes())


@pytest.fixture(scope="module")
def asked(lake: Path) -> Report:
    store = Store.open(lake, create=False)
    with connect(lake) as reader:
        return report(reader, edition_of(store.manifest(2)))


def data(report: Report, name: str) -> Mapping[str, Any]:
    """Give what a section was made of."""
    [found] = [section.data for section in report.sections if section.name == name]
    return found


def questions(report: Report) -> Iterator[tuple[str, int | None]]:
    """Every query behind the page, with the number of rows that the page has of it."""
    found = [value for section in report.sections for value in section.data.values()]
    for value in [*report.behind, *chain.from_iterable(each if isinstance(each, list) else [each] for each in found)]:
        match value:
            case Answer():
                yield value.sql, len(value.rows)
            case Matrix():
                yield value.sql, len(value.cells)
            case ClosePairs():
                yield value.sql, len(value.pairs)
                yield from ((pair.texts_sql, 2) for pair in value.pairs)
            case Chart() | Strip() | bool() | int() | dict():
                pass  # drawn of answers beside it
            case _:
                raise AssertionError(f"{type(value).__name__} shows no SQL")


def test_a_page_that_closes_the_wrong_tag_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        Page(b"<p><b>x</p></b>")


def test_the_ferry_story_comes_first_with_its_outlets_in_order_of_time(page: Page) -> None:
    start = page.text.index("NORRVIK LINE HALTS SKERRAVOE FERRY")
    story = page.text[start : page.text.index("Valley's last ticket window", start)]
    outlets = ["courier", "harbourpost", "valleytimes", "tarrowbyecho", "skerravoenews", "lindmoorgazette", "meridian",
               "quaysidestandard"]  # fmt: skip
    places = [story.index(f"{outlet}.example") for outlet in outlets]

    assert "Canonical copy in kestrelwire.example , 2 March 2026, 16:35 UTC , 300138bb5e38 . 8 copies" in story
    assert "exact 4, contains 2, near 2" in " ".join(story.split())
    assert "9 outlets with its own" in story
    assert sorted(places) == places
    assert re.search("17 min courier.example Hull crack stops Skerravoe ferry [0-9a-f]{12} exact", story)
    assert re.search("13.4 h quaysidestandard.example Cracked hull stops island ferry [0-9a-f]{12} contains", story)


def test_a_copy_without_a_date_is_shown_as_undated(page: Page) -> None:
    assert re.search("undated nordhamnlibrary.example A prize from the cab of a lorry [0-9a-f]{12} contains", page.text)


def test_a_copy_of_which_only_the_day_is_known_is_told_in_days(asked: Report) -> None:
    others = [each for story in data(asked, "duplicates")["clusters"].rows for each in story["others"]]
    by_day = [each for each in others if each["hours_later"] is None and each["days_later"] is not None]

    assert by_day
    assert all(each["days_later"] == int(each["days_later"]) for each in by_day)


def test_recurring_notices_are_listed_with_their_days(page: Page) -> None:
    assert re.search("Fish market harbourpost.example 2 [12] 2026-02-20 2026-03-02 [0-9a-f]{12}", page.text)


def test_ids_are_short_and_whole_where_the_pointer_rests(page: Page) -> None:
    assert all(re.fullmatch("[0-9a-f]{32}", title) for title in page.values("title"))


def test_outlets_are_counted_by_what_others_printed_of_theirs(asked: Report) -> None:
    found = data(asked, "duplicates")
    copied, copying = found["most_copied"].rows[0], {row["outlet"]: row for row in found["copy_most"].rows}

    assert ("kestrelwire.example", 6, 13, 4, 4 / 6, 10) == tuple(copied.values())
    assert (14, 2, 2 / 14, 2) == tuple(copying["harbourpost.example"].values())[1:]


def test_hours_between_two_outlets_are_those_of_their_dated_copies(asked: Report) -> None:
    hours = {(row["origin"], row["copier"]): row for row in data(asked, "duplicates")["links"].rows}
    courier = hours["kestrelwire.example", "courier.example"]

    assert (2, 7.475, 13.228) == (courier["copies"], round(courier["median_hours"], 3), round(courier["late_hours"], 3))
    assert hours["kestrelwire.example", "nordhamnlibrary.example"]["median_hours"] is None


def test_close_calls_show_the_rule_and_the_words_that_differ(page: Page) -> None:
    text = page.text[page.text.index("Not counted as copies") :]

    assert "same words, another day Jaccard 1.000" in text
    assert re.search("05:30 UTC , [0-9a-f]{12} 31 words the same SQL", text)
    assert "The board of Arkwell Foundry Bexholm Textiles has declared an interim dividend of 42 115 ore" in text


def test_two_texts_are_shown_once_however_often_they_were_printed(asked: Report) -> None:
    shown = [tuple(pair.spans) for name in ("accepted", "refused") for pair in data(asked, "duplicates")[name].pairs]

    assert 9 == len(shown)
    assert len(shown) == len(set(shown))


def test_every_query_of_the_page_gives_the_rows_of_the_page(asked: Report, lake: Path) -> None:
    with open_snapshot(Store.open(lake, create=False)) as connection:
        for sql, rows in questions(asked):
            assert rows == run_query(connection, sql).num_rows, sql


def test_every_query_can_be_pasted_between_double_quotes_into_a_shell(asked: Report, page: Page) -> None:
    for sql, _ in questions(asked):
        assert not set(sql) & set('"$`\\!'), sql
        assert " ".join(sql.split()) in page.text


def test_the_page_runs_and_fetches_nothing_and_is_made_of_speaking_parts(page: Page) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    ids = page.values("id")

    assert policy in page.values("content")
    assert {tag for tag, _ in page.tags} <= SPEAKING | DRAWN
    assert [] == [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert [] == page.values("src")
    assert {href.removeprefix("#") for href in page.values("href")} <= {*ids, "index.html"}
    assert len(ids) == len(set(ids))
    assert {"row", "col"} == {str(attributes.get("scope")) for tag, attributes in page.tags if tag == "th"}
    assert len([tag for tag, _ in page.tags if tag == "table"]) == len([t for t, _ in page.tags if t == "caption"])


def test_the_same_snapshot_gives_the_same_bytes_and_an_older_one_its_own(lake: Path, tmp_path: Path) -> None:
    store = Store.open(lake, create=False)
    for name, at in (("newest", None), ("again", 2), ("first", 1)):
        write_report(store, at, tmp_path / name)

    assert (tmp_path / "newest").read_bytes() == (tmp_path / "again").read_bytes()
    assert "Snapshot 1, passed" in Page((tmp_path / "first").read_bytes()).text


def test_a_lake_without_copies_has_a_report_that_says_so(single: Path, tmp_path: Path) -> None:
    write_report(Store.open(single, create=False), None, tmp_path / "out.html")
    text = Page((tmp_path / "out.html").read_bytes()).text

    assert "No story was printed twice." in text
    assert "No pair was refused." in text


def test_a_lake_without_a_snapshot_has_no_report(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "lake", create=True)

    with pytest.raises(UsageError, match="`broadsheet run` makes the first"):
        write_report(store, None, tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()


def test_a_damaged_part_is_named(single: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(single, tmp_path / "lake", symlinks=True)
    for part in (lake / "parts").rglob("*.parquet"):
        part.chmod(0o644)
        part.write_bytes(part.read_bytes()[:-40])

    with pytest.raises(LakeDamaged, match="broadsheet verify"):
        write_report(Store.open(lake, create=False), None, tmp_path / "out.html")


@pytest.fixture
def own(single: Path, tmp_path: Path) -> Store:
    """Give the lake of one article, for a test to write in."""
    return Store.open(shutil.copytree(single, tmp_path / "lake", symlinks=True), create=False)


def test_a_page_is_laid_down_beside_an_index_that_leads_to_it(own: Store) -> None:
    manifest = own.chosen(None)
    with own.writer() as writer:
        told = lay_down(writer, manifest)

    reports = Path(own.address) / "reports"
    [page] = reports.glob(f"????-??-??-{manifest.run_id}.html")
    index = Page((reports / "index.html").read_bytes())
    assert Laid(f"reports/{page.name}") == told
    assert [page.name] == index.values("href")
    assert "1 night, the newest first" in index.text


def test_a_refused_night_has_its_page_and_its_line_in_the_index(own: Store) -> None:
    published = own.chosen(None)
    with own.writer() as writer:
        run = pq.ParquetFile(Path(own.address) / published.parts_of("runs")[0].path).read().to_pylist()
        runs = pa.Table.from_pylist([row | {"run_id": writer.run_id, "snapshot": 2} for row in run], RUNS.schema)
        given: dict[str, list[Any]] = {"run_id": [writer.run_id], "status": ["failed"], "severity": ["critical"]}
        given |= {"name": ["ferry_late"], "offenders_sql": ["SELECT article_id FROM copies"]}
        audits = rows_of(AUDITS, 1, 0, **given, accepted_because=[None])
        parts = [add_rows(writer, RUNS, runs), add_rows(writer, AUDITS, audits)]
        refused = replace(published, number=2, verdict="failed", run_id=writer.run_id, parts=(*published.parts, *parts))
        writer.keep_refused(refused)
        told = lay_down(writer, refused)

    page = Page((Path(own.address) / str(told.name)).read_bytes()).text
    index = Page((Path(own.address) / "reports" / "index.html").read_bytes()).text
    assert "Refused by the audit Would have been snapshot 2" in page
    assert "readers still see snapshot 1" in page
    assert "all 1 record behind it came in the dump a.jsonl" in " ".join(page.split())
    assert 'broadsheet query --at refused "SELECT article_id FROM copies"' in page
    assert re.search(r"Refused by the audit 1 1 0 ferry_late .* Published 1 1 0", index)


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(own: Store) -> None:
    for part in (Path(own.address) / "parts").rglob("*.parquet"):
        part.chmod(0o644)
        part.write_bytes(part.read_bytes()[:-40])
    with own.writer() as writer:
        told = lay_down(writer, own.chosen(None))

    assert told.name is None
    assert re.fullmatch(
        "the quality report could not be laid down: .*; `broadsheet report` writes it", str(told.trouble)
    )


def test_the_command_writes_report_n_and_says_where(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    app(["report", "--lake", str(lake), "--json"], standalone_mode=False)
    told = orjson.loads(capsys.readouterr().out)
    app(["report", "--lake", str(lake)], standalone_mode=False)

    [made] = tmp_path.iterdir()
    assert {
        "snapshot": 2,
        "path": "report-2.html",
        "byte_count": made.stat().st_size,
        "is_refused": False,
    } == told
    assert re.fullmatch(r"wrote report-2\.html: the quality report of snapshot 2, \d{3} kB\n", capsys.readouterr().out)
