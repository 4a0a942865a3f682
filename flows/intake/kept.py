"""What is kept of a dump from which records were forgotten: a tar of our own, under zstd, in the dump's place.

It holds the receipt, then each member: as it was unpacked, or, where records of it were forgotten, the others.
"""

import shutil
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson
import zstandard

from flows.intake.receipt import Member, RawCopy, Receipt
from transforms.errors import LakeDamaged
from transforms.parse import Format

KEPT_SUFFIX: Final = ".kept.tar.zst"
_RECEIPT: Final = "receipt.json"
_DAMAGE: Final = (tarfile.TarError, zstandard.ZstdError, EOFError, ValueError, KeyError, TypeError)


def write_kept(receipt: Receipt, path: Path) -> RawCopy:
    """Write a receipt and its members at a path; the same always gives the same bytes."""
    head = orjson.dumps(_told(receipt))
    with (
        path.open("wb") as file,
        zstandard.ZstdCompressor(write_checksum=True).stream_writer(file) as sink,
        tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.addfile(_entry(_RECEIPT, len(head)), BytesIO(head))
        for number, member in enumerate(receipt.members):
            with member.path.open("rb") as content:
                archive.addfile(_entry(_name(number), member.path.stat().st_size), content)
    with path.open("rb") as written:
        return RawCopy(path, KEPT_SUFFIX, file_digest(written, "sha256").hexdigest())


def read_kept(path: Path, name: str, workspace: Path) -> Receipt:
    """Unpack what was written into a folder; raise LakeDamaged where it is not whole."""
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with _opened(path) as archive:
            told = orjson.loads(_content(archive, archive.next()).read())
            members = [_unpacked(archive, workspace / _name(n), of) for n, of in enumerate(told["members"])]
    except _DAMAGE as error:
        raise LakeDamaged(f"raw/{path.name} cannot be read; nothing was changed; restore it from a backup") from error
    return Receipt(name, told["digest"], told["byte_count"], None, tuple(members), tuple(told["skipped"]))


def with_members(receipt: Receipt, lines: Mapping[int, Path]) -> Receipt:
    """Put files of kept records in the places of some members."""
    members = [_of_lines(member, lines[n]) if n in lines else member for n, member in enumerate(receipt.members)]
    return replace(receipt, members=tuple(members))


def _of_lines(member: Member, path: Path) -> Member:
    return replace(member, path=path, format=Format.KEPT, byte_count=path.stat().st_size)


def _told(receipt: Receipt) -> dict[str, Any]:
    members: Sequence[dict[str, str | None]] = [
        {"name": member.name, "format": member.format, "encoding": member.encoding} for member in receipt.members
    ]
    return {
        "digest": receipt.digest,
        "byte_count": receipt.byte_count,
        "skipped": list(receipt.skipped),
        "members": members,
    }


def _name(number: int) -> str:
    return f"member-{number:06}"


def _entry(name: str, byte_count: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = byte_count
    return entry


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    with (
        path.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
        tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive,
    ):
        yield archive


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo | None) -> IO[bytes]:
    found = archive.extractfile(entry) if entry else None
    if found is None:
        raise EOFError("it ends too soon")
    return found


def _unpacked(archive: tarfile.TarFile, path: Path, told: Mapping[str, Any]) -> Member:
    with path.open("wb") as file:
        shutil.copyfileobj(_content(archive, archive.next()), file)
    return Member(told["name"], path, Format(told["format"]), told["encoding"], path.stat().st_size)
