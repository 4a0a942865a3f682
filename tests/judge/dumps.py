"""The records of real dumps as they lie in their files, read without the code that is judged."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

csv.field_size_limit(1 << 30)
_TEXT: Final = "text"


class Place(NamedTuple):
    """Where a record lies: its dump's name, the file inside an archive, and its number in that file, from 0."""

    dump_name: str
    member: str | None
    record_number: int


def read_records(path: Path) -> dict[Place, dict[str, Any]]:
    """Give the records of a dump, or of all dumps in a folder. A text file is one record, its content under `text`."""
    found: dict[Place, dict[str, Any]] = {}
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        for member, content in _members(file):
            for number, record in enumerate(_records(member or file.name, content)):
                found[Place(file.name, member, number)] = record
    return found


def _members(file: Path) -> Iterator[tuple[str | None, bytes]]:
    if file.suffix != ".zip":
        yield None, file.read_bytes()
        return
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def _records(name: str, content: bytes) -> Iterator[dict[str, Any]]:
    text = content.decode("utf-8-sig", "replace")
    match Path(name).suffix:
        case ".jsonl":
            yield from (json.loads(line) for line in text.split("\n") if line.strip())
        case ".json":
            yield json.loads(text)
        case ".csv":
            yield from csv.DictReader(io.StringIO(text, newline=""))
        case _:
            yield {_TEXT: text}
