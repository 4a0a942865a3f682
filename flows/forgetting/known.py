"""What a lake has forgotten: the ledger of it, read and written."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.drafts import Draft, draft
from flows.lake.duck import open_part
from flows.lake.manifest import Manifest
from transforms.forgotten import NOTHING, Forgotten
from transforms.ledgers import FORGOTTEN


@dataclass(frozen=True, slots=True)
class News:
    """What is to be forgotten: since when, under which keys (kind, key), and prints of its texts."""

    day: date
    keys: tuple[tuple[str, str], ...]
    prints: tuple[int, ...]

    def __str__(self) -> str:
        """Name all that decides what is made under it."""
        return f"{self.day} {self.keys}"


def forgotten_in(manifest: Manifest | None, address: str, news: News | None = None) -> Forgotten:
    """Give what the lake refuses as of a snapshot, and what is forgotten just now."""
    rows = [(row["forgotten_on"], row["kind"], row["key"]) for row in _rows(manifest, address).to_pylist()]
    rows += [(news.day, *key) for key in news.keys] if news else []
    return Forgotten.of(rows) if rows else NOTHING


def prints_in(manifest: Manifest | None, address: str) -> set[int]:
    """Give the prints of all texts that were forgotten."""
    return set(_rows(manifest, address)["prints"].combine_chunks().flatten().to_pylist())


def draft_forgotten(news: News, run_id: str, workspace: Path) -> Draft:
    """Write the ledger of what is forgotten just now; the prints stand in its first row."""
    rows = [
        {
            "run_id": run_id,
            "forgotten_on": news.day,
            "kind": kind,
            "key": key,
            "prints": [] if number else list(news.prints),
        }
        for number, (kind, key) in enumerate(news.keys)
    ]
    return draft(FORGOTTEN, pa.Table.from_pylist(rows, FORGOTTEN.schema), workspace / "forgotten.parquet")


def _rows(manifest: Manifest | None, address: str) -> pa.Table:
    parts = [part.path for part in manifest.parts_of(FORGOTTEN.name)] if manifest else []
    tables = [pq.ParquetFile(open_part(address, path)).read() for path in parts]
    return pa.concat_tables([FORGOTTEN.schema.empty_table(), *(table.cast(FORGOTTEN.schema) for table in tables)])
