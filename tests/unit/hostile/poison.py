"""A parser that some records are the end of: it aborts the interpreter, never returns, or asks for all memory."""

import os
import time
from collections.abc import Iterator
from typing import Any

from flows.intake import chunks
from flows.stage import Staged, StageTask, stage
from flows.work.careful import CarefulTask, stage_singly
from transforms.parse import Malformed, Record, parse


def poisoned(*arguments: Any, **named: Any) -> Iterator[Record | Malformed]:
    """Parse as ever, but for the records that say what they do."""
    for record in parse(*arguments, **named):
        _act(record.raw)
        yield record


def _act(raw: bytes) -> None:
    if b"POISON abort" in raw:
        os.abort()
    if b"POISON hang" in raw:
        time.sleep(3600)
    if b"POISON raise" in raw:
        raise LookupError(raw)
    if b"POISON memory" in raw:
        bytearray(1 << 40)


def stage_poisoned(task: StageTask) -> Staged:
    """Stage with that parser; for a process of its own."""
    chunks.__dict__["parse"] = poisoned
    return stage(task)


def stage_poisoned_singly(careful: CarefulTask) -> Staged:
    """Stage with that parser and care."""
    chunks.__dict__["parse"] = poisoned
    return stage_singly(careful)
