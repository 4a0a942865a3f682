"""Text files that hold an article on every line, because the settings of their source say so."""

import os
from pathlib import Path

import pytest

from flows.lake import connect
from tests.integration.nights import take_unaudited

LINES = (
    "The ferry to Skerravoe was laid up on Monday after a crack was found in its hull, the caf\u00e9 owner said.",
    "The council of Marrick voted on Tuesday to mend the harbour wall before the winter storms come in again.",
)
SOURCES = {"The Echo": {"files": ["*.cor"], "one_article_a_line": True, "encoding": "latin-1"}}


def test_every_line_is_an_article_in_the_encoding_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "day.cor").write_bytes("\r\n\n".join(LINES).encode("latin-1"))
    report = take_unaudited(tmp_path / "lake", [tmp_path / "day.cor"], sources=SOURCES)
    with connect(tmp_path / "lake") as reader:
        found = reader.sql("SELECT source, text FROM copies ORDER BY text DESC").fetchall()

    assert ("consumed", 2) == (report.dumps[0].status, report.dumps[0].admitted)
    assert [("The Echo", line) for line in LINES] == found


def test_without_the_setting_such_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "day.cor").write_bytes("\n".join(LINES).encode("latin-1"))
    report = take_unaudited(tmp_path / "lake", [tmp_path / "day.cor"])

    assert "is in a format we do not know" in (report.dumps[0].detail or "")


@pytest.mark.skipif("BROADSHEET_REALDATA" not in os.environ, reason="BROADSHEET_REALDATA names no folder of real dumps")
def test_mails_that_stand_a_line_each_are_articles(tmp_path: Path) -> None:
    folder = Path(os.environ["BROADSHEET_REALDATA"]) / "lines"
    report = take_unaudited(tmp_path / "lake", [folder], sources=SOURCES)

    assert 350 == sum(dump.records_read for dump in report.dumps if dump.status == "consumed")
