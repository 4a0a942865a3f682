"""False merges: what shares a cluster although it is known to be different. Each check gives a sentence a finding."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

from tests.judge.dumps import Place
from tests.judge.lake import Article, Lake, hours_apart, key
from tests.judge.oracle import words
from tests.judge.recall import WINDOW_HOURS

Records = Mapping[Place, Mapping[str, Any]]

BOT_WALL_WORDS: Final = 80
NOTICE_WORDS: Final = 150
NOTICE_HOURS: Final = 18.0
"""A notice under the same headline later than this is the next day's."""
_LEAST_OVERALL: Final = 3.0
"""From this rating on, two articles were judged to tell different stories."""


def mixed_events(lake: Lake, records: Records) -> Iterator[str]:
    """Find clusters that hold two events."""
    event = {article_id: str(records[place]["event"]) for place, article_id in lake.deliveries.items()}
    for cluster in lake.clusters:
        events = sorted({event[article.article_id] for article in cluster})
        if len(events) > 1:
            yield f"one cluster holds the events {', '.join(events)}: {_named(cluster)}"


def different_stories(lake: Lake, records: Records) -> Iterator[str]:
    """Find pairs that were rated as different stories and share a cluster, however often a side was delivered."""
    rated: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"1": set(), "2": set()})
    for place, article_id in lake.deliveries.items():
        if float(records[place]["overall"]) >= _LEAST_OVERALL:
            name, _, side = str(records[place]["id"]).rpartition("#")
            rated[name][side].add(article_id)
    for name, sides in rated.items():
        for one, other in product(sorted(sides["1"]), sorted(sides["2"])):
            articles = lake.articles[one], lake.articles[other]
            if articles[0].cluster_id == articles[1].cluster_id:
                yield f"pair {name} tells different stories and shares a cluster: {_named(articles)}"


def bot_walls(lake: Lake, _: Records) -> Iterator[str]:
    """Find pairs of short texts under different headlines: what stands where the stories should."""
    for one, other in lake.joined:
        if max(one.word_count, other.word_count) < BOT_WALL_WORDS and _headline(one) != _headline(other):
            yield f"short texts under different headlines share a cluster: {_named([one, other])}"


def daily_notices(lake: Lake, _: Records) -> Iterator[str]:
    """Find pairs of short texts that are days apart, or a day apart under the same headline."""
    for one, other in lake.joined:
        hours = hours_apart(one, other)
        if hours is None or max(one.word_count, other.word_count) >= NOTICE_WORDS:
            continue
        if hours > WINDOW_HOURS:
            yield f"short texts {hours:.0f} hours apart share a cluster: {_named([one, other])}"
        elif hours > NOTICE_HOURS and _headline(one) == _headline(other):
            yield f"notices under one headline, {hours:.0f} hours apart, share a cluster: {_named([one, other])}"


def gold_pairs(lake: Lake, gold: Iterable[tuple[str, str]], name: Mapping[str, str]) -> Iterator[str]:
    """Find gold pairs that lie apart, and clusters that are none. `name` gives an article's name in the gold."""
    pairs = {key(*pair) for pair in gold}
    cluster = {name[article.article_id]: article.cluster_id for article in lake.articles.values()}
    for one, other in sorted(pairs):
        if one not in cluster or cluster.get(one) != cluster.get(other):
            yield f"the gold pair {one}, {other} is not in one cluster"
    for articles in lake.clusters:
        names = sorted(name[article.article_id] for article in articles)
        if tuple(names) not in pairs:
            yield f"a cluster that is no gold pair: {', '.join(names)}"


def read_gold(path: Path) -> list[tuple[str, str]]:
    """Read pairs of names, the first two words of each line."""
    rows = (line.split() for line in path.read_text("utf-8").splitlines() if line.strip())
    return [(row[0], row[1]) for row in rows]


def _headline(article: Article) -> list[str]:
    return words(article.title or "")


def _named(articles: Iterable[Article]) -> str:
    return ", ".join(
        f"{a.article_id} ({a.source_id or 'no id'}, {(a.title or 'no headline')[:60]!r})" for a in articles
    )
