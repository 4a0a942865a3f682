"""How often the language is right, and how many texts a second: `python -m tests.benchmarks.language FILE.jsonl`.

FILE has an object a line, with `body` and `language` (ISO 639-1), as the SemEval 2022 news similarity set has.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

import orjson

from transforms.language import detect


def main() -> None:
    """Print share right, of those with an answer and in all, what was taken for what, and texts a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    rows = [orjson.loads(line) for line in parser.parse_args().file.read_bytes().splitlines()]
    told = [(row["body"], row["language"]) for row in rows if row["body"]]
    detect(told[0][0])
    begin = perf_counter()
    found = [detect(body)[0] for body, _ in told]
    seconds = perf_counter() - begin
    wrong = Counter((own, code) for code, (_, own) in zip(found, told, strict=True) if code and code != own)
    answered = sum(code is not None for code in found)
    sys.stdout.write(
        f"{len(told):,} texts, {answered:,} answered: {1 - wrong.total() / answered:.2%} right, "
        f"{len(told) / seconds:,.0f} a second and core\n"
    )
    for (own, code), count in wrong.most_common():
        sys.stdout.write(f"  {own} taken for {code}: {count}\n")


if __name__ == "__main__":
    main()
