"""Garbled text and its repair: `python -m tests.judge.mojibake --realdata DIR`; exit 1 when a case comes out otherwise.

A case holds what the repair of the encoding alone gives (`fixed-encoding`, else `fixed`); cleaning goes on to other
rules, so both sides are cleaned before they are compared. What only looks garbled is to come out as its file says.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson

from transforms.cleaning import RULES, clean_line

_REPAIRED: Final = ("in-the-wild", "language-names", "synthetic")
_KEPT: Final = "negative"


def departures(folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Yield for each file its name, how many cases it has, and the labels of those that come out otherwise."""
    for name in (*_REPAIRED, _KEPT):
        cases = orjson.loads((folder / f"{name}.json").read_bytes())
        judge = is_kept if name == _KEPT else is_repaired
        yield name, len(cases), [case["label"] for case in cases if not judge(case)]


def is_repaired(case: Mapping[str, str]) -> bool:
    """Tell whether a garbled text becomes what its repair becomes."""
    return clean_line(case["original"]) == clean_line(case.get("fixed-encoding", case["fixed"]))


def is_kept(case: Mapping[str, str]) -> bool:
    """Tell whether the rule of repair leaves a text that only looks garbled as its file says."""
    (rule,) = (rule for rule in RULES if rule.name == "mojibake")
    return rule.edit(case["original"])[0] == case.get("fixed-encoding", case["fixed"])


def main() -> int:
    """Print a line a file, and the cases that come out otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.judge.mojibake", description=__doc__)
    parser.add_argument("--realdata", type=Path, default=os.environ.get("BROADSHEET_REALDATA"), required=False)
    failed = 0
    for name, count, wrong in departures(Path(parser.parse_args().realdata) / "mojibake"):
        sys.stdout.write(f"{name:16} {count - len(wrong):3} of {count:3} as they should be\n")
        sys.stdout.writelines(f"    not so: {label}\n" for label in wrong)
        failed += len(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
