"""The canonical order: each criterion puts first what it says, and the smaller id decides in the end."""

import numpy as np
import pytest

from transforms.canonical import DEFAULT_ORDER, Criterion, canonical_ranks

PUBLISHED = np.array([np.nan, 50.0, 10.0, 10.0, 10.0])
WORDS = np.array([900, 300, 200, 400, 400], np.int32)
PREFERENCE = np.array([1, 0, 1, 1, 1], np.int32)
IDS = np.array([4, 3, 2, 1, 0], np.int32)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((Criterion.EARLIEST, Criterion.LONGEST), [4, 3, 2, 1, 0]),
        ((Criterion.EARLIEST,), [4, 3, 2, 1, 0]),
        ((Criterion.LATEST, Criterion.LONGEST), [1, 4, 3, 2, 0]),
        ((Criterion.LONGEST,), [0, 4, 3, 1, 2]),
        (DEFAULT_ORDER, [1, 4, 3, 2, 0]),
        ((), [4, 3, 2, 1, 0]),
    ],
    ids=lambda value: "-".join(map(str, value)) or "id alone",
)
def test_copies_come_in_the_order_of_the_criteria(order: tuple[Criterion, ...], expected: list[int]) -> None:
    ranks = canonical_ranks(IDS, PUBLISHED, WORDS, PREFERENCE, order)

    assert expected == np.argsort(ranks).tolist()


def test_without_preferred_outlets_the_default_is_the_earliest_then_the_longest() -> None:
    nobody = np.zeros_like(PREFERENCE)
    plain = canonical_ranks(IDS, PUBLISHED, WORDS, nobody, (Criterion.EARLIEST, Criterion.LONGEST))

    assert plain.tolist() == canonical_ranks(IDS, PUBLISHED, WORDS, nobody, DEFAULT_ORDER).tolist()
