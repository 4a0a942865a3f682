"""A lake of ten articles that keeps every promise, as rows that a test may spoil before they are written."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.article import ARTICLES
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import DELIVERIES, DUMPS, MEMBERSHIP, PAIRS, QUARANTINE

Rows = dict[str, list[dict[str, Any]]]

RUN_ID = "2026-11-22-o'night"
IDS = [f"{number:032x}" for number in range(1, 11)]
STRANGER = "f" * 32
DUMP = "d" * 64
HOSTILE = "<script>alert('0123')</script>"


def good_rows() -> Rows:
    """Return the rows of every audited table: articles 0 and 1 are copies, the others stand alone."""
    return {
        ARTICLES.name: [_article(each) for each in IDS],
        MEMBERSHIP.name: [
            _place(IDS[0]),
            {**_place(IDS[1]), "cluster_id": IDS[0], "canonical_id": IDS[0], "is_canonical": False, "relation": "near"},
            *(_place(each) for each in IDS[2:]),
        ],
        DELIVERIES.name: [{"article_id": each, **_record(number)} for number, each in enumerate(IDS)],
        PAIRS.name: [_pair(IDS[0], IDS[1])],
        QUARANTINE.name: [rejected(10)],
        DUMPS.name: [_dump()],
    }


def rejected(number: int) -> dict[str, Any]:
    """Return a quarantine row for the record at this position of the dump."""
    return {"reason": "malformed", "detail": HOSTILE, "raw": HOSTILE.encode(), **_record(number)}


def write(rows: Rows, folder: Path) -> dict[str, list[str]]:
    """Write the rows as Parquet, articles in Hive folders, and return the files of each table."""
    tables = (ARTICLES, MEMBERSHIP, DELIVERIES, PAIRS, QUARANTINE, DUMPS)
    return {table.name: _write_table(table, rows[table.name], folder / table.name) for table in tables}


def _write_table(table: Table, rows: list[dict[str, Any]], folder: Path) -> list[str]:
    days = sorted({row.get(PARTITION_COLUMN) for row in rows}, key=str)
    files = []
    for day in days:
        part = folder / f"{PARTITION_COLUMN}={day or '__HIVE_DEFAULT_PARTITION__'}" if table.is_partitioned else folder
        part.mkdir(parents=True)
        of_day = [row for row in rows if row.get(PARTITION_COLUMN) == day]
        # Every column may be null here, so that a test can plant one.
        schema = pa.schema([field.with_nullable(True) for field in table.schema])
        pq.write_table(pa.Table.from_pylist(of_day, schema), part / "part.parquet")
        files.append(str(part / "part.parquet"))
    return files


def _article(article_id: str) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "text_id": article_id,
        "source": HOSTILE,
        "url": HOSTILE,
        "title": HOSTILE,
        "text": HOSTILE,
        "highlights": [HOSTILE],
        "authors": [HOSTILE],
        "language": "en",
        "language_confidence": 0.9,
        "published_at": dt.datetime(2026, 11, 21, 23, 59, tzinfo=dt.UTC),
        "published_at_origin": "field",
        PARTITION_COLUMN: dt.date(2026, 11, 21),
        "char_count": len(HOSTILE),
    }


def _place(article_id: str) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "cluster_id": article_id,
        "canonical_id": article_id,
        "is_canonical": True,
        "relation": "canonical",
        "jaccard": 1.0,
        "containment": 1.0,
    }


def _pair(article_id: str, other_id: str) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "other_id": other_id,
        "jaccard": 0.9,
        "containment": 1.0,
        "relation": "near",
        "rule": HOSTILE,
    }


def _record(number: int) -> dict[str, Any]:
    return {"dump_digest": DUMP, "dump_name": HOSTILE, "member": HOSTILE, "record_number": number, "byte_offset": 0}


def _dump() -> dict[str, Any]:
    return {
        "run_id": RUN_ID,
        "dump_digest": DUMP,
        "dump_name": HOSTILE,
        "status": "consumed",
        "byte_count": 1,
        "records_read": 11,
        "admitted": 10,
        "replayed": 0,
        "quarantined": 1,
    }
