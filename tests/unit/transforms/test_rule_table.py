"""The rule table, line by line: each line decides some pair of articles."""

from dataclasses import dataclass, replace

import pytest

from tests.unit.transforms.pairs import HOUR
from transforms.article import Relation
from transforms.relation import IDENTICAL, RULES, PairSettings, Profile, Similarity, Verdict, facts, relate

LIMITS = PairSettings()
STORY = Profile("1", "text", "echo", "https://echo.example/ferry", "ferry laid up", 0.0, 100)
REPRINT = Profile("2", "text", "courier", None, "no ferry today", 2 * HOUR, 100)
REWRITE = replace(REPRINT, text_id="other text")
DAILY = replace(STORY, article_id="2", canonical_url=None, published=19 * HOUR)
LATE = replace(REWRITE, published=73 * HOUR)
UPDATE = replace(REWRITE, source="echo", title=STORY.title)
BRIEF = replace(REWRITE, word_count=39)
ALIKE = Similarity(jaccard=0.6, containment=0.8, smaller_shingle_count=90, number_containment=1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """Two articles, how alike their texts are, and the line of the table that is to decide."""

    line: int
    why: str
    a: Profile
    b: Profile
    similarity: Similarity = ALIKE


def same(**changes: object) -> tuple[Profile, Profile]:
    """Two prints of one text."""
    return replace(STORY, word_count=changes.get("word_count", 100)), replace(REPRINT, **changes)  # type: ignore[arg-type]


CASES = (
    Case(
        0, "a page fetched again next year", *same(canonical_url=STORY.canonical_url, published=9000 * HOUR), IDENTICAL
    ),
    Case(1, "a long story run again next year", *same(word_count=150, published=9000 * HOUR), IDENTICAL),
    Case(2, "a short text under another headline", *same(word_count=39), IDENTICAL),
    Case(3, "a notice of every day", *same(word_count=39, title=STORY.title, published=19 * HOUR), IDENTICAL),
    Case(3, "an outlet's notice of every day", *same(source="echo", title=STORY.title, published=19 * HOUR), IDENTICAL),
    Case(4, "another outlet's reprint the next day", *same(title=STORY.title, published=19 * HOUR), IDENTICAL),
    Case(7, "the outlet's notice with other words", STORY, replace(DAILY, text_id="other text"), ALIKE),
    Case(3, "a middling text a week later", *same(published=73 * HOUR), IDENTICAL),
    Case(4, "a reprint under another headline", *same(), IDENTICAL),
    Case(4, "a reprint without a date", *same(published=None), IDENTICAL),
    Case(4, "a brief under the same headline", *same(word_count=39, title=STORY.title), IDENTICAL),
    Case(
        5,
        "a page that moved on",
        STORY,
        replace(REWRITE, canonical_url=STORY.canonical_url),
        replace(ALIKE, jaccard=0.3),
    ),
    Case(6, "texts with little in common", STORY, REWRITE, replace(ALIKE, jaccard=0.49)),
    Case(6, "a late pair alike in part", STORY, LATE, replace(ALIKE, jaccard=0.79)),
    Case(6, "a late pair that no steep band proposed", STORY, LATE, replace(ALIKE, jaccard=0.9, is_steep=False)),
    Case(6, "a few words held in a long story", STORY, REWRITE, Similarity(0.1, 1.0, 39, 1.0)),
    Case(7, "a late pair very alike", STORY, LATE, replace(ALIKE, jaccard=0.8)),
    Case(7, "a short notice, the next day", STORY, replace(REWRITE, published=19 * HOUR, word_count=39), ALIKE),
    Case(8, "the same report of other figures", STORY, REWRITE, replace(ALIKE, jaccard=0.9, number_containment=0.59)),
    Case(9, "short texts alike under other headlines", STORY, BRIEF, replace(ALIKE, jaccard=0.9)),
    Case(10, "the outlet's own update", STORY, UPDATE, ALIKE),
    Case(11, "a light edit", STORY, REWRITE, replace(ALIKE, jaccard=0.8)),
    Case(12, "a wire story with a local beginning", STORY, REWRITE, replace(ALIKE, jaccard=0.4, containment=0.9)),
    Case(13, "a brief in a digest of many", STORY, REWRITE, replace(ALIKE, jaccard=0.19, containment=1.0)),
    Case(
        14,
        "an outlet's notice of no known day",
        STORY,
        replace(REWRITE, source="echo", title=STORY.title, published=None),
    ),
    Case(14, "two stories that share a quotation", STORY, REWRITE, ALIKE),
)


def deciding_line(case: Case) -> int:
    seen = facts(case.a, case.b, case.similarity, LIMITS)
    return next(line for line, (_, _, holds) in enumerate(RULES) if holds(seen))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_each_pair_is_decided_by_its_line(case: Case) -> None:
    rule, relation, _ = RULES[case.line]

    assert case.line == deciding_line(case)
    assert (Verdict(relation, rule) if relation else None) == relate(case.a, case.b, case.similarity, LIMITS)


def test_every_line_of_the_table_decides_some_pair() -> None:
    assert list(range(len(RULES))) == sorted({case.line for case in CASES})


def test_a_pair_beside_every_limit_is_decided_by_that_limit() -> None:
    """Each setting, moved over the value that a pair shows, changes the answer for that pair."""
    pairs = {
        "window_hours": (replace(REWRITE, published=72 * HOUR), replace(ALIKE, jaccard=0.8), {"window_hours": 71.0}),
        "short_words": (replace(REWRITE, word_count=40), ALIKE, {"short_words": 41}),
        "short_window_hours": (
            replace(REWRITE, word_count=39, title=STORY.title, published=18 * HOUR),
            ALIKE,
            {"short_window_hours": 17.0},
        ),
        "listed_jaccard": (REWRITE, replace(ALIKE, jaccard=0.5), {"listed_jaccard": 0.51}),
        "late_jaccard": (replace(REWRITE, published=80 * HOUR), replace(ALIKE, jaccard=0.8), {"late_jaccard": 0.81}),
        "near_jaccard": (REWRITE, replace(ALIKE, jaccard=0.8), {"near_jaccard": 0.81}),
        "containment": (REWRITE, replace(ALIKE, containment=0.9), {"containment": 0.91}),
        "held_jaccard": (REWRITE, replace(ALIKE, jaccard=0.4, containment=0.9), {"held_jaccard": 0.41}),
        "contained_shingles": (REWRITE, Similarity(0.4, 0.9, 40, 1.0), {"contained_shingles": 41}),
        "number_containment": (
            REWRITE,
            replace(ALIKE, jaccard=0.8, number_containment=0.6),
            {"number_containment": 0.61},
        ),
        "revision_jaccard": (
            replace(REWRITE, canonical_url=STORY.canonical_url),
            replace(ALIKE, jaccard=0.3),
            {"revision_jaccard": 0.31},
        ),
    }
    unmoved = [
        name
        for name, (other, similarity, moved) in pairs.items()
        if relate(STORY, other, similarity, LIMITS) == relate(STORY, other, similarity, PairSettings(**moved))  # type: ignore[arg-type]
    ]

    assert unmoved == []
    assert {*pairs, "long_words"} == set(PairSettings.__dataclass_fields__)


def test_the_long_words_limit_makes_the_same_words_a_copy_whenever_they_run() -> None:
    late = replace(REPRINT, published=9000 * HOUR)
    verdicts = [relate(STORY, late, IDENTICAL, PairSettings(long_words=words)) for words in (100, 101)]

    assert [Relation.EXACT, Relation.RECURRING] == [verdict and verdict.relation for verdict in verdicts]


def test_two_articles_without_an_address_do_not_share_one() -> None:
    assert not facts(REPRINT, REWRITE, ALIKE, LIMITS).same_url


def test_an_untitled_story_of_the_same_outlet_is_no_update() -> None:
    a, b = replace(STORY, title=""), replace(REWRITE, title="", source="echo")

    assert relate(a, b, ALIKE, LIMITS) == Verdict(Relation.RELATED, "alike in part")
