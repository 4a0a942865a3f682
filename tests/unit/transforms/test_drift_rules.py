"""When a source is said to send something else than before."""

from collections import Counter

import pytest

from transforms.drift import Sent, by_source, drift, percent


def sent(records: int, **filled: int) -> Sent:
    """Give a night on which fields of text were filled so often."""
    return Sent(records, {name: Counter({"text": count}) for name, count in filled.items() if count})


def told(tonight: Sent, *before: Sent, known: tuple[str, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    return [(signal.signal, signal.fields) for signal in drift(tonight, before, known)]


@pytest.mark.parametrize(
    ("before", "tonight", "expected"),
    [
        ((100, 100), (100, 0), "gone"),
        ((1, 1), (1, 0), "gone"),
        ((100, 60), (100, 0), "gone"),
        ((3, 2), (3, 0), None),
        ((100, 10), (100, 0), None),
        ((100, 90), (100, 60), "fell"),
        ((20, 18), (20, 12), None),
        ((1000, 900), (1000, 720), None),
        ((100, 30), (100, 60), "rose"),
        ((3, 1), (3, 3), None),
        ((100, 0), (100, 4), None),
        ((100, 0), (100, 5), "new"),
        ((3, 0), (3, 1), "new"),
        ((100, 97), (100, 95), None),
    ],
)
def test_a_share_that_moved_further_than_chance_would_is_told(
    before: tuple[int, int], tonight: tuple[int, int], expected: str | None
) -> None:
    (past, past_filled), (now, now_filled) = before, tonight
    found = told(sent(now, text=now, title=now_filled), sent(past, text=past, title=past_filled))

    assert found == ([(expected, ("title",))] if expected else [])


def test_a_field_that_went_as_another_came_is_suspected_to_be_renamed() -> None:
    before = sent(50, text=50, headline=50)

    assert told(sent(50, text=50, hed=50), before) == [("renamed", ("headline", "hed"))]
    assert told(sent(50, text=50, hed=10), before) == [("new", ("hed",)), ("gone", ("headline",))]
    assert told(sent(50, text=50, hed=50, dek=50), before) == [
        ("new", ("dek",)), ("new", ("hed",)), ("gone", ("headline",)),
    ]  # fmt: skip


def test_a_field_that_goes_on_in_its_use_under_another_name_is_told_as_such() -> None:
    before, tonight = sent(3, content=3, id=3), sent(3, body=2, story_id=3)
    before.targets |= {"content": "text", "id": "source_id"}
    tonight.targets |= {"body": "text", "story_id": "source_id"}

    assert [signal.words for signal in drift(tonight, [before])] == [
        "content is now body, still used as text",
        "id is now story_id, still used as source_id",
    ]


def test_what_was_used_or_is_used_for_nothing_comes_first() -> None:
    before, tonight = sent(3, mood=3, title=3), sent(3, headline_2=1, author=3)
    before.targets["title"] = "title"
    tonight.targets["author"] = "authors"

    assert [(signal.fields, signal.is_loss) for signal in drift(tonight, [before])] == [
        (("title",), True), (("headline_2",), True), (("mood",), False), (("author",), False),
    ]  # fmt: skip


def test_a_kind_that_values_never_were_of_is_told_of_any_source() -> None:
    lists = Sent(2, {"text": Counter({"text": 1, "list": 1})})

    assert told(lists, sent(2, text=2)) == [("kind", ("text",))]
    assert told(lists, Sent(9, {"text": Counter({"text": 8, "list": 1})})) == []


def test_nights_are_compared_with_the_median_of_those_before() -> None:
    before = [sent(n, text=n) for n in (90, 100, 400)]

    assert told(sent(20, text=20), *before) == told(sent(500, text=500), *before) == [("volume", ())]
    assert told(sent(30, text=30), *before) == told(sent(20, text=20), *before[:2]) == []


def test_without_a_night_before_or_a_record_tonight_nothing_is_told() -> None:
    assert told(sent(3, text=3)) == told(Sent(), sent(3, text=3)) == []


def test_known_fields_are_no_news() -> None:
    assert told(sent(3, text=3, mood=3), sent(3, text=3), known=("mood",)) == []


def test_rows_of_the_ledger_make_nights_again() -> None:
    rows = [
        {"source": "echo", "run_id": "1", "field": "body", "kind": kind, "target": "text", "records": 5, "filled": n}
        for kind, n in (("text", 3), ("list", 1))
    ]
    night = by_source(rows)["echo"]["1"]

    assert (5, 4, 0.8, "text", {"body": "text"}) == (
        night.records, night.filled("body"), night.share("body"), night.kind("body"), night.targets,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_percent_never_say_all_or_none_of_what_is_only_nearly_so(share: float, shown: str) -> None:
    assert percent(share) == shown
