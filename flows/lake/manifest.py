"""The manifest: what one snapshot of the lake consists of, as bytes that prove themselves whole."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal

import orjson

from transforms.errors import LakeDamaged

FORMAT: Final = 2

_ENVELOPE: Final = re.compile(rb'\{"format":(\d{1,9}),"sha256":"([0-9a-f]{64})","manifest":(.*)\}\n', re.DOTALL)

Scalar = str | int | float | bool | None
Action = Literal["run", "rollback", "compact", "replay", "rebuild", "clean", "forget"]


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

    def may_hold(self, column: str, least: str, most: str) -> bool:
        """Tell whether it may have rows of a sort key between two values, by its bounds; an empty part has none."""
        first, last = (str(bounds.get(column) or "") for bounds in (self.minimum, self.maximum))
        return first <= most and last >= least


@dataclass(frozen=True, slots=True)
class Manifest:
    """One snapshot: its parts, the dumps that this commit consumed, and what it was made under."""

    number: int
    """From 1, one more than the parent's."""
    parent_digest: str | None
    action: Action
    """What made it."""
    created_at: str
    """UTC, ISO 8601, by the clock of the machine that made it; nothing is decided by it but how long it is kept."""
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
    def is_refused(self) -> bool:
        """Whether its audit kept it from being published."""
        return self.verdict in ("failed", "errored")

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex; the child's `parent_digest`."""
        return sha256(self._body()).hexdigest()

    def parts_of(self, table_name: str, days: Collection[str | None] | None = None) -> tuple[Part, ...]:
        """Return the table's parts, or those of these days only; None among the days stands for the undated."""
        return tuple(part for part in self.parts if part.table == table_name and (days is None or part.day in days))

    def to_bytes(self) -> bytes:
        """Return deterministic JSON: format version, digest of the content, content."""
        body = self._body()
        return b'{"format":%d,"sha256":"%b","manifest":%b}\n' % (FORMAT, sha256(body).hexdigest().encode(), body)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read what `to_bytes` wrote; raise LakeDamaged when a single byte differs."""
        _, body = proven(data)
        try:
            return _build(orjson.loads(body))
        except (ValueError, TypeError, KeyError) as error:
            raise LakeDamaged("it cannot be read as a manifest") from error

    def _body(self) -> bytes:
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def proven(data: bytes) -> tuple[str, bytes]:
    """Return digest and content of a manifest's bytes; raise LakeDamaged when they do not prove themselves whole."""
    match = _ENVELOPE.fullmatch(data)
    if not match:
        raise LakeDamaged("it cannot be read as a manifest")
    version, digest, body = int(match[1]), match[2].decode(), match[3]
    if version != FORMAT or sha256(body).hexdigest() != digest:
        raise LakeDamaged(f"it does not match its digest, or is not of format {FORMAT}")
    return digest, body


def _build(fields: dict[str, Any]) -> Manifest:
    parts = tuple(Part(**part) for part in fields.pop("parts"))
    return Manifest(**{**fields, "dumps": tuple(fields["dumps"]), "parts": parts})
