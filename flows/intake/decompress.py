"""Plain bytes out of compressed ones, in bounded pieces; what is cut short, damaged or followed by junk is refused."""

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa

from flows.intake.receipt import BLOCK_BYTES, IntakeLimits
from transforms.errors import DumpRefused

Read = Callable[[int], bytes]
HEAD_BYTES: Final = 16
_XZ_MEMORY_BYTES: Final = 256 << 20
"""Four times what `xz -9` asks for."""


class Codec(StrEnum):
    """How a file is compressed; the value is the usual suffix."""

    PLAIN = ""
    GZIP = ".gz"
    ZSTD = ".zst"
    BZIP2 = ".bz2"
    XZ = ".xz"


def codec_of(head: bytes) -> Codec:
    """Tell the codec by its magic bytes; names lie."""
    if head.startswith(b"\x1f\x8b\x08"):
        return Codec.GZIP
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == _SKIPPABLE):
        return Codec.ZSTD
    if _BZIP2.fullmatch(head[:4]) and any(magic.startswith(head[4:10]) for magic in _BZIP2_BLOCKS):
        return Codec.BZIP2
    return Codec.XZ if head.startswith(b"\xfd7zXZ\x00") else Codec.PLAIN


_BZIP2: Final = re.compile(rb"BZh[1-9]")
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
_SKIPPABLE: Final = 5
"""First half-byte of the zstd frames that carry no data, with which parallel compressors begin."""


class Budget:
    """Count bytes as they appear, and refuse the dump when it unfolds beyond its limits."""

    def __init__(self, label: str, delivered_bytes: int, limits: IntakeLimits) -> None:
        self._label = label
        self._by_ratio = max(limits.free_expansion_bytes, limits.max_expansion_ratio * delivered_bytes)
        self._limits = limits
        self._spent = 0

    def spend(self, byte_count: int) -> None:
        """Count these bytes. Raises DumpRefused beyond the limits."""
        self._spent += byte_count
        if self._spent > self._limits.max_dump_bytes:
            limit = f"{self._limits.max_dump_bytes:,} bytes"
            raise DumpRefused(f"{self._label} unpacks to more than {limit}; split it, or raise max_dump_bytes")
        if self._spent > self._by_ratio:
            ratio = f"{self._limits.max_expansion_ratio:,} times its size"
            raise DumpRefused(f"{self._label} unpacks to more than {ratio}; look at it, or raise max_expansion_ratio")


class Stream:
    """Bytes that come in blocks, with a look ahead."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._ahead = b""

    def head(self, byte_count: int) -> bytes:
        """Return the next bytes, fewer at the end, without taking them."""
        while len(self._ahead) < byte_count and (block := next(self._blocks, b"")):
            self._ahead += block
        return self._ahead[:byte_count]

    def read(self, byte_count: int) -> bytes:
        """Take at most so many bytes; none means the end."""
        block = self._ahead or next(self._blocks, b"")
        self._ahead = block[byte_count:]
        return block[:byte_count] if self._ahead else block

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(BLOCK_BYTES):
            yield block


def unpacked(read: Read, label: str) -> tuple[Codec, Stream]:
    """Find the codec of what `read` delivers, and return it with the stream of plain bytes."""
    packed = Stream(iter(lambda: read(BLOCK_BYTES), b""))
    codec = codec_of(packed.head(HEAD_BYTES))
    return codec, Stream(_refusing(_DECODERS[codec](packed), codec, label))


def _refusing(blocks: Iterator[bytes], codec: Codec, label: str) -> Iterator[bytes]:
    what = f"its {codec.name.lower()} compression"
    try:
        yield from (block for block in blocks if block)
    except EOFError as error:
        raise DumpRefused(f"{label} is cut short in {what}; have it delivered again") from error
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise DumpRefused(f"{label} is damaged in {what} ({_reason(error)}); have it delivered again") from error


def _reason(error: Exception) -> str:
    text = str(error).removeprefix("ZSTD decompress failed: ")
    if "too much memory" in text or "Memory usage limit" in text:
        return "it asks for a larger window than 128 MiB; compress it without --long or --ultra"
    return "it is cut short" if "Truncated" in text else text


def _as_it_is(packed: Stream) -> Iterator[bytes]:
    return iter(packed)


def _gunzip(packed: Stream) -> Iterator[bytes]:
    data = packed.read(BLOCK_BYTES)
    while data:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not member.eof:
            block = member.decompress(data, BLOCK_BYTES)
            data = member.unconsumed_tail
            yield block
            if not block and not data and not member.eof:
                data = _more(packed)
        data = _after_padding(member.unused_data, packed)


def _bunzip2(packed: Stream) -> Iterator[bytes]:
    return _one_after_another(packed, bz2.BZ2Decompressor)


def _unxz(packed: Stream) -> Iterator[bytes]:
    return _one_after_another(packed, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES))


def _one_after_another(packed: Stream, new: Callable[[], Any]) -> Iterator[bytes]:
    data = packed.read(BLOCK_BYTES)
    while data:
        member = new()
        while not member.eof:
            if member.needs_input and not data:
                data = _more(packed)
            yield member.decompress(data, BLOCK_BYTES)
            data = b""
        data = _after_padding(member.unused_data, packed)


def _more(packed: Stream) -> bytes:
    data = packed.read(BLOCK_BYTES)
    if not data:
        raise EOFError
    return data


def _after_padding(data: bytes, packed: Stream) -> bytes:
    """Skip the zeros that tapes and xz leave between streams; anything else has to be another stream."""
    data = data.lstrip(b"\0")
    while not data and (block := packed.read(BLOCK_BYTES)):
        data = block.lstrip(b"\0")
    return data


def _unzstd(packed: Stream) -> Iterator[bytes]:
    # Not the stream reader of the zstandard package: it ends silently where the file is cut, and after the first frame.
    # The window is bounded by the library's own default, 2 ** 27.
    with pa.CompressedInputStream(pa.PythonFile(_Readable(packed), mode="r"), "zstd") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


class _Readable:
    """The least that Arrow wants of a file."""

    closed = False

    def __init__(self, packed: Stream) -> None:
        self._packed = packed

    def read(self, byte_count: int) -> bytes:
        return self._packed.read(byte_count)

    def close(self) -> None:
        self.closed = True


_DECODERS: Final[dict[Codec, Callable[[Stream], Iterator[bytes]]]] = {
    Codec.PLAIN: _as_it_is,
    Codec.GZIP: _gunzip,
    Codec.ZSTD: _unzstd,
    Codec.BZIP2: _bunzip2,
    Codec.XZ: _unxz,
}
