"""An article's place among its copies: cluster, canonical copy, versions, and what changed them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.inquiry.prints import COLUMNS, Print, print_of, prints_by_id
from flows.inquiry.shelf import Shelf

SHOWN_COPIES: Final = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A place in a version chain, from 1 for the oldest of `count`."""

    chain_id: str
    number: int
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A run that brought what changed the article's cluster or canonical copy."""

    snapshot: int | None
    finished_at: datetime | None
    run_id: str
    old_cluster_id: str
    cluster_id: str
    old_canonical_id: str
    canonical_id: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A member of the cluster; hours since its first dated one, None where undated."""

    article: Print
    relation: str
    jaccard: float
    containment: float
    hours_after_first: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands; relation, Jaccard and containment are to the canonical copy."""

    cluster_id: str
    canonical: Print
    is_canonical: bool
    relation: str
    jaccard: float
    containment: float
    version: Version | None
    changes: list[Change]
    copy_count: int
    copies: list[Copy]


def place_of(shelf: Shelf, own: Print) -> Place:
    """Look up an article's place, and the first copies in its cluster."""
    [row] = shelf.rows(f"""
        SELECT cluster_id, is_canonical, canonical_id, relation, jaccard, containment, chain_id, version, is_current
        FROM copies WHERE article_id = '{own.article_id}'""")
    canonical_id = row["canonical_id"]
    count, copies = _copies(shelf, own.cluster_id)
    return Place(
        cluster_id=own.cluster_id,
        canonical=prints_by_id(shelf, [canonical_id])[canonical_id],
        is_canonical=row["is_canonical"],
        relation=row["relation"],
        jaccard=row["jaccard"],
        containment=row["containment"],
        version=_version(shelf, row["chain_id"], row["version"], is_current=row["is_current"]),
        changes=_changes(shelf, own.article_id),
        copy_count=count,
        copies=copies,
    )


def least_similar(shelf: Shelf, cluster_id: str) -> Print | None:
    """Give the copy of a cluster that is least like its canonical copy; None where that is alone."""
    found = shelf.rows(f"""
        SELECT {COLUMNS} FROM copies WHERE cluster_id = '{cluster_id}' AND NOT is_canonical
        ORDER BY jaccard, containment, article_id LIMIT 1""")
    return print_of(found[0]) if found else None


def _copies(shelf: Shelf, cluster_id: str) -> tuple[int, list[Copy]]:
    rows = shelf.rows(f"""
        SELECT {COLUMNS}, relation, jaccard, containment, count(*) OVER () AS count,
            date_diff('second', min(published_at) OVER (), published_at) / 3600.0 AS hours
        FROM copies WHERE cluster_id = '{cluster_id}'
        ORDER BY copies.is_canonical DESC, published_at NULLS LAST, article_id LIMIT {SHOWN_COPIES}""")
    figures = ("relation", "jaccard", "containment", "hours")
    return rows[0]["count"], [Copy(print_of(row), *(row[name] for name in figures)) for row in rows]


def _version(shelf: Shelf, chain_id: str | None, number: int, *, is_current: bool) -> Version | None:
    if chain_id is None:
        return None
    [row] = shelf.rows(f"SELECT count(*) AS count FROM copies WHERE chain_id = '{chain_id}'")
    return Version(chain_id, number, row["count"], is_current)


def _changes(shelf: Shelf, article_id: str) -> list[Change]:
    rows = shelf.rows(f"""
        SELECT snapshot, finished_at, run_id, old_cluster_id, cluster_id, old_canonical_id, canonical_id
        FROM cluster_changes LEFT JOIN runs USING (run_id)
        WHERE article_id = '{article_id}' ORDER BY snapshot, run_id""")
    return [Change(**row) for row in rows]
