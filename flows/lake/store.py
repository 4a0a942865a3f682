"""The store: one lake, read by anybody and written by one `Writer` at a time.

The highest numbered manifest is the current state; there is no pointer to be torn. Parts are named by their content and
never change, so what a manifest speaks of is there for as long as that manifest is.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flows.lake import history, refused
from flows.lake.disk import Disk, Hook, perform_at_once
from flows.lake.duck import is_remote
from flows.lake.folder import Folder
from flows.lake.manifest import Manifest
from flows.lake.marker import MARKER, check_marker
from flows.lake.medium import Medium
from flows.lake.workspaces import Lasting, Workspaces, new_run_id
from flows.lake.writer import Writer
from transforms.errors import LakeDamaged, UsageError

_COPIES_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Store:
    """One lake, on whatever medium."""

    medium: Medium
    disk: Disk = field(default_factory=Disk)

    @classmethod
    def open(cls, lake: str | Path, *, create: bool, hook: Hook = perform_at_once) -> "Store":
        """Open the lake in a folder or under `s3://bucket/prefix`, or make one there when `create` is set.

        Raises UsageError when there is none or it is of another format, NotALake when something else is there,
        LakeDamaged when its marker is not whole.
        """
        disk = Disk(hook)
        medium: Medium
        if is_remote(str(lake)):
            medium = _open_bucket(str(lake), hook, create=create)
        else:
            medium = Folder.open(Path(lake), disk, create=create)
        check_marker(medium.read(MARKER), medium.address)
        return cls(medium, disk)

    @property
    def address(self) -> str:
        """What stands before a part's path and a slash where DuckDB is to read it."""
        return self.medium.address

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the snapshots that are kept, ascending."""
        return history.numbers(self.medium)

    def manifest(self, number: int) -> Manifest:
        """Read one snapshot's manifest; raise UsageError when there is none, LakeDamaged when it is not whole."""
        return history.read(self.medium, number)

    def current(self) -> Manifest | None:
        """Return the newest snapshot, or None before the first; raise LakeDamaged when it or its chain is broken."""
        return history.newest(self.medium)

    def refused(self) -> list[Manifest]:
        """Return the nights that their audit refused, as they would have been published, oldest first."""
        return [refused.read(self.medium, name) for name in refused.names(self.medium)]

    def chosen(self, at: int | str | None) -> Manifest:
        """Return a snapshot by its number, the newest, or, for `refused`, the last night that its audit refused.

        Raises UsageError when there is none such, LakeDamaged when it is not whole.
        """
        if at is None:
            return required(self.current(), self.address)
        if at == refused.LAST:
            return refused.last(self.medium)
        try:
            return self.manifest(int(at))
        except ValueError as error:
            raise UsageError(f"{at!r} is no snapshot: give its number, or `{refused.LAST}`") from error

    def shadow(self, folder: Path) -> "Store":
        """Make a lake in a folder that has the newest snapshot alone, its parts borrowed from here.

        Whatever is done to it is done there. Of a lake in a bucket the parts are copied.
        """
        newest = self.current()
        lender = self.medium.root / "parts" if isinstance(self.medium, Folder) else folder / "copies"
        self.disk.make_folder(lender)
        shadow = replace(Folder.open(folder / "lake", self.disk, create=True), lender=str(lender))
        if newest:
            with ThreadPoolExecutor(_COPIES_AT_ONCE) as aside:
                files = aside.map(lambda part: self.medium.fetch(part.path, lender), newest.parts)
                for part, file in zip(newest.parts, files, strict=True):
                    shadow.borrow(file, part.path)
            shadow.create(history.manifest_name(newest.number), newest.to_bytes(), folder)
        return Store(shadow, self.disk)

    @property
    def lasting(self) -> Lasting:
        """Where work is kept that is too long to be lost with its process; for who holds the lake as its writer."""
        return Lasting(self.medium.scratch, self.disk)

    def discard(self, path: Path) -> None:
        """Remove what is not wanted any more from a workspace or from lasting work, if it is there."""
        if path.exists():
            self.disk.remove(path)

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Hold the lake as its one writer; raise LakeBusy when another does.

        This is recovery: what dead runs left to be seen is made to last, their workspaces go, and the catalog is
        brought to the newest snapshot, if a run ended before that, somebody removed it, or the lake was moved.
        """
        now = datetime.now(UTC)
        run_id = new_run_id(now)
        with self.medium.held():
            self.medium.steady()
            workspaces = Workspaces(self.medium.scratch, self.disk)
            workspaces.clear()
            with workspaces.claim(run_id) as workspace:
                self.medium.probe(workspace)
                writer = Writer(self.medium, run_id, now, workspace)
                with suppress(LakeDamaged):  # parts that cannot be read: whoever builds on them is told, others go back
                    writer.show_newest()
                newest = writer.current()
                self.lasting.clear(but_upon=newest.number if newest else 0)
                yield writer


def required(manifest: Manifest | None, address: str) -> Manifest:
    """Return the newest snapshot of a lake; raise UsageError where there is none yet."""
    if manifest is None:
        raise UsageError(f"{address} has no snapshot yet; `broadsheet run` makes the first")
    return manifest


def _open_bucket(address: str, hook: Hook, *, create: bool) -> Medium:
    if not address.startswith("s3://"):
        raise UsageError(f"{address}: a lake lies in a folder or under s3://bucket/prefix")
    try:
        from flows.lake.bucket import Bucket  # noqa: PLC0415 - object storage is an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{address}: object storage needs the package {error.name}; install it, then try again"
        ) from error
    return Bucket.open(address, hook, create=create)
