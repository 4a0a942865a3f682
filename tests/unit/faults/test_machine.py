"""The state machine finds nothing wrong with the lake, and something wrong with a lake that is broken on purpose."""

from pathlib import Path

import pytest

from flows import accept
from tests.faults.children import warm_up
from tests.faults.machine import run_machine


@pytest.mark.slow
def test_whatever_happens_to_a_lake_readers_see_what_the_model_says(tmp_path: Path) -> None:
    warm_up()
    verdict = run_machine(tmp_path, seed=1, examples=2, steps=10)

    assert verdict.violations == ()
    assert {"deliveries", "runs"} <= verdict.counts.keys()


@pytest.mark.slow
def test_a_lake_that_forgets_which_dumps_it_has_taken_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm_up()
    monkeypatch.setattr(accept, "_known_dumps", lambda _parent, _address: {})
    verdict = run_machine(tmp_path, seed=1, examples=6, steps=10)

    assert verdict.violations
    assert "seed 1: AssertionError" in verdict.violations[0]
