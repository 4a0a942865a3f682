"""Version chains: what revisions connect, in order of time, with one current version."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.versions import Versions, version_chains

ARTICLES = 7
TIMES = st.lists(st.sampled_from([np.nan, 0.0, 5.0, 7.5]), min_size=ARTICLES, max_size=ARTICLES)
REVISIONS = st.lists(st.tuples(st.integers(0, ARTICLES - 1), st.integers(0, ARTICLES - 1)), max_size=6)


def chains_of(ids: list[int], times: list[float], revisions: list[tuple[int, int]]) -> Versions:
    left, right = (np.array([pair[side] for pair in revisions], np.int32) for side in (0, 1))
    return version_chains(np.array(ids, np.int32), np.array(times), left, right)


def by_hand(revisions: list[tuple[int, int]]) -> list[set[int]]:
    """Give the sets of articles that revisions connect."""
    sets = [{article} for article in range(ARTICLES)]
    for a, b in revisions:
        one, other = (next(s for s in sets if end in s) for end in (a, b))
        if one is not other:
            sets = [s for s in sets if s not in (one, other)] + [one | other]
    return sets


@given(st.permutations(range(ARTICLES)), TIMES, REVISIONS)
def test_a_chain_is_what_revisions_connect_and_is_named_by_its_smallest_id(
    ids: list[int], times: list[float], revisions: list[tuple[int, int]]
) -> None:
    found = chains_of(ids, times, revisions)
    for some in by_hand(revisions):
        named = {-1} if len(some) == 1 else {min(some, key=lambda article: ids[article])}

        assert named == {int(found.chains[article]) for article in some}


@given(st.permutations(range(ARTICLES)), TIMES, REVISIONS)
def test_versions_count_up_with_time_the_undated_first_and_the_last_is_current(
    ids: list[int], times: list[float], revisions: list[tuple[int, int]]
) -> None:
    found = chains_of(ids, times, revisions)
    for some in by_hand(revisions):
        order = sorted(some, key=lambda a: (not np.isnan(times[a]), 0.0 if np.isnan(times[a]) else times[a], ids[a]))

        assert list(range(1, len(some) + 1)) == [int(found.numbers[article]) for article in order]
        assert [order[-1]] == [article for article in order if found.is_current[article]]


@given(st.permutations(range(ARTICLES)), TIMES, REVISIONS)
def test_the_order_of_revisions_does_not_matter(
    ids: list[int], times: list[float], revisions: list[tuple[int, int]]
) -> None:
    one, other = chains_of(ids, times, revisions), chains_of(ids, times, [(b, a) for a, b in revisions[::-1]])
    told: dict[str, list[object]] = defaultdict(list)
    for name in Versions._fields:
        told["one"].append(getattr(one, name).tolist())
        told["other"].append(getattr(other, name).tolist())

    assert told["one"] == told["other"]
