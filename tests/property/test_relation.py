"""The pair rule looks at two articles, from either side, and at nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.pairs import PROFILES, SIMILARITIES
from transforms.article import Relation
from transforms.relation import (
    IDENTICAL,
    RULES,
    Compared,
    PairSettings,
    Profile,
    Similarity,
    Verdict,
    compared,
    decide,
    deciding,
    facts,
    relate,
)

LIMITS = PairSettings()


def similarity_of(a: Profile, b: Profile, drawn: Similarity) -> Similarity:
    return IDENTICAL if a.text_id == b.text_id else drawn


@given(PROFILES, PROFILES, SIMILARITIES)
def test_the_rule_has_no_direction(a: Profile, b: Profile, drawn: Similarity) -> None:
    similarity = similarity_of(a, b, drawn)

    assert relate(a, b, similarity, LIMITS) == relate(b, a, similarity, LIMITS)


@given(PROFILES, PROFILES, SIMILARITIES, PROFILES)
def test_the_answer_does_not_change_with_what_was_asked_before(
    a: Profile, b: Profile, drawn: Similarity, c: Profile
) -> None:
    similarity = similarity_of(a, b, drawn)
    before = relate(a, b, similarity, LIMITS)
    relate(a, c, similarity_of(a, c, drawn), LIMITS)

    assert before == relate(a, b, similarity, LIMITS)


@given(PROFILES, PROFILES, SIMILARITIES)
def test_ids_do_not_matter(a: Profile, b: Profile, drawn: Similarity) -> None:
    similarity = similarity_of(a, b, drawn)

    assert relate(a, b, similarity, LIMITS) == relate(
        replace(a, article_id="z"), replace(b, article_id="y"), similarity, LIMITS
    )


@given(PROFILES, PROFILES, SIMILARITIES, st.floats(-1e9, 1e9))
def test_only_the_time_between_two_articles_matters_not_the_year(
    a: Profile, b: Profile, drawn: Similarity, shift: float
) -> None:
    shift = float(round(shift))
    moved = [replace(p, published=None if p.published is None else p.published + shift) for p in (a, b)]
    similarity = similarity_of(a, b, drawn)

    assert relate(a, b, similarity, LIMITS) == relate(moved[0], moved[1], similarity, LIMITS)


@given(PROFILES, PROFILES, SIMILARITIES)
def test_the_same_words_are_always_some_relation(a: Profile, b: Profile, drawn: Similarity) -> None:
    twin = replace(b, text_id=a.text_id, word_count=a.word_count)

    assert relate(a, twin, IDENTICAL, LIMITS) is not None


@given(PROFILES, PROFILES, SIMILARITIES)
def test_nothing_is_exact_but_the_same_words(a: Profile, b: Profile, drawn: Similarity) -> None:
    verdict = relate(a, b, similarity_of(a, b, drawn), LIMITS)

    assert verdict is None or verdict.relation is not Relation.EXACT or a.text_id == b.text_id


def test_a_verdict_cannot_be_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        Verdict(Relation.NEAR, "near").rule = "other"  # type: ignore[misc]


@given(st.lists(st.tuples(PROFILES, PROFILES, SIMILARITIES), min_size=1, max_size=8))
def test_columns_of_pairs_are_decided_as_each_pair_alone(cases: list[tuple[Profile, Profile, Similarity]]) -> None:
    pairs = [(a, b, similarity_of(a, b, drawn)) for a, b, drawn in cases]
    columns = Compared(*map(np.array, zip(*(compared(*pair) for pair in pairs), strict=True)))

    assert [deciding(facts(*pair, LIMITS)) for pair in pairs] == decide(columns, LIMITS).tolist()


@given(PROFILES, PROFILES, SIMILARITIES)
def test_a_pair_that_no_band_brings_together_is_nothing_unless_words_or_address_are_the_same(
    a: Profile, b: Profile, drawn: Similarity
) -> None:
    found = relate(a, b, replace(drawn, is_wide=False, is_steep=False), LIMITS)

    assert found is None or a.text_id == b.text_id or a.canonical_url == b.canonical_url is not None


def test_no_two_lines_of_the_table_have_one_name() -> None:
    assert len({name for name, _, _ in RULES}) == len(RULES)
