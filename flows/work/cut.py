"""A dump cut into pieces for several processes. To cut Parquet its footer is read: not in the run's own process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flows.intake.chunks import Chunk, chunks
from flows.intake.receipt import Receipt
from flows.work.drivers import Care
from flows.work.workers import Watch, Worker, how_lost, is_of_the_data, memory_limit
from transforms.errors import DumpRefused
from transforms.parse import Format

_MEMORY_BYTES: Final = 2 << 30
_SECONDS: Final = 600.0

Cut = tuple[tuple[str | None, Chunk], ...]
"""The pieces of a dump, each with the name of its member."""


@dataclass(frozen=True, slots=True)
class CutTask:
    """A dump, and how much of it one process is to take at a time."""

    receipt: Receipt
    chunk_bytes: int


def cut(task: CutTask) -> Cut | str:
    """Cut every member; give the sentence why that cannot be done where one is damaged."""
    try:
        with memory_limit(_MEMORY_BYTES):
            members = enumerate(task.receipt.members)
            return tuple((m.name, c) for at, m in members for c in chunks(m, task.chunk_bytes, member_index=at))
    except DumpRefused as error:
        return str(error)


class CutCare(Care[CutTask, Cut | str]):
    """Hostile footers end a worker process at most."""

    def here(self, function: Callable[[CutTask], Cut | str], item: CutTask) -> Cut | str | None:
        """Cut in this process what needs no library to be cut."""
        return None if any(m.format is Format.PARQUET for m in item.receipt.members) else function(item)

    def watch(self, item: CutTask) -> Watch:  # noqa: ARG002
        """Let no footer keep a process for ever."""
        return Watch(lambda: True, _SECONDS)

    def is_lost(self, error: Exception) -> bool:
        """Rescue it from all that its bytes may have done."""
        return is_of_the_data(error)

    def rescue(
        self,
        function: Callable[[CutTask], Cut | str],
        item: CutTask,
        error: Exception,
        worker: Worker,
    ) -> Cut | str:
        """Try once more, for the process may have been killed from outside."""
        try:
            return super().rescue(function, item, error, worker)
        except Exception as lost:
            if not self.is_lost(lost):
                raise
            how = how_lost(lost, _MEMORY_BYTES)
            return f"the process that opened it {how}; look at the file, or have it delivered in another format"
