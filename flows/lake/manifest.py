"""The manifest: what one snapshot of the lake consists of, as bytes that prove themselves whole."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import orjson

from transforms.errors import LakeDamaged

FORMAT: Final = 1

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable Parquet file: where it lies, what it holds, and the digest that names it."""

    table: str
    path: str
    """Posix, relative to the lake's root."""
    day: str | None
    """ISO day of a partitioned table; None for undated rows and for unpartitioned tables."""
    rows: int
    byte_count: int
    sha256: str
    minimum: Mapping[str, Scalar] = field(hash=False)
    """Sort key to its least value; None where the key is null throughout."""
    maximum: Mapping[str, Scalar] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One snapshot: its parts, the dumps that this commit consumed, and what it was made under."""

    number: int
    """From 1, one more than the parent's."""
    parent_digest: str | None
    run_id: str
    rules_digest: str
    schema_digest: str
    settings_digest: str
    verdict: str
    dumps: tuple[str, ...]
    """Digests of the dumps that this commit consumed."""
    parts: tuple[Part, ...]
    """Ordered by path, whatever order they were given in: workers finish in any order."""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.parts, key=lambda part: part.path))
        object.__setattr__(self, "parts", ordered)
        # A part named twice would show every one of its rows twice.
        repeated = [path for path, times in Counter(part.path for part in ordered).items() if times > 1]
        if repeated:
            raise ValueError(f"snapshot {self.number} names {repeated[0]} more than once")

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex; the child's `parent_digest`."""
        return sha256(self._body()).hexdigest()

    def parts_of(self, table_name: str, days: Collection[str | None] | None = None) -> tuple[Part, ...]:
        """Return the table's parts, or those of these days only; None among the days stands for the undated."""
        return tuple(part for part in self.parts if part.table == table_name and (days is None or part.day in days))

    def to_bytes(self) -> bytes:
        """Return deterministic JSON: format version, digest of the content, content."""
        return b'{"format":%d,"sha256":"%b","manifest":%b}\n' % (FORMAT, self.digest.encode(), self._body())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read what `to_bytes` wrote; raise LakeDamaged when a single byte differs."""
        try:
            manifest = _build(orjson.loads(data)["manifest"])
        except (ValueError, TypeError, KeyError) as error:
            raise LakeDamaged("it cannot be read as a manifest") from error
        # Writing it again covers format, digest, content and stray bytes in one comparison.
        if manifest.to_bytes() != data:
            raise LakeDamaged(f"it does not match its digest, or is not of format {FORMAT}")
        return manifest

    def _body(self) -> bytes:
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def _build(fields: dict[str, Any]) -> Manifest:
    parts = tuple(Part(**part) for part in fields.pop("parts"))
    return Manifest(**{**fields, "dumps": tuple(fields["dumps"]), "parts": parts})
