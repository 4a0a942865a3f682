"""The ledger of what each source's records came to, dump by dump: what the next nights are held against."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from flows.dedup.brought import Brought
from flows.drafts import Draft, draft
from flows.lake.catalog import quoted, source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.report import DumpReport, RunReport, SourceRecords
from transforms.article import UNKNOWN_SOURCE
from transforms.ledgers import SOURCE_COUNTS

_MEASURES: Final = ("admitted", "copies", "titled", "dated", "excerpts", "repaired", "words")


def draft_source_counts(report: RunReport, measured: Brought, parent: Manifest | None, address: str, to: Path) -> Draft:
    """Write tonight's rows, those of dumps that came again among them."""
    known = _known(parent, address, [dump.digest for dump in report.dumps if dump.status == "replayed" and dump.digest])
    common = {"run_id": report.run_id, "day": report.day}
    rows = [common | row for row in [*_new_rows(report.dumps, measured), *known]]
    return draft(SOURCE_COUNTS, pa.Table.from_pylist(rows, SOURCE_COUNTS.schema), to / "source_counts.parquet")


def _new_rows(dumps: Iterable[DumpReport], measured: Brought) -> Iterator[dict[str, Any]]:
    for place, dump in enumerate(dumps):
        if dump.status == "consumed":
            for name, found in _with_unreadable(dump).items():
                yield _row(dump, name, found, measured.get((place, name), {}))


def _with_unreadable(dump: DumpReport) -> dict[str, SourceRecords]:
    """Give a dump's records by source; those that cannot be read count to the source of most others."""
    found = dict(dump.sources)
    unread = dump.records_read - sum(each.records for each in found.values())
    if unread:
        most = max(found, key=lambda name: (found[name].records, name), default=dump.outlet or UNKNOWN_SOURCE)
        known = found.get(most, SourceRecords())
        rejects = Counter(known.rejects) + Counter({"malformed": unread})
        found[most] = SourceRecords(known.records + unread, dict(rejects))
    return found


def _row(dump: DumpReport, name: str, found: SourceRecords, measured: Mapping[str, Any]) -> dict[str, Any]:
    quarantined = sum(found.rejects.values())
    counts = {measure: measured.get(measure, 0) for measure in _MEASURES}
    return {
        "dump_digest": dump.digest,
        "source": name,
        "records": found.records,
        "quarantined": quarantined,
        "replayed": found.records - quarantined - counts["admitted"],
        **counts,
        "languages": list(measured.get("languages") or ()),
        "reasons": list(found.rejects.items()),
        "newest_published_at": measured.get("newest_published_at"),
        "encoding": dump.encoding,
    }


def _known(parent: Manifest | None, address: str, digests: list[str]) -> list[dict[str, Any]]:
    """Give what dumps that came again brought at first, as replayed."""
    parts = parent.parts_of(SOURCE_COUNTS.name) if parent else ()
    if not parts or not digests:
        return []
    listed = ", ".join(map(quoted, digests))
    with open_duckdb(address) as connection:
        rows = connection.execute(f"""
            SELECT * REPLACE (0 AS admitted, 0 AS copies, admitted + replayed AS replayed)
            FROM {source(SOURCE_COUNTS, parts, address)} WHERE dump_digest IN ({listed})
            QUALIFY row_number() OVER (PARTITION BY dump_digest, source ORDER BY run_id) = 1
        """).to_arrow_table()
    return list(rows.drop(["run_id", "day"]).to_pylist())
