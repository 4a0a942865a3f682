"""The doubtful pairs are the least alike that were joined and the most alike that were not, each two texts once."""

from tests.judge.doubts import doubts, first_difference, side_by_side
from tests.unit.judge.lakes import article, lake, pair


def test_doubts_come_in_order_and_show_two_texts_once() -> None:
    made = lake(
        [article("a"), article("b"), article("c"), article("d", text_id="c")],
        [
            pair("a", "b", similarity=0.9),
            pair("a", "c", similarity=0.8),
            pair("a", "d", similarity=0.8),
            pair("b", "c", "related", 0.6),
            pair("b", "d", "recurring", 0.7),
            pair("c", "d", "related", 0.5),
        ],
    )
    joined, apart = doubts(made, 2)

    assert [("a", "c"), ("a", "b")] == [doubt.ids for doubt in joined]
    assert [("b", "d"), ("c", "d")] == [doubt.ids for doubt in apart]


def test_a_difference_is_shown_with_the_words_that_lead_there() -> None:
    assert ("two three four five", "two three four 5 six") == first_difference(
        "One two three four five", "one two three four 5 six"
    )
    assert ("the same", "the same") == first_difference("the same", "The same.")


def test_a_pair_that_the_lake_lacks_is_laid_out_all_the_same() -> None:
    shown = side_by_side(
        lake([article("a", "some words of a story"), article("b", "some words of a story")]), ("a", "b")
    )

    assert (None, None, 1.0) == (shown.relation, shown.rule, shown.jaccard)
    assert "no pair (not found): J 1.000, no date" == str(shown).splitlines()[0]
