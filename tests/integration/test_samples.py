"""The sample nights come out as `data/README.md` says: the truth was written down before the code ran."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.report import RunReport
from tests.integration.nights import content, take
from tests.integration.questions import ANSWERS, answers

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
NIGHTS = [SAMPLES / f"night-{number}" for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, auditor: Executor) -> tuple[Path, list[RunReport]]:
    lake = tmp_path_factory.mktemp("samples") / "lake"
    return lake, [take(lake, [night], auditor) for night in NIGHTS]


@pytest.fixture
def catalog(nights: tuple[Path, list[RunReport]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(nights[0] / "catalog.duckdb"), read_only=True) as connection:
        yield connection


def _rows(catalog: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return catalog.execute(sql).fetchall()


def test_each_night_admits_replays_and_quarantines_what_was_planted(nights: tuple[Path, list[RunReport]]) -> None:
    counts = [tuple(r.total(n) for n in ("records_read", "admitted", "replayed", "quarantined")) for r in nights[1]]

    assert [(35, 29, 0, 6), (32, 25, 5, 2), (20, 18, 0, 2)] == counts
    assert [(27, 29), (43, 54), (55, 72)] == [(r.articles, r.copies) for r in nights[1]]


def test_every_record_is_accounted_for(nights: tuple[Path, list[RunReport]]) -> None:
    for dump in (dump for report in nights[1] for dump in report.dumps):
        assert dump.records_read == dump.admitted + dump.replayed + dump.quarantined, dump.name


def test_the_ferry_story_is_one_cluster_of_nine_under_the_agency(catalog: duckdb.DuckDBPyConnection) -> None:
    rows = _rows(
        catalog,
        """SELECT relation, count(*) FROM copies WHERE canonical_id IN
           (SELECT article_id FROM articles WHERE title LIKE 'NORRVIK LINE%') GROUP BY relation ORDER BY relation""",
    )

    assert [("canonical", 1), ("contains", 2), ("exact", 4), ("near", 2)] == rows


def test_a_late_bridge_joins_the_two_halves_that_came_before_it(catalog: duckdb.DuckDBPyConnection) -> None:
    rows = _rows(
        catalog,
        """SELECT source FROM copies WHERE canonical_id IN
           (SELECT article_id FROM articles WHERE title LIKE 'VOLUNTEERS RAKE%') ORDER BY source""",
    )

    assert [("courier.example",), ("kestrelwire.example",), ("lindmoorgazette.example",)] == rows


def test_a_story_is_one_whether_it_came_as_nitf_as_a_web_page_or_as_a_mail(
    catalog: duckdb.DuckDBPyConnection,
) -> None:
    """Nothing of the page around it, and no break of the mail's lines, is left between the copies."""
    rows = _rows(
        catalog,
        """SELECT dump_name, relation, paragraph_count, authors FROM copies JOIN deliveries USING (article_id)
           WHERE canonical_id IN (SELECT article_id FROM articles WHERE title LIKE 'GANNET SKERRY%') ORDER BY ALL""",
    )

    assert [
        ("bulletin.eml", "contains", 4, ["Marrick Parish Bulletin"]),
        ("kestrel-0151.nitf", "canonical", 6, ["Sunniva Rask"]),
        ("tarrowby-echo.html", "exact", 6, ["Delphine Marsh"]),
    ] == rows


def test_what_stands_around_a_story_goes_and_is_counted_by_rule(catalog: duckdb.DuckDBPyConnection) -> None:
    [(text, authors, edits)] = _rows(
        catalog, "SELECT text, authors, edits FROM copies WHERE title LIKE 'Kelp cutters%'"
    )

    assert (5, ["Nell Abbot"]) == (len(text.splitlines()), authors)
    assert {"advertisement": 1, "byline": 1, "caption": 1, "contact": 1, "repeat": 1, "sharing": 1}.items() <= (
        edits.items()
    )


def test_a_summary_stands_in_for_a_story_and_is_marked(catalog: duckdb.DuckDBPyConnection) -> None:
    assert [("Bell ringers short of a tenor",)] == _rows(catalog, "SELECT title FROM copies WHERE is_excerpt")


def test_a_web_archive_gives_its_pages_and_says_what_it_holds_besides(
    catalog: duckdb.DuckDBPyConnection,
) -> None:
    [(admitted, quarantined, detail)] = _rows(
        catalog, "SELECT admitted, quarantined, detail FROM dumps WHERE dump_name = 'crawl.warc.gz'"
    )

    assert (2, 1) == (admitted, quarantined)
    assert "1 request records, 1 responses that are no page, 1 warcinfo records" in detail


def test_notices_with_the_same_words_on_other_days_recur_and_stay_apart(catalog: duckdb.DuckDBPyConnection) -> None:
    assert [("recurring", 2)] == _rows(
        catalog,
        """SELECT p.relation, count(DISTINCT c.cluster_id) FROM pairs p JOIN copies c
           ON c.article_id IN (p.article_id, p.other_id) WHERE p.relation = 'recurring' GROUP BY ALL""",
    )


def test_notices_of_two_companies_are_related_and_stay_apart(catalog: duckdb.DuckDBPyConnection) -> None:
    clusters = "SELECT count(DISTINCT cluster_id) FROM copies WHERE title LIKE '%interim dividend%'"

    assert [(2,)] == _rows(catalog, clusters)


def test_the_article_in_the_shape_of_a_scraped_page_comes_out_as_an_editor_would_have_it(
    catalog: duckdb.DuckDBPyConnection,
) -> None:
    [(title, published_at, highlights, paragraphs, comments, debris)] = _rows(
        catalog,
        """SELECT title, published_at, len(highlights), paragraph_count, edits['comment'], text LIKE '%<!%'
           FROM copies JOIN deliveries USING (article_id) WHERE dump_name = 'seed-shaped.txt'""",
    )

    assert (None, None, 2, 15, 7, False) == (title, published_at, highlights, paragraphs, comments, debris)


def test_every_question_has_the_answer_that_is_written_down(
    nights: tuple[Path, list[RunReport]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")

    assert ANSWERS.read_text("utf-8") == answers(nights[0])


def test_all_nights_in_one_run_give_the_same_content(
    nights: tuple[Path, list[RunReport]], tmp_path: Path, auditor: Executor
) -> None:
    take(tmp_path / "lake", NIGHTS, auditor)

    assert content(nights[0]) == content(tmp_path / "lake")


def test_the_same_night_again_publishes_nothing(nights: tuple[Path, list[RunReport]], auditor: Executor) -> None:
    report = take(nights[0], [NIGHTS[0]], auditor)

    assert ("nothing new", None) == (report.outcome, report.snapshot)
    assert {"replayed"} == {dump.status for dump in report.dumps}


def test_every_view_column_and_macro_has_a_comment(catalog: duckdb.DuckDBPyConnection) -> None:
    missing = """SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL
                 UNION SELECT function_name FROM duckdb_functions() WHERE NOT internal AND comment IS NULL
                 UNION SELECT table_name || '.' || column_name FROM duckdb_columns()
                 WHERE NOT internal AND comment IS NULL"""

    assert [] == _rows(catalog, missing)
