"""The store: the lake's folders, its lock, its commit. The only module that does durable operations.

    lake.json                        marks the folder as a lake, with the format version
    lock                             flock of the one writer
    tmp/                             workspaces; nothing in it outlives a crash
    raw/<name>                       dumps as delivered
    parts/<table>/[published_date=<day>/]<digest>.parquet
    snapshots/000001.json            manifests; the highest number is the current state
    catalogs/catalog-000001.duckdb   derived, with catalog.duckdb a link to the newest

Order is all: a part's bytes are synced before it gets its name, names are synced before a manifest speaks of them,
and the manifest's own name is synced before the commit returns. A failed sync is raised and never tried again: the
kernel may have dropped the pages and would call the second attempt a success.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Final, Protocol

import orjson

from flows.lake import history
from flows.lake.lock import hold, unsupported
from flows.lake.manifest import Manifest, Part, Scalar
from transforms.errors import LakeBusy, LakeDamaged, NotALake, UsageError
from transforms.schema import PARTITION_COLUMN, Table

FORMAT: Final = 1
UNDATED: Final = "__HIVE_DEFAULT_PARTITION__"
MARKER: Final = "lake.json"

_FOLDERS: Final = ("tmp", "raw", "parts", "snapshots", "catalogs")
_DRAFT: Final = MARKER + ".new"
_MARKER_TEXT: Final = b'{"format":%d,"holds":"a Broadsheet lake"}\n' % FORMAT


class Hook(Protocol):
    """What every durable operation passes through: its name, the paths it touches, and the act itself."""

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Perform the operation, or whatever a fault harness does instead."""


