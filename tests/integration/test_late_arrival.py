"""What comes late: places change, the ids that analysts saved still find their story, and the change is on record."""

from pathlib import Path
from typing import Any

import pytest

from flows.lake import connect
from tests.integration.nights import take_unaudited, write_dump

WORDS = [f"{noun}{number}" for number in range(12) for noun in ("harbour", "ferry", "council", "storm", "salt", "bell")]


def story(
    words: list[str], outlet: str, hour: int, page: str | None = None, title: str = "Harbour wall"
) -> dict[str, Any]:
    """Give a record; `page` is its address."""
    url = {"url": f"https://{outlet}.example/{page}"} if page else {}
    return {
        "source": outlet,
        "title": title,
        "body": " ".join(words),
        "published": f"2026-03-02T{hour:02}:00:00Z",
        **url,
    }


def night(folder: Path, number: int, *records: dict[str, Any]) -> Path:
    """Take a night of these records, and give the lake."""
    take_unaudited(folder / "lake", [write_dump(folder / f"{number}.jsonl", records)])
    return folder / "lake"


def ask(lake: Path, sql: str) -> list[tuple[Any, ...]]:
    with connect(lake) as reader:
        return reader.sql(sql).fetchall()


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """Give the folder of a lake in which two papers have printed a half each of a story that is not there yet."""
    night(tmp_path, 1, story(WORDS[:54], "courier", 9), story(WORDS[-54:], "echo", 10, title="Other half"))
    return tmp_path


def test_a_late_original_takes_its_copies_over_and_their_saved_ids_still_find_them(halves: Path) -> None:
    saved = ask(halves / "lake", "SELECT source, cluster_id FROM copies ORDER BY source")
    lake = night(halves, 2, story(WORDS, "wire", 7))
    [(original, cluster)] = ask(lake, "SELECT article_id, cluster_id FROM copies WHERE is_canonical")
    changes = ask(lake, "SELECT article_id, old_cluster_id, cluster_id, canonical_id FROM cluster_changes ORDER BY ALL")

    assert [("courier",), ("echo",), ("wire",)] == ask(lake, "SELECT source FROM copies ORDER BY source")
    assert len({old for _, old in saved}) == 2
    for _, old in saved:
        assert [(cluster,)] == ask(lake, f"SELECT cluster_id FROM copies WHERE article_id = '{old}'")
        assert (old, old, cluster, original) in changes
    assert len(changes) == len(saved)


def test_a_night_that_moves_nobody_leaves_no_change_on_record(halves: Path) -> None:
    lake = night(halves, 2, story(WORDS[:54], "post", 11), story([w[::-1] for w in WORDS], "wire", 7))

    assert [(2,)] == ask(lake, "SELECT count(*) FROM copies WHERE relation = 'canonical' AND source <> 'wire'")
    assert [] == ask(lake, "FROM cluster_changes")


@pytest.mark.parametrize("order", [(2, 1, 0), pytest.param((1, 2, 0), marks=pytest.mark.slow)])
def test_whatever_order_they_come_in_versions_are_counted_by_time(tmp_path: Path, order: tuple[int, ...]) -> None:
    states = [
        story([*WORDS[: 60 - 9 * hour], *(f"new{hour}{i}" for i in range(9 * hour))], "echo", 8 + hour, "wall")
        for hour in range(3)
    ]
    for number, place in enumerate(order):
        lake = night(tmp_path, number, states[place])
    chains = ask(lake, "SELECT count(*), count(DISTINCT chain_id) FROM copies WHERE chain_id IS NOT NULL")

    assert [(3, 1)] == chains
    assert [(8, 1, False), (9, 2, False), (10, 3, True)] == ask(
        lake, "SELECT hour(published_at), version, is_current FROM copies ORDER BY published_at"
    )


def test_an_article_without_other_versions_is_its_own_current_one(halves: Path) -> None:
    assert [(None, 1, True)] == ask(halves / "lake", "SELECT DISTINCT chain_id, version, is_current FROM copies")
