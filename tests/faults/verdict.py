"""The verdict: what one part of the lane did, counted, and what it found broken."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """One part's counts, and a sentence for each violation: with seed, step and kind, so that it can be had again."""

    part: str
    counts: Mapping[str, int]
    violations: tuple[str, ...]
    seconds: float