def perform_at_once(_operation: str, _paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
    """Do it: the hook of every real run."""
    perform()


@dataclass(frozen=True, slots=True)
class Disk:
    """The durable operations, each of them one call through the hook."""

    hook: Hook = perform_at_once

    def make_folder(self, path: Path) -> None:
        """Make one folder, unless it is there."""
        if not path.is_dir():
            self.hook("mkdir", (path,), lambda: path.mkdir(exist_ok=True))

    def write(self, path: Path, data: bytes) -> None:
        """Write a draft; it is not durable before `sync`."""
        self.hook("write", (path,), lambda: path.write_bytes(data))

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name; FileExistsError when the name is taken."""
        self.hook("link", (source, target), lambda: target.hardlink_to(source))

    def rename(self, source: Path, target: Path) -> None:
        """Move a file or a symbolic link over whatever has the name."""
        self.hook("rename", (source, target), lambda: source.replace(target))

    def symlink(self, text: str, path: Path) -> None:
        """Make a symbolic link that reads `text`."""
        self.hook("symlink", (path,), lambda: path.symlink_to(text))

    def remove(self, path: Path) -> None:
        """Remove a file or link, or a folder with all that is in it."""
        is_tree = path.is_dir() and not path.is_symlink()
        self.hook("remove", (path,), lambda: shutil.rmtree(path) if is_tree else path.unlink())

    def sync(self, path: Path) -> None:
        """Make a file's bytes, or a folder's entries, survive a power loss."""
        self.hook("sync", (path,), lambda: _sync(path))


@dataclass(frozen=True, slots=True)
class Store:
    """One lake on a local file system. Everything that writes is called under `locked()`."""

    root: Path
    disk: Disk = field(default_factory=Disk)

    @classmethod
    def open(cls, root: Path, *, create: bool, hook: Hook = perform_at_once) -> "Store":
        """Open the lake at `root`, or make one there when the folder is absent or empty and `create` is set."""
        store = cls(root.resolve(), Disk(hook))
        _refuse_odd_path(store.root)
        if not (store.root / MARKER).exists():
            _refuse_foreign_folder(store.root, create=create)
            store._found()
        _check_marker(store.root / MARKER)
        return store

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lake as its one writer; raise LakeBusy, naming the holder, when another does."""
        with hold(self.root):
            self._probe()
            yield

    def recover(self) -> None:
        """Empty `tmp`: what a killed run left there, no manifest speaks of."""
        for entry in sorted((self.root / "tmp").iterdir()):
            self.disk.remove(entry)

    def workspace(self, run_id: str) -> Path:
        """Make a fresh folder for a run's drafts."""
        path = self.root / "tmp" / _plain_name(run_id)
        if path.exists():
            self.disk.remove(path)
        self.disk.make_folder(path)
        return path

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the snapshots that are kept, ascending."""
        return history.numbers(self.root)

    def manifest(self, number: int) -> Manifest:
        """Read one snapshot's manifest; raise UsageError when there is none, LakeDamaged when it is not whole."""
        return history.read(self.root, number)

    def current(self) -> Manifest | None:
        """Return the newest snapshot, or None before the first; raise LakeDamaged when it or its chain is broken."""
        return history.newest(self.root)

    def add_part(
        self,
        staged: Path,
        table: Table,
        day: str | None,
        *,
        rows: int,
        minimum: Mapping[str, Scalar],
        maximum: Mapping[str, Scalar],
    ) -> Part:
        """Move a file out of a workspace to the place its content names; no reader sees it before a manifest does.

        The bytes are synced first, so the name never stands for less. It replaces a file of the same name instead of
        trusting it: an earlier run may have died before that one was synced. The folders are synced by `commit`.
        """
        folder = self.root / "parts" / table.name
        self.disk.make_folder(folder)
        if table.is_partitioned:
            folder /= f"{PARTITION_COLUMN}={_day_name(day)}"
            self.disk.make_folder(folder)
        with staged.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        target = folder / f"{digest[:32]}.parquet"
        byte_count = staged.stat().st_size
        self.disk.sync(staged)
        self.disk.rename(staged, target)
        path = target.relative_to(self.root).as_posix()
        return Part(table.name, path, day, rows, byte_count, digest, dict(minimum), dict(maximum))

    def keep_raw(self, staged: Path, name: str) -> None:
        """Move a dump out of a workspace to `raw/<name>`; the same dump again replaces itself."""
        self.disk.sync(staged)
        self.disk.rename(staged, self.root / "raw" / _plain_name(name))

    def commit(self, manifest: Manifest) -> None:
        """Publish: sync all names that the manifest relies on, then create it under its number if that is free."""
        parent = self.current()
        number, digest = (parent.number, parent.digest) if parent else (0, None)
        if (manifest.number, manifest.parent_digest) != (number + 1, digest):
            raise LakeBusy(f"snapshot {manifest.number} does not follow {number}, the newest here; run again")
        self._sync_parts(set(manifest.parts).difference(parent.parts if parent else ()))
        draft = self.root / "tmp" / f"{_plain_name(manifest.run_id)}-{os.getpid()}.json"
        if draft.exists():
            self.disk.remove(draft)  # it may be the second name of a published manifest, which a write would change
        self.disk.write(draft, manifest.to_bytes())
        self.disk.sync(draft)
        try:
            self.disk.link(draft, history.manifest_path(self.root, manifest.number))
        except FileExistsError as error:
            raise LakeBusy(f"another run published snapshot {manifest.number} first; run again") from error
        self.disk.sync(self.root / "snapshots")

    def shows(self, number: int) -> bool:
        """Tell whether `catalog.duckdb` leads to the catalog of this snapshot."""
        link = self.root / "catalog.duckdb"
        return link.exists() and link.resolve().name == _catalog_name(number)

    def swap_catalog(self, staged: Path, number: int) -> None:
        """Make a staged catalog the one that `catalog.duckdb` leads to; who has the old one open keeps it."""
        path = f"catalogs/{_catalog_name(number)}"
        link = self.root / "tmp" / f"catalog-{number}-{os.getpid()}.link"
        self.disk.sync(staged)
        self.disk.rename(staged, self.root / path)
        self.disk.sync(self.root / "catalogs")
        self.disk.symlink(path, link)
        self.disk.rename(link, self.root / "catalog.duckdb")
        self.disk.sync(self.root)

    def _sync_parts(self, parts: Iterable[Part]) -> None:
        """Sync every folder entry that leads to these parts, once each, and the raw dumps'."""
        folders = {self.root / "raw"}
        for part in parts:
            path = self.root / part.path
            if not path.is_file() or path.stat().st_size != part.byte_count:
                raise LakeDamaged(f"{path} is missing or not of {part.byte_count} bytes; nothing was published")
            folders.update(folder for folder in path.parents if folder.is_relative_to(self.root / "parts"))
        for folder in sorted(folders):
            self.disk.sync(folder)

    def _found(self) -> None:
        """Make the folders, the marker last. The draft comes first: it tells an unfinished lake from a stranger's."""
        for folder in (*reversed(self.root.parents), self.root):
            if not folder.is_dir():
                self.disk.make_folder(folder)
                self.disk.sync(folder.parent)
        draft = self.root / _DRAFT
        self.disk.write(draft, _MARKER_TEXT)
        self.disk.sync(draft)
        for name in _FOLDERS:
            self.disk.make_folder(self.root / name)
        with self.locked():
            if draft.exists():  # else another first run was faster with the same
                self.disk.rename(draft, self.root / MARKER)
            self.disk.sync(self.root)

    def _probe(self) -> None:
        """Refuse a file system that lacks what the commit is built on, before anything relies on it."""
        folder = self.root / "tmp" / "probe"
        try:
            self.disk.make_folder(folder.parent)
            if folder.exists():
                self.disk.remove(folder)
            self.disk.make_folder(folder)
            self.disk.write(folder / "file", b"")
            self.disk.link(folder / "file", folder / "second")
            self.disk.symlink("file", folder / "link")
            self.disk.rename(folder / "link", folder / "second")
            self.disk.remove(folder)
        except OSError as error:
            raise unsupported(self.root, error) from error


def _refuse_odd_path(root: Path) -> None:
    """Refuse what DuckDB misreads: the first folder like a partition misdates articles, `?` begins a URL's query."""
    if "?" in str(root) or any(part.lower().startswith(f"{PARTITION_COLUMN}=") for part in root.parts):
        raise UsageError(f"{root} has `?` or `{PARTITION_COLUMN}=` in its path; choose another path for the lake")


def _refuse_foreign_folder(root: Path, *, create: bool) -> None:
    if root.exists() and not root.is_dir():
        raise NotALake(f"{root} is a file; give a folder for the lake")
    entries = sorted(entry.name for entry in root.iterdir()) if root.is_dir() else []
    if entries and _DRAFT not in entries:
        raise NotALake(f"{root} is not a lake: it has no {MARKER}, but holds {entries[0]}; give an empty folder")
    if not create:
        raise UsageError(f"there is no lake at {root}; check the path, or make one with `broadsheet run`")


def _check_marker(path: Path) -> None:
    try:
        version = orjson.loads(path.read_bytes())["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise LakeDamaged(f"{path} cannot be read; restore it from a backup") from error
    if version != FORMAT:
        raise UsageError(f"{path} is of format {version}, not {FORMAT}; use the version of Broadsheet that made it")


def _plain_name(name: str) -> str:
    if name in {"", ".", ".."} or "/" in name:
        raise ValueError(f"{name!r} is not the name of one file")
    return name


def _day_name(day: str | None) -> str:
    return UNDATED if day is None else date.fromisoformat(day).isoformat()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _catalog_name(number: int) -> str:
    return f"catalog-{number:06}.duckdb"
