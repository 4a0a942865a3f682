"""A lake of ten articles that keeps every promise, and a night upon it, as rows that a test may spoil."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.article import ARTICLES
from transforms.ledgers import DUMPS
from transforms.schema import PARTITION_COLUMN, Table
from transforms.tables import DELIVERIES, MEMBERSHIP, PAIRS, QUARANTINE, STORED

Rows = dict[str, list[dict[str, Any]]]

RUN_ID = "2026-11-22-o'night"
IDS = [f"{number:032x}" for number in range(1, 11)]
STRANGER = "f" * 32
DUMP = "d" * 64
OLDER_RUN_ID = "2026-11-21"
OLDER_IDS = [f"{number:032x}" for number in range(101, 111)]
OLDER_DUMP = "e" * 64
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


def older_rows() -> Rows:
    """Return the rows of a parent snapshot: clusters of 0 and 1, of 2 and 6, and a story in the versions 3 and 7."""
    rows = {name: [_renamed(row) for row in some] for name, some in good_rows().items()}
    ids, places = OLDER_IDS, rows[MEMBERSHIP.name]
    places[2].update(cluster_id=ids[2], canonical_id=ids[6], is_canonical=False, relation="near")
    places[6].update(cluster_id=ids[2])
    places[3].update(chain_id=ids[3], is_current=False)
    places[7].update(chain_id=ids[3], version=2)
    return rows


def night_rows() -> Rows:
    """Return tonight's rows upon `older_rows`, whose places from 5 on lie in a part that is made anew.

    Article 4 is the canonical copy of older article 5 and article 5 the third version of the older story 3; older
    article 2 comes again.
    """
    rows, ids = good_rows(), OLDER_IDS
    places = [*rows[MEMBERSHIP.name], *older_rows()[MEMBERSHIP.name][5:]]
    places[4].update(cluster_id=IDS[4])
    places[10].update(cluster_id=IDS[4], canonical_id=IDS[4], is_canonical=False, relation="near")
    places[12].update(is_current=False)
    places[5].update(chain_id=ids[3], version=3)
    rows[MEMBERSHIP.name] = places
    rows[PAIRS.name] += [_pair(IDS[4], ids[5]), _pair(IDS[5], ids[7])]
    rows[DELIVERIES.name].append({"article_id": ids[2], **_record(11)})
    rows[DUMPS.name][0].update(records_read=12, replayed=1)
    return rows


def kept_promises(run_id: str, promises: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the rows of AUDITS of a run that found these promises (table, words) kept."""
    return [
        {"run_id": run_id, "table_name": table, "expectation": words, "severity": "critical", "status": "passed"}
        for table, words in sorted(promises)
    ]


def rejected(number: int) -> dict[str, Any]:
    """Return a quarantine row for the record at this position of the dump."""
    return {"reason": "malformed", "detail": HOSTILE, "raw": HOSTILE.encode(), **_record(number)}


def write(rows: Rows, folder: Path) -> dict[str, list[str]]:
    """Write the rows as Parquet, articles in Hive folders, and return the files of each table."""
    tables = [table for table in STORED if table.name in rows]
    return {table.name: _write_table(table, rows[table.name], folder / table.name) for table in tables}


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a night before, with other ids."""
    names = {**dict(zip(IDS, OLDER_IDS, strict=True)), DUMP: OLDER_DUMP, RUN_ID: OLDER_RUN_ID}
    return {key: names.get(value, value) if isinstance(value, str) else value for key, value in row.items()}


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
        "version": 1,
        "is_current": True,
    }


def _pair(article_id: str, other_id: str) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "other_id": other_id,
        "jaccard": 0.9,
        "containment": 1.0,
        "number_containment": 1.0,
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
