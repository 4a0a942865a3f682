"""The sets that are judged: where each one's dumps lie, which field is the text, and what is known about its truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.judge.dumps import read_records
from tests.judge.lake import Lake
from tests.judge.merges import (
    Records,
    bot_walls,
    daily_notices,
    different_stories,
    gold_pairs,
    mixed_events,
    read_gold,
)

Check = Callable[[Lake, Records], Iterator[str]]


@dataclass(frozen=True, slots=True)
class DumpSet:
    """One set of dumps, a folder or a file; `text` names the field, `check` finds false merges where truth is known."""

    name: str
    dumps: str
    text: str = "text"
    check: Check | None = None
    gold: str | None = None
    gold_name: str = "source_id"
    """What the gold calls an article by: its source_id, or its dump_name."""


REAL: Final = (
    DumpSet("ecbplus", "ecbplus", check=mixed_events),
    DumpSet("fakehealth", "fakehealth", check=bot_walls),
    DumpSet("fnc1", "fnc1", text="articleBody"),
    DumpSet("nasa", "nasa", gold="nasa.pairs.txt", gold_name="dump_name"),
    DumpSet("newsarticles", "newsarticles"),
    DumpSet("planted/1000", "planted/articles_1000.jsonl", gold="planted_1000.pairs.txt"),
    DumpSet("planted/2500", "planted/articles_2500.jsonl", gold="planted_2500.pairs.txt"),
    DumpSet("reuters21578", "reuters21578", text="body", check=daily_notices),
    DumpSet("seed", "seed"),
    DumpSet("semeval", "semeval", text="body", check=different_stories),
)


def merges_of(chosen: DumpSet, lake: Lake, records: Records, realdata: Path) -> list[str] | None:
    """Give what is wrong in a lake's clusters; null where no truth is known."""
    if chosen.gold:
        name = {
            article_id: place.dump_name if chosen.gold_name == "dump_name" else str(lake.articles[article_id].source_id)
            for place, article_id in lake.deliveries.items()
        }
        return list(gold_pairs(lake, read_gold(realdata / "gold" / chosen.gold), name))
    return list(chosen.check(lake, records)) if chosen.check else None


def records_of(chosen: DumpSet, realdata: Path) -> Records:
    """Read the set's records as they lie."""
    return read_records(realdata / "dumps" / chosen.dumps)
