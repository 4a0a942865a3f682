"""Tiny dumps that give deduplication everything to do: copies, near copies, revisions, undated and broken records."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.integration.nights import write_dump

_WORDS: Final = tuple(
    """
    harbour council ferry storm budget school bridge market fire vote river mayor strike rail court harvest clinic
    garden police museum tunnel union forest factory stadium library airport village teacher engineer farmer minister
    """.split()  # noqa: SIM905 - thirty quoted words read worse
)
_LENGTH: Final = 48
_CHANGES: Final = ("same", "same", "cut", "edited", "moved on")
_OUTLETS: Final = 4
_DAYS: Final = 28


def body(story: int, change: str = "same") -> str:
    """Write a story of its own for each number, whole or as a copy of it that was changed."""
    rng = Random(f"story {story}")  # noqa: S311 - a seed, not a secret
    words = [rng.choice(_WORDS) for _ in range(_LENGTH)]
    match change:
        case "cut":
            words = words[: _LENGTH * 2 // 3]
        case "edited":
            words.insert(_LENGTH // 2, "however")
        case "moved on":
            words[_LENGTH * 3 // 4 :] = "officials said late on sunday that nobody was hurt".split()  # noqa: SIM905
    return " ".join(words)


def record(story: int, change: str, outlet: int, day: int | None, *, has_page: bool = True) -> dict[str, Any]:
    """Make one record; without a day it is undated."""
    made: dict[str, Any] = {"source": f"outlet-{outlet}", "title": f"Story {story}", "body": body(story, change)}
    if day is not None:
        made["published"] = f"2026-03-{day:02}T{outlet:02}:00:00Z"
    if has_page:
        made["url"] = f"https://outlet-{outlet}.example/story/{story}"
    return made


def write_nights(folder: Path) -> list[list[Path]]:
    """Write the dumps of three nights: each later one changes clusters of the earlier, and brings new stories."""
    broken: dict[str, Any] = {"source": "outlet-1", "body": ""}
    nights = [
        [[record(1, "same", 1, 3), record(2, "same", 1, 4), broken],
         [record(3, "same", 2, None), record(1, "cut", 2, 4)]],
        [[record(1, "edited", 3, 2), record(2, "moved on", 1, 5), broken, record(4, "same", 2, 6)],
         [record(3, "edited", 3, None), record(4, "same", 3, 6), record(1, "same", 1, 3)]],
        [[record(2, "edited", 4, 3), record(5, "same", 1, 7)], [record(5, "cut", 2, 7), broken]],
    ]  # fmt: skip
    return [
        [
            write_dump(folder / f"night-{n}-{i}.jsonl", [*rows, {"source": f"night {n}.{i}", "body": ""}])
            for i, rows in enumerate(dumps)
        ]
        for n, dumps in enumerate(nights, 1)
    ]


def some_records(rng: Random, newest: int) -> list[dict[str, Any]]:
    """Draw records of the stories up to a number, most of them of late ones, one in ten broken."""
    return [_one(rng, newest) for _ in range(rng.randint(1, 4))]


def _one(rng: Random, newest: int) -> dict[str, Any]:
    story = newest - min(newest, int(rng.expovariate(0.3)))
    day = rng.randint(1, _DAYS) if rng.random() < 0.9 else None
    made = record(story, rng.choice(_CHANGES), rng.randint(1, _OUTLETS), day, has_page=rng.random() < 0.7)
    if rng.random() < 0.1:
        made["body"] = ""
    return made


def write_some(rng: Random, path: Path, newest: int) -> Path:
    """Write a dump of drawn records, packed or plain."""
    write_dump(path, some_records(rng, newest))
    return pack(path) if rng.random() < 0.3 else path


def pack(path: Path) -> Path:
    """Put a dump under gzip, beside itself and without a date in it, and remove the plain one."""
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()
    return packed


def cut_short(path: Path, target: Path) -> Path:
    """Write a packed dump's first two thirds, as a delivery that broke off does."""
    content = gzip.compress(path.read_bytes(), mtime=0)
    target.write_bytes(content[: len(content) * 2 // 3])
    return target


def all_of(nights: Sequence[Sequence[Path]]) -> list[Path]:
    """Give the dumps of all nights."""
    return [dump for night in nights for dump in night]
