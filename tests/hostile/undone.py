"""Poison, and safeguards taken out, by name: done where a process starts, so that every process of a run has it."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from flows import accept
from flows.intake import chunks, decompress
from flows.intake.receipt import IntakeLimits
from flows.work import careful, drivers
from transforms.errors import DumpRefused
from transforms.parse import Malformed, Record, parse


def do(name: str) -> None:
    """Do what is called so; the empty name is nothing."""
    if name:
        NAMES[name]()


def _poisoned(*arguments: Any, **named: Any) -> Iterator[Record | Malformed]:
    for record in parse(*arguments, **named):
        if b"POISON abort" in record.raw:
            os.abort()
        if b"POISON hang" in record.raw:
            time.sleep(3600)
        if b"POISON raise" in record.raw:
            raise LookupError(record.raw)
        if b"POISON memory" in record.raw:
            bytearray(1 << 40)
        yield record


def _poison() -> None:
    """Give the parser records that are the end of it, and workers to every run."""
    chunks.parse = _poisoned  # type: ignore[attr-defined]
    drivers.SMALL_BYTES = 0  # type: ignore[misc]
    careful.STALL_SECONDS = careful.RECORD_SECONDS = 30.0  # type: ignore[misc]


def _poison_without_rescue() -> None:
    _poison()
    careful.StageCare.rescue = drivers.Care.rescue  # type: ignore[method-assign]


def _any_expansion() -> None:
    limits = IntakeLimits.__init__

    def begin(self: IntakeLimits, **given: int) -> None:
        limits(self, **{"max_expansion_ratio": 1 << 40, **given})

    IntakeLimits.__init__ = begin  # type: ignore[method-assign,assignment]


def _cut_gzip_is_whole() -> None:
    def gunzip(packed: decompress.Stream) -> Iterator[bytes]:
        try:
            yield from whole(packed)
        except EOFError:
            return

    whole = decompress._DECODERS[decompress.Codec.GZIP]
    decompress._DECODERS[decompress.Codec.GZIP] = gunzip


def _records_in_messages() -> None:
    def broken(offset: int, what: str) -> DumpRefused:
        return DumpRefused(f"the JSON of the file breaks at byte {offset:,} ({what}): XYZZY-PLANTED-SECRET")

    import_module("transforms.parse.document").__dict__["_broken"] = broken


def _neighbours_lost() -> None:
    def lose(task: accept.ReceiveTask) -> accept.Arrival | accept.Refusal:
        return accept.Refusal(task.name, "lost") if "honest" in task.name else receive(task)

    receive = accept.receive_one
    import_module("flows.run").__dict__["receive_one"] = lose


NAMES: Final[Mapping[str, Callable[[], None]]] = {
    "poison": _poison,
    "poison without rescue": _poison_without_rescue,
    "any expansion": _any_expansion,
    "cut gzip is whole": _cut_gzip_is_whole,
    "records in messages": _records_in_messages,
    "neighbours lost": _neighbours_lost,
}
"""What can be done."""
