"""Files that unfold into far more than was delivered, and archives that lie about it."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import zstandard

from tests.hostile.attack import Attack, Family, article, holding, jsonl

_BLOCK: Final = bytes(1 << 20)
_TOO_MUCH: Final = "unpacks to more than"


def _deflated(mebibytes: int) -> bytes:
    with io.BytesIO() as sink:
        with gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=9, mtime=0) as file:
            for _ in range(mebibytes):
                file.write(_BLOCK)
        return sink.getvalue()


def _zstd(mebibytes: int) -> bytes:
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join([*(packer.compress(_BLOCK) for _ in range(mebibytes)), packer.flush()])


def _packed(new: Callable[[], bz2.BZ2Compressor | lzma.LZMACompressor], mebibytes: int) -> bytes:
    packer = new()
    return b"".join([*(packer.compress(_BLOCK) for _ in range(mebibytes)), packer.flush()])


def _zip(names: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return sink.getvalue()


def _zip_bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.jsonl", "w", force_zip64=True) as member,
    ):
        for _ in range(256):
            member.write(_BLOCK)


def _overlapping(path: Path) -> None:
    """Let a hundred names of the directory point to the one file there is: each would be unpacked anew."""
    whole = _zip({"a.jsonl": jsonl(*(article(n) for n in range(20)))})
    at = whole.index(b"PK\x01\x02")
    entry, end = whole[at : whole.index(b"PK\x05\x06")], whole[whole.index(b"PK\x05\x06") :]
    entries = entry * 100
    tail = end[:8] + struct.pack("<HHII", 100, 100, len(entries), at) + end[20:]
    path.write_bytes(whole[:at] + entries + tail)


def _lying_size(path: Path) -> None:
    """Declare a size of 100 bytes for a member of 64 MiB."""
    whole = bytearray(_zip({"a.jsonl": b" " * (64 << 20)}))
    at = whole.index(b"PK\x01\x02")
    whole[at + 24 : at + 28] = struct.pack("<I", 100)
    whole[22:26] = struct.pack("<I", 100)
    path.write_bytes(bytes(whole))


def _many_members(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for number in range(100_001):
            archive.addfile(tarfile.TarInfo(f"{number}.txt"))


def _nested(path: Path) -> None:
    inner = _zip({"a.jsonl": jsonl(article(1))})
    for _ in range(5):
        inner = _zip({"inner.zip": inner})
    path.write_bytes(inner)


def _gzip_in_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(_deflated(256)))


BOMBS: Final = Family(
    "bombs",
    (
        Attack("gzip-1000.jsonl.gz", lambda path: path.write_bytes(_deflated(256)), refused=_TOO_MUCH),
        Attack("zstd-30000.jsonl.zst", lambda path: path.write_bytes(_zstd(512)), refused=_TOO_MUCH),
        Attack("bzip2.jsonl.bz2", lambda p: p.write_bytes(_packed(bz2.BZ2Compressor, 128)), refused=_TOO_MUCH),
        Attack("xz.jsonl.xz", lambda p: p.write_bytes(_packed(lzma.LZMACompressor, 256)), refused=_TOO_MUCH),
        Attack("zip-1000.zip", _zip_bomb, refused=_TOO_MUCH),
        Attack("zip-overlapping.zip", _overlapping),
        Attack("zip-lying.zip", _lying_size, refused="damaged zip"),
        Attack("zip-nested.zip", _nested, refused="archive inside the archive"),
        Attack("tar-many-members.tar.gz", _many_members, refused="more than 100,000 files", is_slow=True),
        Attack("gzip-in-gzip.jsonl.gz", _gzip_in_gzip, quarantined="malformed", admitted=0),
        Attack(
            "zstd-window.jsonl.zst",
            holding(b"\x28\xb5\x2f\xfd\x00\xa8" + bytes(100)),
            refused="larger window than 128 MiB",
        ),
        Attack(
            "zip-of-ten-bombs.zip",
            lambda path: path.write_bytes(_zip({f"{n}.jsonl": bytes(12 << 20) for n in range(10)})),
            refused=_TOO_MUCH,
        ),
    ),
    cpu_seconds=180,
)
