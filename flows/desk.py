"""The desk: where the quality report of a night, and the index of all nights, are put together and laid down."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from expectations.report import NARROW, Edition, Report, index, render, render_index, report
from flows.lake.catalog import view_statements
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest, Part
from flows.lake.medium import Medium
from flows.lake.query import open_snapshot
from flows.lake.store import Store
from flows.lake.writer import Writer
from transforms.errors import LakeDamaged, UsageError
from transforms.tables import STORED

FOLDER: Final = "reports"
INDEX: Final = f"{FOLDER}/index.html"
_PAGE: Final = re.compile(rf"{FOLDER}/(\d{{4}}-\d\d-\d\d-(.+)\.html)")
_LEDGERS: Final = frozenset(table.name for table in STORED if table.kind == "ledger")


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written."""

    snapshot: int
    """Of a refused night, the number that it would have had."""
    path: str
    byte_count: int
    is_refused: bool = False

    def __str__(self) -> str:
        """Say where it is."""
        of = "the night that was refused last" if self.is_refused else f"snapshot {self.snapshot}"
        return f"wrote {self.path}: the quality report of {of}, {self.byte_count / 1e3:,.0f} kB\n"


def write_report(store: Store, at: int | str | None, out: Path | None) -> Written:
    """Write the report of the newest snapshot, or of the one that is chosen, over `out` or else report-N.html.

    Raises UsageError when there is no such snapshot, LakeDamaged when a part of it cannot be read.
    """
    manifest = store.chosen(at)
    edition = edition_of(manifest)
    path = out or Path(f"report-{'refused' if edition.is_refused else manifest.number}.html")
    page = render(_report(store, manifest))
    try:
        path.write_bytes(page)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name another with --out") from error
    return Written(manifest.number, str(path), len(page), edition.is_refused)


@dataclass(frozen=True, slots=True)
class Laid:
    """Where in the lake the page of a night is, or what came in its way."""

    name: str | None
    trouble: str | None = None


def lay_down(writer: Writer, manifest: Manifest) -> Laid:
    """Put the page of a night, published or refused, into the lake's `reports/`, and the index over all nights anew.

    Raises nothing: a published night has not failed when its page has.
    """
    store = Store(writer.medium)
    try:
        night = _report(store, manifest)
        name = f"{FOLDER}/{night.night:%Y-%m-%d}-{manifest.run_id}.html"
        _put(writer, name, render(night))
        _put(writer, INDEX, _index(store))
        writer.medium.settle([name, INDEX])
    except Exception as error:  # noqa: BLE001 - whatever it is, it comes after the commit, and must not look like a failure of it
        return Laid(
            None, f"the quality report could not be laid down: {_first_line(error)}; `broadsheet report` writes it"
        )
    return Laid(name)


def edition_of(manifest: Manifest) -> Edition:
    """Return what the report's frame tells of a snapshot, or of what would have become one."""
    moment = datetime.fromisoformat(manifest.created_at)
    return Edition(manifest.number, manifest.verdict, moment, is_refused=manifest.is_refused)


def _put(writer: Writer, name: str, page: bytes) -> None:
    draft = writer.workspace / "page.html"
    draft.write_bytes(page)
    writer.medium.move_in(draft, name)


def _report(store: Store, manifest: Manifest) -> Report:
    with _damage_told(), open_snapshot(store, manifest) as connection, connection.cursor() as narrow:
        _narrow_down(connection, narrow)
        return report(connection, edition_of(manifest), narrow)


def _narrow_down(connection: duckdb.DuckDBPyConnection, narrow: duckdb.DuckDBPyConnection) -> None:
    """Lay narrow copies of the largest views over them: else a dozen questions open the files of every day."""
    [(database,)] = connection.execute("SELECT current_database()").fetchall()
    narrow.execute(f"USE {database}")
    narrow.execute(f"CREATE TEMP TABLE copies AS SELECT {', '.join(NARROW)} FROM copies")
    narrow.execute("CREATE TEMP VIEW articles AS FROM copies WHERE is_canonical")


def _index(store: Store) -> bytes:
    """Draw the index over the ledgers of the newest snapshot and of the nights that were refused."""
    current, refused = store.current(), store.refused()
    ledgers = [part for part in current.parts if part.table in _LEDGERS] if current else []
    base = current or refused[-1]
    known = {part.path for part in ledgers}
    own = {part.path: part for night in refused for part in _own_ledgers(night) if part.path not in known}
    with _damage_told(), open_duckdb(store.address) as connection:
        for statement in view_statements(replace(base, parts=(*ledgers, *own.values())), store.address):
            connection.execute(statement)
        return render_index(index(connection, {night.run_id for night in refused}, _pages(store.medium)))


def _own_ledgers(night: Manifest) -> Iterator[Part]:
    """Give a refused night's own rows of what the index asks; other rows of its ledgers are in the lake's."""
    for part in night.parts:
        bounds = (part.minimum, part.maximum)
        if part.table == "audits" and all(some.get("run_id") == night.run_id for some in bounds):
            yield part
        if part.table == "runs" and all(some.get("snapshot") == night.number for some in bounds):
            yield part


def _pages(medium: Medium) -> dict[str, str]:
    """Name the pages that lie beside the index, by run."""
    try:
        names = medium.entries(FOLDER)
    except FileNotFoundError:
        return {}
    return {match[2]: match[1] for name in names if (match := _PAGE.fullmatch(name))}


@contextmanager
def _damage_told() -> Iterator[None]:
    """Raise LakeDamaged where DuckDB cannot read a part."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise LakeDamaged(f"{_first_line(error)}; run `broadsheet verify` to see what is damaged") from error


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]
