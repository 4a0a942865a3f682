"""Bands of tonight's texts, one row a text and day, in a file of the workspace; those of history, group by group."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.dedup.history import Past
from flows.dedup.tonight import Tonight, gather, open_staged
from flows.lake.duck import open_part
from flows.lake.manifest import Part
from transforms.buckets import UNDATED
from transforms.fingerprint import from_binary
from transforms.meeting import Features
from transforms.passages import Passages
from transforms.schema import PARTITION_COLUMN
from transforms.tables import FEATURES

_WIDE: Final = "wide_bands"
_STEEP: Final = "steep_bands"
_PASSAGES: Final = "passages"
_COMPARED: Final = (_WIDE, _STEEP, _PASSAGES)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Where some features of history lie."""

    part: Part
    number: int


def write_features(tonight: Tonight, staged: tuple[Path, ...], path: Path) -> pa.Table:
    """Write FEATURES rows of tonight's new articles, in order of text and day, and give them from the file."""
    chosen = tonight.rows(f"""
        SELECT text_id, {PARTITION_COLUMN}, min(position) AS position FROM fresh GROUP BY ALL ORDER BY position
    """)
    rows = chosen.drop_columns("position")
    found = gather(staged, chosen["position"].combine_chunks(), _COMPARED)
    for name in _COMPARED:
        rows = rows.append_column(name, found[name])
    with pa.ipc.new_file(path, FEATURES.schema) as writer:
        ordered = rows.cast(FEATURES.schema).sort_by([("text_id", "ascending"), (PARTITION_COLUMN, "ascending")])
        writer.write_table(ordered.combine_chunks())
    return open_staged([path])


def features(rows: pa.Table) -> tuple[pa.Array, Features]:
    """Give FEATURES rows, in order of text and day, as the texts' ids and columns that number them."""
    encoded = rows["text_id"].combine_chunks().dictionary_encode()  # numbers by first sight, which is by order
    wide, steep, held = from_binary(rows[_WIDE]), from_binary(rows[_STEEP]), Passages.from_binary(rows[_PASSAGES])
    days = day_numbers(rows[PARTITION_COLUMN])
    return encoded.dictionary, Features(encoded.indices.to_numpy(), days, wide, steep, held)


def day_numbers(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Give dates as days from 1970, UNDATED for nulls."""
    numbers: NDArray[np.int32] = column.cast(pa.int32()).fill_null(int(UNDATED)).to_numpy()
    return numbers


def day_texts(numbers: NDArray[np.int32]) -> set[str | None]:
    """Give the different days among numbers as ISO text, None for UNDATED."""
    return {None if n == UNDATED else str(np.datetime64(int(n), "D")) for n in np.unique(numbers)}


def row_groups(past: Past) -> Iterator[RowGroup]:
    """Yield where the features of history lie, a few megabytes each."""
    for part in past.parts(FEATURES):
        for number in range(pq.read_metadata(open_part(past.address, part.path)).num_row_groups):
            yield RowGroup(part, number)


def read_column(past: Past, group: RowGroup, name: str) -> pa.ChunkedArray:
    """Read one column of a row group."""
    with pq.ParquetFile(open_part(past.address, group.part.path)) as file:
        return file.read_row_group(group.number, columns=[name], use_threads=False)[name]


def read_wide(past: Past, group: RowGroup) -> NDArray[np.uint32]:
    """Read the wide bands of a row group: (rows, 64) uint32."""
    return from_binary(read_column(past, group, _WIDE))


def read_steep(past: Past, group: RowGroup) -> NDArray[np.uint32]:
    """Read the steep bands of a row group: (rows, 32) uint32."""
    return from_binary(read_column(past, group, _STEEP))


def read_passages(past: Past, group: RowGroup) -> Passages:
    """Read the passages of a row group."""
    return Passages.from_binary(read_column(past, group, _PASSAGES))
