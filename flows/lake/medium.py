"""Where a lake's files lie: what the store asks of a folder or of a bucket. Names are posix, relative to the lake."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """What a medium tells of a file without opening it."""

    byte_count: int
    modified_at: datetime
    """UTC, by the medium's own clock."""


class Medium(Protocol):
    """A place for files that are put there whole, or not at all."""

    @property
    def address(self) -> str:
        """What stands before a name and a slash where DuckDB is to read the file."""

    @property
    def part_folders(self) -> tuple[str, ...]:
        """The folders that DuckDB must be let into to read the parts."""

    @property
    def scratch(self) -> Path:
        """A local folder for workspaces."""

    @property
    def checks_itself(self) -> bool:
        """Whether bytes that have changed are the medium's own to find."""

    def held(self) -> AbstractContextManager[None]:
        """Hold the medium as its one writer, where it knows locks; raise LakeBusy when another does."""

    def holder(self) -> str | None:
        """Say who holds the medium and since when, without disturbing it; None for nobody, or where none is known."""

    def free_bytes(self) -> int | None:
        """Tell how much room is left; None where that is not known."""

    def steady(self) -> None:
        """Make last whatever is to be seen here now."""

    def probe(self, workspace: Path) -> None:
        """Raise UsageError when the medium lacks what a commit is built on."""

    def read(self, name: str) -> bytes:
        """Read a file; raise FileNotFoundError when there is none."""

    def fetch(self, name: str, folder: Path) -> Path:
        """Give a local file with a file's bytes, its own or a copy in a folder; raise FileNotFoundError."""

    def digest(self, name: str) -> str:
        """Compute a file's SHA-256, in hex; raise FileNotFoundError when there is none."""

    def entry(self, name: str) -> Entry | None:
        """Look a file up; None when there is none."""

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """List all files under a folder, by name; raise FileNotFoundError when a medium that has folders lacks it."""

    def move_in(self, staged: Path, name: str) -> None:
        """Move a local file here, over whatever has the name. Its bytes last at once, its name from `settle` on."""

    def settle(self, names: Iterable[str]) -> None:
        """Make names last, or their removal."""

    def create(self, name: str, data: bytes, workspace: Path) -> None:
        """Make a file, lasting at once; raise FileExistsError when the name is taken."""

    def remove(self, name: str) -> None:
        """Remove a file; its removal lasts from `settle` on."""

    def show(self, catalog: Path, number: int, workspace: Path) -> None:
        """Make a local file the `catalog.duckdb` that readers open; who has the old one open keeps it."""

    def catalog(self, number: int) -> Path | None:
        """Give the local file of a snapshot's catalog, if the medium keeps one."""

    def shown(self) -> int | None:
        """Tell which snapshot's catalog readers open; None when there is none, or it was made for another address."""
