"""The ledger of what sources send: tonight's rows, and what of them is otherwise than on the nights before."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from flows.drafts import Draft, draft
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.report import RunReport
from flows.settings import Settings
from flows.sources.settings import Source
from transforms.drift import NIGHTS, Sent, Signal, by_source, drift
from transforms.ledgers import RUNS, SOURCE_FIELDS

_MOST_FIELDS: Final = 500
"""Fields of a source that a run notes, those that fill most records: a hostile one sends millions."""
_MOST_NAME_CHARS: Final = 200
_LOOKED_BACK: Final = 60
"""Runs in which the nights of a source are looked for; older ones do not cost a run of today."""


def draft_source_fields(report: RunReport, workspace: Path) -> Draft:
    """Write what each source sent tonight."""
    rows = [
        {"run_id": report.run_id, "source": name, "records": sent.records, **field}
        for name, sent in report.sent.items()
        for field in _fields(sent)
    ]
    return draft(SOURCE_FIELDS, pa.Table.from_pylist(rows, SOURCE_FIELDS.schema), workspace / "source_fields.parquet")


def _fields(sent: Sent) -> Iterable[dict[str, Any]]:
    names = sorted(sent.fields, key=lambda name: (-sent.filled(name), name))[:_MOST_FIELDS]
    for name in names:
        for kind, filled in sent.fields[name].items():
            target = sent.targets.get(name)
            yield {"field": name[:_MOST_NAME_CHARS], "kind": kind, "target": target, "filled": filled}


def note_drift(report: RunReport, parent: Manifest | None, address: str, settings: Settings) -> None:
    """Enter in the report what tonight's sources send otherwise than on their last nights."""
    if parent is None:
        return
    with open_duckdb(address) as connection:
        past = by_source(_past_rows(connection, parent, address, sorted(report.sent)))
    for name, sent in sorted(report.sent.items()):
        signals = signals_of(name, sent, past.get(name, {}), settings.sources)
        if signals:
            report.drift[name] = [signal._asdict() for signal in signals]


def signals_of(name: str, tonight: Sent, before: Mapping[str, Sent], sources: Mapping[str, Source]) -> list[Signal]:
    """Compare a source's night with those before, oldest first, as its settings want it."""
    own = sources.get(name, Source())
    signals = drift(tonight, list(before.values())[-NIGHTS:], own.known_fields)
    return [signal for signal in signals if own.new_fields != "ignore" or signal.signal != "new"]


def _past_rows(
    connection: duckdb.DuckDBPyConnection, parent: Manifest, address: str, names: list[str]
) -> list[dict[str, Any]]:
    """Read what these sources sent in the latest runs, by the order of their snapshots."""
    runs = source(RUNS, parent.parts_of(RUNS.name), address)
    latest = connection.execute(f"SELECT run_id, snapshot FROM {runs} ORDER BY snapshot DESC LIMIT {_LOOKED_BACK}")
    order: dict[str, int] = dict(latest.fetchall())
    parts = [
        part for part in parent.parts_of(SOURCE_FIELDS.name) if any(part.may_hold("run_id", run, run) for run in order)
    ]
    if not parts:
        return []
    query = f"SELECT * FROM {source(SOURCE_FIELDS, parts, address)} WHERE source IN (SELECT unnest($names))"
    rows: list[dict[str, Any]] = connection.execute(query, {"names": names}).to_arrow_table().to_pylist()
    return sorted((row for row in rows if row["run_id"] in order), key=lambda row: order[row["run_id"]])
