"""Files cut short, joined, and followed by what is none of theirs: half a dump is no dump."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Final

import zstandard

from tests.hostile.attack import Attack, Family, article, holding, jsonl

_COUNT: Final = 30
_RANDOM: Final = Random(7)  # noqa: S311
_LINES: Final = jsonl(*(article(n, f"{_RANDOM.randbytes(400).hex()} and so it was told.") for n in range(_COUNT)))
_CODECS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
_SHARES: Final = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999)


def _tar(data: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        info = tarfile.TarInfo("a.jsonl")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def _zip(data: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", data)
    return sink.getvalue()


def _attacks() -> Iterator[Attack]:
    for codec, pack in _CODECS.items():
        packed = pack(_LINES)
        for share in _SHARES:
            cut = packed[: max(8, int(share * len(packed)))]
            yield Attack(f"cut-{share}.jsonl.{codec}", holding(cut), refused="cut short" if codec != "zst" else "")
        yield Attack(f"less-one.jsonl.{codec}", holding(packed[:-1]), refused="")
        yield Attack(f"junk-after.jsonl.{codec}", holding(packed + b"junk, and more of it"), refused="")
        second = pack(jsonl(article(1_000, f"of {codec}")))
        yield Attack(f"two-frames.jsonl.{codec}", holding(pack(jsonl(article(7, codec))) + second), admitted=2)
        yield Attack(f"second-cut.jsonl.{codec}", holding(packed + second[:-9]), refused="")
    archives = {"tar": _tar(_LINES), "zip": _zip(_LINES)}
    for kind, packed in archives.items():
        for share in _SHARES[:-3]:
            yield Attack(f"cut-{share}.{kind}", holding(packed[: max(600, int(share * len(packed)))]), refused="")
    yield Attack("half-a-line.jsonl", holding(_LINES[: len(_LINES) // 2]), quarantined="malformed")


TRUNCATION: Final = Family("truncation", tuple(_attacks()))
