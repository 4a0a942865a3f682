"""One stream of plain bytes into one plain file, with its digest and what its encoding looks like on the way."""

import codecs
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.intake.decompress import Budget


@dataclass(frozen=True, slots=True)
class Staged:
    """A plain file in the workspace; `first_bad_byte` is about where it stops being UTF-8, null where it never does."""

    path: Path
    digest: str
    byte_count: int
    first_bad_byte: int | None


def stage(blocks: Iterable[bytes], path: Path, budget: Budget) -> Staged:
    """Write the blocks over what a run that died may have left there. Raises DumpRefused beyond the budget."""
    digest, utf8, byte_count = hashlib.sha256(), _Utf8(), 0
    with path.open("wb") as file:
        for block in blocks:
            budget.spend(len(block))
            digest.update(block)
            utf8.feed(block, byte_count)
            byte_count += len(block)
            file.write(block)
    utf8.feed(b"", byte_count, is_last=True)
    return Staged(path, digest.hexdigest(), byte_count, utf8.first_bad_byte)


class _Utf8:
    """Watch blocks go by and remember where they stop being UTF-8."""

    def __init__(self) -> None:
        self.first_bad_byte: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_between_characters = True

    def feed(self, block: bytes, offset: int, *, is_last: bool = False) -> None:
        if self.first_bad_byte is not None or (self._is_between_characters and block.isascii()):
            return
        try:
            self._decoder.decode(block, final=is_last)
        except UnicodeDecodeError as error:
            self.first_bad_byte = offset + error.start
        self._is_between_characters = self._decoder.getstate()[0] == b""
