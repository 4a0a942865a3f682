"""A chunk that killed its process, read again with care: one record at a time, in processes that may die over it.

The record at which one dies, is stuck, or wants too much memory goes to quarantine as `crashed`, and the next process
goes on from there. What came before it is known to be harmless, and is read in batches as ever.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Lock
from typing import Final

from flows.intake.chunks import mapped, records
from flows.stage import (
    Batches,
    Found,
    Staged,
    StageTask,
    batched,
    fields_of,
    memory_bytes,
    stage,
    stage_batches,
    staged_paths,
)
from flows.work.drivers import Care
from flows.work.mark import OPENING, Mark, Place, blank_mark, read_mark
from flows.work.workers import Watch, Worker, how_lost, is_of_the_data, memory_limit
from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.fields import TARGETS, FieldMap
from transforms.parse import Format, Malformed, Record, lines, settled
from transforms.parse.envelope import opened

MOST_LOST: Final = 8
"""Records of one dump that may each cost a process; a dump with more is refused, so that none can cost the night."""
RECORD_SECONDS: Final = 60.0
"""How long one record, read with care, may take. Honest ones take milliseconds, 16 MiB in one of them a few seconds."""
STALL_SECONDS: Final = 600.0
"""How long a batch, at most 16 MiB of records, may take in normal work. The slowest honest ones, web pages, take half a
minute."""
_BYTES_A_SECOND: Final = 64 << 20
"""What a reader that looks for the end of a record gets through at least; the limits grow with the file by it."""
_PLAIN: Final = frozenset({
    Format.JSONL, Format.JSON, Format.CSV, Format.TSV, Format.TXT, Format.LINES, Format.SGML, Format.MBOX, Format.EML,
    Format.KEPT,
})  # fmt: skip
"""Formats fit for the run's own process: no library in C but Python's own and orjson reads them."""
_HTML: Final = TARGETS.index("html")


class _Rash(Exception):
    """Raised inside where a record holds a web page, which is not for the run's own process to read."""


@dataclass(frozen=True, slots=True)
class CarefulTask:
    """A chunk; how many of its records are known to be harmless; and those that cost a process, with how it ended.

    `records` are known by their number, `lines`, where reading alone was the end, by their offset.
    """

    task: StageTask
    clear: int = 0
    is_single: bool = False
    """Whether even the harmless are to be read one by one, for together they are not."""
    records: dict[int, str] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)


def stage_singly(careful: CarefulTask) -> Staged:
    """Stage a chunk whose harmless records are behind it one record at a time, each marked before it is touched."""
    with Mark(careful.task.stem) as mark, memory_limit(memory_bytes(careful.task)):
        fields = fields_of(careful.task.outlet)
        return stage_batches(careful.task, fields, _singly(careful, fields, mark))


def _singly(careful: CarefulTask, fields: FieldMap, mark: Mark) -> Batches:
    found = iter(_found(careful, fields, mark))
    number = 0
    for batch in batched(islice(found, 0 if careful.is_single else careful.clear)):
        mark.write(number, len(batch))
        yield batch
        number += len(batch)
    for record in found:
        mark.write(number, 1)
        yield [record]
        number += 1


def _found(careful: CarefulTask, fields: FieldMap, mark: Mark) -> Found:
    by_line = careful.task.chunk.format is Format.JSONL
    read = _by_line(careful, mark) if by_line else _in_turn(careful.task, mark)
    for number, record in enumerate(opened(read, fields)):
        how = careful.records.get(number)
        yield record if how is None else _crashed(number, record, how)


def _in_turn(task: StageTask, mark: Mark) -> Found:
    found, number = iter(records(task.chunk, task.max_record_bytes)), 0
    mark.write(number, 0)
    while (record := next(found, None)) is not None:
        yield record
        number += 1
        mark.write(number, 0)


def _by_line(careful: CarefulTask, mark: Mark) -> Iterator[Record | Malformed]:
    """Read each line by itself, so that one which cannot even be read leaves the way to the next."""
    chunk, most = careful.task.chunk, careful.task.max_record_bytes
    data, number = mapped(chunk.path), 0
    for begin, end in lines(data, settled(data, chunk.encoding), chunk.start, chunk.stop):
        mark.write(number, 0, begin)
        how = careful.lines.get(begin)
        if how is not None:
            yield Malformed(number, begin, data[begin : min(end, begin + most)], Reason.CRASHED, how)
            number += 1
            continue
        for record in records(replace(chunk, start=begin, stop=end), most):
            yield record
            number += 1


