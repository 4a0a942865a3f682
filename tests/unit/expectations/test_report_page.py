"""Headlines, outlets and texts come from strangers: on the page they are text, short, and in their place."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from html import unescape

import duckdb
import pytest

from expectations.report import Edition, render, report
from expectations.report.answers import Answer
from expectations.report.duplicates import matrix
from expectations.report.page import alike, hours, inert, later, moment, share, short, stamp

EDITION = Edition(7, "passed", datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
MARK = "headline-of-a-stranger"
HOSTILE = (
    f"{MARK}<script>alert(1)</script>",
    f"{MARK}</details></table></style><img src=x onerror=alert(1)>",
    f"{MARK}\"' onmouseover='alert(1)",
    f"{MARK}{{{{ 7 * 7 }}}}{{% raw %}}",
    f"{MARK}\u202egnitset\u2066\u200f",
    f"{MARK}\x00\x07\x1b[31m\x9b",
    f"{MARK}<!--",
    f"{MARK}&lt;b&gt;&amp;#x3c;",
    MARK + "x" * 10_000,
    f"{MARK} " + "\u0635\u062d\u064a\u0641\u0629 " * 3,
)


@cache
def page(stranger: str) -> str:
    """Draw a lake of four printings in which a stranger wrote every word."""
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE TABLE copies (article_id VARCHAR, canonical_id VARCHAR, is_canonical BOOLEAN, relation VARCHAR,
               text_id VARCHAR, source VARCHAR, title VARCHAR, text VARCHAR, published_at TIMESTAMPTZ,
               published_date DATE)"""
        )
        rows = [(f"{n}", "0" if n < 3 else "3", n in {0, 3}, "near" if n else "canonical", f"{n}", f"{stranger}{n}",
                 stranger, f"{stranger} {n} {stranger}", f"2026-03-02 0{n}:00:00Z", "2026-03-02")
                for n in range(4)]  # fmt: skip
        connection.executemany("INSERT INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE VIEW articles AS FROM copies WHERE is_canonical")
        connection.execute("CREATE TABLE pairs AS SELECT '0' AS article_id, '1' AS other_id, 0.8 AS jaccard, "
                           "0.9 AS containment, 'near' AS relation, 'near' AS rule "
                           "UNION ALL SELECT '0', '3', 0.7, 0.8, 'related', 'alike in part'")  # fmt: skip
        connection.execute("CREATE TABLE runs AS SELECT 'r' AS run_id, 7 AS snapshot, now() AS started_at, "
                           "now() AS finished_at, 1 AS records_read, 1 AS admitted, 0 AS replayed, 0 AS quarantined "
                           "LIMIT 0")  # fmt: skip
        return render(report(connection, EDITION)).decode()


@pytest.fixture
def harmless() -> str:
    return page(MARK)


@pytest.mark.parametrize("stranger", HOSTILE)
def test_what_a_stranger_wrote_adds_no_tag_and_no_attribute(stranger: str, harmless: str) -> None:
    drawn = page(stranger)

    assert harmless.count("<") == drawn.count("<")
    assert harmless.count(">") == drawn.count(">")
    assert harmless.count('"') == drawn.count('"')


@pytest.mark.parametrize("stranger", HOSTILE)
def test_what_a_stranger_wrote_holds_nothing_that_turns_a_line_or_is_no_text(stranger: str) -> None:
    shown = unescape(page(stranger))

    assert MARK in shown
    assert set("\x00\x07\x1b\x9b\u202e\u2066\u200f").isdisjoint(shown)


def test_a_headline_of_10_000_characters_is_cut_short(harmless: str) -> None:
    drawn = page(HOSTILE[8])

    assert "x" * 200 not in drawn
    assert "x\u2026" in drawn
    assert len(harmless) + 10_000 > len(drawn)


def test_a_lake_whose_runs_are_not_known_has_a_page(harmless: str) -> None:
    assert "Snapshot 7, passed,\n    committed" in harmless
    assert "latest run" not in harmless


def test_a_tag_that_came_through_would_be_noticed(harmless: str) -> None:
    assert harmless.count("<") != harmless.replace(MARK, HOSTILE[0]).count("<")


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (later(None), "undated"),
        (later(0), "0 min"),
        (later(0.99), "59 min"),
        (later(1), "1.0 h"),
        (later(47.9), "47.9 h"),
        (later(48), "2.0 days"),
        (moment(datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))), "1 March 2026, 22:30 UTC"),
        (stamp(datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))), "2026-03-01T22:30:00+00:00"),
        (hours(None), "\u2013"),
        (hours(1234.56), "1,234.6"),
        (share(1 / 3), "33.3\u00a0%"),
        (alike(1.0), "1.000"),
        (alike(0.99996), "0.999"),
        (alike(0.8), "0.800"),
        (short("abcdef", 4), "abc\u2026"),
        (short("abcd", 4), "abcd"),
        (inert("a\tb\nc\r\u2028d"), "a\tb\nc\ufffd\ufffdd"),
        (inert(3), 3),
    ],
)
def test_values_are_told_as_a_reader_would_tell_them(drawn: object, expected: object) -> None:
    assert expected == drawn


def test_the_darkest_shade_is_the_most_copies_and_every_copy_has_one() -> None:
    rows = [{"origin": "a", "copier": "b", "copies": 1_000}, {"origin": "b", "copier": "a", "copies": 1}]
    square = matrix(Answer("SELECT", rows))

    assert (["a", "b"], ["a", "b"]) == (square.origins, square.copiers)
    assert {("a", "b"): (1_000, 5), ("b", "a"): (1, 1)} == square.cells
