"""A lake in a folder of a local file system.

    lake.json                        marks the folder as a lake, with the format version
    lock                             flock of the one writer
    tmp/                             workspaces; nothing in it outlives a crash
    raw/<digest>.<suffix>            dumps as delivered
    parts/<table>/[published_date=<day>/]<digest>.parquet
    snapshots/000001.json            manifests; the highest number is the current state
    catalogs/catalog-000001-<address>.duckdb   derived, with catalog.duckdb a link to the newest

Order is all: a file's bytes are synced before it gets its name, and a name's folder before anything speaks of it.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from flows.lake.disk import Disk
from flows.lake.lock import LOCK, hold, holder, unsupported
from flows.lake.marker import FOLDERS, MARKER, MARKER_TEXT
from flows.lake.medium import Entry
from flows.lake.workspaces import Workspaces, is_workspace, new_run_id
from transforms.errors import NotALake, UsageError
from transforms.schema import PARTITION_COLUMN

CATALOG: Final = "catalog.duckdb"

_CATALOG_NAME: Final = re.compile(r"catalog-(\d+)-([0-9a-f]+)\.duckdb")


@dataclass(frozen=True, slots=True)
class Folder:
    """The medium that is a folder. Everything that writes is called while it is held."""

    root: Path
    disk: Disk = field(default_factory=Disk)
    lender: str | None = None
    """The folder that names here lead to which `borrow` was given."""

    @classmethod
    def open(cls, root: Path, disk: Disk, *, create: bool) -> "Folder":
        """Open the lake at `root`, or make one there when the folder is absent or empty and `create` is set."""
        folder = cls(root.resolve(), disk)
        refuse_odd_path(folder.address)
        if not (folder.root / MARKER).exists():
            _refuse_foreign_folder(folder.root, create=create)
            folder._found()
        return folder

    @property
    def address(self) -> str:
        """The folder's absolute path."""
        return str(self.root)

    @property
    def part_folders(self) -> tuple[str, ...]:
        """That of the parts, and the one that borrowed parts lie in: DuckDB judges a link by where it leads."""
        own = f"{self.address}/parts"
        return (own, self.lender) if self.lender else (own,)

    @property
    def scratch(self) -> Path:
        """Beside the parts, so that moving a draft to its place copies nothing."""
        return self.root / "tmp"

    @property
    def checks_itself(self) -> bool:
        """A disk hands out what it has."""
        return False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the kernel's lock; raise LakeBusy, naming the holder, when another does."""
        with hold(self.root):
            self.disk.make_folder(self.scratch)
            yield

    def holder(self) -> str | None:
        """Read who wrote into the lock, if that process is still there."""
        return holder(self.root)

    def free_bytes(self) -> int:
        """Ask the disk."""
        return shutil.disk_usage(self.root).free

    def steady(self) -> None:
        """Make last what a killed run left to be seen, but unsynced: else a power loss takes it from under the next."""
        for folder in (self.root / "snapshots", self.root):
            if folder.is_dir():
                self.disk.sync(folder)

    def probe(self, workspace: Path) -> None:
        """Try links and renames before anything relies on them; the lock has been tried already."""
        folder = workspace / "probe"
        try:
            self.disk.make_folder(folder)
            self.disk.write(folder / "file", b"")
            self.disk.link(folder / "file", folder / "second")
            self.disk.symlink("file", folder / "link")
            self.disk.rename(folder / "link", folder / "second")
            self.disk.remove(folder)
        except OSError as error:
            raise unsupported(self.root, error) from error

    def read(self, name: str) -> bytes:
        """Read a file."""
        return (self.root / name).read_bytes()

    def fetch(self, name: str, folder: Path) -> Path:  # noqa: ARG002 - a bucket needs a place for its copy
        """Give the file itself."""
        path = self.root / name
        if not path.is_file():
            raise FileNotFoundError(path)
        return path

    def digest(self, name: str) -> str:
        """Compute a file's SHA-256, block by block."""
        with (self.root / name).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def entry(self, name: str) -> Entry | None:
        """Look a file up."""
        path = self.root / name
        return _entry(path) if path.is_file() else None

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """List all files under a folder."""
        top = self.root / folder
        if not top.is_dir():
            raise FileNotFoundError(top)
        start = len(self.address) + 1
        found = ((file.path[start:], _entry_unless_gone(file)) for file in _files(top))
        return {name: entry for name, entry in found if entry}

    def move_in(self, staged: Path, name: str) -> None:
        """Sync the bytes, then move the name.

        A file of that name is replaced, not trusted: an earlier run may have died before that one was synced.
        """
        target = self.root / name
        for folder in reversed(list(self._folders(name))):
            self.disk.make_folder(folder)
        self.disk.sync(staged)
        self.disk.rename(staged, target)

    def borrow(self, file: Path, name: str) -> None:
        """Let a name lead to a file of the lender's, which stays as it is whatever becomes of the name."""
        for folder in reversed(list(self._folders(name))):
            self.disk.make_folder(folder)
        self.disk.symlink(str(file), self.root / name)

    def settle(self, names: Iterable[str]) -> None:
        """Sync every folder that leads to these names, once each."""
        for folder in sorted({folder for name in names for folder in self._folders(name)}):
            self.disk.sync(folder)

    def create(self, name: str, data: bytes, workspace: Path) -> None:
        """Write and sync a draft, then link it, which fails where the name is taken, and sync the folder."""
        draft = workspace / Path(name).name
        if draft.exists():
            self.disk.remove(draft)  # it may be the second name of a file already made, which a write would change
        self.disk.write(draft, data)
        self.disk.sync(draft)
        self.disk.link(draft, self.root / name)
        self.disk.sync((self.root / name).parent)

    def remove(self, name: str) -> None:
        """Remove a file."""
        self.disk.remove(self.root / name)

    def show(self, catalog: Path, number: int, workspace: Path) -> None:
        """Move the catalog in, then swap the link that leads to the newest."""
        name = self._catalog_name(number)
        link = workspace / "catalog.link"
        self.move_in(catalog, name)
        self.settle([name])
        self.disk.symlink(name, link)
        self.disk.rename(link, self.root / CATALOG)
        self.disk.sync(self.root)

    def shown(self) -> int | None:
        """Read the number off the link; a catalog holds absolute paths, so one of another folder counts as none."""
        link = self.root / CATALOG
        match = _CATALOG_NAME.fullmatch(link.resolve().name) if link.exists() else None
        return int(match[1]) if match and match[2] == self._mark else None

    def catalog(self, number: int) -> Path | None:
        """Give the catalog that was made of a snapshot, at this address."""
        path = self.root / self._catalog_name(number)
        return path if path.is_file() else None

    def _catalog_name(self, number: int) -> str:
        return f"catalogs/catalog-{number:06}-{self._mark}.duckdb"

    @property
    def _mark(self) -> str:
        return sha256(self.address.encode("utf-8", "surrogateescape")).hexdigest()[:8]

    def _folders(self, name: str) -> Iterator[Path]:
        """Give the folders that lead to a name, nearest first, without the root."""
        return (folder for folder in (self.root / name).parents if folder != self.root and self.root in folder.parents)

    def _found(self) -> None:
        """Make the folders, then the marker: it never stands without them, whatever a power loss leaves."""
        self._make_root()
        with self.held():
            for name in FOLDERS:
                self.disk.make_folder(self.root / name)
            self.disk.sync(self.root)
            with Workspaces(self.scratch, self.disk).claim(new_run_id(datetime.now(UTC))) as workspace:
                try:
                    self.create(MARKER, MARKER_TEXT, workspace)
                except FileExistsError:
                    return  # a first run that got past the lock was faster, with the same

    def _make_root(self) -> None:
        """Make the root and the folders above it that are not there."""
        nearest = next(folder for folder in (self.root, *self.root.parents) if folder.is_dir())
        if os.access(nearest.parent, os.R_OK):
            self.disk.sync(nearest.parent)  # an earlier attempt may have made `nearest`, and died before this
        for folder in (*reversed(self.root.parents), self.root):
            if not folder.is_dir():
                self.disk.make_folder(folder)
                self.disk.sync(folder.parent)


