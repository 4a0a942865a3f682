"""Profiles and edges as the columns that the fast clusters take, and their columns as places again."""

from collections.abc import Sequence

import numpy as np

from tests.oracles.clusters import Edge, Place
from transforms.article import CANONICAL
from transforms.canonical import DEFAULT_ORDER, canonical_ranks
from transforms.clusters import NO_LINE, Edges, Members, cluster
from transforms.relation import RULES, PairSettings, Profile, Verdict

_LINES = {name: line for line, (name, _, _) in enumerate(RULES)}


def places(profiles: Sequence[Profile], edges: Sequence[Edge], limits: PairSettings) -> list[Place]:
    """Cluster articles the fast way, and give their places by id."""
    ids = [p.article_id for p in profiles]
    found = cluster(members(profiles), edge_columns(ids, edges), limits)
    rows = zip(*(column.tolist() for column in found), strict=True)
    return [_place(ids, ids[i], *row) for i, row in enumerate(rows)]


def members(profiles: Sequence[Profile]) -> Members:
    """Give the columns of some articles."""
    published = np.array([np.nan if p.published is None else p.published for p in profiles], np.float64)
    words = np.array([p.word_count for p in profiles], np.int32)
    ids = _coded([p.article_id for p in profiles])
    return Members(
        ids,
        _coded([p.text_id for p in profiles]),
        _coded([p.canonical_url for p in profiles]),
        _coded([p.title for p in profiles]),
        _coded([p.source if p.title else None for p in profiles]),
        published,
        words,
        canonical_ranks(ids, published, words, np.zeros_like(ids), DEFAULT_ORDER),
    )


def edge_columns(ids: Sequence[str], edges: Sequence[Edge]) -> Edges:
    """Give the columns of some joining pairs."""
    return Edges(
        np.array([ids.index(e.article_id) for e in edges], np.int32),
        np.array([ids.index(e.other_id) for e in edges], np.int32),
        np.array([_LINES[e.rule] for e in edges], np.int8),
        np.array([e.jaccard for e in edges], np.float64),
        np.array([e.containment for e in edges], np.float64),
    )


def _coded(values: Sequence[str | None]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    known = sorted({v for v in values if v is not None})
    return np.array([-1 if v is None else known.index(v) for v in values], np.int32)


def _place(ids: Sequence[str], own: str, *row: float) -> Place:
    component, cluster_, leader, line, jaccard, containment, twin, twin_line = row
    relation = CANONICAL if line == NO_LINE else RULES[int(line)][1]
    assert relation is not None
    is_twin = twin_line != NO_LINE
    return Place(
        own,
        ids[int(component)],
        ids[int(cluster_)],
        ids[int(leader)],
        relation,
        jaccard,
        containment,
        ids[int(twin)] if is_twin else None,
        _verdict(int(twin_line)) if is_twin else None,
    )


def _verdict(line: int) -> Verdict:
    name, relation, _ = RULES[line]
    assert relation is not None
    return Verdict(relation, name)
