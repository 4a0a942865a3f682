"""Retention: which snapshots are kept, and the removal of what none of them names.

A manifest goes before the parts that it alone names: the other way round, a crash between would leave a snapshot that
speaks of parts that are gone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from flows.lake import history
from flows.lake.integrity import named_dumps
from flows.lake.letting_go import let_go, past_days
from flows.lake.manifest import Manifest
from flows.lake.medium import Entry, Medium
from flows.lake.refused import FOLDER, name_of
from flows.lake.store import Store
from flows.settings import Retention
from transforms.errors import LakeDamaged

_CATALOG_NAME: Final = re.compile(r"catalogs/catalog-(\d+)-[0-9a-f]+\.duckdb")
_REPORT_NAME: Final = re.compile(r"reports/.*\d{8}T\d{6}-[0-9a-f]{8}\.html")


@dataclass(frozen=True, slots=True)
class Removal:
    """Snapshots past their time, files that no kept one names, and how many such files are as yet too young to go.

    `rebuilds`: folders with the work of rebuilds that were not finished, or were only tried.
    `let_go`: rows by table whose bytes are past their days; the bytes go with the last snapshot that names them.
    """

    snapshots: tuple[int, ...]
    files: tuple[str, ...]
    byte_count: int
    young_files: int
    min_age_hours: int
    rebuilds: tuple[str, ...] = ()
    let_go: dict[str, int] = field(default_factory=dict)


def clean(store: Store, retention: Retention, now: datetime, *, remove: bool) -> Removal:
    """Find what retention lets go of, and remove it if told to.

    Dumps under `raw` stay, if settings do not say for how long: they are nobody else's to keep.
    Held as the lake's writer, so that no run is adding parts meanwhile. Raises LakeDamaged when a manifest that is to
    be kept cannot be read: what it names would be taken for rubbish.
    """
    with store.writer() as writer:
        newest = store.current()  # raises where it or its chain is broken
        past = past_days(newest, store.address, retention, now)
        if remove and newest and past:
            let_go(writer, newest, past)  # first: what is moved in now must not be taken for what nothing names
        counts = Counter[str]()
        for each in past:
            counts[each.table.name] += each.count
        removal = replace(_plan(store, retention, now), let_go=dict(counts))
        if remove:
            for number in removal.snapshots:
                name = history.manifest_name(number)
                store.medium.remove(name)
                store.medium.settle([name])  # before the next: a gap in the numbers would be damage
            for name in removal.files:
                store.medium.remove(name)
            if removal.rebuilds:
                store.lasting.clear()
        return removal


def _plan(store: Store, retention: Retention, now: datetime) -> Removal:
    manifests = [store.manifest(number) for number in store.numbers()]
    expired = tuple(_expired(manifests, retention, now))
    kept = [manifest for manifest in manifests if manifest.number not in expired]
    unnamed = _unnamed(store.medium, kept, store.refused(), now - timedelta(days=retention.days))
    if retention.raw_days:
        unnamed |= _unnamed_dumps(store, kept, now - timedelta(days=retention.raw_days))
    oldest = now - timedelta(hours=retention.min_age_hours)
    old = {name: entry for name, entry in unnamed.items() if entry.modified_at <= oldest}
    rebuilds = store.lasting.left()
    byte_count = sum(entry.byte_count for entry in old.values()) + sum(map(_size, rebuilds))
    young = len(unnamed) - len(old)
    names = tuple(path.name for path in rebuilds)
    return Removal(expired, tuple(sorted(old)), byte_count, young, retention.min_age_hours, names)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _expired(manifests: list[Manifest], retention: Retention, now: datetime) -> Iterator[int]:
    """Give the oldest snapshots that are past both limits; the first that is not ends them, for there are no gaps."""
    for manifest in manifests[: -retention.snapshots]:
        if datetime.fromisoformat(manifest.created_at) > now - timedelta(days=retention.days):
            return
        yield manifest.number


def _unnamed(medium: Medium, kept: list[Manifest], refused: list[Manifest], oldest: datetime) -> dict[str, Entry]:
    """List refused nights past their days, parts that nothing kept names, and the catalogs of other snapshots."""
    past_days = [each for each in refused if datetime.fromisoformat(each.created_at) <= oldest]
    named = {part.path for manifest in (*kept, *refused) if manifest not in past_days for part in manifest.parts}
    numbers = {manifest.number for manifest in kept}
    parts = {name: entry for name, entry in medium.entries("parts").items() if name not in named}
    catalogs = medium.entries("catalogs").items()
    past = {n: e for n, e in catalogs if (match := _CATALOG_NAME.fullmatch(n)) and int(match[1]) not in numbers}
    gone = {name_of(each.run_id) for each in past_days}
    nights = {name: entry for name, entry in medium.entries(FOLDER).items() if name in gone} if gone else {}
    return nights | parts | past | _reports(medium, oldest)


def _reports(medium: Medium, oldest: datetime) -> dict[str, Entry]:
    """List the reports of nights that are past their days."""
    try:
        reports = medium.entries("reports").items()
    except FileNotFoundError:
        return {}
    return {name: entry for name, entry in reports if _REPORT_NAME.fullmatch(name) and entry.modified_at <= oldest}


def _unnamed_dumps(store: Store, kept: list[Manifest], oldest: datetime) -> dict[str, Entry]:
    """List the dumps past their days that no kept snapshot, and no refused night, speaks of any more."""
    parts = {part.path: part for manifest in (*kept, *store.refused()) for part in manifest.parts}
    try:
        named = set(named_dumps(store.medium, parts.values()))
    except duckdb.Error as error:
        raise LakeDamaged(f"{store.address}: the ledger of dumps cannot be read; run `broadsheet verify`") from error
    dumps = store.medium.entries("raw").items()
    return {name: entry for name, entry in dumps if name not in named and entry.modified_at <= oldest}
