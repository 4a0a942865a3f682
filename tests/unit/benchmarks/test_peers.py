"""Whoever deduplicates the corpus is scored by what was planted, and shown beside the others."""

import csv
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from tests.benchmarks.bench import BenchFailed
from tests.benchmarks.copies import JOINED
from tests.benchmarks.generate import generate
from tests.benchmarks.memory import python
from tests.benchmarks.peers.answer import counts
from tests.benchmarks.peers.documents import Documents, lay_out
from tests.benchmarks.peers.race import Competitor, Result, competitors, results
from tests.benchmarks.peers.scoring import score_clusters
from tests.benchmarks.peers.table import details, grid

ARTICLES = 600
EQUAL_TEXTS = tuple(python("-m", "tests.unit.benchmarks.equal_texts"))


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Return a clean corpus, in which exact copies are equal letter for letter."""
    return lay_out(generate(ARTICLES, 7, tmp_path_factory.mktemp("corpus"), dirty_share=0))


@pytest.fixture(scope="module")
def found(documents: Documents, tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """Run equal texts twice: over everything, and as a slow one over a smaller corpus."""
    fewer = lay_out(generate(200, 7, tmp_path_factory.mktemp("fewer"), dirty_share=0))
    entered = [Competitor("equal texts", EQUAL_TEXTS), Competitor("slow", EQUAL_TEXTS, is_slow=True)]
    return results(entered, documents, fewer, repeat=2)


def written(folder: Path, ids: list[str], labels: list[int]) -> Path:
    """Write clusters as a runner does."""
    target = folder / "clusters.parquet"
    pq.write_table(pa.table({"id": ids, "cluster": labels}), target)
    return target


def planted(documents: Documents) -> tuple[list[str], list[int]]:
    """Return the ids, and as clusters the planted groups that belong together."""
    addresses = pq.read_table(documents.addresses).to_pydict()
    with documents.truth.open(encoding="utf-8", newline="") as lines:
        pairs = [row for row in csv.DictReader(lines) if row["relation"] in JOINED]
    group = {row[end]: -1 - int(row["group"]) for row in pairs for end in ("url_a", "url_b")}
    return addresses["id"], [group.get(url, row) for row, url in enumerate(addresses["url"])]


def test_every_document_has_an_id_of_its_own(documents: Documents) -> None:
    texts, addresses = pq.read_table(documents.texts), pq.read_table(documents.addresses)

    assert texts.schema.equals(pa.schema({"id": pa.string(), "text": pa.string()}))
    assert texts["id"].equals(addresses["id"])
    assert len(set(texts["id"].to_pylist())) == ARTICLES == documents.count
    assert len(set(addresses["url"].to_pylist())) < ARTICLES  # versions share an address


def test_whoever_finds_the_planted_groups_scores_in_full(documents: Documents, tmp_path: Path) -> None:
    scores = score_clusters(documents, written(tmp_path, *planted(documents)))

    assert {recall.relation for recall in scores.recalls} == JOINED | {"recurring", "related"}
    assert all(recall.planted > 0 and recall.right == recall.planted for recall in scores.recalls)
    assert scores.mixed_clusters == 0


def test_whoever_joins_everything_joins_what_should_stay_apart(documents: Documents, tmp_path: Path) -> None:
    scores = score_clusters(documents, written(tmp_path, planted(documents)[0], [0] * ARTICLES))

    assert all(recall.together == recall.planted for recall in scores.recalls)
    assert {recall.relation for recall in scores.recalls if recall.right == 0} == {"recurring", "related"}
    assert scores.mixed_clusters == 1


def test_whoever_joins_nothing_finds_nothing(documents: Documents, tmp_path: Path) -> None:
    scores = score_clusters(documents, written(tmp_path, planted(documents)[0], list(range(ARTICLES))))

    assert all(recall.together == 0 and recall.missing == 0 for recall in scores.recalls)


@pytest.mark.parametrize("change", ["left out", "twice"])
def test_clusters_that_are_not_of_every_document_once_are_refused(
    documents: Documents, tmp_path: Path, change: str
) -> None:
    ids, labels = planted(documents)
    ids = ids[1:] if change == "left out" else [ids[1], *ids[1:]]

    with pytest.raises(BenchFailed, match="599 of 600 documents"):
        score_clusters(documents, written(tmp_path, ids, labels[-len(ids) :]))


def test_clusters_of_one_are_no_groups_and_the_first_of_a_group_is_no_duplicate() -> None:
    labels = np.array([7, 7, 2, 3, 3, 3])

    assert counts(labels) == {"documents": 6, "groups": 2, "duplicates": 3}


@pytest.mark.slow
def test_a_race_measures_what_a_competitor_says_and_what_it_found(found: list[Result]) -> None:
    everything, fewer = found
    together = {recall.relation: recall.together / recall.planted for recall in everything.scores.recalls}

    assert [everything.told["documents"], fewer.told["documents"]] == [600, 200]
    # Equal texts are all that it knows, and a notice that recurs is one.
    assert together["exact"] == together["recurring"] == 1
    assert together["near"] == together["revision"] == together["contains"] == 0
    assert everything.told["duplicates"] == sum(r.together for r in everything.scores.recalls)
    assert len(everything.all_seconds) == 2
    assert everything.cpu_seconds > 0
    assert everything.told["seconds"] == min(everything.all_seconds) < everything.measured.seconds
    assert everything.as_json()["documents_per_second"] == 600 / everything.told["seconds"]


@pytest.mark.slow
def test_the_table_has_a_column_for_each_and_says_who_was_given_fewer(found: list[Result]) -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(grid(found), *details(found))
    lines = {line.strip().split("  ")[0]: line.split() for line in shown.get().splitlines()}

    assert lines["documents"] == ["documents", "600", "200"]
    assert lines["exact, found"][2:] == ["100.0%", "100.0%"]
    assert lines["near, found"][2:] == ["0.0%", "0.0%"]
    assert lines["bands x rows"][3:] == ["-", "-"]
    assert lines["recurring, wrongly"][2:] == ["9", "of", "9", "3", "of", "3"]
    assert "slow over 200 only" in " ".join(shown.get().split())
    assert "equal texts: hash Arrow's" in shown.get()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        ("raise SystemExit(3)", "odd failed with exit code 3"),
        ("print('done')", "odd's standard output is not one JSON object"),
        ("print('{}')", "odd's answer lacks .*'documents'"),
        ("print('[]')", "odd's answer lacks everything"),
    ],
)
def test_an_answer_of_another_form_stops_the_race(documents: Documents, program: str, complaint: str) -> None:
    odd = Competitor("odd", (sys.executable, "-c", program))

    with pytest.raises(BenchFailed, match=complaint):
        results([odd], documents, documents)


def test_the_peers_are_there() -> None:
    names = [entry.name.split()[0].strip(",") for entry in competitors()]

    assert names == ["Broadsheet", "Daft", "Daft", "text-dedup", "text-dedup", "datatrove"]
