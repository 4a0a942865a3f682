"""What can be said of the audit without running it."""

import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from expectations.audit import Finding, Status, Verdict, verdict
from expectations.projection import PROJECTIONS
from expectations.promise import Severity
from expectations.thresholds import load_thresholds
from transforms.ledgers import AUDITS

FREE_TEXT = {"title", "text", "highlights", "authors", "raw", "detail", "url", "canonical_url", "source", "source_id"}


def _finding(status: Status, severity: Severity = "critical") -> Finding:
    return Finding(
        "articles", "article_id_given", "Every article has an id", severity, status, "0 of 10 rows (0.0%)", 0
    )


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "passed"),
        ([_finding("passed"), _finding("passed", "warning")], "passed"),
        ([_finding("passed"), _finding("failed", "warning")], "warned"),
        ([_finding("failed", "warning"), _finding("failed")], "failed"),
        ([_finding("failed"), _finding("errored", "warning")], "errored"),
    ],
)
def test_the_verdict_is_the_worst_finding(findings: list[Finding], expected: Verdict) -> None:
    assert verdict(findings) == expected
    assert verdict(reversed(findings)) == expected


def test_a_finding_is_a_row_of_the_audits_table_and_travels_between_processes() -> None:
    finding = _finding("passed")
    assert ["run_id", *(field.name for field in dataclasses.fields(finding))] == [each.name for each in AUDITS.columns]
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301 - our own bytes


def test_no_free_text_is_projected() -> None:
    for table, columns in PROJECTIONS.items():
        plain = {column for column in columns if column.isidentifier()}
        assert not plain & FREE_TEXT, table.name
        assert plain <= set(table.full_schema.names), table.name


def test_every_threshold_says_why_and_is_a_share_or_a_year() -> None:
    limits = load_thresholds()
    for field in dataclasses.fields(limits):
        threshold = getattr(limits, field.name)
        assert len(threshold.reason) > 40, field.name
        assert 0 <= threshold.figure <= (1 if field.name.endswith("share") else 2000), field.name


def test_a_threshold_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text('[typo]\nfigure = 1\nreason = ""\ndate = 2026-11-22\n')
    with pytest.raises(TypeError, match="typo"):
        load_thresholds(path)


def test_importing_the_audit_is_quick() -> None:
    heavy = "{'great_expectations', 'sqlalchemy', 'pandas', 'numba'}"
    code = f"import sys, expectations.audit; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
