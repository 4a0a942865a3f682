"""A failed audit changes nothing that readers see, and the dumps stay to be taken when they are mended."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from flows.report import RunReport
from tests.integration.nights import content, take, write_dump
from transforms.errors import AuditFailed

GOOD = {"url": "https://post.example/a", "body": "The council of Marrick voted on Monday to mend the harbour wall."}
IMPOSSIBLE = {**GOOD, "url": "https://post.example/b", "published": "1650-01-01T00:00:00Z"}


def test_a_refused_night_leaves_every_row_and_the_catalog_as_they_were(
    tmp_path: Path, auditor: ProcessPoolExecutor
) -> None:
    lake = tmp_path / "lake"
    take(lake, [write_dump(tmp_path / "good.jsonl", [GOOD])], auditor)
    before, catalog = content(lake), (lake / "catalog.duckdb").resolve()
    bad = write_dump(tmp_path / "bad.jsonl", [IMPOSSIBLE])

    with pytest.raises(AuditFailed, match="No article is published before 1700") as refusal:
        take(lake, [bad], auditor)

    assert before == content(lake)
    assert catalog == (lake / "catalog.duckdb").resolve()
    assert isinstance(refusal.value.report, RunReport)
    assert refusal.value.report.outcome == "refused by the audit"


def test_a_refused_dump_is_taken_once_it_is_mended(tmp_path: Path, auditor: ProcessPoolExecutor) -> None:
    lake = tmp_path / "lake"
    dump = write_dump(tmp_path / "dump.jsonl", [IMPOSSIBLE])
    with pytest.raises(AuditFailed):
        take(lake, [dump], auditor)

    report = take(lake, [write_dump(dump, [GOOD])], auditor)

    assert ("published", 1, 1) == (report.outcome, report.snapshot, report.articles)
