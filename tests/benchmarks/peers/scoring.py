"""Scores a competitor's clusters against the planted truth, as a lake is scored."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from tests.benchmarks.bench import BenchFailed
from tests.benchmarks.peers.documents import Documents
from tests.benchmarks.recall import Scores, score

_COPIES: Final = """
CREATE TABLE copies AS
SELECT id, url, cluster AS cluster_id FROM read_parquet(?) AS addresses JOIN read_parquet(?) AS clusters USING (id)
"""


def score_clusters(documents: Documents, clusters: Path) -> Scores:
    """Score a file of (id, cluster). Raises BenchFailed unless every document is in it, once."""
    with TemporaryDirectory() as folder:
        catalog = Path(folder) / "copies.duckdb"
        with duckdb.connect(str(catalog)) as connection:
            connection.execute(_COPIES, [str(documents.addresses), str(clusters)])
            rows, found = connection.execute("SELECT count(*), count(DISTINCT id) FROM copies").fetchall()[0]
        if not rows == found == documents.count:
            rest = f"has {rows:,} rows for {found:,} of {documents.count:,} documents; it should have one for each"
            raise BenchFailed(f"{clusters.name} {rest}")
        return score(catalog, documents.truth)
