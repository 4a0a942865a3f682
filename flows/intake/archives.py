"""Zip and tar: members streamed one after the other, never extracted; their names are provenance, never paths."""

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, Self, cast

from flows.intake.decompress import Read, Stream
from flows.intake.receipt import BLOCK_BYTES, IntakeLimits
from transforms.errors import DumpRefused

TAR_HEAD_BYTES: Final = 512
_ENCRYPTED: Final = 0x1
_NAME_IS_UTF8: Final = 0x800
_MAX_HEADER_BYTES: Final = 1 << 20
_LONG_HEADERS: Final = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)


_DAMAGE: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    UnicodeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file of an archive, to be read to its end, checksum included, before the next one is asked for."""

    name: str
    read: Read


def is_zip(head: bytes) -> bool:
    """Tell a zip archive, even an empty one, by its first bytes."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(head: bytes) -> bool:
    """Tell a tar archive by the mark in its first header."""
    return head[257:262] == b"ustar"


def zip_entries(file: BinaryIO, label: str, limits: IntakeLimits) -> Iterator[Entry]:
    """Yield the files of a zip archive in its order. Raises DumpRefused when it is damaged or encrypted."""
    with _refusing(label, "zip"), zipfile.ZipFile(file) as archive:
        _ensure_few(len(archive.filelist), label, limits)
        for info in archive.filelist:
            if not info.is_dir() and not _is_link(info) and not _is_hidden(info.filename):
                yield from _zip_entry(archive, info, label)


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str) -> Iterator[Entry]:
    if info.flag_bits & _ENCRYPTED:
        raise DumpRefused(f"{label} is an encrypted zip archive; have it delivered without a password")
    with archive.open(info) as member:
        yield Entry(_plain_name(_zip_name(info)), _refusing_read(member, label, "zip"))


def _refusing_read(member: IO[bytes], label: str, kind: str) -> Read:
    def read(byte_count: int) -> bytes:
        with _refusing(label, kind):
            return member.read(byte_count)

    return read


@contextmanager
def _refusing(label: str, kind: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise DumpRefused(f"{label} is a damaged {kind} archive ({error}); have it delivered again") from error


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Undo the DOS code page under which some tools' unmarked UTF-8 names are read."""
    if info.flag_bits & _NAME_IS_UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _is_link(info: zipfile.ZipInfo) -> bool:
    kind = info.external_attr >> 28
    return kind not in (0, 0o10)  # Unix file type: unknown or regular.


def tar_entries(stream: Stream, label: str, limits: IntakeLimits) -> Iterator[Entry]:
    """Yield the regular files of a tar archive. Raises DumpRefused when it is damaged or ends before its end mark."""
    file = cast("IO[bytes]", stream)
    with (
        _refusing(label, "tar"),
        tarfile.open(fileobj=file, mode="r|", bufsize=BLOCK_BYTES, tarinfo=_Header) as archive,
    ):
        for count, info in enumerate(archive, 1):
            _ensure_few(count, label, limits)
            if info.isreg() and not _is_hidden(info.name):
                yield _tar_entry(archive, info, label)
        _ensure_zeros(archive, label)


def _tar_entry(archive: tarfile.TarFile, info: tarfile.TarInfo, label: str) -> Entry:
    member = archive.extractfile(info)
    if member is None:
        raise tarfile.ReadError("a file without content")
    return Entry(_plain_name(info.name), _refusing_read(member, label, "tar"))


def _ensure_zeros(archive: tarfile.TarFile, label: str) -> None:
    tail = cast("IO[bytes]", archive.fileobj)
    while block := tail.read(BLOCK_BYTES):
        if block.strip(b"\0"):
            raise DumpRefused(f"{label} goes on after the end of its tar archive; deliver joined archives one by one")


class _Header(tarfile.TarInfo):
    """A tar header that is an error where the module would take a damaged or missing one for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        if len(buf) < tarfile.BLOCKSIZE:
            raise tarfile.ReadError("cut short")
        if not buf.strip(b"\0"):
            return super().frombuf(buf, encoding, errors)  # Raises the end mark.
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error
        if header.type in _LONG_HEADERS and header.size > _MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {header.size:,} bytes")
        return header


def _ensure_few(count: int, label: str, limits: IntakeLimits) -> None:
    if count > limits.max_members:
        what = f"more than {limits.max_members:,} files and folders"
        raise DumpRefused(f"{label} holds {what}; split it, or raise max_members")


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(p.startswith(".") and p != ".." for p in parts)


def _plain_name(name: str) -> str:
    """Write a name as every archiver would: some put `./` before it."""
    return name.removeprefix("./")
