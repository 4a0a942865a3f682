"""The benchmark's lake is what it says, whole, and as large after a measurement as before."""

import re
from pathlib import Path

import pytest

from flows.lake import connect
from flows.lake.integrity import part_damage
from flows.lake.store import Store
from tests.benchmarks.lake import Figure, Shape, as_json, build, figures, grid
from transforms.article import ARTICLES
from transforms.ledgers import AUDITS, CLUSTER_CHANGES, FORGOTTEN
from transforms.tables import MEMBERSHIP, QUARANTINE, STORED

SHAPE = Shape(days=4, day_rows=3, narrow_parts=2)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Build it."""
    return build(tmp_path_factory.mktemp("bench"), SHAPE, model_articles=200)


def test_it_has_a_part_a_day_and_some_of_every_other_table(store: Store) -> None:
    manifest = store.manifest(1)
    bare = {table.name for table in (ARTICLES, AUDITS, QUARANTINE, CLUSTER_CHANGES, FORGOTTEN)}
    others = {table.name for table in STORED} - bare

    assert [part.rows for part in manifest.parts_of(ARTICLES.name)] == [3] * 4
    assert {len(manifest.parts_of(name)) for name in others} == {2}
    assert {part.rows for part in manifest.parts_of(MEMBERSHIP.name)} == {6}
    assert list(part_damage(store.medium, manifest.parts)) == []


def test_every_article_of_a_day_is_found(store: Store) -> None:
    with connect(store.address, at=1) as reader:
        found = reader.sql("SELECT published_date, count(*) FROM articles GROUP BY ALL ORDER BY ALL").fetchall()

    assert [(str(day), count) for day, count in found] == [(f"2016-01-0{n}", 3) for n in (1, 2, 3, 4)]


def test_measuring_leaves_the_lake_as_large_as_it_was(store: Store) -> None:
    found = list(figures(store, SHAPE, repeat=1))
    newest = store.current()

    assert newest
    assert newest.parts == store.manifest(1).parts
    assert all(figure.median > 0 and len(figure.seconds) == 1 for figure in found)
    assert {figure.target for figure in found} == {None, 1.0, 0.15}


def test_it_is_not_built_twice(store: Store) -> None:
    folder = Path(store.address).parents[1]
    before = store.numbers()

    assert build(folder, SHAPE).numbers() == before


def test_a_missed_target_is_marked_and_the_median_counts(store: Store) -> None:
    missed, met = Figure("missed", (0.1, 0.9, 0.3), 0.2), Figure("met", (0.1, 0.9, 0.15), 0.2)
    table = grid(store.manifest(1), [missed, met])
    targets = list(table.columns[1].cells)

    assert [re.sub(r"\d", "", str(cell)) for cell in targets] == ["*", ""]
    assert (missed.median, met.median) == (0.3, 0.15)
    assert as_json(SHAPE, store.manifest(1), [missed])["figures"] == [
        {"what": "missed", "median_seconds": 0.3, "target_seconds": 0.2, "seconds": (0.1, 0.9, 0.3)}
    ]
