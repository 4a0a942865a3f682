"""How near an extracted story comes to the true one, word for word."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of words, each page counting the same: of the extracted that are true, of the true that are extracted."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @classmethod
    def of(cls, true: str, extracted: str) -> Self:
        """Compare the words of two texts, each as often as it occurs; where neither has any they agree."""
        a, b = Counter(_WORD.findall(true)), Counter(_WORD.findall(extracted))
        both = (a & b).total()
        empty = float(a == b)
        return cls(both / b.total() if b else empty, both / a.total() if a else 1.0)

    @classmethod
    def mean(cls, scores: Sequence[Self]) -> Self:
        """Average over pages."""
        return cls(sum(s.precision for s in scores) / len(scores), sum(s.recall for s in scores) / len(scores))
