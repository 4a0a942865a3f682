"""Stage one chunk of a dump: bytes to normalised, fingerprinted rows in two Arrow files. Runs in a worker process."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from flows.intake.chunks import Chunk, mapped, records
from flows.intake.receipt import printable
from flows.work.mark import Mark
from flows.work.workers import memory_limit
from transforms.cleaning import Guide
from transforms.errors import DumpRefused
from transforms.fields import FieldMap
from transforms.forgotten import NOTHING, Forgotten
from transforms.normalise import REJECTS, STAGED, Batch, Seen, normalise
from transforms.outlet import Outlet
from transforms.parse import Format, Malformed, Record, header
from transforms.parse.envelope import opened

_SHOWN_NAMES: Final = 12
_LONGEST_NAME: Final = 30
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
    forgotten: Forgotten = NOTHING


@dataclass(frozen=True, slots=True)
class Staged:
    """What a chunk became; `refusal` says why its whole dump cannot be read.

    `without_story` names the fields of its records when none of them is one for the text.
    """

    dump: int
    member: str | None
    member_index: int
    articles: Path
    rejects: Path
    admitted_or_replayed: int = 0
    quarantined: int = 0
    seen: Seen = field(default_factory=Seen)
    without_story: tuple[str, ...] = ()
    refusal: str | None = None
    targets: Mapping[str, str] = field(default_factory=dict)
    """What the fields of its records are mapped to."""

    @property
    def records_read(self) -> int:
        """Count the records found."""
        return self.admitted_or_replayed + self.quarantined


def stage(task: StageTask) -> Staged:
    """Parse, normalise and fingerprint one chunk."""
    fields = fields_of(task.outlet)
    found = opened(records(task.chunk, task.max_record_bytes), fields)
    with Mark(task.stem) as mark, memory_limit(memory_bytes(task)):
        return stage_batches(task, fields, _marked(found, mark))


def fields_of(outlet: Outlet) -> FieldMap:
    """Give what maps the fields of an outlet's records."""
    return FieldMap(outlet.fields, outlet.known_fields)


def stage_records(task: StageTask, fields: FieldMap, found: Found) -> Staged:
    """Normalise and fingerprint records of a chunk, the articles in them taken out."""
    return stage_batches(task, fields, batched(found))


def memory_bytes(task: StageTask) -> int:
    """Return what a worker process may take for the chunk."""
    return _MEMORY_BYTES + _MEMORY_A_RECORD_BYTE * task.max_record_bytes


def stage_batches(task: StageTask, fields: FieldMap, batches: Batches) -> Staged:
    """Normalise and fingerprint what is read of a chunk, batch by batch."""
    articles, rejects = staged_paths(task)
    place = task.dump, task.member, task.chunk.member_index, articles, rejects
    try:
        _check_columns(task.chunk, fields)
        made = (normalise(batch, fields, task.outlet, task.guide, task.forgotten) for batch in batches)
        counts = _write(made, articles, rejects)
        _judge_new_fields(task.outlet, counts[-1])
        # Of what was forgotten no field is left to tell by.
        without_story = () if task.chunk.format is Format.KEPT else fields.without_story()
        return Staged(*place, *counts, without_story, targets=_targets(counts[-1], fields))
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


def _judge_new_fields(outlet: Outlet, seen: Seen) -> None:
    """Refuse a dump with fields that no mapping uses, where the settings freeze them, or say nothing of these."""
    if outlet.new_fields == "ignore":
        seen.unused.clear()
    new = sorted({name for _, name in seen.unused})
    if new and outlet.new_fields == "freeze":
        shown = ", ".join(map(_short, new[:_SHOWN_NAMES]))
        raise DumpRefused(
            f"its fields are frozen, and it has others: {shown}; add them to known_fields of its source in the "
            "settings, map them under its fields, or set new_fields to evolve"
        )


def _targets(seen: Seen, fields: FieldMap) -> dict[str, str]:
    names = {name for _, name, _ in seen.values}
    return {name: target for name in names if (target := fields.target_of(name))}


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
    if columns is not None and not fields.has_story(columns):
        raise DumpRefused(no_text_sentence(columns))


def no_text_sentence(names: Sequence[str]) -> str:
    """Say which columns or fields there are, when none is known to hold the text, and how to name it."""
    return (
        f"none of its fields ({', '.join(map(_short, names[:_SHOWN_NAMES]))}) holds the text; "
        'name it in the settings, as in [sources.NAME] files = ["NAME-*"], fields = { text = ["story"] }'
    )


def _short(name: str) -> str:
    """Cut what is too long for a name: without a header, the first article stands in its place."""
    return printable(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}...")


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
