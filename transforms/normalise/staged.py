"""What normalising hands on: rows of articles between the dump and the lake, and rejects, each with its place."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from transforms.article import ARTICLES, Reason
from transforms.parse import Malformed, Record
from transforms.tables import FEATURES, QUARANTINE

STAGED: Final = pa.schema(
    [
        *ARTICLES.full_schema,
        pa.field("title_words", pa.string()),
        *(f for f in FEATURES.full_schema if f.name.endswith("_bands") or f.name == "passages"),
        pa.field("record_number", pa.int64()),
        pa.field("byte_offset", pa.int64()),
    ]
)
"""Rows between normalising and publishing: the article, what comparison needs, and its place in the dump."""

REJECTS: Final = pa.schema([f for f in QUARANTINE.schema if f.name not in ("dump_digest", "dump_name", "member")])


@dataclass(slots=True)
class Seen:
    """What sources sent: records by source, and filled values by (source, field, kind of value)."""

    records: Counter[str] = field(default_factory=Counter)
    values: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Filled values, by (source, field), of the fields that no mapping used."""
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rejects by (source, reason), but for records that cannot be read and so name no source."""

    def add(self, other: "Seen") -> None:
        """Add what was seen elsewhere."""
        self.records.update(other.records)
        self.values.update(other.values)
        self.unused.update(other.unused)
        self.rejected.update(other.rejected)


@dataclass(slots=True)
class Batch:
    """What became of some records: `articles` (STAGED), `rejects` (REJECTS), and what their sources sent."""

    articles: pa.Table
    rejects: pa.Table
    seen: Seen


@dataclass(slots=True)
class Rejects:
    """Records that become no articles, with the reason."""

    rows: list[tuple[str, str, bytes | None, int, int | None]] = field(default_factory=list)

    def add(self, record: Record | Malformed, reason: Reason, detail: str) -> None:
        """Take one in; the detail never quotes it, and of one that was forgotten no byte is kept."""
        raw = None if reason is Reason.FORGOTTEN else record.raw
        self.rows.append((reason.value, detail, raw, record.number, record.offset))

    def table(self) -> pa.Table:
        """Give all of them as rows of REJECTS."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(REJECTS)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, REJECTS, strict=True)], schema=REJECTS)
