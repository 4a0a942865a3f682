"""A false merge is counted, whichever truth a set has, and what lies apart is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks.recall import Recall, Scores
from tests.judge.judgement import Judgement
from tests.judge.lake import Article, Lake
from tests.judge.merges import (
    Records,
    bot_walls,
    daily_notices,
    different_stories,
    gold_pairs,
    mixed_events,
)
from tests.unit.judge.lakes import article, lake

CASES = [
    (mixed_events, {}, {}, [{"event": "1"}, {"event": "2"}]),
    (different_stories, {}, {}, [{"id": "p#1", "overall": "3.0"}, {"id": "p#2", "overall": "3.0"}]),
    (bot_walls, {"title": "One"}, {"title": "Other"}, [{}, {}]),
    (daily_notices, {"published_hours": 0}, {"published_hours": 73}, [{}, {}]),
    (
        daily_notices,
        {"published_hours": 0, "title": "The Tides"},
        {"published_hours": 24, "title": "THE TIDES"},
        [{}, {}],
    ),
]


@pytest.mark.parametrize(("check", "one", "other", "fields"), CASES)
def test_two_that_are_known_to_differ_count_when_they_share_a_cluster(
    check: Callable[[Lake, Records], Iterator[str]],
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    fields: list[Mapping[str, str]],
) -> None:
    together = lake([article("a", cluster="a", **one), article("b", cluster="a", **other)])
    apart = lake([article("a", **one), article("b", **other)])
    records = dict(zip(together.deliveries, fields, strict=True))

    assert 1 == len(list(check(together, records)))
    assert [] == list(check(apart, records))


@pytest.mark.parametrize(
    ("check", "sides", "fields"),
    [
        (mixed_events, [article("a"), article("b", cluster="a")], [{"event": "1"}] * 2),
        (different_stories, [article("a"), article("b", cluster="a")], [{"id": "p#1", "overall": "2.9"}] * 2),
        (different_stories, [article("a"), article("b", cluster="a")], [{"id": f"{n}#1", "overall": 4} for n in "pq"]),
        (bot_walls, [article("a", title="One"), article("b", cluster="a", title="ONE")], [{}] * 2),
        (bot_walls, [article("a"), article("b", "word " * 80, cluster="a")], [{}] * 2),
        (daily_notices, [article("a"), article("b", cluster="a")], [{}] * 2),
        (
            daily_notices,
            [article("a", "word " * 150, published_hours=0), article("b", cluster="a", published_hours=99)],
            [{}] * 2,
        ),
    ],
)
def test_two_that_may_well_be_one_story_count_for_nothing(
    check: Callable[[Lake, Records], Iterator[str]], sides: list[Article], fields: list[Mapping[str, object]]
) -> None:
    together = lake(sides)

    assert [] == list(check(together, dict(zip(together.deliveries, fields, strict=True))))


def test_a_side_that_was_delivered_twice_is_no_pair_of_its_own() -> None:
    twice = lake([article("a"), article("b", cluster="a")])
    records = {place: {"id": "p#2", "overall": "4.0"} for place in twice.deliveries}

    assert [] == list(different_stories(twice, records))


def test_gold_pairs_are_clusters_of_their_own_and_nothing_else_is() -> None:
    names = {name: name for name in "abcd"}
    right = lake([article("a"), article("b", cluster="a"), article("c"), article("d")])
    apart = lake([article(name) for name in "abcd"])
    mixed = lake([article("a"), article("b", cluster="a"), article("c", cluster="a"), article("d")])

    assert [] == list(gold_pairs(right, [("b", "a")], names))
    assert ["the gold pair a, b is not in one cluster"] == list(gold_pairs(apart, [("b", "a")], names))
    assert ["a cluster that is no gold pair: a, b, c"] == list(gold_pairs(mixed, [("b", "a")], names))


def test_a_judgement_with_a_false_merge_misses_its_target() -> None:
    judgement = Judgement("a set", {}, [], [], {}, merges=["one cluster holds the events 1, 2: a, b"])

    assert ["a set: 1 false merges, the first: one cluster holds the events 1, 2: a, b"] == judgement.missed()
    assert 1 == judgement.false_merges
    judgement.merges = []
    assert [] == judgement.missed()


def test_a_judgement_of_generated_dumps_misses_its_target_by_the_planted_truth() -> None:
    few = Recall("near", planted=100, together=98, missing=0)
    judgement = Judgement("a set", {}, [], [], {}, planted=Scores([few], mixed_clusters=3))

    assert 3 == judgement.false_merges
    assert [
        "a set: planted near: 0.9800 of the pairs lie as they should, the target is 0.99",
        "a set: 3 clusters mix stories that nobody planted as copies of each other",
    ] == judgement.missed()
    judgement.planted = Scores([replace(few, together=99)], mixed_clusters=0)
    assert [] == judgement.missed()
