"""The papers of the lab, and what each sends on an ordinary night."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import orjson

from tests.benchmarks.sentences import Newsroom
from tests.benchmarks.vocabulary import Slot

FIRST_DAY: Final = date(2026, 3, 2)
NIGHTS: Final = 30
_NEWSROOM: Final = Newsroom()
_WEEKEND: Final = 5

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: its host, how many stories it sends on a weekday, and the share of these on Saturday and Sunday."""

    name: str
    stories: int
    weekend: float = 0.5
    is_packed: bool = False

    @property
    def host(self) -> str:
        """Where its pages lie."""
        return f"{self.name}.example"

    def file_name(self, day: date) -> str:
        """Give the name of a night's file."""
        return f"{self.name}-{day}.jsonl" + (".gz" if self.is_packed else "")


PAPERS: Final = (
    Paper("harbour-post", 60),
    Paper("valley-times", 45),
    Paper("meridian", 80, weekend=0.7),
    Paper("skerry-news", 40),
    Paper("kestrel-wire", 120, weekend=0.8),
    Paper("courier", 50, weekend=0.3),
    Paper("tarrow-echo", 36, is_packed=True),
    Paper("quayside-standard", 42),
)


def stories(paper: Paper, day: date, rng: np.random.Generator, factor: float = 1.0) -> list[Record]:
    """Write what a paper sends: a tenth more or less than usual, of yesterday and tonight."""
    usual = paper.stories * (paper.weekend if day.weekday() >= _WEEKEND else 1.0) * factor
    count = round(usual * rng.uniform(0.9, 1.1))
    drafts = _NEWSROOM.write(rng, rng.integers(8, 20, count), np.zeros(count, bool))
    names = _NEWSROOM.vocabulary.draw(rng, Slot.LAST, count)
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    return [
        {
            "url": f"https://www.{paper.host}/{day:%Y/%m/%d}/{number:04}",
            "title": draft.headline,
            "author": f"Mary {name}",
            "published": (noon + timedelta(minutes=int(rng.integers(0, 13 * 60)))).isoformat(),
            "body": "".join(draft.pieces),
        }
        for number, (draft, name) in enumerate(zip(drafts, names, strict=True))
    ]


def lines(records: Sequence[Record]) -> bytes:
    """Write records as JSON Lines."""
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


def packed(paper: Paper, data: bytes) -> bytes:
    """Pack a file as its paper does."""
    return gzip.compress(data, mtime=0) if paper.is_packed else data
