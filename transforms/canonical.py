"""The canonical order: which of several copies stands for all of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Criterion(StrEnum):
    """One key of the order; what it puts first."""

    PREFERRED = "preferred"
    """Copies of the preferred outlets, in the order in which these are listed."""
    EARLIEST = "earliest"
    """The earliest published, the undated last."""
    LATEST = "latest"
    """The latest published, the undated last."""
    LONGEST = "longest"
    """The one with most words."""


DEFAULT_ORDER: Final = (Criterion.PREFERRED, Criterion.EARLIEST, Criterion.LONGEST)


@dataclass(frozen=True, slots=True)
class CanonicalSettings:
    """How the canonical copy of a cluster is chosen.

    order: criteria, the first that tells two copies apart decides; after the last, the smaller id.
    preferred: outlets whose copies come first, as `source` names them: agencies, for one.
    """

    order: tuple[Criterion, ...] = DEFAULT_ORDER
    preferred: tuple[str, ...] = ()


def canonical_ranks(
    ids: NDArray[np.int32],
    published: NDArray[np.float64],
    word_counts: NDArray[np.int32],
    preference: NDArray[np.int32],
    order: tuple[Criterion, ...],
) -> NDArray[np.int32]:
    """Give each article's place in canonical order, from columns (articles,) int32.

    `ids` are places among all ids, `published` seconds or NaN, `preference` places in the list of preferred outlets.
    """
    keys: dict[Criterion, NDArray[np.int32] | NDArray[np.float64]] = {
        Criterion.PREFERRED: preference,
        Criterion.EARLIEST: published,  # NaN sorts last, either way
        Criterion.LATEST: -published,
        Criterion.LONGEST: -word_counts,
    }
    sequence = np.lexsort((ids, *(keys[criterion] for criterion in reversed(order))))
    ranks = np.empty(len(ids), np.int32)
    ranks[sequence] = np.arange(len(ids), dtype=np.int32)
    return ranks
