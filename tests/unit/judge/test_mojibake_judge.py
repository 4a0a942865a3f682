"""The judge of repairs sees a repair that was not made, and a text that was touched."""

import pytest

from tests.judge.mojibake import is_kept, is_repaired


@pytest.mark.parametrize(("fixed", "expected"), [("caf\u00e9 society", True), ("cafe society", False)])
def test_a_repair_is_told_from_another(fixed: str, expected: bool) -> None:
    assert is_repaired({"original": "caf\u00c3\u00a9 society", "fixed": fixed}) is expected


@pytest.mark.parametrize(("original", "expected"), [("\u00c9t\u00e9 2017", True), ("caf\u00c3\u00a9", False)])
def test_a_text_that_is_touched_is_told_from_one_that_is_kept(original: str, expected: bool) -> None:
    assert is_kept({"original": original, "fixed": original}) is expected
