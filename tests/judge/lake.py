"""A lake as the judge sees it, and how one comes about: by the real command, from outside."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import orjson

from flows.lake import connect
from tests.judge.dumps import Place

PROJECT: Final = Path(__file__).resolve().parents[2]
JOINING: Final = frozenset({"exact", "near", "contains", "revision"})
_PUBLISHED: Final = (0, 2)
"""Exit codes of a run that published: the second tells that it refused a file."""

Key = tuple[str, str]


class JudgeFailed(Exception):
    """Raised when there is nothing to judge; says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Article:
    """What the judge asks of an article; `published_hours` since 1970."""

    article_id: str
    text_id: str
    cluster_id: str
    source_id: str | None
    title: str | None
    published_hours: float | None
    word_count: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the view `pairs`."""

    article_id: str
    other_id: str
    jaccard: float
    containment: float
    relation: str
    rule: str


@dataclass(frozen=True, slots=True)
class Lake:
    """Articles by id, pairs by their two ids, and which record became which article or went to quarantine."""

    articles: dict[str, Article]
    pairs: dict[Key, Pair]
    deliveries: dict[Place, str] = field(default_factory=dict)
    quarantined: frozenset[Place] = frozenset()

    @property
    def clusters(self) -> list[list[Article]]:
        """The clusters of two articles or more."""
        found: dict[str, list[Article]] = defaultdict(list)
        for article in self.articles.values():
            found[article.cluster_id].append(article)
        return [cluster for cluster in found.values() if len(cluster) > 1]

    @property
    def joined(self) -> Iterator[tuple[Article, Article]]:
        """Every two articles that share a cluster."""
        return (pair for cluster in self.clusters for pair in combinations(cluster, 2))

    def counts(self) -> dict[str, int]:
        """Count what the table shows of a lake."""
        relations = Counter(pair.relation for pair in self.pairs.values())
        return {
            "articles": len({article.cluster_id for article in self.articles.values()}),
            "copies": len(self.articles),
            "clusters": len(self.clusters),
            "largest": max(Counter(article.cluster_id for article in self.articles.values()).values(), default=0),
            **{name: relations[name] for name in ("exact", "near", "contains", "revision", "recurring", "related")},
        }


def hours_apart(one: Article, other: Article) -> float | None:
    """Give the time between two articles; null when a side has no date."""
    if one.published_hours is None or other.published_hours is None:
        return None
    return abs(one.published_hours - other.published_hours)


def key(one: str, other: str) -> Key:
    """Give the two ids as `pairs` has them, the smaller first."""
    return (one, other) if one < other else (other, one)


def run(dumps: Path, lake: Path) -> dict[str, Any]:
    """Take the dumps into a new lake; give the run's own account of itself. Raises JudgeFailed when none came about."""
    command = [sys.executable, "-m", "flows.cli", "run", str(dumps), "--lake", str(lake), "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    if done.returncode not in _PUBLISHED or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        raise JudgeFailed(f"the run of {dumps} ended with exit code {done.returncode} and said: {said}")
    report: dict[str, Any] = orjson.loads(done.stdout)
    return report


def read_lake(lake: Path) -> Lake:
    """Read what is judged of a lake's newest snapshot."""
    with connect(lake) as reader:
        articles = reader.sql("""
            SELECT article_id, text_id, cluster_id, source_id, title, epoch(published_at) / 3600, word_count, text
            FROM copies ORDER BY article_id""").fetchall()
        pairs = reader.sql("SELECT article_id, other_id, jaccard, containment, relation, rule FROM pairs").fetchall()
        places = reader.sql("SELECT dump_name, member, record_number, article_id FROM deliveries").fetchall()
        refused = reader.sql("SELECT dump_name, member, record_number FROM quarantine").fetchall()
    return assembled(
        [Article(*row) for row in articles],
        [Pair(*row) for row in pairs],
        {Place(*row[:3]): row[3] for row in places},
        frozenset(Place(*row) for row in refused),
    )


def assembled(
    articles: Iterable[Article],
    pairs: Iterable[Pair],
    deliveries: dict[Place, str],
    quarantined: frozenset[Place] = frozenset(),
) -> Lake:
    """Put a lake together from its rows."""
    return Lake(
        {article.article_id: article for article in articles},
        {(pair.article_id, pair.other_id): pair for pair in pairs},
        deliveries,
        quarantined,
    )
