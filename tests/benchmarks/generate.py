"""Writes the benchmark's corpus: JSONL dumps of made-up articles, and the truth about the copies planted among them."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import count as counting
from pathlib import Path
from typing import IO, Final

import numpy as np
import orjson

from tests.benchmarks import copies, damage
from tests.benchmarks.sentences import Draft, Ints, Newsroom
from tests.benchmarks.vocabulary import Slot

START: Final = datetime(2024, 3, 4, tzinfo=UTC)
OUTLETS: Final = 60
_BATCH: Final = 2_000
"""Articles written at a time: what bounds memory. A group of copies lies within one batch, spread over all files."""
_FEWEST_DAYS: Final = 5
_SENTENCES_MEDIAN, _SENTENCES_SPREAD = 20.0, 0.55
"""Lengths are log-normal, as papers' are: many short items, some long reads, 2,800 bytes in the mean."""
_SECTIONS: Final = ("world", "business", "politics", "local", "sport", "culture")
_PAPERS: Final = ("Herald", "Post", "Tribune", "Courier", "Gazette", "Observer", "Chronicle", "Times")
_OFFSET_MINUTES: Final = (-480, -300, -240, 0, 60, 120, 330, 480)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A paper: its name, the host of its pages, and the zone that it dates them in."""

    name: str
    host: str
    zone: timezone


@dataclass(slots=True)
class Truth:
    """A corpus: where its dumps and its truth lie, and what they hold."""

    dumps: Path
    table: Path
    """CSV of group, relation, url_a, url_b: each copy of a group with the group's first story."""
    articles: int = 0
    body_bytes: int = 0
    dirty: int = 0
    pairs: Counter[str] = field(default_factory=Counter)


def generate(
    count: int, seed: int, folder: Path, files: int = 4, days: int = 14, *, dirty_share: float = damage.SHARE
) -> Truth:
    """Write `count` articles into `folder/dumps` and the planted pairs into `folder/truth.csv`.

    A fifth of the articles are planted copies (`copies.SHARES`), a tenth of the rows are dirty (`damage.SHARE`). Equal
    arguments give equal bytes. Raises ValueError when there are too few days for a notice to recur.
    """
    if days < _FEWEST_DAYS:
        raise ValueError(
            f"{days} days are too few for a notice that recurs after three: ask for {_FEWEST_DAYS} or more"
        )
    truth = Truth(_emptied(folder / "dumps"), folder / "truth.csv")
    with ExitStack() as stack:
        dumps = [stack.enter_context((truth.dumps / f"dump-{i:02}.jsonl").open("wb")) for i in range(files)]
        lines = stack.enter_context(truth.table.open("w", encoding="utf-8", newline=""))
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("group", "relation", "url_a", "url_b"))
        groups = counting()
        for batch, first in enumerate(range(0, count, _BATCH)):
            edition = Edition(np.random.default_rng([seed, batch]), days, dirty_share)
            printed = edition.compose(min(_BATCH, count - first), first)
            _write_rows(edition, [story for _, stories in printed for story in stories], dumps, truth)
            table.writerows(_pairs(printed, groups, truth))
    return truth


