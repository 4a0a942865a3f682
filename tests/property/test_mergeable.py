"""What is merged with what: whatever the sizes, a group is of one table and day, within the cap, and worth a merge."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from flows.lake.compaction import mergeable
from flows.lake.manifest import Part


def a_part(number: int, place: tuple[str, str | None], byte_count: int) -> Part:
    table, day = place
    return Part(table, f"parts/{table}/{number}", day, 1, byte_count, "", {}, {})


places = st.sampled_from([("articles", "2024-01-02"), ("articles", "2024-01-03"), ("articles", None), ("pairs", None)])
lakes = st.lists(st.tuples(places, st.integers(1, 60)), max_size=24).map(
    lambda drawn: [a_part(number, *each) for number, each in enumerate(drawn)]
)
caps = st.integers(1, 100)


@given(lakes, caps)
def test_a_group_is_of_one_table_and_day_and_within_the_cap(parts: list[Part], cap: int) -> None:
    for group in mergeable(parts, cap):
        assert len(group) > 1
        assert len({(part.table, part.day) for part in group}) == 1
        assert sum(part.byte_count for part in group) <= cap


@given(lakes, caps)
def test_a_part_is_in_one_group_at_most(parts: list[Part], cap: int) -> None:
    grouped = [part.path for group in mergeable(parts, cap) for part in group]

    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= {part.path for part in parts}


@given(lakes, caps)
def test_no_two_small_parts_are_left_that_would_fit_together(parts: list[Part], cap: int) -> None:
    grouped = {part.path for group in mergeable(parts, cap) for part in group}
    for place in {(part.table, part.day) for part in parts}:
        left = sorted(p.byte_count for p in parts if p.path not in grouped and (p.table, p.day) == place)

        assert len(left) < 2 or left[0] + left[1] > cap


@given(lakes, caps, st.randoms())
def test_the_groups_do_not_depend_on_the_order_of_the_parts(parts: list[Part], cap: int, chance: object) -> None:
    shuffled = list(parts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert sorted(map(repr, mergeable(shuffled, cap))) == sorted(map(repr, mergeable(parts, cap)))


@given(lakes, caps)
def test_merging_again_and_again_comes_to_an_end_with_few_parts(parts: list[Part], cap: int) -> None:
    for _ in range(len(parts)):
        groups = list(mergeable(parts, cap))
        merged = [
            a_part(1000 * len(parts) + n, (group[0].table, group[0].day), sum(part.byte_count for part in group))
            for n, group in enumerate(groups)
        ]
        gone = {part.path for group in groups for part in group}
        parts = [*(part for part in parts if part.path not in gone), *merged]

    small = Counter((part.table, part.day) for part in parts if part.byte_count * 2 <= cap)
    assert all(count == 1 for count in small.values())
