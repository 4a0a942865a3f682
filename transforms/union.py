"""Disjoint sets of numbers (union-find), compiled: each set is known by its smallest number."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Ints = NDArray[np.int32]
_Number = int | np.integer[Any]


@njit(nogil=True, cache=True)
def find(parents: _Ints, member: _Number) -> _Number:  # pragma: no cover - compiled
    """Give the smallest member of a set, halving the way there (Tarjan and van Leeuwen, 1984)."""
    while parents[member] != member:
        parents[member] = parents[parents[member]]
        member = parents[member]
    return member


@njit(nogil=True, cache=True)
def unite(parents: _Ints, one: _Number, other: _Number) -> None:  # pragma: no cover - compiled
    """Make two sets one."""
    a, b = find(parents, one), find(parents, other)
    parents[max(a, b)] = min(a, b)


@njit(nogil=True, cache=True)
def join(parents: _Ints, left: _Ints, right: _Ints) -> None:  # pragma: no cover - compiled
    """Unite the sets of each pair."""
    for pair in range(len(left)):
        unite(parents, left[pair], right[pair])


@njit(nogil=True, cache=True)
def roots(parents: _Ints) -> _Ints:  # pragma: no cover - compiled
    """Give each number's smallest fellow member."""
    found = np.empty(len(parents), np.int32)
    for member in range(len(parents)):
        found[member] = find(parents, member)
    return found


def smallest(ids: _Ints, sets: _Ints) -> _Ints:
    """Give for each number the one of its set (`sets`: a number for each set) that has the smallest id."""
    order = np.argsort(ids)[::-1].astype(np.int32)
    first = np.empty(len(ids), np.int32)
    first[sets[order]] = order  # of several writes to one place the last stays, the smallest id's
    return first[sets]
