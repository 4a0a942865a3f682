"""Fuzzing led by coverage: `python -m tests.hostile.fuzz --runs N`. The first byte chooses the format.

Atheris sees the branches of our parsers in Python, not those of C libraries beneath. A file on which something else is
raised than DumpRefused, or records do not add up, is written to hostile/crash-* and the process ends with a failure.
"""

import argparse
import sys
from pathlib import Path
from random import Random
from typing import Final

import atheris

import transforms.cleaning.repetition
import transforms.fingerprint
import transforms.passages
import transforms.quality  # noqa: F401 - what numba compiles is not to be instrumented, so it comes before

with atheris.instrument_imports(include=["transforms.parse", "flows.intake"]):
    from tests.hostile.seeds import SEEDS, mutated, require_sound
    from transforms.parse import Format

_FORMATS: Final = [*SEEDS]
_CORPUS: Final = Path("hostile/corpus")
_SECONDS: Final = 10
"""After which one file counts as a hang."""


def main() -> None:
    """Fuzz; leaves by itself."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=_FORMATS)
    chosen = parser.parse_args()
    forms = [Format(chosen.only)] if chosen.only else _FORMATS
    _CORPUS.mkdir(parents=True, exist_ok=True)
    for form in forms:
        (_CORPUS / str(form)).write_bytes(bytes([_FORMATS.index(form)]) + SEEDS[form])
    options = [f"-runs={chosen.runs}", f"-seed={chosen.seed}", f"-timeout={_SECONDS}", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *options, "-artifact_prefix=hostile/", str(_CORPUS)], _try, custom_mutator=_mutate)
    atheris.Fuzz()


def _try(data: bytes) -> None:
    if data:
        require_sound(_FORMATS[data[0] % len(_FORMATS)], data[1:])


def _mutate(data: bytes, most: int, seed: int) -> bytes:
    """Mutate as libFuzzer does, or as someone who knows the formats."""
    random = Random(seed)  # noqa: S311
    if not data or random.random() < 0.5:
        return bytes(atheris.Mutate(data, most))
    return data[:1] + mutated(data[1:], random)[: most - 1]


if __name__ == "__main__":
    main()
