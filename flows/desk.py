"""The desk: where the quality report of a snapshot is put together and laid down as a file."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.report import Edition, render, report
from flows.lake.manifest import Manifest
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from transforms.errors import LakeDamaged, UsageError


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written."""

    snapshot: int
    path: str
    byte_count: int

    def __str__(self) -> str:
        """Say where it is."""
        return f"wrote {self.path}: the quality report of snapshot {self.snapshot}, {self.byte_count / 1e3:,.0f} kB\n"


def write_report(store: Store, at: int | str | None, out: Path | None) -> Written:
    """Write the report of the newest snapshot, or of snapshot `at`, over `out` or else report-N.html.

    Raises UsageError when there is no such snapshot, LakeDamaged when a part of it cannot be read.
    """
    manifest = store.chosen(at)
    path = out or Path(f"report-{manifest.number}.html")
    page = _page(store, manifest)
    try:
        path.write_bytes(page)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name another with --out") from error
    return Written(manifest.number, str(path), len(page))


def edition_of(manifest: Manifest) -> Edition:
    """Return what the report's frame tells of a snapshot."""
    return Edition(manifest.number, manifest.verdict, datetime.fromisoformat(manifest.created_at))


def _page(store: Store, manifest: Manifest) -> bytes:
    try:
        with open_snapshot(store, manifest) as connection:
            return render(report(connection, edition_of(manifest)))
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        first = str(error).partition("\n")[0]
        raise LakeDamaged(f"{first}; run `broadsheet verify` to see what is damaged") from error
