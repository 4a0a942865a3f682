"""The score of an extraction counts words, and each as often as it occurs."""

import pytest

from tests.benchmarks.pages_score import Score


@pytest.mark.parametrize(
    ("true", "extracted", "score"),
    [
        ("the dam held", "the dam held", (1, 1, 1)),
        ("the dam held", "the dam held, says who?", (0.6, 1, 0.75)),
        ("the dam the dam", "the dam", (1, 0.5, 2 / 3)),
        ("the dam held", "", (0, 0, 0)),
        ("", "the dam", (0, 1, 0)),
        ("", "", (1, 1, 1)),
    ],
)
def test_the_score_is_of_words(true: str, extracted: str, score: tuple[float, float, float]) -> None:
    found = Score.of(true, extracted)

    assert score == pytest.approx((found.precision, found.recall, found.f1))
