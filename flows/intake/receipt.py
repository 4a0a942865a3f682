"""What intake hands on: a receipt for one delivered file and the members it holds; and the limits it keeps."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from transforms.parse import Format

BLOCK_BYTES: Final = 1 << 20
"""Size of every read, of every decompressed piece, and so of the memory that intake needs."""


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How large a dump may become when it is unpacked.

    max_dump_bytes        bytes, decompressed, all members together
    max_expansion_ratio   decompressed to delivered bytes; news texts stay below 20, the worst honest logs near 200
    free_expansion_bytes  bytes below which the ratio does not count: small files of one repeated line are harmless
    max_members           entries of an archive, folders included
    """

    max_dump_bytes: int = 64 << 30
    max_expansion_ratio: int = 1_000
    free_expansion_bytes: int = 64 << 20
    max_members: int = 100_000


@dataclass(frozen=True, slots=True)
class RawCopy:
    """The delivered file as it is kept: its own bytes where they were compressed, else under zstd."""

    path: Path
    suffix: str
    sha256: str

    @property
    def name(self) -> str:
        """The name under which it is kept: by its own bytes, for the same content may come packed in two ways."""
        return self.sha256 + self.suffix


@dataclass(frozen=True, slots=True)
class Member:
    """One file of records, staged without compression; its name is null unless it came inside an archive."""

    name: str | None
    path: Path
    format: Format
    encoding: str
    byte_count: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """One delivered file: SHA-256 of what it holds, whatever its name or compression, and the members that it has."""

    name: str
    digest: str
    byte_count: int
    raw: RawCopy | None
    members: tuple[Member, ...]
    skipped: tuple[str, ...] = ()
    """Files of the archive that hold no records, each with the reason."""


def printable(name: str) -> str:
    """Escape what could move a cursor or break a line, as names in archives may; undecodable bytes too."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)
