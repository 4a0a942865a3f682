"""The tables show every set, whatever is known of it, and name what is missed."""

import io
import re

from rich.console import Console

from tests.judge.judgement import Judgement
from tests.judge.recall import by_published
from tests.judge.report import show
from tests.unit.judge.lakes import article, lake

STORY = " ".join(f"word{number}" for number in range(60))


def test_the_tables_hold_a_row_a_set_and_the_targets_that_are_missed() -> None:
    made = lake([article("a", STORY), article("b", f"{STORY} and an end")])
    unknown = Judgement("unknown", made.counts(), [], [by_published(made)], {})
    clean = Judgement("clean", made.counts(), ["x.bin: of no known format"], [], {}, merges=[])
    console = Console(file=io.StringIO(), width=170)
    show([unknown, clean], ["third: its run failed"], console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]

    assert "0/1  0.0000" in shown
    assert re.search(r"^ unknown +no truth known *$", shown, re.MULTILINE)
    assert re.search(r"^ clean +0 *$", shown, re.MULTILINE)
    assert "clean: refused x.bin: of no known format" in shown
    assert "  third: its run failed" in shown
    assert "  unknown: recall by published texts, in the window, J >= 0.7: 0 of 1 pairs are 0.0000" in shown
