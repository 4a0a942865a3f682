"""The judging lane: `python -m tests.judge --realdata DIR --out FILE.json`; exit 1 when a target is missed.

--realdata DIR   real dumps: DIR/dumps/<set> and DIR/gold; without it, BROADSHEET_REALDATA
--out FILE       where the figures go
--only SET       this set alone; may be given several times
--doubts N       print the N least alike pairs joined, and the N most alike kept apart, of each set
--articles N     size of the generated corpus; --seed is its chance
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.judge.judgement import GENERATED, Judgement, judge_generated, judge_real
from tests.judge.lake import PROJECT, JudgeFailed
from tests.judge.report import show, show_doubts, write_json
from tests.judge.sets import REAL

_WIDTH: Final = 170
_CORPORA: Final = PROJECT / "bench"
_NAMES: Final = (*(each.name for each in REAL), GENERATED)


def main() -> int:
    """Judge every chosen set; return the exit code."""
    chosen = _arguments()
    judgements, failures = [], []
    for name, judge in _lanes(chosen):
        begin = time.perf_counter()
        try:
            judgements.append(judge())
        except JudgeFailed as failure:
            failures.append(f"{name}: {failure}")
        sys.stderr.write(f"{name}: {time.perf_counter() - begin:.0f} s\n")
    write_json(judgements, failures, chosen.out)
    console = Console(width=_WIDTH)
    show(judgements, failures, console)
    if chosen.doubts:
        show_doubts(judgements, console)
    return 1 if failures or any(each.missed() for each in judgements) else 0


def _lanes(chosen: argparse.Namespace) -> Iterator[tuple[str, Callable[[], Judgement]]]:
    wanted = chosen.only or _NAMES
    for each in REAL:
        if each.name in wanted:
            yield each.name, partial(judge_real, each, chosen.realdata, chosen.doubts)
    if GENERATED in wanted:
        yield GENERATED, partial(judge_generated, _CORPORA, chosen.articles, chosen.seed, chosen.doubts)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--realdata", type=Path, default=os.environ.get("BROADSHEET_REALDATA") or None)
    parser.add_argument("--out", type=Path, default=PROJECT / "bench" / "judge.json")
    parser.add_argument("--only", action="append", choices=_NAMES)
    parser.add_argument("--doubts", type=int, default=0, metavar="N")
    parser.add_argument("--articles", type=int, default=20_000, metavar="N")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    if set(chosen.only or _NAMES) - {GENERATED} and not (chosen.realdata and (chosen.realdata / "dumps").is_dir()):
        parser.error(
            f"{chosen.realdata or 'BROADSHEET_REALDATA'} names no folder with dumps/ in it: name one by --realdata"
        )
    return chosen


if __name__ == "__main__":
    raise SystemExit(main())
