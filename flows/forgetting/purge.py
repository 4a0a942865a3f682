"""What goes for good once something is forgotten: all that no snapshot since then names, whatever its age.

Manifests go before what they name, oldest first: whatever ends this early leaves snapshots that are whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows import desk as reports
from flows.forgetting.known import prints_in
from flows.forgetting.leftovers import Searcher
from flows.intake.kept import KEPT_SUFFIX
from flows.intake.receipt import printable
from flows.lake import history, refused
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.lake.medium import Entry, Medium
from flows.lake.store import Store
from flows.lake.writer import Writer
from flows.search import folder_of
from flows.settings import Settings
from flows.sources.files import received
from transforms.errors import DumpRefused
from transforms.ledgers import DUMPS


@dataclass(frozen=True, slots=True)
class Purged:
    """Snapshots and files that are gone; the files under their names in the lake."""

    snapshots: tuple[int, ...]
    files: tuple[str, ...]
    byte_count: int
    page_trouble: str | None = None
    """What kept the index over the pages that are left from being laid down anew."""


def purge(store: Store, settings: Settings) -> Purged:
    """Remove all snapshots before the last forgetting, and every file that none of the others names.

    Raises LakeBusy when another run holds the lake.
    """
    with store.writer() as writer:
        manifests = [store.manifest(number) for number in store.numbers()]
        last = max((manifest.number for manifest in manifests if manifest.action == "forget"), default=0)
        past = tuple(manifest.number for manifest in manifests if manifest.number < last)
        for number in past:
            name = history.manifest_name(number)
            store.medium.remove(name)
            store.medium.settle([name])  # before the next: a gap in the numbers would be damage
        kept = [manifest for manifest in manifests if manifest.number >= last]
        files = _files(writer, kept, settings) if last else {}
        for name in files:
            store.medium.remove(name)
        store.medium.settle(files)
        store.lasting.clear()
        if last:
            store.discard(folder_of(store))
        trouble = None
        if any(name.startswith(f"{reports.FOLDER}/") for name in files):
            trouble = reports.lay_down(writer, kept[-1]).trouble
        return Purged(past, tuple(files), sum(files.values()), trouble)


def _files(writer: Writer, kept: list[Manifest], settings: Settings) -> dict[str, int]:
    """Give the files to remove, and their sizes, in the order in which they go: what speaks of others before these."""
    medium = writer.medium
    own = tuple(manifest.run_id for manifest in kept)
    derived = _index_first(
        {
            name: entry
            for folder in (reports.FOLDER, refused.FOLDER)
            for name, entry in _entries(medium, folder)
            if not any(run_id in name for run_id in own)
        }
    )
    named = {part.path for manifest in kept for part in manifest.parts}
    parts = {name: entry for name, entry in medium.entries("parts").items() if name not in named}
    shown = tuple(f"catalogs/catalog-{manifest.number:06}-" for manifest in kept)
    catalogs = {name: entry for name, entry in medium.entries("catalogs").items() if not name.startswith(shown)}
    raw = medium.entries("raw")
    dumps = {name: raw[name] for name in _lost_dumps(writer, kept, raw, settings)}
    return {name: entry.byte_count for name, entry in (derived | parts | catalogs | dumps).items()}


def _index_first(derived: dict[str, Entry]) -> dict[str, Entry]:
    """Let the index go before the pages that it leads to, and stay where all of them do."""
    index = derived.pop(reports.INDEX, None)
    if index and any(name.startswith(f"{reports.FOLDER}/") for name in derived):
        return {reports.INDEX: index} | derived
    return derived


def _entries(medium: Medium, folder: str) -> Iterable[tuple[str, Entry]]:
    try:
        return medium.entries(folder).items()
    except FileNotFoundError:
        return ()


def _lost_dumps(writer: Writer, kept: list[Manifest], there: Iterable[str], settings: Settings) -> Iterator[str]:
    """Name the kept dumps that no ledger names any more, and that hold what was forgotten.

    They are those in whose place another file is kept, and of those of nights that were gone back from the ones in
    which words of it are found. The others may be delivered again.
    """
    named, redacted = _ledger(writer, kept)
    searcher = Searcher(prints_in(kept[-1], writer.address), settings)
    for number, name in enumerate(sorted(set(there) - named)):
        folder = writer.workspace / f"lost-{number:05}"
        folder.mkdir()
        path = writer.medium.fetch(name, folder)
        if _digest(path, folder / "dump", settings) in redacted or searcher.found(path, name, folder / "search"):
            yield name


def _digest(path: Path, folder: Path, settings: Settings) -> str | None:
    try:
        return received(path, printable(path.name), folder, settings, keep_raw=False).digest
    except DumpRefused:
        return None


def _ledger(writer: Writer, kept: list[Manifest]) -> tuple[set[str], set[str]]:
    """Give the names of all kept dumps, and the digests of those from which something was forgotten."""
    parts = {part.path: part for manifest in kept for part in manifest.parts_of(DUMPS.name)}
    with open_duckdb(writer.address) as connection:
        rows = connection.execute(f"""
            SELECT DISTINCT 'raw/' || raw_name, dump_digest FROM {source(DUMPS, [*parts.values()], writer.address)}
            WHERE raw_name IS NOT NULL
        """).fetchall()
    return {name for name, _ in rows}, {digest for name, digest in rows if name.endswith(KEPT_SUFFIX)}
