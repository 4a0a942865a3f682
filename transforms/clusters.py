"""Clusters of copies: components of joining pairs, refined so that a chain of weak links cannot glue two stories.

Within a component the members are walked in canonical order; each joins the first leader it has a joining pair with,
or becomes a leader itself. A cluster is a leader and those who joined it, so every copy has a pair with its canonical
copy.
Articles with the same words are never paired with each other one by one: a flood of one notice would make millions of
rows. They are linked through the rule itself, and each keeps one row to the first of them, its twin.

Everything is a function of the articles and pairs given, in whatever order they come. An article is a number here, its
place in the columns of `Members`.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transforms.article import JOINING
from transforms.relation import RULES, PairSettings, same_words_lines
from transforms.union import join, roots, smallest, unite

_Ints = NDArray[np.int32]
_Lines = NDArray[np.int8]
_Floats = NDArray[np.float64]
_SECONDS_PER_HOUR: Final = 3600.0

NO_LINE: Final = -1
"""In the place of a line of the rule table, where an article would be compared with itself."""

JOINS: Final = np.array([relation in JOINING for _, relation, _ in RULES])
"""Lines of the rule table that make two articles copies of one story."""


class Members(NamedTuple):
    """Articles as columns, each (articles,).

    ids: place of the article's id among all ids given, in order; texts, titles: a number for each different value;
    urls, outlets: likewise, -1 for no address, and for an outlet without a headline; published: seconds
    since 1970, NaN when undated; word_counts; ranks: place in canonical order, see `transforms.canonical`.
    """

    ids: _Ints
    texts: _Ints
    urls: _Ints
    titles: _Ints
    outlets: _Ints
    published: _Floats
    word_counts: _Ints
    ranks: _Ints


class Edges(NamedTuple):
    """Joining pairs of articles with different words, each column (pairs,); `lines` of the rule table."""

    left: _Ints
    right: _Ints
    lines: _Lines
    jaccard: _Floats
    containment: _Floats


class Places(NamedTuple):
    """Each article's place among its copies, as columns (articles,); see `transforms.tables.MEMBERSHIP`.

    components, clusters: the article with the smallest id; leaders: the canonical copy; twins: the first with its
    words; lines, twin_lines: of the rule table, for the pair with the leader and with the twin.
    """

    components: _Ints
    clusters: _Ints
    leaders: _Ints
    lines: _Lines
    jaccard: _Floats
    containment: _Floats
    twins: _Ints
    twin_lines: _Lines


class _Limits(NamedTuple):
    window_hours: float
    short_window_hours: float
    short_words: float
    long_words: float


def cluster(members: Members, edges: Edges, limits: PairSettings) -> Places:
    """Place each article; `members` must hold every article of each component and text that it touches."""
    bounds = _Limits(limits.window_hours, limits.short_window_hours, limits.short_words, limits.long_words)
    lines = same_words_lines()
    parents = np.arange(len(members.ids), dtype=np.int32)
    for keys in (members.titles, members.urls, np.zeros(len(members.urls), np.int32)):
        order = _order(members.ids, members.published, keys, members.texts)  # NaN, the undated, comes last
        _join_rows(parents, order, keys, members, bounds, lines, JOINS)
    join(parents, edges.left, edges.right)
    order = _order(members.ranks, members.texts)
    leaders, leader_lines, jaccard, containment = _stars(
        *_adjacency(len(members.ids), edges), edges, order, members, bounds, lines, JOINS
    )
    twins, twin_lines = _twins(order, members, bounds, lines)
    components, clusters = (smallest(members.ids, sets) for sets in (roots(parents), leaders))
    return Places(components, clusters, leaders, leader_lines, jaccard, containment, twins, twin_lines)


def _order(*keys: _Ints | _Floats) -> _Ints:
    return np.lexsort(keys).astype(np.int32)


def _adjacency(count: int, edges: Edges) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where each article's edges begin (articles + 1,), and the edges in that order (2 x pairs,)."""
    ends = np.concatenate([edges.left, edges.right])
    starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])
    return starts, np.argsort(ends, kind="stable") % max(1, len(edges.left))


@njit(nogil=True, cache=True)
def _line(a: int, b: int, m: Members, limits: _Limits, lines: _Lines) -> int:  # pragma: no cover - compiled
    """Ask the rule about two articles with the same words, in the order of SAME_WORDS_QUESTIONS."""
    words = min(m.word_counts[a], m.word_counts[b])
    gap = abs(m.published[a] - m.published[b]) / _SECONDS_PER_HOUR
    if np.isnan(gap):
        gap = 0.0
    code = int(m.urls[a] == m.urls[b] and m.urls[a] >= 0)
    code = code << 1 | int(m.titles[a] == m.titles[b])
    code = code << 1 | int(m.outlets[a] == m.outlets[b] and m.outlets[a] >= 0)
    code = code << 1 | int(words < limits.short_words)
    code = code << 1 | int(words >= limits.long_words)
    code = code << 1 | int(gap <= limits.window_hours)
    code = code << 1 | int(gap <= limits.short_window_hours)
    return int(lines[code])


