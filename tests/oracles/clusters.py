"""Clusters by asking the pair rule about one pair of articles after the other, with dictionaries and lists.

Within a component the members are walked in canonical order; each joins the first leader it has a joining pair with,
or becomes a leader itself. A cluster is a leader and those who joined it, so every copy has a pair with its canonical
copy.
Articles with the same words are linked through the rule itself, and each keeps one row to the first of them, its twin.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from transforms.article import CANONICAL, JOINING
from transforms.relation import IDENTICAL, PairSettings, Profile, Verdict, relate


class Edge(NamedTuple):
    """A joining pair of two articles with different words, and the name of the rule that joined it."""

    article_id: str
    other_id: str
    relation: str
    jaccard: float
    containment: float
    rule: str


@dataclass(frozen=True, slots=True)
class Place:
    """One article's place among its copies; see `transforms.tables.MEMBERSHIP`."""

    article_id: str
    component_id: str
    cluster_id: str
    canonical_id: str
    relation: str
    jaccard: float
    containment: float
    twin_id: str | None
    twin: Verdict | None


class _Link(NamedTuple):
    relation: str
    jaccard: float
    containment: float


def canonical_order(profile: Profile) -> tuple[bool, float, int, str]:
    """Sort key: earliest published, then most words, then smallest id; undated last."""
    published = profile.published
    return (published is None, published or 0.0, -profile.word_count, profile.article_id)


class _Union:
    """Disjoint sets of article ids, each known by its smallest member."""

    def __init__(self, members: Iterable[str]) -> None:
        self._parent = {m: m for m in members}

    def find(self, member: str) -> str:
        root = member
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[member] != root:
            self._parent[member], member = root, self._parent[member]
        return root

    def join(self, one: str, other: str) -> None:
        a, b = sorted((self.find(one), self.find(other)))
        self._parent[b] = a


def _by_text(profiles: Iterable[Profile]) -> dict[str, list[Profile]]:
    groups = defaultdict(list)
    for profile in profiles:
        groups[profile.text_id].append(profile)
    return {text_id: sorted(group, key=canonical_order) for text_id, group in groups.items()}


def _join_same_words(group: Sequence[Profile], union: _Union, limits: PairSettings) -> None:
    for a, b in combinations(group, 2):
        verdict = relate(a, b, IDENTICAL, limits)
        if verdict and verdict.relation in JOINING:
            union.join(a.article_id, b.article_id)


def _components(
    groups: Mapping[str, Sequence[Profile]], edges: Iterable[Edge], limits: PairSettings
) -> dict[str, list[Profile]]:
    union = _Union(p.article_id for group in groups.values() for p in group)
    for group in groups.values():
        _join_same_words(group, union, limits)
    for edge in edges:
        union.join(edge.article_id, edge.other_id)
    components = defaultdict(list)
    for group in groups.values():
        for profile in group:
            components[union.find(profile.article_id)].append(profile)
    return components


def _links(edges: Iterable[Edge]) -> dict[str, dict[str, _Link]]:
    links: dict[str, dict[str, _Link]] = defaultdict(dict)
    for edge in edges:
        link = _Link(edge.relation, edge.jaccard, edge.containment)
        links[edge.article_id][edge.other_id] = links[edge.other_id][edge.article_id] = link
    return links


def _link(a: Profile, b: Profile, links: Mapping[str, Mapping[str, _Link]], limits: PairSettings) -> _Link | None:
    if a.text_id != b.text_id:
        return links.get(a.article_id, {}).get(b.article_id)
    verdict = relate(a, b, IDENTICAL, limits)
    return _Link(verdict.relation, 1.0, 1.0) if verdict and verdict.relation in JOINING else None


def _stars(
    component: Sequence[Profile], links: Mapping[str, Mapping[str, _Link]], limits: PairSettings
) -> dict[str, list[tuple[Profile, _Link]]]:
    """Leader's id to its members, itself first."""
    stars: dict[str, list[tuple[Profile, _Link]]] = {}
    for profile in sorted(component, key=canonical_order):
        for star in stars.values():
            link = _link(star[0][0], profile, links, limits)
            if link:
                star.append((profile, link))
                break
        else:
            stars[profile.article_id] = [(profile, _Link(CANONICAL, 1.0, 1.0))]
    return stars


def _twin(profile: Profile, first: Profile, limits: PairSettings) -> Verdict | None:
    return None if profile is first else relate(first, profile, IDENTICAL, limits)


def cluster_slowly(profiles: Iterable[Profile], edges: Sequence[Edge], limits: PairSettings) -> list[Place]:
    """Place each article; `profiles` must hold every article of each component and text that it touches."""
    groups = _by_text(profiles)
    links = _links(edges)
    places = []
    for component_id, component in _components(groups, edges, limits).items():
        for leader_id, star in _stars(component, links, limits).items():
            cluster_id = min(p.article_id for p, _ in star)
            for profile, link in star:
                first = groups[profile.text_id][0]
                twin = _twin(profile, first, limits)
                place = Place(
                    profile.article_id,
                    component_id,
                    cluster_id,
                    leader_id,
                    *link,
                    first.article_id if twin else None,
                    twin,
                )
                places.append(place)
    return places
