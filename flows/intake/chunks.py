"""Cut a member into chunks, so that several processes share one file, and read a chunk's records."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.intake.receipt import Member
from transforms.parse import (
    MAX_RECORD_BYTES,
    WIDE,
    Data,
    Format,
    Malformed,
    Record,
    frames,
    header,
    parse,
    row_group_count,
    settled,
)

TARGET_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of a staged member: bytes `start` to `stop`, or row groups of a Parquet file, or all of any other format."""

    member_index: int
    path: Path
    format: Format
    encoding: str
    start: int
    stop: int


def chunks(member: Member, target_bytes: int = TARGET_BYTES, *, member_index: int = 0) -> tuple[Chunk, ...]:
    """Cut JSON Lines at line ends, SGML and web archives between articles, Parquet between row groups; order is kept.

    Raises DumpRefused when a Parquet file is damaged.
    """
    return tuple(
        Chunk(member_index, member.path, member.format, member.encoding, start, stop)
        for start, stop in _cuts(member, target_bytes)
    )


def records(chunk: Chunk, max_record_bytes: int = MAX_RECORD_BYTES) -> Iterator[Record | Malformed]:
    """Yield the chunk's records: numbers from 0 within the chunk, offsets from the beginning of the whole file."""
    return parse(
        mapped(chunk.path),
        chunk.format,
        chunk.encoding,
        start=chunk.start,
        stop=chunk.stop,
        max_record_bytes=max_record_bytes,
    )


def column_names(member: Member) -> tuple[str, ...] | None:
    """Return the member's columns where its format names them before its records."""
    return header(mapped(member.path), member.format, member.encoding)


def mapped(path: Path) -> mmap.mmap:
    """Map a staged file; the map is released with its last reader, which for Parquet are Arrow's buffers."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _cuts(member: Member, target_bytes: int) -> list[tuple[int, int]]:
    if member.format is Format.PARQUET:
        return _row_group_cuts(member, target_bytes)
    if member.format is Format.WARC:
        return _frame_cuts(mapped(member.path), target_bytes)
    if member.format not in (Format.JSONL, Format.KEPT, Format.SGML) or member.byte_count <= target_bytes:
        return [(0, member.byte_count)]
    data = mapped(member.path)
    if settled(data, member.encoding) in WIDE:
        return [(0, member.byte_count)]
    return _cuts_at(data, b"</REUTERS>" if member.format is Format.SGML else b"\n", target_bytes)


def _cuts_at(data: Data, end: bytes, target_bytes: int) -> list[tuple[int, int]]:
    cuts, start = [], 0
    while start < len(data):
        found = data.find(end, max(start, start + target_bytes - len(end)))
        stop = len(data) if found < 0 else found + len(end)
        cuts.append((start, stop))
        start = stop
    return cuts


def _frame_cuts(data: Data, target_bytes: int) -> list[tuple[int, int]]:
    begins = [0]
    for frame in frames(data):
        if frame.begin - begins[-1] >= target_bytes:
            begins.append(frame.begin)
    return list(zip(begins, [*begins[1:], len(data)], strict=True))


def _row_group_cuts(member: Member, target_bytes: int) -> list[tuple[int, int]]:
    count = row_group_count(mapped(member.path))
    each = max(1, count * target_bytes // member.byte_count)
    return [(start, min(start + each, count)) for start in range(0, count, each)]
