"""The proof: every file of a lake searched for stretches of what was forgotten, under whatever it is packed in."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from flows.again.raw import whole
from flows.intake.chunks import records
from flows.intake.decompress import unpacked
from flows.intake.kept import KEPT_SUFFIX, read_kept
from flows.intake.receipt import Member, Receipt
from flows.intake.sniff import PARQUET_MAGIC
from flows.lake.medium import Medium
from flows.lake.store import Store
from flows.settings import Settings
from flows.sources.files import received
from transforms.article import ARTICLES
from transforms.errors import DumpRefused
from transforms.parse import Format, Record
from transforms.parse.kept import strings
from transforms.text_prints import STRETCH_BYTES, Sieve

_JOINED: Final = 4_096
"""Records of which the texts are searched at a time."""


@dataclass(frozen=True, slots=True)
class Searched:
    """How many files and bytes, unpacked, were searched for how many stretches, and the files that hold one."""

    files: int
    byte_count: int
    stretches: int
    found: tuple[str, ...]


class Searcher:
    """Searches files for the stretches of some prints, and counts the bytes."""

    def __init__(self, prints: Iterable[int], settings: Settings) -> None:
        self._sieve = Sieve(prints)
        self._settings = settings
        self.byte_count = 0

    def found(self, path: Path, name: str, folder: Path) -> bool:
        """Search a file: as it is, and unpacked into a folder of its own where it is a dump or a table."""
        blocks = _tables(path) if _is_parquet(path) else _blocks(path)
        found = self._any(blocks)
        if name.startswith("raw/"):
            found |= self._in_dump(path, name, folder)
        return found

    def _in_dump(self, path: Path, name: str, folder: Path) -> bool:
        try:
            receipt = self._receipt(path, name, folder)
            return bool([member for member in receipt.members if self._in_member(member)])  # all, to count their bytes
        except DumpRefused:
            return False  # its bytes have been searched as they are

    def _receipt(self, path: Path, name: str, folder: Path) -> Receipt:
        if name.endswith(KEPT_SUFFIX):
            return read_kept(path, name, folder)
        return received(path, name.partition("/")[2], folder, self._settings, keep_raw=False)

    def _in_member(self, member: Member) -> bool:
        """Search a member's bytes, and what reading its records makes of them: words may be escaped or encoded."""
        plain = False if member.format is Format.PARQUET else self._any(_blocks(member.path))
        return self._any(_texts(member, self._settings.max_record_bytes)) or plain

    def _any(self, blocks: Iterable[bytes | memoryview]) -> bool:
        found = False
        for block in blocks:
            self.byte_count += len(block)
            found = bool(self._sieve.found(block)) or found
        return found


def search(store: Store, prints: set[int], settings: Settings) -> Searched:
    """Search all of a lake for what these prints are of; what vanishes meanwhile is no part of it any more."""
    searcher, files, found = Searcher(prints, settings), 0, []
    for name, medium in _names(store.medium):
        with tempfile.TemporaryDirectory(prefix="broadsheet-") as temporary, suppress(FileNotFoundError):
            path = medium.fetch(name, Path(temporary)) if medium else Path(name)
            if searcher.found(path, name, Path(temporary) / "dump"):
                found.append(name)
            files += 1
    return Searched(files, searcher.byte_count, len(prints), tuple(found))


def stretches_of_others(store: Store, prints: set[int]) -> set[int]:
    """Give the prints that articles of the newest snapshot have, too: such a stretch is no leftover."""
    sieve, manifest, found = Sieve(prints), store.current(), set[int]()
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as temporary:
        for part in manifest.parts_of(ARTICLES.name) if manifest else ():
            for block in _tables(store.medium.fetch(part.path, Path(temporary)), ["text"]):
                found |= sieve.found(block)
    return found


def _names(medium: Medium) -> Iterator[tuple[str, Medium | None]]:
    """Name every file of the lake; and, as paths of the machine, of the place for drafts where that lies elsewhere."""
    yield from ((name, medium) for name in sorted(medium.entries("")))
    if not medium.scratch.is_relative_to(medium.address):
        yield from ((str(path), None) for path in sorted(medium.scratch.rglob("*")) if path.is_file())


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC


def _blocks(path: Path) -> Iterator[bytes]:
    """Read a file, unpacked where it is packed, each block with the end of the one before."""
    end = b""
    with path.open("rb") as file:
        try:
            for block in unpacked(file.read, path.name)[1]:
                yield end + block
                end = (end + block)[-(STRETCH_BYTES - 1) :]
        except DumpRefused:
            yield path.read_bytes()  # half a stream, or one that only looks like it


def _tables(path: Path, columns: list[str] | None = None) -> Iterator[memoryview]:
    """Read the texts and bytes of a Parquet file, column by column."""
    try:
        file = pq.ParquetFile(path)
        for group in range(file.metadata.num_row_groups):
            for column in file.read_row_group(group, columns=columns).columns:
                for chunk in column.chunks:
                    yield from _leaves(chunk)
    except pa.ArrowException:
        yield memoryview(path.read_bytes())


def _leaves(array: pa.Array) -> Iterator[memoryview]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary)
    elif pa.types.is_nested(kind):
        inner = (array.keys, array.items) if pa.types.is_map(kind) else array.flatten()
        for each in inner if pa.types.is_map(kind) or pa.types.is_struct(kind) else (inner,):
            yield from _leaves(each)
    elif pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        data = array.buffers()[2]
        if data is not None:
            yield memoryview(data)


def _texts(member: Member, max_record_bytes: int) -> Iterator[bytes]:
    """Read the records of a member, and give their texts, some thousand records at a time."""
    texts: list[str] = []
    for number, record in enumerate(records(whole(member), max_record_bytes)):
        texts += strings(record.fields) if isinstance(record, Record) else ()
        if number % _JOINED == 0:
            yield _joined(texts)
            texts = []
    yield _joined(texts)


def _joined(texts: list[Any]) -> bytes:
    return "\n".join(texts).encode("utf-8", "surrogatepass")
