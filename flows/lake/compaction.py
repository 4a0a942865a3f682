"""Compaction: a day's many small parts, or a narrow table's many nights, made into few. The content stays as it is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.integrity import part_damage
from flows.lake.manifest import Part
from flows.lake.parts import sort_bounds, write_part
from flows.lake.store import Store
from flows.lake.writer import Writer
from transforms.errors import LakeDamaged
from transforms.tables import STORED

PART_BYTES: Final = 64 << 20
"""What parts are merged up to. One merge at a time is in memory, uncompressed and sorted: some ten times as much."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """How many parts became how many, as which snapshot; None where there was nothing to merge."""

    parts_before: int
    parts_after: int
    snapshot: int | None


def compact(store: Store, *, part_bytes: int = PART_BYTES) -> Compaction:
    """Merge small parts of one table and day, and publish the same rows in fewer files.

    Raises LakeBusy when a run holds the lake, CommitConflict when one that got past the lock published meanwhile,
    LakeDamaged when a part that would be merged is not whole.
    """
    with store.writer() as writer:
        parent = writer.current()
        parts = parent.parts if parent else ()
        groups = list(mergeable(parts, part_bytes))
        if parent is None or not groups:
            return Compaction(len(parts), len(parts), None)
        _require_undamaged(writer, chain.from_iterable(groups))
        merged = [_merge(writer, group) for group in groups]
        gone = {part.path for group in groups for part in group}
        kept = tuple(part for part in parts if part.path not in gone)
        writer.publish_again(parent, replace(parent, parts=(*kept, *merged)), "compact")
        return Compaction(len(parts), len(kept) + len(merged), parent.number + 1)


def mergeable(parts: Iterable[Part], part_bytes: int) -> Iterator[list[Part]]:
    """Give groups of two parts and more, of one table and day, that come to at most `part_bytes` together."""
    places: dict[tuple[str, str | None], list[Part]] = defaultdict(list)
    for part in parts:
        places[part.table, part.day].append(part)
    for some in places.values():
        group: list[Part] = []
        for part in sorted(some, key=lambda part: (part.byte_count, part.path)):
            if sum(each.byte_count for each in group) + part.byte_count > part_bytes:
                yield from [group] if len(group) > 1 else []
                group = []
            group.append(part)
        yield from [group] if len(group) > 1 else []


def _require_undamaged(writer: Writer, parts: Iterable[Part]) -> None:
    """Compare digests first: what a merge has read gets a digest of its own, under which damage would pass for ever."""
    if damage := next(part_damage(writer.medium, parts), None):
        raise LakeDamaged(
            f"{writer.address}/{damage.path}: {damage.what}; nothing was merged; "
            "run `broadsheet verify` to see all that is damaged and what to do"
        )


def _merge(writer: Writer, group: list[Part]) -> Part:
    table = next(table for table in STORED if table.name == group[0].table)
    columns = ", ".join(f'"{name}"' for name in table.schema.names)
    with open_duckdb(writer.address) as connection:
        found = connection.execute(f"SELECT {columns} FROM {source(table, group, writer.address)}").to_arrow_table()
    rows = found.cast(table.schema)
    if rows.num_rows != sum(part.rows for part in group):
        raise LakeDamaged(f"{len(group)} parts of {table.name} hold {rows.num_rows} rows, not what their manifest says")
    draft = writer.workspace / "merged.parquet"
    write_part(table, rows, draft)
    minimum, maximum = sort_bounds(table, rows)
    return writer.add_part(draft, table, group[0].day, rows=rows.num_rows, minimum=minimum, maximum=maximum)
