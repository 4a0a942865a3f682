"""The benchmark's corpus is what it says: the same every time, and its planted copies as alike as they claim."""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.benchmarks.copies import SHARES
from tests.benchmarks.generate import START, generate

ARTICLES, DAYS = 600, 14


@dataclass(frozen=True)
class Pair:
    """A planted pair's two rows, the first story's before its copy's."""

    first: dict[str, Any]
    copy: dict[str, Any]

    @property
    def gap(self) -> timedelta:
        """Time between the two."""
        return abs(datetime.fromisoformat(self.copy["published"]) - datetime.fromisoformat(self.first["published"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clean corpus: dirt is damage's own matter."""
    made = tmp_path_factory.mktemp("corpus")
    generate(ARTICLES, 7, made, days=DAYS, dirty_share=0)
    return made


@pytest.fixture(scope="module")
def pairs(folder: Path) -> dict[str, list[Pair]]:
    """Return the pairs of each relation. A revision's two rows share an address and come in order of time."""
    pages = defaultdict(list)
    for row in sorted(rows(folder), key=lambda row: datetime.fromisoformat(row["published"])):
        pages[row["url"]].append(row)
    found = defaultdict(list)
    for line in truth(folder):
        found[line["relation"]].append(Pair(pages[line["url_a"]][0], pages[line["url_b"]][-1]))
    return found


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return every row of the dumps."""
    dumps = sorted((folder / "dumps").iterdir())
    return [orjson.loads(line) for dump in dumps for line in dump.read_bytes().splitlines()]


def truth(folder: Path) -> list[dict[str, str]]:
    """Return every planted pair."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def shingles(text: str) -> set[str]:
    """Return the sets of five words, kept as text: nothing is hashed."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def jaccard(pair: Pair) -> float:
    """Return the share of all shingles that both bodies have."""
    a, b = shingles(pair.first["body"]), shingles(pair.copy["body"])
    return len(a & b) / len(a | b)


def containment(pair: Pair) -> float:
    """Return the share of the smaller body's shingles that the other has."""
    a, b = shingles(pair.first["body"]), shingles(pair.copy["body"])
    return len(a & b) / min(len(a), len(b))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file's bytes by its name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_arguments_give_equal_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        generate(ARTICLES, seed, tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "again")
    assert contents(tmp_path / "one") != contents(tmp_path / "two")


def test_a_smaller_corpus_in_the_same_folder_leaves_nothing_of_the_larger(tmp_path: Path) -> None:
    generate(60, 1, tmp_path, files=5)
    generate(20, 1, tmp_path, files=2)
    assert len(rows(tmp_path)) == 20


def test_counts_sizes_and_fields(folder: Path) -> None:
    articles = rows(folder)
    sizes = [len(row["body"].encode()) for row in articles]
    assert len(articles) == ARTICLES
    assert 2_300 < sum(sizes) / ARTICLES < 3_300
    assert set(articles[0]) == {"url", "headline", "body", "published", "author", "source", "lang"}
    assert 50 <= len({row["source"] for row in articles}) <= 60
    assert len({path.stat().st_size // 500_000 for path in (folder / "dumps").iterdir()}) <= 2


def test_all_days_lie_within_those_asked_for(folder: Path) -> None:
    times = [datetime.fromisoformat(row["published"]) for row in rows(folder)]
    assert min(times) >= START
    assert max(times) < START + timedelta(days=DAYS)


def test_every_planted_address_exists_and_only_revisions_share_one(folder: Path) -> None:
    addresses = Counter(row["url"] for row in rows(folder))
    lines = truth(folder)
    revised = {line["url_a"] for line in lines if line["relation"] == "revision"}
    assert {line[side] for line in lines for side in ("url_a", "url_b")} <= set(addresses)
    assert {url for url, count in addresses.items() if count > 1} == revised


def test_a_fifth_are_copies_in_the_shares_that_are_declared(pairs: dict[str, list[Pair]]) -> None:
    assert {relation: len(found) for relation, found in pairs.items()} == {
        relation: round(share * ARTICLES) for relation, share in SHARES.items()
    }


def test_exact_copies_are_equal_and_in_other_papers_within_two_days(pairs: dict[str, list[Pair]]) -> None:
    for pair in pairs["exact"]:
        assert pair.first["body"] == pair.copy["body"]
        assert pair.first["source"] != pair.copy["source"]
        assert pair.gap <= timedelta(hours=48)
    assert any(pair.first["headline"] != pair.copy["headline"] for pair in pairs["exact"])


def test_near_copies_are_as_alike_as_claimed(pairs: dict[str, list[Pair]]) -> None:
    assert all(0.8 <= jaccard(pair) <= 0.98 for pair in pairs["near"])


def test_one_side_of_a_containing_pair_holds_the_other(pairs: dict[str, list[Pair]]) -> None:
    assert all(containment(pair) >= 0.98 for pair in pairs["contains"])
    assert all(len(shingles(pair.copy["body"])) >= 40 for pair in pairs["contains"])
    lengthened = [len(pair.copy["body"]) > len(pair.first["body"]) for pair in pairs["contains"]]
    assert 0 < sum(lengthened) < len(lengthened)


def test_revisions_moved_on_at_the_same_address(pairs: dict[str, list[Pair]]) -> None:
    for pair in pairs["revision"]:
        assert pair.first["source"] == pair.copy["source"]
        assert pair.gap >= timedelta(minutes=30)
        assert 0.3 <= jaccard(pair) <= 0.97


def test_recurring_notices_are_short_equal_and_days_apart(pairs: dict[str, list[Pair]]) -> None:
    for pair in pairs["recurring"]:
        assert (pair.first["headline"], pair.first["body"]) == (pair.copy["headline"], pair.copy["body"])
        assert pair.gap > timedelta(hours=72)
        assert len(pair.first["body"].split()) < 150


def test_related_notices_differ_in_every_figure_and_nothing_else(pairs: dict[str, list[Pair]]) -> None:
    for pair in pairs["related"]:
        first, copy = pair.first["body"], pair.copy["body"]
        assert re.sub(r"\d+", "#", first) == re.sub(r"\d+", "#", copy)
        assert not set(re.findall(r"\d+", first)) & set(re.findall(r"\d+", copy))
        assert 0.5 <= jaccard(pair) < 0.95


def test_stories_that_nobody_planted_together_share_next_to_nothing(folder: Path) -> None:
    planted = {line[side] for line in truth(folder) for side in ("url_a", "url_b")}
    alone = [shingles(row["body"]) for row in rows(folder) if row["url"] not in planted][:150]
    most = max(len(a & b) / min(len(a), len(b)) for i, a in enumerate(alone) for b in alone[:i])
    assert most < 0.1


def test_a_tenth_of_the_rows_is_dirty_and_the_rest_untouched(folder: Path, tmp_path: Path) -> None:
    made = generate(ARTICLES, 7, tmp_path, days=DAYS)
    debris = re.compile(r"<b>|<p>|&\w+;|&#8217;|<!|\u200b|â€|Ã|\r|  ")
    marked = sum(1 for row in rows(tmp_path) if debris.search(row["body"]))
    assert 0.06 * ARTICLES < made.dirty < 0.14 * ARTICLES
    assert 0.8 * made.dirty <= marked <= made.dirty
    assert not any(debris.search(row["body"]) for row in rows(folder))


def test_a_notice_that_recurs_needs_days(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="4 days are too few"):
        generate(10, 1, tmp_path, days=4)


def test_five_days_are_enough(tmp_path: Path) -> None:
    generate(ARTICLES, 1, tmp_path, days=5)
    latest = max(datetime.fromisoformat(row["published"]) for row in rows(tmp_path))
    assert latest < START + timedelta(days=5)
