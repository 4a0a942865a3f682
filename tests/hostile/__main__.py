"""The hostile lane: `python -m tests.hostile`. Every attack, a real run, one table, one JSON file; exit 1 on a miss.

--quick          in one run, without what takes long or fills the disk, without poison and sabotages
--only FAMILY    this family alone; may be given several times
--at FOLDER      where dumps and lakes lie, instead of the temporary folder
--result FILE    where the figures go
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table

from tests.hostile.attack import Family, joined
from tests.hostile.bombs import BOMBS
from tests.hostile.landing import LANDING
from tests.hostile.markup import HTML, SGML, WARC, XML
from tests.hostile.names import NAMES
from tests.hostile.night import Outcome, meet, skipped
from tests.hostile.records import ENCODINGS, JSON, LINES
from tests.hostile.sabotage import try_sabotages
from tests.hostile.tables import CSV, PARQUET
from tests.hostile.truncation import TRUNCATION
from tests.hostile.words import DEDUP, FIELDS, POISON, SECRETS, TEXT

FAMILIES: Final = (
    BOMBS, TRUNCATION, NAMES, LANDING, LINES, ENCODINGS, JSON, CSV, PARQUET, HTML, XML, SGML, WARC, TEXT, FIELDS,
    DEDUP, SECRETS, POISON,
)  # fmt: skip


def main() -> int:
    """Run the lane; return the exit code."""
    chosen = _arguments()
    families = [family for family in FAMILIES if not chosen.only or family.name in chosen.only]
    if chosen.quick:
        families = [joined(family for family in families if family is not POISON)]
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-hostile-", dir=chosen.at))
    begin = time.perf_counter()
    outcomes: list[Outcome] = []
    try:
        for number, family in enumerate(families):
            outcomes += _met(family, folder / str(number))
        uncaught = [] if chosen.quick or chosen.only else try_sabotages(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = _figures(outcomes, families, uncaught, time.perf_counter() - begin)
    chosen.result.parent.mkdir(parents=True, exist_ok=True)
    chosen.result.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    _show(outcomes, figures)
    return 1 if figures["missed"] or uncaught else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=[family.name for family in FAMILIES])
    parser.add_argument("--at", type=Path)
    parser.add_argument("--result", type=Path, default=Path("hostile/result.json"))
    return parser.parse_args()


def _met(family: Family, folder: Path) -> list[Outcome]:
    outcomes = meet(family, folder, "poison" if family.name == POISON.name else "")
    shutil.rmtree(folder, ignore_errors=True)
    missed = [outcome for outcome in outcomes if outcome.wrong]
    if outcomes:
        took = f"{outcomes[0].seconds:.0f} s, {outcomes[0].cpu_seconds:.0f} CPU s, {outcomes[0].mib:,} MiB"
        sys.stderr.write(f"{family.name}: {len(outcomes)} attacks, {len(missed)} missed, {took}\n")
    for wrong in dict.fromkeys(outcome.wrong for outcome in missed):
        names = [outcome.attack for outcome in missed if outcome.wrong == wrong]
        sys.stderr.write(f"  {', '.join(names[:4])}{' ...' * (len(names) > 4)}: {wrong}\n")
    return outcomes


def _figures(
    outcomes: Sequence[Outcome], families: Sequence[Family], uncaught: Sequence[str], seconds: float
) -> dict[str, Any]:
    missed = sum(bool(outcome.wrong) for outcome in outcomes)
    return {
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "tried": len(outcomes),
        "met": len(outcomes) - missed,
        "missed": missed,
        "crashes": sum("the run ended with" in outcome.wrong for outcome in outcomes),
        "sabotages_not_caught": list(uncaught),
        "skipped": [dict(zip(("family", "attack", "why"), each, strict=True)) for each in skipped(families)],
        "attacks": [asdict(outcome) for outcome in outcomes],
    }


_COLUMNS: Final = (
    "tried", "refused", "quarantined", "harmless", "missed", "seconds", "CPU seconds", "peak MiB", "neighbours",
)  # fmt: skip


def _show(outcomes: Sequence[Outcome], figures: dict[str, Any]) -> None:
    """Print one line a family, then each attack that was missed; result.json has all of them."""
    table = Table(box=None)
    table.add_column("family")
    for heading in _COLUMNS:
        table.add_column(heading, justify="right")
    for family in dict.fromkeys(outcome.family for outcome in outcomes):
        table.add_row(family, *_row([outcome for outcome in outcomes if outcome.family == family]))
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table)
    for each in outcomes:
        if each.wrong:
            console.print(f"MISSED: {each.family}, {each.attack}: {each.became}: {each.wrong}", markup=False)
    for each in figures["skipped"]:
        console.print(f"skipped: {each['family']}, {each['attack']}: {each['why']}", markup=False)
    for undone in figures["sabotages_not_caught"]:
        console.print(f"NOT NOTICED: {undone}", markup=False)
    for name in ("tried", "met", "missed", "crashes"):
        console.print(f"{name:8}{figures[name]:>6,}")


def _row(outcomes: Sequence[Outcome]) -> Iterator[str]:
    kinds = Counter(outcome.became.partition(":")[0].partition(",")[0] for outcome in outcomes)
    missed, of_all = sum(bool(outcome.wrong) for outcome in outcomes), outcomes[0]
    counts = len(outcomes), kinds["refused"], kinds["quarantined"], kinds["harmless"], missed
    took = round(of_all.seconds), round(of_all.cpu_seconds), of_all.mib, of_all.neighbours
    return (f"{count:,}" for count in (*counts, *took))


if __name__ == "__main__":
    raise SystemExit(main())
