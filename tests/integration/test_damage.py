"""Nothing is built on a damaged lake: a night stops at the first part that is not as it was written."""

from pathlib import Path

import pytest

from flows.lake.manifest import Part
from flows.lake.store import Store
from tests.integration.nights import content, take_unaudited, write_dump
from transforms.errors import LakeDamaged

WORDS = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in"
STORY = {"url": "https://post.example/a", "published": "2024-01-02T03:04:05Z", "body": WORDS}
COPY = {**STORY, "url": "https://mail.example/a", "body": f"{WORDS} again"}
UNDATED = {"url": "https://post.example/b", "body": WORDS.upper()[:60]}
TABLES = {
    "articles", "audits", "deliveries", "dumps", "features", "membership", "pairs", "profiles", "quarantine", "runs",
    "source_counts",
    "source_fields",
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a lake of one night that has a part of every kind."""
    folder = tmp_path_factory.mktemp("damage")
    take_unaudited(folder / "lake", [write_dump(folder / "one.jsonl", [STORY, COPY, UNDATED, {"title": "No story"}])])
    return folder / "lake"


def parts_of(lake: Path) -> tuple[Part, ...]:
    manifest = Store.open(lake, create=False).current()
    assert manifest
    return manifest.parts


def test_the_night_left_a_part_of_every_kind(lake: Path) -> None:
    assert TABLES == {part.table for part in parts_of(lake)}


@pytest.mark.promise(21)
def test_one_changed_byte_in_any_part_stops_the_next_night(lake: Path, tmp_path: Path) -> None:
    tonight = write_dump(tmp_path / "two.jsonl", [{**STORY, "url": "https://gazette.example/a"}])
    before = content(lake)
    for part in parts_of(lake):
        path = lake / part.path
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(LakeDamaged, match=rf"{part.path}: .*nothing was published.*broadsheet verify"):
            take_unaudited(lake, [tonight])
        path.write_bytes(whole)

    assert (1,) == Store.open(lake, create=False).numbers()
    assert before == content(lake)
    assert not list((lake / "tmp").iterdir())
    assert 1 == len(list((lake / "raw").iterdir()))