@njit(nogil=True, cache=True)
def _join_rows(
    parents: _Ints,
    order: _Ints,
    keys: _Ints,
    m: Members,
    limits: _Limits,
    lines: _Lines,
    joins: NDArray[np.bool_],
) -> None:  # pragma: no cover - compiled
    """Join articles of one text and one key, asking only about the pairs that others could not make up for.

    Those are neighbours in time, and neighbours from another outlet or under another headline: the windows of the rule
    are wider between those. An undated article lies inside every window, so one of them meets everyone.
    """
    start = 0
    while start < len(order):
        stop = start
        while (
            stop < len(order)
            and m.texts[order[stop]] == m.texts[order[start]]
            and (keys[order[stop]] == keys[order[start]])
        ):
            stop += 1
        before, run = -1, start  # first article of the run before this one's, and of this run
        undated = -1
        for at in range(start, stop):
            this = order[at]
            if undated < 0 and np.isnan(m.published[this]):
                undated = at
            if at == start:
                continue
            past = order[at - 1]
            if m.outlets[this] != m.outlets[past] or m.titles[this] != m.titles[past] or m.outlets[this] < 0:
                before, run = run, at
            _join_if(parents, past, this, m, limits, lines, joins)
            if before >= 0:
                _join_if(parents, order[run - 1], this, m, limits, lines, joins)
            if run == at and before >= 0:
                for earlier in range(before, run):
                    _join_if(parents, order[earlier], this, m, limits, lines, joins)
        if undated >= 0:
            for at in range(start, stop):
                _join_if(parents, order[undated], order[at], m, limits, lines, joins)
        start = stop


@njit(nogil=True, cache=True)
def _join_if(
    parents: _Ints, a: int, b: int, m: Members, limits: _Limits, lines: _Lines, joins: NDArray[np.bool_]
) -> None:  # pragma: no cover - compiled
    if joins[_line(a, b, m, limits, lines)]:
        unite(parents, a, b)


@njit(nogil=True, cache=True)
def _stars(
    starts: NDArray[np.int64],
    own_edges: NDArray[np.int64],
    edges: Edges,
    order: _Ints,
    m: Members,
    limits: _Limits,
    lines: _Lines,
    joins: NDArray[np.bool_],
) -> tuple[_Ints, _Lines, _Floats, _Floats]:  # pragma: no cover - compiled
    """Let each article in canonical order that no leader has claimed become one, and claim its unclaimed partners.

    The first leader to claim an article is the first in canonical order that it has a joining pair with.
    """
    count = len(m.ids)
    leaders = np.full(count, -1, np.int32)
    found = np.full(count, NO_LINE, np.int8)
    jaccard, containment = np.ones(count), np.ones(count)
    places = np.empty(count, np.int64)  # where each article stands in `order`: by text, then canonical order
    places[order] = np.arange(count)
    for leader in np.argsort(m.ranks):
        if leaders[leader] >= 0:
            continue
        leaders[leader] = leader
        for k in range(starts[leader], starts[leader + 1]):
            edge = own_edges[k]
            other = edges.right[edge] if edges.left[edge] == leader else edges.left[edge]
            if leaders[other] < 0:
                leaders[other], found[other] = leader, edges.lines[edge]
                jaccard[other], containment[other] = edges.jaccard[edge], edges.containment[edge]
        at = places[leader] + 1
        while at < count and m.texts[order[at]] == m.texts[leader]:
            other = order[at]
            at += 1
            if leaders[other] < 0:
                line = _line(leader, other, m, limits, lines)
                if joins[line]:
                    leaders[other], found[other] = leader, line
    return leaders, found, jaccard, containment


@njit(nogil=True, cache=True)
def _twins(
    order: _Ints, m: Members, limits: _Limits, lines: _Lines
) -> tuple[_Ints, _Lines]:  # pragma: no cover - compiled
    """Give each article's first one with the same words in canonical order, and what the rule says of the two."""
    twins = np.empty(len(order), np.int32)
    found = np.full(len(order), NO_LINE, np.int8)
    for at in range(len(order)):
        this = order[at]
        is_first = at == 0 or m.texts[this] != m.texts[order[at - 1]]
        twins[this] = this if is_first else twins[order[at - 1]]
        if not is_first:
            found[this] = _line(twins[this], this, m, limits, lines)
    return twins, found
