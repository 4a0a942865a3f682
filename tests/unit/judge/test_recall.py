"""Recall counts what the oracle asks for and the lake knows of, each pair under the target that it falls under."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.nights import take_unaudited, write_dump
from tests.judge.dumps import Place, read_records
from tests.judge.lake import Lake, read_lake
from tests.judge.recall import TARGETS, by_published, by_raw
from tests.unit.judge.lakes import DUMP, article, lake, pair

STORY = " ".join(f"word{number}" for number in range(60))
NEAR = f"{STORY} and an end"
IN_WINDOW, ALL_IN_WINDOW, BEYOND = TARGETS


def test_a_pair_that_the_lake_lists_is_found() -> None:
    recall = by_published(lake([article("a", STORY), article("b", NEAR)], [pair("a", "b", "related")]))

    assert (1, 1) == recall.count(IN_WINDOW)
    assert [] == recall.missed()


def test_a_pair_removed_from_the_lake_lowers_recall_and_is_named() -> None:
    recall = by_published(lake([article("a", STORY), article("b", NEAR)]))

    assert (0, 1) == recall.count(IN_WINDOW)
    assert [("a", "b")] == [asked.ids for asked in recall.missing()]
    assert ["in the window, J >= 0.7", "in the window, J >= 0.5"] == [
        sentence.removeprefix("recall by published texts, ").partition(":")[0] for sentence in recall.missed()
    ]


def test_equal_words_need_no_row() -> None:
    recall = by_published(lake([article("a", STORY, text_id="same"), article("b", STORY, text_id="same")]))

    assert (1, 1) == recall.count(IN_WINDOW)


@pytest.mark.parametrize(("hours", "asked"), [(72.0, (1, 0)), (72.1, (0, 1)), (None, (1, 0))])
def test_the_window_decides_which_target_a_pair_falls_under(hours: float | None, asked: tuple[int, int]) -> None:
    sides = [article("a", STORY, published_hours=0.0), article("b", NEAR, published_hours=hours)]
    recall = by_published(lake(sides))

    assert asked == (recall.count(IN_WINDOW)[1], recall.count(BEYOND)[1])


def test_a_pair_beyond_the_window_that_is_only_half_alike_is_not_asked_for() -> None:
    half = f"{STORY} {' '.join(f'other{number}' for number in range(30))}"
    recall = by_published(lake([article("a", STORY, published_hours=0), article("b", half, published_hours=99)]))

    assert [] == recall.missing()


def test_raw_pairs_of_one_article_and_of_quarantined_records_are_counted_apart() -> None:
    made = lake([article("a", STORY), article("b", NEAR)], [pair("a", "b")])
    again, refused = Place(DUMP, None, 2), Place(DUMP, None, 3)
    made = replace(made, deliveries={**made.deliveries, again: "a"}, quarantined=frozenset({refused}))
    recall = by_raw(made, dict.fromkeys((*made.deliveries, refused), STORY))

    assert (1, 1) == recall.count(ALL_IN_WINDOW)
    assert (1, 3) == (recall.replays, recall.quarantined)


def test_a_real_lake_is_read_whole_and_a_pair_taken_out_of_it_is_missed(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / DUMP, [{"id": "1", "text": STORY}, {"id": "2", "text": NEAR}, {"id": "3"}])
    take_unaudited(tmp_path / "lake", [dump])
    made = read_lake(tmp_path / "lake")
    records = read_records(dump)

    assert set(records) == made.quarantined.union(made.deliveries)
    assert {"copies": 2, "articles": 1, "clusters": 1, "largest": 2, "near": 1}.items() <= made.counts().items()
    assert [(1, 1), (1, 1)] == _found(made, records)
    assert [(0, 1), (0, 1)] == _found(replace(made, pairs={}), records)


def _found(made: Lake, records: dict[Place, dict[str, str]]) -> list[tuple[int, int]]:
    texts = {place: record.get("text", "") for place, record in records.items()}
    return [recall.count(IN_WINDOW) for recall in (by_published(made), by_raw(made, texts))]
