"""An attack: a hostile file, and what a run is to make of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

Make = Callable[[Path], object]
"""Writes the hostile file at a path."""

STORY: Final = (
    "The council of the old town met on Tuesday evening and spoke at length about the bridge over the river, which has "
    "been closed to carts since the flood of last spring. Several members asked for a report by the engineer."
)


QUICK_CPU_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile file, by the name it is delivered under, and its one right outcome.

    refused: words of the sentence with which the dump is refused.
    quarantined: the reason, one of those in quarantine, for which records of it are there.
    admitted: how many records of it are admitted; any number, as long as all are accounted for, where None.
    may_be_refused: refused, for whatever reason, is as good.
    """

    name: str
    make: Make
    refused: str | None = None
    quarantined: str | None = None
    admitted: int | None = None
    may_be_refused: bool = False
    is_slow: bool = False
    """Left out of the quick share: it takes seconds, or fills a disk."""
    skipped: str | None = None
    """Why it cannot be tried here."""


@dataclass(frozen=True, slots=True)
class Family:
    """Attacks of one kind, which share a run, and what that run may take at most."""

    name: str
    attacks: tuple[Attack, ...]
    cpu_seconds: float = 60.0
    """Of all its processes together; of the clock it may take more, for other work may run beside it."""
    mib: int = 1500
    """Of all its processes together, the auditor's some 250 among them."""
    markers: tuple[str, ...] = ()
    """Words in its dumps that a run may not print."""


def joined(families: Iterable[Family]) -> Family:
    """Put families into one run, without what is slow: starting a run costs more than most attacks."""
    chosen = [*families]
    return Family(
        "quick",
        tuple(attack for family in chosen for attack in family.attacks if not attack.is_slow),
        QUICK_CPU_SECONDS,
        max(family.mib for family in chosen),
        tuple(marker for family in chosen for marker in family.markers),
    )


def holding(data: bytes) -> Make:
    """Write these bytes."""
    return lambda path: path.write_bytes(data)


def made(of: Callable[[], bytes]) -> Make:
    """Write what is put together only when it is wanted."""
    return lambda path: path.write_bytes(of())


def blocks(of: Callable[[], Iterable[bytes]]) -> Make:
    """Write block after block, for files that are not to be held in memory."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(of())

    return make


def article(number: int, text: str = STORY, **fields: Any) -> dict[str, Any]:
    """Give an honest record, but for what is asked for."""
    return {"id": str(number), "title": f"Report number {number}", "text": f"{number}. {text}", **fields}


def jsonl(*records: Any) -> bytes:
    """Write records as JSON Lines; bytes are lines as they are."""
    return b"".join((r if isinstance(r, bytes) else orjson.dumps(r)) + b"\n" for r in records)


def repeated(block: bytes, byte_count: int) -> Iterator[bytes]:
    """Give a block over and over, to this many bytes in all or a little more."""
    return (block for _ in range(-(-byte_count // len(block))))
