"""Letting go of bytes by their age: kept dumps past `raw_days`, rejected records past `quarantine_days`.

Parts never change, so this makes a new snapshot, with the rows and without the bytes. The bytes themselves go with the
last snapshot that names them, as everything here does: until then a rollback still has them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.lake.catalog import source
from flows.lake.duck import open_duckdb, open_part
from flows.lake.manifest import Manifest, Part
from flows.lake.parts import sort_bounds, write_part
from flows.lake.writer import Writer
from flows.settings import Retention
from transforms.ledgers import DUMPS
from transforms.schema import Table
from transforms.tables import QUARANTINE

LET_GO: Final = "let go on"
"""How the detail of a dump begins that tells since when its bytes are gone."""


@dataclass(frozen=True, slots=True)
class Letting:
    """A part that has rows whose bytes are past their days, and which: the column is emptied there."""

    table: Table
    part: Part
    column: str
    goes: pa.ChunkedArray
    note: str | None = None
    """What is added to the detail of these rows."""

    @property
    def count(self) -> int:
        """How many rows that are."""
        return int(pc.sum(self.goes).as_py() or 0)

    def rows(self, address: str) -> pa.Table:
        """Give the rows of the part as they are without the bytes."""
        rows = pq.ParquetFile(open_part(address, self.part.path)).read().cast(self.table.schema)
        empty = pa.scalar(None, rows.schema.field(self.column).type)
        rows = _with(rows, self.column, pc.if_else(self.goes, empty, rows[self.column]))
        if self.note is None:
            return rows
        first = pc.fill_null(pc.binary_join_element_wise(self.note, rows["detail"], "; "), self.note)
        return _with(rows, "detail", pc.if_else(self.goes, first, rows["detail"]))


def past_days(manifest: Manifest | None, address: str, retention: Retention, now: datetime) -> list[Letting]:
    """Find what is past its days in a snapshot; nothing where the settings keep it for ever."""
    if manifest is None:
        return []
    found: list[Letting] = []
    if retention.raw_days:
        cut = _run_id_at(now - timedelta(days=retention.raw_days))
        found += _dumps_past(manifest, address, cut, f"{LET_GO} {now:%Y-%m-%d}, past raw_days ({retention.raw_days})")
    if retention.quarantine_days:
        found += _rejects_past(manifest, address, _run_id_at(now - timedelta(days=retention.quarantine_days)))
    return found


def let_go(writer: Writer, manifest: Manifest, found: Iterable[Letting]) -> None:
    """Publish the snapshot without the bytes. Its run stays the parent's: what that was audited for holds still."""
    parts = {part.path: part for part in manifest.parts}
    for each in found:
        rows, draft = each.rows(writer.address), writer.workspace / "let-go.parquet"
        write_part(each.table, rows, draft)
        least, most = sort_bounds(each.table, rows)
        new = writer.add_part(draft, each.table, each.part.day, rows=rows.num_rows, minimum=least, maximum=most)
        del parts[each.part.path]
        parts[new.path] = new
    content = replace(manifest, parts=tuple(parts.values()))
    writer.publish_again(manifest, content, "clean", run_id=manifest.run_id)


def _run_id_at(moment: datetime) -> str:
    """Give what stands between the runs before a moment and those after it: they are named by when they began."""
    return f"{moment:%Y%m%dT%H%M%S}"


def _dumps_past(manifest: Manifest, address: str, cut: str, note: str) -> Iterator[Letting]:
    for part in manifest.parts_of(DUMPS.name):
        if str(part.minimum["run_id"]) < cut:
            rows = _columns(address, part, "run_id", "raw_name")
            goes = pc.and_(pc.less(rows["run_id"], cut), pc.is_valid(rows["raw_name"]))
            if pc.any(goes).as_py():
                yield Letting(DUMPS, part, "raw_name", goes, note)


def _rejects_past(manifest: Manifest, address: str, cut: str) -> Iterator[Letting]:
    old = pa.array(_digests_before(manifest, address, cut), pa.string())
    for part in manifest.parts_of(QUARANTINE.name) if len(old) else ():
        is_old = pc.is_in(_columns(address, part, "dump_digest")["dump_digest"], old)
        if pc.any(is_old).as_py():  # only then are the bytes read
            goes = pc.and_(is_old, pc.is_valid(_columns(address, part, "raw")["raw"]))
            if pc.any(goes).as_py():
                yield Letting(QUARANTINE, part, "raw", goes)


def _digests_before(manifest: Manifest, address: str, cut: str) -> Collection[str]:
    """Name the dumps that came first before a run of that name could have been."""
    dumps = source(DUMPS, manifest.parts_of(DUMPS.name), address)
    with open_duckdb(address) as connection:
        rows = connection.execute(
            f"SELECT dump_digest FROM {dumps} WHERE dump_digest IS NOT NULL GROUP BY ALL HAVING min(run_id) < ?", [cut]
        ).fetchall()
    return [digest for (digest,) in rows]


def _columns(address: str, part: Part, *names: str) -> pa.Table:
    return pq.ParquetFile(open_part(address, part.path)).read(columns=list(names))


def _with(rows: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
