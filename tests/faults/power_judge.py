"""A recorded lake, and the reader who judges what a power loss may leave of it."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from flows.lake import connect, history
from flows.lake.compaction import compact
from flows.lake.folder import CATALOG
from flows.lake.integrity import file_damage, part_damage, require_undamaged, verify
from flows.lake.manifest import Part
from flows.lake.marker import MARKER
from flows.lake.medium import Medium
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention
from tests.faults.oplog import Hook, Log, Mark, Recorder
from tests.faults.powerloss import State, describe, materialise
from tests.integration.nights import content, take_unaudited, write_dump
from transforms.errors import BroadsheetError, UsageError

LAKE: Final = "above/lake"
"""Where the lake lies on the recorded disk: in a folder that has to be made first."""
FOUNDED: Final = "founded"
COMMITTED: Final = "snapshot "
CLEANING: Final = "cleaning"
"""Promises nothing: from here on old snapshots may be gone."""
CLEANED: Final = "cleaned"

_RETENTION: Final = Retention(snapshots=2, days=0, min_age_hours=24)
_AGES: Final = timedelta(days=3650)
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - on a disk, folders take a hundred times as long to come and go
_CONSUMED: Final = "SELECT DISTINCT raw_name FROM dumps WHERE status = 'consumed'"
_WORDS: Final = [f"word{number}" for number in range(60)]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot has on disk."""

    manifest: bytes
    parts: frozenset[Part]
    raw: dict[str, str]
    """Name to SHA-256 of each dump that was consumed up to it."""
    catalog: bytes


@dataclass(slots=True)
class Life:
    """A lake that is recorded, and what each of its snapshots was like when it was new."""

    recorder: Recorder
    landing: Path
    hook: Hook
    snapshots: dict[int, Snapshot] = field(default_factory=dict)

    @property
    def lake(self) -> Path:
        """The lake's folder."""
        return self.recorder.root / LAKE

    def open(self) -> Store:
        """Open the lake, or make it, with every operation on record."""
        return Store.open(self.lake, create=True, hook=self.hook)

    def acts(self) -> Iterator[Callable[[], None]]:
        """Give everything that changes a lake, in order; each may be begun again when it was broken off."""
        yield self.found
        yield from (partial(self.night, 2), self.compact, partial(self.night, 3), self.roll_back, self.clean)

    def found(self) -> None:
        """Make the lake, unless it is there, with its first night."""
        is_new = not (self.lake / MARKER).exists()
        self.open()
        if is_new:
            self.recorder.mark(FOUNDED)
        self.night(1)

    def night(self, number: int) -> None:
        """Take in the dumps of one night."""
        take_unaudited(self.lake, sorted(self.landing.glob(f"{number}-*")), self.hook)
        self.acknowledge()

    def compact(self) -> None:
        """Merge small parts."""
        compact(self.open())
        self.acknowledge()

    def roll_back(self) -> None:
        """Go back to the second snapshot."""
        with suppress(UsageError):  # it is the current one already
            roll_back(self.open(), 2)
        self.acknowledge()

    def clean(self) -> None:
        """Remove all but the newest snapshots, as if they were old."""
        self.recorder.mark(CLEANING)
        clean(self.open(), _RETENTION, datetime.now(UTC) + _AGES, remove=True)
        self.recorder.mark(CLEANED)

    def acknowledge(self) -> None:
        """Mark the newest snapshot as promised, and note what it is like."""
        medium = Store.open(self.lake, create=False).medium
        newest = history.newest(medium)
        assert newest is not None
        manifest, catalog = medium.read(history.manifest_name(newest.number)), medium.read(CATALOG)
        with connect(self.lake) as reader:
            raw = {f"raw/{name}": medium.digest(f"raw/{name}") for (name,) in reader.sql(_CONSUMED).fetchall()}
        self.snapshots[newest.number] = Snapshot(manifest, frozenset(newest.parts), raw, catalog)
        self.recorder.mark(f"{COMMITTED}{newest.number}")


