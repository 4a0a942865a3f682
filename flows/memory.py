"""What long work has done already, for a later process to go on from: values beside the files that they speak of.

A power loss may leave a name without its bytes, a kill half a file: what does not prove itself whole was never done.
"""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from flows.stage import Staged, StageTask, stage

_DIGEST_BYTES: Final = 32
_UNREADABLE: Final = (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, EOFError, OSError)


def remember(path: Path, value: object, files: Sequence[Path] = ()) -> None:
    """Note a value, and that these files of the same folder are what it needs."""
    body = pickle.dumps((value, [(file.name, _digest(file)) for file in files]))
    path.write_bytes(sha256(body).digest() + body)


def recall(path: Path) -> Any | None:
    """Give the value that was noted, or None where it, or a file that it needs, is not whole."""
    try:
        noted = path.read_bytes()
        digest, body = noted[:_DIGEST_BYTES], noted[_DIGEST_BYTES:]
        if sha256(body).digest() != digest:
            return None
        value, files = pickle.loads(body)  # noqa: S301 - bytes of ours, proven by their digest
        return value if all(_digest(path.with_name(name)) == known for name, known in files) else None
    except _UNREADABLE:
        return None


def stage_once(task: StageTask) -> Staged:
    """Stage a chunk, unless that was done before and is still whole."""
    note = task.stem.with_suffix(".done")
    found = recall(note)
    if not isinstance(found, Staged):
        found = stage(task)
        if found.refusal is None:
            remember(note, found, [found.articles, found.rejects])
    folder = task.stem.parent
    return replace(found, articles=folder / found.articles.name, rejects=folder / found.rejects.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
