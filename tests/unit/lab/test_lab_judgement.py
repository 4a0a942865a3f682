"""The lab sees a fault that nothing names, a night that breaks for nothing, and a paper blamed for another."""

from typing import Any

import pytest

from flows.report import RunReport
from tests.lab.__main__ import wrong
from tests.lab.faults import FAULTS
from tests.lab.papers import PAPERS

LOUD = next(fault for fault in FAULTS if fault.stops)


def report(*names: str, outcome: str = "published", observed: str = "") -> RunReport:
    """Give the report of a night that broke these expectations."""
    findings: list[dict[str, Any]] = [{"name": name, "observed": observed} for name in names]
    return RunReport("run", "lake", outcome=outcome, findings=findings)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.title for fault in FAULTS])
def test_each_fault_is_missed_when_its_expectations_are_silent(fault: Any) -> None:
    outcome = "refused by the audit" if fault.stops else "published"
    assert wrong(report(*fault.named_by, outcome=outcome, observed=fault.paper), fault) == ""
    for name in fault.named_by:
        others = report(*(fault.named_by - {name}), outcome=outcome)
        assert wrong(others, fault) == f"not named by {name}"


def test_a_clean_night_that_breaks_anything_is_judged_wrongly() -> None:
    assert wrong(report(), None) == ""
    assert wrong(report("source_silent"), None) == "a clean night broke source_silent"


def test_a_fault_that_breaks_more_than_it_should_is_judged_wrongly() -> None:
    assert wrong(report(*FAULTS[0].named_by, "article_placed"), FAULTS[0]) == "broke article_placed as well"


def test_a_paper_that_is_blamed_for_another_is_seen() -> None:
    other = next(paper.name for paper in PAPERS if paper.name != FAULTS[0].paper)
    assert wrong(report(*FAULTS[0].named_by, observed=other), FAULTS[0]) == f"blames {other}"


def test_a_night_that_should_have_been_stopped_is_seen() -> None:
    assert wrong(report(*LOUD.named_by), LOUD) == "ended as published"