def _emptied(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("dump-*.jsonl"):
        old.unlink()
    return folder


@cache
def _newsroom() -> Newsroom:
    return Newsroom()


@cache
def _outlets() -> list[Outlet]:
    """Return the papers, which are the same in every corpus."""
    vocabulary, rng = _newsroom().vocabulary, np.random.default_rng(60)
    places = list(dict.fromkeys(vocabulary.draw(rng, Slot.PLACE, 40 * OUTLETS)))[:OUTLETS]
    names = [f"{place} {_PAPERS[i % len(_PAPERS)]}" for i, place in enumerate(places)]
    zones = [timezone(timedelta(minutes=m)) for m in _OFFSET_MINUTES]
    return [Outlet(n, f"www.{n.replace(' ', '').lower()}.example", zones[i % len(zones)]) for i, n in enumerate(names)]


class Edition:
    """One batch of stories, and the chance that shaped it."""

    def __init__(self, rng: np.random.Generator, days: int, dirty_share: float) -> None:
        """Draw the words that near copies are edited with."""
        self.rng = rng
        self.dirty_share = dirty_share
        words = _newsroom().vocabulary.draw(rng, Slot.NOUN, 500)
        self.planting = copies.Planting(rng, words, [o.name for o in _outlets()], days)

    def compose(self, size: int, first: int) -> list[tuple[str, list[copies.Story]]]:
        """Return `size` stories in their groups, numbered from `first`."""
        orders = copies.orders(self.rng, size, self.planting.days)
        drafts = self._drafts(orders)
        groups = []
        for order, draft, spare in zip(orders, drafts[::2], drafts[1::2], strict=True):
            groups.append((order.relation, copies.group(self.planting, order, draft, spare, first)))
            first += 1 + order.copies
        return groups

    def _drafts(self, orders: list[copies.Order]) -> list[Draft]:
        """Write two texts for each order, by turns: its first story, and a spare one to take parts from."""
        drawn = self.rng.lognormal(np.log(_SENTENCES_MEDIAN), _SENTENCES_SPREAD, len(orders)).clip(6, 150).astype(int)
        sentences: Ints = np.array([o.sentences(n) for o, n in zip(orders, drawn.tolist(), strict=True)]).ravel()
        plain = np.repeat([order.is_plain for order in orders], 2)
        return _newsroom().write(self.rng, sentences, plain)

    def authors(self, size: int) -> list[str | None]:
        """Return bylines: one name, now and then two or none."""
        firsts, lasts = (_newsroom().vocabulary.draw(self.rng, slot, size) for slot in (Slot.FIRST, Slot.LAST))
        names: list[str | None] = [f"{first} {last}" for first, last in zip(firsts, lasts, strict=True)]
        for i in np.flatnonzero(self.rng.random(size) < 0.2).tolist():
            names[i] = f"{names[i]} and {firsts[i - 1]} {lasts[i]}" if i % 2 else None
        return names


def address(story: copies.Story) -> str:
    """Return a story's page: outlet, section, day, headline and number. A revision comes at the same page."""
    slug = re.sub(r"[^a-z0-9]+", "-", story.headline.lower())[:60].strip("-")
    outlet = _outlets()[story.outlet]
    return f"https://{outlet.host}/{_SECTIONS[story.serial % len(_SECTIONS)]}/{slug}-{story.serial:08}"


def _write_rows(edition: Edition, stories: list[copies.Story], dumps: Sequence[IO[bytes]], truth: Truth) -> None:
    """Write the stories in an order of chance, by turns into each dump."""
    authors = edition.authors(len(stories))
    dirty = edition.rng.random(len(stories)) < edition.dirty_share
    for i, place in enumerate(edition.rng.permutation(len(stories)).tolist()):
        body = "".join(stories[place].pieces)
        text = damage.dirty(edition.rng, body) if dirty[place] else body
        dumps[i % len(dumps)].write(_row(stories[place], text, authors[place]))
        truth.body_bytes += len(text.encode())
    truth.articles += len(stories)
    truth.dirty += int(dirty.sum())


def _row(story: copies.Story, body: str, author: str | None) -> bytes:
    outlet = _outlets()[story.outlet]
    published = (START + timedelta(seconds=story.second)).astimezone(outlet.zone)
    row = {"url": address(story), "headline": story.headline, "body": body, "published": published.isoformat()}
    return orjson.dumps(row | {"author": author, "source": outlet.name, "lang": "en"}, option=orjson.OPT_APPEND_NEWLINE)


def _pairs(
    printed: list[tuple[str, list[copies.Story]]], groups: Iterator[int], truth: Truth
) -> Iterator[tuple[int, str, str, str]]:
    for relation, stories in printed:
        if len(stories) > 1:
            number, first = next(groups), address(stories[0])
            truth.pairs[relation] += len(stories) - 1
            yield from ((number, relation, first, address(story)) for story in stories[1:])
