"""Compares a lake with the truth about its corpus: planted copies that share a cluster, and stories that stay apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from tests.benchmarks.copies import JOINED

# One address may have several rows: the versions of a revised story, which are told apart by nothing else.
_PLACES: Final = """
CREATE TEMP TABLE places AS
SELECT url, list(DISTINCT cluster_id) AS clusters, count(*) AS copies FROM copies GROUP BY url
"""
_TRUTH: Final = "CREATE TEMP TABLE truth AS SELECT * FROM read_csv(?, header = true, all_varchar = true)"
_PAIRS: Final = """
SELECT
    relation,
    count(*) AS planted,
    count(*) FILTER (CASE WHEN url_a = url_b THEN a.copies > 1 AND len(a.clusters) = 1
                          ELSE list_has_any(a.clusters, b.clusters) END) AS together,
    count(*) FILTER (a.url IS NULL OR b.url IS NULL OR (url_a = url_b AND a.copies < 2)) AS missing
FROM truth LEFT JOIN places AS a ON a.url = url_a LEFT JOIN places AS b ON b.url = url_b
GROUP BY relation ORDER BY relation
"""
# A story of a joined group stands for its group, any other for itself: a cluster of two of these mixes stories.
_MIXED: Final = """
WITH planted AS (
    SELECT url_a AS url, "group" FROM truth WHERE list_contains(?, relation)
    UNION SELECT url_b, "group" FROM truth WHERE list_contains(?, relation)
), stories AS (
    SELECT cluster_id, count(DISTINCT coalesce("group", copies.url)) AS stories
    FROM copies LEFT JOIN planted ON planted.url = copies.url GROUP BY cluster_id
)
SELECT count(*) FROM stories WHERE stories > 1
"""


@dataclass(frozen=True, slots=True)
class Recall:
    """One relation's planted pairs: how many share a cluster, and of how many a side is not in the lake."""

    relation: str
    planted: int
    together: int
    missing: int

    @property
    def belongs_together(self) -> bool:
        """Whether pairs of this relation are to share a cluster."""
        return self.relation in JOINED

    @property
    def right(self) -> int:
        """Pairs that lie as they should."""
        return self.together if self.belongs_together else self.planted - self.together - self.missing


@dataclass(frozen=True, slots=True)
class Scores:
    """What a lake made of the planted truth."""

    recalls: list[Recall]
    mixed_clusters: int
    """Clusters that hold two stories which nobody planted as copies of each other."""


def score(catalog: Path, truth: Path) -> Scores:
    """Read the lake's catalog and score it. Raises duckdb.Error when it cannot be read."""
    joined = sorted(JOINED)
    with duckdb.connect(str(catalog), read_only=True) as connection:
        connection.execute(_PLACES)
        connection.execute(_TRUTH, [str(truth)])
        recalls = [Recall(*row) for row in connection.execute(_PAIRS).fetchall()]
        (mixed,) = connection.execute(_MIXED, [joined, joined]).fetchall()[0]
    return Scores(recalls, mixed)
