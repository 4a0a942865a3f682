"""Clusters of small random corpora, held against the pair rule asked about every two articles."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.clusters import Edge, Place, canonical_order, cluster_slowly
from tests.unit.transforms.columns import places
from tests.unit.transforms.pairs import HOURS, SIMILARITIES, WORD_COUNTS, profile
from transforms.article import CANONICAL, JOINING
from transforms.relation import IDENTICAL, PairSettings, Profile, Similarity, Verdict, relate

LIMITS = PairSettings()
TEXT_PAIRS = list(combinations(sorted(WORD_COUNTS), 2))
Facts = dict[tuple[str, str], Similarity]


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[Profile], Facts]:
    """Up to ten articles of up to four texts, and how alike each two texts are."""
    texts = draw(st.lists(st.sampled_from(sorted(WORD_COUNTS)), min_size=1, max_size=4))
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(texts),
                st.sampled_from(["echo", "courier", "unknown"]),
                st.sampled_from([None, None, "https://echo.example/1", "https://echo.example/2"]),
                st.sampled_from(["", "ferry", "harbour"]),
                st.sampled_from(HOURS),
            ),
            max_size=10,
        )
    )
    ids = draw(st.permutations("abcdefghij"))
    profiles = [profile(article_id, *row) for article_id, row in zip(ids, rows, strict=False)]
    return profiles, {pair: draw(SIMILARITIES) for pair in TEXT_PAIRS}


def verdict(a: Profile, b: Profile, known: Facts) -> Verdict | None:
    first, second = sorted((a.text_id, b.text_id))
    return relate(a, b, IDENTICAL if first == second else known[first, second], LIMITS)


def is_joining(found: Verdict | None) -> bool:
    return found is not None and found.relation in JOINING


def edges_of(profiles: list[Profile], known: Facts) -> list[Edge]:
    """Every joining pair of different words, as the stored pairs give them."""
    edges = []
    for a, b in combinations(sorted(profiles, key=lambda p: p.article_id), 2):
        found = verdict(a, b, known)
        if a.text_id != b.text_id and found and is_joining(found):
            first, second = sorted((a.text_id, b.text_id))
            edges.append(
                Edge(
                    a.article_id,
                    b.article_id,
                    found.relation,
                    known[first, second].jaccard,
                    known[first, second].containment,
                    found.rule,
                )
            )
    return edges


def components_by_hand(profiles: list[Profile], known: Facts) -> dict[str, str]:
    """Article to the smallest id that joining pairs lead to, by asking about every pair until nothing moves."""
    smallest = {p.article_id: p.article_id for p in profiles}
    joined = [(a.article_id, b.article_id) for a, b in combinations(profiles, 2) if is_joining(verdict(a, b, known))]
    for _ in profiles:
        for a, b in joined:
            smallest[a] = smallest[b] = min(smallest[a], smallest[b])
    return smallest


def placed(profiles: list[Profile], known: Facts) -> dict[str, Place]:
    return {place.article_id: place for place in places(profiles, edges_of(profiles, known), LIMITS)}


@given(corpora())
def test_every_article_gets_one_place(corpus: tuple[list[Profile], Facts]) -> None:
    profiles, known = corpus

    found = places(profiles, edges_of(profiles, known), LIMITS)

    assert sorted(p.article_id for p in profiles) == sorted(place.article_id for place in found)


@settings(max_examples=100)
@given(corpora())
def test_the_fast_way_and_the_slow_way_agree(corpus: tuple[list[Profile], Facts]) -> None:
    profiles, known = corpus
    edges = edges_of(profiles, known)
    slow = {place.article_id: place for place in cluster_slowly(profiles, edges, LIMITS)}

    assert slow == placed(profiles, known)


@settings(max_examples=100)
@given(corpora())
def test_components_are_what_asking_about_every_pair_gives(corpus: tuple[list[Profile], Facts]) -> None:
    profiles, known = corpus

    assert components_by_hand(profiles, known) == {
        i: place.component_id for i, place in placed(profiles, known).items()
    }


@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_articles_and_pairs_never_matters(corpus: tuple[list[Profile], Facts], draw: Any) -> None:
    profiles, known = corpus
    edges = edges_of(profiles, known)
    shuffled = [
        Edge(e.other_id, e.article_id, *e[2:]) if draw.random() < 0.5 else e for e in draw.sample(edges, len(edges))
    ]

    assert placed(profiles, known) == {
        place.article_id: place for place in places(draw.sample(profiles, len(profiles)), shuffled, LIMITS)
    }


@settings(max_examples=100)
@given(corpora())
def test_every_copy_has_a_joining_pair_with_its_canonical_copy_and_says_which(
    corpus: tuple[list[Profile], Facts],
) -> None:
    profiles, known = corpus
    by_id = {p.article_id: p for p in profiles}
    for place in placed(profiles, known).values():
        found = verdict(by_id[place.article_id], by_id[place.canonical_id], known)
        expected = CANONICAL if place.article_id == place.canonical_id else found and found.relation

        assert expected == place.relation
        assert place.relation == CANONICAL or place.relation in JOINING


@given(corpora())
def test_a_cluster_is_named_by_its_smallest_id_and_led_by_its_first_article(
    corpus: tuple[list[Profile], Facts],
) -> None:
    profiles, known = corpus
    clusters = defaultdict(list)
    found = placed(profiles, known)
    for p in profiles:
        clusters[found[p.article_id].canonical_id].append(p)
    for canonical_id, members in clusters.items():
        seen = {(found[p.article_id].cluster_id, found[p.article_id].component_id) for p in members}

        assert canonical_id == min(members, key=canonical_order).article_id
        assert {(min(p.article_id for p in members), min(seen)[1])} == seen


@given(corpora())
def test_no_two_leaders_of_a_component_have_a_joining_pair(corpus: tuple[list[Profile], Facts]) -> None:
    profiles, known = corpus
    found = placed(profiles, known)
    leaders = [p for p in profiles if found[p.article_id].canonical_id == p.article_id]

    assert not any(is_joining(verdict(a, b, known)) for a, b in combinations(leaders, 2))


@given(corpora())
def test_each_article_has_one_row_to_the_first_with_its_words(corpus: tuple[list[Profile], Facts]) -> None:
    profiles, known = corpus
    for p in profiles:
        first = min((q for q in profiles if q.text_id == p.text_id), key=canonical_order)
        place = placed(profiles, known)[p.article_id]

        assert (
            (None, None) if p is first else (first.article_id, verdict(first, p, known)) == (place.twin_id, place.twin)
        )
