"""What long work has done already, for a later process to go on from: values beside the files that they speak of.

A power loss may leave a name without its bytes, a kill half a file: what does not prove itself whole was never done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final, TypeVar

import orjson
from pydantic import TypeAdapter

from flows.stage import Staged, StageTask, stage
from transforms.normalise import Seen

Value = TypeVar("Value")

_DIGEST_CHARS: Final = 64


def remember(path: Path, value: object, files: Sequence[Path] = ()) -> None:
    """Note a dataclass, and that these files of the same folder are what it needs."""
    plain = TypeAdapter(type(value)).dump_python(value, mode="json")
    noted = {"value": plain, "files": {file.name: _digest(file) for file in files}}
    body = orjson.dumps(noted)
    path.write_bytes(sha256(body).hexdigest().encode() + body)


def recall(path: Path, kind: type[Value]) -> Value | None:
    """Give the dataclass that was noted, or None where it, or a file that it needs, is not whole."""
    try:
        noted = path.read_bytes()
        digest, body = noted[:_DIGEST_CHARS], noted[_DIGEST_CHARS:]
        if sha256(body).hexdigest().encode() != digest:
            return None
        found = orjson.loads(body)
        value = TypeAdapter(kind).validate_python(found["value"])
        return value if _are_whole(path.parent, found["files"]) else None
    except (OSError, ValueError):
        return None


def stage_once(task: StageTask) -> Staged:
    """Stage a chunk, unless that was done before and is still whole; what its source sent is not noted again."""
    note = task.stem.with_suffix(".done")
    found = recall(note, Staged)
    if found is None:
        found = replace(stage(task), seen=Seen(), targets={})
        if found.refusal is None:
            remember(note, found, [found.articles, found.rejects])
    folder = task.stem.parent
    return replace(found, articles=folder / found.articles.name, rejects=folder / found.rejects.name)


def _are_whole(folder: Path, digests: Mapping[str, str]) -> bool:
    return all(_digest(folder / name) == digest for name, digest in digests.items())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
