"""The ledgers of a snapshot, carried into one that is made anew: history stays, under the columns of today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.drafts import Draft, draft
from flows.lake.duck import open_part
from flows.lake.manifest import Manifest, Part
from transforms.ledgers import DUMPS
from transforms.schema import Table
from transforms.tables import STORED

LEDGERS = tuple(table for table in STORED if table.kind == "ledger")


@dataclass(frozen=True, slots=True)
class Carried:
    """Parts that stay as they are, and drafts of those that had to be written anew."""

    parts: tuple[Part, ...]
    drafts: tuple[Draft, ...]


def carry(manifest: Manifest, address: str, workspace: Path, renamed: Mapping[str, str]) -> Carried:
    """Carry all ledgers on; dumps that were consumed become superseded, for a rebuild notes them once more.

    `renamed` gives old and new names of kept dumps from which something was forgotten. No column of an older version is
    needed: what is missing is null, or empty where it may not be.
    """
    kept: list[Part] = []
    drafts: list[Draft] = []
    for table, part, rows in _ledger_parts(manifest, address):
        fitted = _superseded(_fitted(rows, table), renamed) if table == DUMPS else _fitted(rows, table)
        if fitted.equals(rows):
            kept.append(part)
        else:
            drafts.append(draft(table, fitted, workspace / f"{table.name}-{len(drafts):04}.parquet"))
    return Carried(tuple(kept), tuple(drafts))


def _ledger_parts(manifest: Manifest, address: str) -> Iterator[tuple[Table, Part, pa.Table]]:
    for table in LEDGERS:
        for part in manifest.parts_of(table.name):
            yield table, part, pq.ParquetFile(open_part(address, part.path)).read()


def _superseded(rows: pa.Table, renamed: Mapping[str, str]) -> pa.Table:
    status = pc.if_else(pc.equal(rows["status"], "consumed"), "superseded", rows["status"])
    names = pa.array([renamed.get(name, name) for name in rows["raw_name"].to_pylist()], pa.string())
    for name, column in (("status", status), ("raw_name", names)):
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


def _fitted(rows: pa.Table, table: Table) -> pa.Table:
    """Give rows the columns of today."""
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.schema.names else _filled(field, rows.num_rows)
        for field in table.schema
    ]
    return pa.table(columns, schema=table.schema)


def _filled(field: pa.Field, count: int) -> pa.Array:
    empty: Any = None
    if not field.nullable:
        empty = "" if pa.types.is_string(field.type) else [] if pa.types.is_nested(field.type) else 0
    return pa.array([empty] * count, field.type)