def _files(folder: str | Path) -> Iterator["os.DirEntry[str]"]:
    """Give all files under a folder; with thousands of parts, several times as fast as `Path.rglob`."""
    with os.scandir(str(folder)) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file():
                yield entry


def _entry_unless_gone(file: "os.DirEntry[str]") -> Entry | None:
    try:
        return _entry(file)
    except FileNotFoundError:
        return None  # cleaned away since it was listed


def _entry(path: "Path | os.DirEntry[str]") -> Entry:
    status = path.stat()
    return Entry(status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def refuse_odd_path(address: str) -> None:
    """Refuse what DuckDB misreads: the first folder like a partition misdates articles, `?` begins a URL's query."""
    if "?" in address or any(part.lower().startswith(f"{PARTITION_COLUMN}=") for part in address.split("/")):
        raise UsageError(f"{address} has `?` or `{PARTITION_COLUMN}=` in its path; choose another path for the lake")


def _refuse_foreign_folder(root: Path, *, create: bool) -> None:
    if root.exists() and not root.is_dir():
        raise NotALake(f"{root} is a file; give a folder for the lake")
    foreign = next(_foreign_names(root), None) if root.is_dir() else None
    if foreign:
        advice = "give an empty folder" if create else "check the path"
        raise NotALake(f"{root} is not a lake: it has no {MARKER}, but holds {foreign}; {advice}")
    if not create:
        raise UsageError(f"there is no lake at {root}; check the path, or make one with `broadsheet run`")


def _foreign_names(root: Path) -> Iterator[str]:
    """Give what a first run that died before the marker would not have left: all but empty folders and workspaces."""
    for entry in sorted(root.iterdir()):
        if entry.name in FOLDERS and entry.is_dir():
            inside = (path.name for path in sorted(entry.iterdir()))
            yield from (f"{entry.name}/{name}" for name in inside if not is_workspace(f"{entry.name}/{name}"))
        elif entry.name != LOCK:
            yield entry.name
