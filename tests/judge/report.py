"""The judge's figures as tables for people and one JSON file for machines."""

from collections.abc import Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from tests.benchmarks.recall import Scores
from tests.judge.doubts import Doubt
from tests.judge.judgement import Judgement
from tests.judge.recall import TARGETS, Recall


def write_json(judgements: Sequence[Judgement], failures: Sequence[str], path: Path) -> None:
    """Write all figures, with the pairs that are missing and the doubtful ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "missed": [missed for each in judgements for missed in each.missed()],
        "failures": list(failures),
        "sets": [each.as_json() for each in judgements],
    }
    path.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def show(judgements: Sequence[Judgement], failures: Sequence[str], console: Console) -> None:
    """Print the tables, what was refused, and every target that is missed."""
    console.print(_counts_table(judgements), _recall_table(judgements), _merges_table(judgements))
    for scores in (each.planted for each in judgements if each.planted):
        console.print(_planted_table(scores))
    for each in judgements:
        for refused in each.refused:
            console.print(f"{each.name}: refused {refused}", markup=False)
    missed = [*failures, *(missed for each in judgements for missed in each.missed())]
    console.print("\nmissed:" if missed else "\nevery target is met")
    for sentence in missed:
        console.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)


def show_doubts(judgements: Sequence[Judgement], console: Console) -> None:
    """Print the doubtful pairs, and those that were not found."""
    for each in judgements:
        _show_pairs(f"{each.name}: joined, least alike first", each.joined, console)
        _show_pairs(f"{each.name}: kept apart, most alike first", each.apart, console)
        for basis, pairs in each.missing.items():
            _show_pairs(f"{each.name}: not found by {basis} texts", [doubt for _, doubt in pairs], console)


def _show_pairs(title: str, pairs: Sequence[Doubt], console: Console) -> None:
    if pairs:
        shown = "\n".join(map(str, pairs))
        console.print(f"\n== {title}\n{shown}", markup=False, highlight=False, soft_wrap=True)


def _counts_table(judgements: Sequence[Judgement]) -> Table:
    names = list(judgements[0].counts) if judgements else []
    table = _table("lakes", "set", *(name.removeprefix("records_") for name in names))
    for each in judgements:
        table.add_row(each.name, *(f"{each.counts[name]:,}" for name in names))
    return table


def _recall_table(judgements: Sequence[Judgement]) -> Table:
    headings = [f"{target} (>= {target.share})" for target in TARGETS]
    table = _table("recall: pairs found of pairs asked for", "set", "texts", *headings, "replays", "quarantined")
    for each in judgements:
        for place, recall in enumerate(each.recalls):
            name = "" if place else each.name
            table.add_row(name, recall.basis, *_recall_cells(recall), f"{recall.replays:,}", f"{recall.quarantined:,}")
    return table


def _recall_cells(recall: Recall) -> list[str]:
    counts = [recall.count(target) for target in TARGETS]
    return [f"{found:,}/{asked:,}  {found / asked:.4f}" if asked else "-" for found, asked in counts]


def _merges_table(judgements: Sequence[Judgement]) -> Table:
    table = _table("false merges", "set", "found")
    for each in judgements:
        table.add_row(each.name, "no truth known" if each.false_merges is None else f"{each.false_merges:,}")
    return table


def _planted_table(scores: Scores) -> Table:
    table = _table("planted truth", "relation", "to be", "pairs", "right", "share")
    for each in scores.recalls:
        to_be = "together" if each.belongs_together else "apart"
        table.add_row(each.relation, to_be, f"{each.planted:,}", f"{each.right:,}", f"{each.right / each.planted:.4f}")
    table.caption = f"{scores.mixed_clusters:,} clusters mix stories"
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, title=title, title_justify="left", caption_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table
