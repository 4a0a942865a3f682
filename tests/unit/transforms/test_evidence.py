"""Evidence tells what the pair rule decides, with the figures that it looked at."""

import pytest

from tests.unit.transforms.test_rule_table import CASES, LIMITS, Case
from transforms.evidence import SENTENCES, evidence, hours_text, share_text
from transforms.relation import RULES, facts


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_the_rule_that_decides_is_told_with_its_reason(case: Case) -> None:
    told = evidence(case.a, case.b, case.similarity, LIMITS)

    assert RULES[case.line][0] == told.rule
    assert any(character.isdigit() for character in told.why), told.why
    assert facts(case.a, case.b, case.similarity, LIMITS).same_text == told.same_words


def test_every_rule_has_a_sentence() -> None:
    assert [name for name, _, _ in RULES] == list(SENTENCES)


def test_a_share_below_a_threshold_never_looks_as_if_it_had_reached_it() -> None:
    assert ["0.79", "0.80", "0.29", "1.00"] == [share_text(share) for share in (0.7999, 0.8, 0.29, 1.0)]


def test_hours_beyond_a_window_never_look_as_if_they_lay_within() -> None:
    assert ["72.0 h", "72.1 h", "1,000.0 h"] == [hours_text(hours) for hours in (72.0, 72.001, 1000.0)]
