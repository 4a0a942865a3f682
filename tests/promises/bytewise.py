"""Where words stand in a lake, found by somebody who knows nothing of how it is made: files are opened layer by layer.

A second opinion beside the lake's own search, and a slow one: everything is turned into bytes and looked at.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import zstandard

_OPENERS: Final = (
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
    (b"\x28\xb5\x2f\xfd", lambda data: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()),
)


def files_with(lake: Path, word: str) -> list[str]:
    """Name the files of a folder in which a word stands, in UTF-8 or UTF-16, however it is packed."""
    forms = [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    return sorted(
        path.relative_to(lake).as_posix()
        for path in lake.rglob("*")
        if path.is_file() and any(form in layer for layer in layers(path.read_bytes()) for form in forms)
    )


def layers(data: bytes) -> Iterator[bytes]:
    """Give bytes, and all that can be unpacked of them."""
    yield data
    if data[:4] == b"PAR1":
        yield "\n".join(map(_said, pq.read_table(io.BytesIO(data)).to_pylist())).encode("utf-8", "surrogatepass")
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from layers(archive.read(name))
    if data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for entry in archive:
                if entry.isfile():
                    yield from layers(archive.extractfile(entry).read())  # type: ignore[union-attr]
    for mark, opened in _OPENERS:
        if data.startswith(mark):
            yield from layers(opened(data))


def _said(row: dict[str, object]) -> str:
    return "\n".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row.values())
