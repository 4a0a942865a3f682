"""The parts of a lake in a bucket as a read-only file system, which is how DuckDB and Arrow read them.

No extension is loaded, so none has to be downloaded, and DuckDB's version is free. It knows the lake's parts and
nothing else: what lies beside them, and writing, are refused here, whatever SQL asks for.
"""

import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import obstore
from fsspec import AbstractFileSystem

from flows.lake.bucket import SCHEME, client, told

_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When a part was last changed: it is named by its content."""


class PartFile(io.RawIOBase):
    """One object, read by ranges."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__()
        self._address = address
        self._name = name
        self.size = _byte_count(address, name)
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from anywhere."""
        return True

    def tell(self) -> int:
        """Give the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """Read that many bytes, or all that are left, in one request."""
        end = self.size if size is None or size < 0 else min(self._place + size, self.size)
        if end <= self._place:
            return b""
        with told(self._address):
            data = obstore.get_range(client(self._address), self._name, start=self._place, end=end)
        self._place = end
        return data.to_bytes()


class PartFiles(AbstractFileSystem):  # type: ignore[misc]
    """Everything under `<address>/parts/`."""

    protocol = "s3"
    cachable = False

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def open(self, path: str, mode: str = "rb", **_: Any) -> PartFile:
        """Open a part for reading; raise PermissionError for anything else."""
        if mode != "rb":
            raise PermissionError(f"{path}: the lake is read here, not written")
        return PartFile(self._address, self._name(path))

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Describe a part."""
        return {"name": path, "size": _byte_count(self._address, self._name(path)), "type": "file"}

    def exists(self, path: str, **_: Any) -> bool:
        """Tell whether a part is there."""
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def isdir(self, path: str) -> bool:  # noqa: ARG002
        """Tell that nothing here is a folder."""
        return False

    def glob(self, path: str, **_: Any) -> list[str]:
        """Give the path itself: names of parts are taken as they are."""
        return [path.removeprefix(SCHEME)]

    def modified(self, path: str) -> datetime:  # noqa: ARG002
        """Give one moment for all: what is named by its content does not change."""
        return _NEVER

    def _name(self, path: str) -> str:
        name = f"{SCHEME}{path.removeprefix(SCHEME)}".removeprefix(f"{self._address}/")
        if not name.startswith("parts/") or ".." in name.split("/"):
            raise PermissionError(f"{path} is none of the parts of {self._address}")
        return name


@lru_cache(maxsize=1 << 16)
def _byte_count(address: str, name: str) -> int:
    """Ask for a part's size once a process: it is named by its content, and DuckDB opens it many times."""
    with told(address):
        return obstore.head(client(address), name)["size"]
