"""Stage one chunk of a dump: bytes to normalised, fingerprinted rows in two Arrow files. Runs in a worker process."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import pyarrow as pa

from flows.intake.chunks import Chunk
from transforms.errors import DumpRefused
from transforms.fields import FieldMap
from transforms.normalise import REJECTS, STAGED, Batch, normalise
from transforms.parse import Malformed, Record, header, parse

BATCH_RECORDS: Final = 4096
"""Records in memory at a time, in each process."""


@dataclass(frozen=True, slots=True)
class StageTask:
    """A chunk, where its rows go (`<stem>.articles.arrow`, `<stem>.rejects.arrow`), and how to read its fields."""

    dump: int
    member: str | None
    chunk: Chunk
    stem: Path
    default_source: str | None
    fields: Mapping[str, tuple[str, ...]]
    max_record_bytes: int


@dataclass(frozen=True, slots=True)
class Staged:
    """What a chunk became; `refusal` says why its whole dump cannot be read."""

    dump: int
    member: str | None
    member_index: int
    articles: Path
    rejects: Path
    admitted_or_replayed: int = 0
    quarantined: int = 0
    unused: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusal: str | None = None

    @property
    def records_read(self) -> int:
        """Count the records found."""
        return self.admitted_or_replayed + self.quarantined


def stage(task: StageTask) -> Staged:
    """Parse, normalise and fingerprint one chunk."""
    articles, rejects = (task.stem.with_suffix(f".{kind}.arrow") for kind in ("articles", "rejects"))
    fields = FieldMap(task.fields)
    try:
        with task.chunk.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            _check_columns(data, task.chunk, fields)
            chunk = task.chunk
            records = parse(
                data, chunk.format, chunk.encoding, start=chunk.start, stop=chunk.stop, max_record_bytes=task.max_record_bytes
            )
            counts = _write(_batches(records, fields, task.default_source), articles, rejects)
    except DumpRefused as error:
        return Staged(task.dump, task.member, task.chunk.member_index, articles, rejects, refusal=str(error))
    return Staged(task.dump, task.member, task.chunk.member_index, articles, rejects, *counts)


def _batches(records: Iterator[Record | Malformed], fields: FieldMap, default_source: str | None) -> Iterator[Batch]:
    while some := list(islice(records, BATCH_RECORDS)):
        yield normalise(some, fields, default_source)


def _check_columns(data: mmap, chunk: Chunk, fields: FieldMap) -> None:
    columns = header(data, chunk.format, chunk.encoding)
    if columns is not None and not fields.has_text(columns):
        raise DumpRefused(
            f"none of its columns ({', '.join(columns[:12])}) holds the text; "
            "name it in the settings, as in [sources.NAME.fields] text = [\"column\"]"
        )


def _write(batches: Iterator[Batch], articles: Path, rejects: Path) -> tuple[int, int, Counter[tuple[str, str]]]:
    """Write batches as they come; give rows, rejects and the fields that no mapping used."""
    rows, rejected, unused = 0, 0, Counter[tuple[str, str]]()
    with pa.ipc.new_file(articles, STAGED) as article_writer, pa.ipc.new_file(rejects, REJECTS) as reject_writer:
        for batch in batches:
            article_writer.write_table(batch.articles)
            reject_writer.write_table(batch.rejects)
            rows += batch.articles.num_rows
            rejected += batch.rejects.num_rows
            unused.update(batch.unused)
    return rows, rejected, unused