def _crashed(number: int, record: Record | Malformed, how: str) -> Malformed:
    return Malformed(number, record.offset, record.raw, Reason.CRASHED, how)


class StageCare(Care[StageTask, Staged]):
    """How chunks are staged: web pages and Parquet never in the run's own process, and lost processes made good."""

    def __init__(self, singly: Callable[[CarefulTask], Staged] = stage_singly) -> None:
        self._singly = singly
        self._lost: Counter[int] = Counter()
        self._lock = Lock()

    def known(self, item: StageTask) -> Staged | None:
        """Try no more of a dump that has cost too much."""
        if self._lost[item.dump] <= MOST_LOST:
            return None
        what = f"more than {MOST_LOST} of its records each ended the process that read them"
        return _refused(item, f"{what}; look at it, and deliver it without them")

    def here(self, function: Callable[[StageTask], Staged], item: StageTask) -> Staged | None:
        """Stage it in this process, if what it holds is text."""
        if item.chunk.format not in _PLAIN:
            return None
        fields = fields_of(item.outlet)
        found = _without_pages(opened(records(item.chunk, item.max_record_bytes), fields), fields)
        try:
            if function is stage:
                return stage_batches(item, fields, batched(found))
            any(False for _ in found)
            return function(item)
        except _Rash:
            return None
        except DumpRefused:
            return function(item)  # which tells of it

    def watch(self, item: StageTask) -> Watch:
        """Look at the mark, which moves with every batch."""
        return _watch(item, STALL_SECONDS)

    def is_lost(self, error: Exception) -> bool:
        """Rescue a chunk from all that its bytes may have done."""
        return is_of_the_data(error)

    def rescue(
        self,
        function: Callable[[StageTask], Staged],  # noqa: ARG002
        item: StageTask,
        error: Exception,  # noqa: ARG002
        worker: Worker,
    ) -> Staged:
        """Read it again, one record at a time, until it is read or has cost too much."""
        careful = CarefulTask(item)
        while (known := self.known(item)) is None:
            blank_mark(item.stem)
            try:
                return worker.do(self._singly, careful, _watch(item, RECORD_SECONDS))
            except Exception as lost:
                if not self.is_lost(lost):
                    raise
                place, how = read_mark(item.stem), how_lost(lost, memory_bytes(item))
            if place is None or place.number == OPENING or (place.size == 0 and item.chunk.format is not Format.JSONL):
                return _refused(item, _unreadable(place, how))
            careful = self._further(careful, place, how)
        return known

    def _further(self, careful: CarefulTask, place: Place, how: str) -> CarefulTask:
        """Leave out the record where the process was; where that was in a batch, read all of them one by one."""
        if place.size > 1:
            return replace(careful, is_single=True)
        with self._lock:
            self._lost[careful.task.dump] += 1
        how = f"the process that read it {how}"
        if place.size == 0:
            return replace(careful, clear=place.number, lines=careful.lines | {place.offset: how})
        return replace(careful, clear=place.number, records=careful.records | {place.number: how})


def _without_pages(found: Found, fields: FieldMap) -> Found:
    """Stop before a record that holds a web page."""
    for record in found:
        if isinstance(record, Record) and fields.plan(tuple(record.fields)).candidates[_HTML]:
            raise _Rash
        yield record


def _watch(task: StageTask, seconds: float) -> Watch:
    return Watch(lambda: read_mark(task.stem), seconds + task.chunk.path.stat().st_size / _BYTES_A_SECOND)


def _refused(task: StageTask, sentence: str) -> Staged:
    articles, rejects = staged_paths(task)
    return Staged(task.dump, task.member, task.chunk.member_index, articles, rejects, refusal=sentence)


def _unreadable(place: Place | None, how: str) -> str:
    is_open = place and place.number != OPENING
    where = f"was to read its record {place.number:,}" if place and is_open else "opened it"
    return f"the process that {where} {how}; look at the file, or have it delivered in another format"