@contextmanager
def new_life() -> Iterator[Life]:
    """Give an empty recorded disk, and dumps of three nights, with a near copy of the first article in each."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        landing, disk = Path(name, "landing"), Path(name, "disk")
        copies = [_WORDS, [*_WORDS[:30], "soon", *_WORDS[30:]], [*_WORDS[:20], "late", *_WORDS[20:]]]
        for night, words in enumerate(copies, 1):
            write_dump(landing / f"{night}-a.jsonl", [_article(night, 4 - night, words), {"title": f"{night}"}])
        write_dump(landing / "2-b.jsonl", [_article(9, 3, _WORDS[::-1])])
        disk.mkdir()
        recorder = Recorder(disk)
        yield Life(recorder, landing, recorder)


def _article(number: int, day: int, words: list[str]) -> dict[str, str]:
    url, published = f"https://a.example/{number}", f"2026-05-{day:02}T08:00:00Z"
    return {
        "source": "a",
        "url": url,
        "title": f"Headline {number}",
        "text": " ".join(words),
        "published_at": published,
    }


@dataclass(slots=True)
class Judge:
    """A reader of disks. Each is laid out in the recorded one's place, for catalogs hold absolute paths."""

    life: Life
    known: dict[tuple[object, ...], str | None] = field(default_factory=dict)

    def fault(self, state: State, log: Log) -> str | None:
        """Say what is wrong with a disk, by what was promised and what was under way when it was left."""
        first = next(n for n, step in enumerate(log.steps) if not isinstance(step, Mark))
        kept, begun = state.acknowledged, _newest(log.marks(max(first, state.first))) + 1
        key = (state.digest, kept, begun)
        if key not in self.known:
            self._lay_out(state)
            try:
                self.known[key] = next(self._faults(kept, begun), None)
            except (BroadsheetError, OSError) as error:
                self.known[key] = f"{type(error).__name__}: {error}"
        return self.known[key]

    def bad(self, disks: Iterable[State], log: Log) -> Iterator[str]:
        """Describe the bad ones."""
        return (f"{fault}\n{describe(state, log)}" for state in disks if (fault := self.fault(state, log)))

    def recovery_faults(self, disks: Iterable[State], log: Log) -> Iterator[str]:
        """Give each disk a night that brings every dump, old and new; describe those that do not come right."""
        dumps = sorted(self.life.landing.iterdir())
        take_unaudited(self.life.landing.with_name("undisturbed"), dumps)
        expected = content(self.life.landing.with_name("undisturbed"))
        for state in disks:
            self._lay_out(state)
            if fault := _recovery_fault(self.life.lake, dumps, expected):
                yield f"after the next night: {fault}\n{describe(state, log)}"

    def _lay_out(self, state: State) -> None:
        shutil.rmtree(self.life.recorder.root)
        materialise(state, self.life.recorder.root)

    def _faults(self, kept: tuple[str, ...], begun: int) -> Iterator[str]:
        medium = self._open(is_promised=FOUNDED in kept).medium
        newest = history.newest(medium)
        number, promised = newest.number if newest else 0, _newest(kept)
        if not promised <= number <= begun:
            yield f"the newest snapshot is {number}, not {promised} to {begun}"
        numbers = history.numbers(medium)
        first = number - _RETENTION.snapshots + 1 if CLEANED in kept else 1
        if numbers != (*range(first, number + 1),) and (CLEANING not in kept or CLEANED in kept):
            yield f"the snapshots kept are {numbers}"
        yield from self._file_faults(medium, numbers)
        yield from self._catalog_faults(medium, promised, number)

    def _file_faults(self, medium: Medium, numbers: tuple[int, ...]) -> Iterator[str]:
        snapshots = {number: self.life.snapshots[number] for number in numbers}
        for number, snapshot in snapshots.items():
            if medium.read(history.manifest_name(number)) != snapshot.manifest:
                yield f"manifest {number} is another"
        raw = {name: sha256 for snapshot in snapshots.values() for name, sha256 in snapshot.raw.items()}
        yield from (f"{name}: {what}" for name, sha256 in raw.items() if (what := file_damage(medium, name, sha256)))
        parts = frozenset[Part]().union(*(snapshot.parts for snapshot in snapshots.values()))
        yield from (f"{damage.path}: {damage.what}" for damage in part_damage(medium, parts))

    def _catalog_faults(self, medium: Medium, promised: int, newest: int) -> Iterator[str]:
        shown = medium.shown() or 0
        if not promised <= shown <= newest:
            yield f"the catalog is of snapshot {shown}, not {promised} to {newest}"
        elif shown and medium.read(CATALOG) != self.life.snapshots[shown].catalog:
            yield f"the catalog of snapshot {shown} is torn"
        elif not shown and (self.life.lake / CATALOG).is_symlink():
            yield "the catalog is a link to nothing"

    def _open(self, *, is_promised: bool) -> Store:
        """Open as a reader does; a lake that was never promised may be refused, but then the next run must make it."""
        try:
            return Store.open(self.life.lake, create=False)
        except UsageError:
            if is_promised:
                raise
            return Store.open(self.life.lake, create=True)


def _recovery_fault(lake: Path, dumps: list[Path], expected: dict[str, list[tuple[Any, ...]]]) -> str | None:
    try:
        take_unaudited(lake, dumps)
        store = Store.open(lake, create=False)
        require_undamaged(verify(store.medium), store.address)
        found = content(lake)
    except (BroadsheetError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return ", ".join(f"other {name}" for name, rows in expected.items() if found[name] != rows) or None


def _newest(marks: Iterable[str]) -> int:
    """Return the number of the newest snapshot that was promised."""
    return max((int(mark.removeprefix(COMMITTED)) for mark in marks if mark.startswith(COMMITTED)), default=0)
