"""Version chains: the states of a story under one address, or under one outlet and headline, in order of time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.union import join, roots, smallest

_Ints = NDArray[np.int32]


class Versions(NamedTuple):
    """Each article's place in its chain, as columns (articles,).

    chains: the article with the smallest id of the chain, -1 for one without other versions; numbers: from 1 for the
    oldest; is_current: whether no later version is known.
    """

    chains: _Ints
    numbers: _Ints
    is_current: NDArray[np.bool_]


def version_chains(ids: _Ints, published: NDArray[np.float64], left: _Ints, right: _Ints) -> Versions:
    """Order the articles that revisions (`left`, `right`: pairs of articles) connect: the undated first, then by time.

    `ids` are places among all ids, `published` seconds or NaN.
    """
    count = len(ids)
    parents = np.arange(count, dtype=np.int32)
    join(parents, left, right)
    chains = roots(parents)
    sizes = np.bincount(chains, minlength=count)[chains]
    order = np.lexsort((ids, published, ~np.isnan(published), chains))
    is_first = np.diff(chains[order], prepend=-1) != 0
    starts = np.flatnonzero(is_first)
    numbers = np.empty(count, np.int32)
    numbers[order] = np.arange(count) - np.repeat(starts, np.diff(np.append(starts, count))) + 1
    return Versions(np.where(sizes > 1, smallest(ids, chains), np.int32(-1)), numbers, numbers == sizes)
