"""Clusters: whom a copy is led by, and how a chain of weak links is cut."""

from tests.oracles.clusters import Edge, Place
from tests.unit.transforms.columns import places
from tests.unit.transforms.pairs import profile
from transforms.article import CANONICAL, Relation
from transforms.relation import PairSettings, Verdict

LIMITS = PairSettings()


def test_a_chain_does_not_glue_its_ends_together() -> None:
    """Each resembles the next, the last has nothing of the first: two clusters in one component."""
    chain = [profile(i, t, "echo", None, "", h) for i, t, h in (("c", "t3", 0), ("b", "t4", 1), ("a", "t5", 2))]
    edges = [Edge("b", "c", "near", 0.8, 0.9, "near"), Edge("a", "b", "contains", 0.6, 1.0, "one holds the other")]

    assert [
        Place("a", "a", "a", "a", CANONICAL, 1.0, 1.0, None, None),
        Place("b", "a", "b", "c", "near", 0.8, 0.9, None, None),
        Place("c", "a", "b", "c", CANONICAL, 1.0, 1.0, None, None),
    ] == sorted(places(chain, edges, LIMITS), key=lambda place: place.article_id)


def test_the_earliest_is_canonical_then_the_longest_then_the_smallest_id_and_the_undated_last() -> None:
    rows = [("d", "t5", None), ("c", "t4", 5), ("b", "t5", 5), ("a", "t5", 5), ("e", "t3", 1)]
    profiles = [profile(i, t, "echo", None, "", h) for i, t, h in rows]
    edges = [Edge(i, j, "near", 0.9, 0.9, "near") for i in "abcde" for j in "abcde" if i < j]
    leaders = []
    while profiles:
        leader = next(place.canonical_id for place in places(profiles, edges, LIMITS))
        leaders.append(leader)
        profiles = [p for p in profiles if p.article_id != leader]
        edges = [e for e in edges if leader not in e[:2]]

    assert ["e", "a", "b", "c", "d"] == leaders


def test_an_undated_reprint_joins_two_prints_that_lie_far_apart() -> None:
    prints = [profile(i, "t2", "echo", None, "ferry", h) for i, h in (("a", 0), ("b", 500), ("c", None))]
    found = {place.article_id: place for place in places(prints, [], LIMITS)}

    assert {"a"} == {place.component_id for place in found.values()}
    assert ["a", "b", "a"] == [found[i].canonical_id for i in "abc"]
    assert Verdict(Relation.RECURRING, "same words, another day") == found["b"].twin


def test_a_daily_notice_stays_one_cluster_a_day() -> None:
    days = [profile(i, "t1", "echo", None, "tides", 24 * day) for day, i in enumerate("abcd")]

    assert list("abcd") == sorted(place.cluster_id for place in places(days, [], LIMITS))


def test_nothing_in_gives_nothing_out() -> None:
    assert places([], [], LIMITS) == []
