"""Stage one chunk of a dump: bytes to normalised, fingerprinted rows in two Arrow files. Runs in a worker process."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from flows.intake.chunks import Chunk, mapped, records
from flows.mark import Mark
from flows.workers import memory_limit
from transforms.errors import DumpRefused
from transforms.fields import FieldMap
from transforms.normalise import REJECTS, STAGED, Batch, Seen, normalise
from transforms.outlet import Outlet
from transforms.parse import Malformed, Record, header
from transforms.text import Guide

_SHOWN_NAMES: Final = 12
BATCH_RECORDS: Final = 4096
BATCH_BYTES: Final = 16 << 20
"""Records, and bytes of records, that each process has in memory at a time."""
_MEMORY_BYTES: Final = 2 << 30
_MEMORY_A_RECORD_BYTE: Final = 128
"""What a worker process may take at most: so much, and so much for each byte of the longest record."""

Found = Iterable[Record | Malformed]
Batches = Iterator[list[Record | Malformed]]


@dataclass(frozen=True, slots=True)
class StageTask:
    """A chunk, where its rows go (`<stem>.articles.arrow`, `<stem>.rejects.arrow`), and how to read its fields."""

    dump: int
    member: str | None
    chunk: Chunk
    stem: Path
    outlet: Outlet
    guide: Guide
    max_record_bytes: int


@dataclass(frozen=True, slots=True)
class Staged:
    """What a chunk became; `refusal` says why its whole dump cannot be read.

    `without_text` names the fields of its records when none of them is one for the text.
    """

    dump: int
    member: str | None
    member_index: int
    articles: Path
    rejects: Path
    admitted_or_replayed: int = 0
    quarantined: int = 0
    seen: Seen = field(default_factory=Seen)
    without_text: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def records_read(self) -> int:
        """Count the records found."""
        return self.admitted_or_replayed + self.quarantined


def stage(task: StageTask) -> Staged:
    """Parse, normalise and fingerprint one chunk."""
    with Mark(task.stem) as mark, memory_limit(memory_bytes(task)):
        return stage_batches(task, lambda _: _marked(read_chunk(task), mark))


def memory_bytes(task: StageTask) -> int:
    """Return what a worker process may take for the chunk."""
    return _MEMORY_BYTES + _MEMORY_A_RECORD_BYTE * task.max_record_bytes


def read_chunk(task: StageTask) -> Found:
    """Yield the chunk's records."""
    return records(task.chunk, task.max_record_bytes)


def stage_batches(task: StageTask, batches: Callable[[FieldMap], Batches]) -> Staged:
    """Normalise and fingerprint what is read of a chunk, batch by batch; `batches` are given the map of its fields."""
    articles, rejects = staged_paths(task)
    place = task.dump, task.member, task.chunk.member_index, articles, rejects
    fields = FieldMap(task.outlet.fields)
    try:
        _check_columns(task.chunk, fields)
        normalised = (normalise(batch, fields, task.outlet, task.guide) for batch in batches(fields))
        counts = _write(normalised, articles, rejects)
        return Staged(*place, *counts, fields.without_text())
    except DumpRefused as error:
        return Staged(*place, refusal=str(error))


def staged_paths(task: StageTask) -> tuple[Path, Path]:
    """Return where the chunk's articles and rejects go."""
    return task.stem.with_suffix(".articles.arrow"), task.stem.with_suffix(".rejects.arrow")


def _marked(found: Found, mark: Mark) -> Batches:
    """Give a sign of life with every batch."""
    number = 0
    for batch in batched(found):
        mark.write(number, len(batch))
        yield batch
        number += len(batch)


def batched(found: Found) -> Batches:
    """Put records together, as many as one process is to have in memory."""
    batch: list[Record | Malformed] = []
    size = 0
    for record in found:
        batch.append(record)
        size += len(record.raw)
        if size >= BATCH_BYTES or len(batch) == BATCH_RECORDS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _check_columns(chunk: Chunk, fields: FieldMap) -> None:
    columns = header(mapped(chunk.path), chunk.format, chunk.encoding)
    if columns is not None and not fields.has_text(columns):
        raise DumpRefused(no_text_sentence(columns))


def no_text_sentence(names: Sequence[str]) -> str:
    """Say which columns or fields there are, when none is known to hold the text, and how to name it."""
    return (
        f"none of its fields ({', '.join(names[:_SHOWN_NAMES])}) holds the text; "
        'name it in the settings, as in [sources.NAME.fields] text = ["story"]'
    )


def _write(batches: Iterable[Batch], articles: Path, rejects: Path) -> tuple[int, int, Seen]:
    """Write batches as they come; give rows, rejects and what was seen of the fields."""
    rows, rejected, seen = 0, 0, Seen()
    with pa.ipc.new_file(articles, STAGED) as article_writer, pa.ipc.new_file(rejects, REJECTS) as reject_writer:
        for batch in batches:
            article_writer.write_table(batch.articles)
            reject_writer.write_table(batch.rejects)
            rows += batch.articles.num_rows
            rejected += batch.rejects.num_rows
            seen.add(batch.seen)
    return rows, rejected, seen
