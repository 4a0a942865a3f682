"""Nights in a temporary lake: taken whole, or without the audit where a test looks at deduplication alone."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from flows import run as description
from flows.accept import ReceiveTask, accept, register
from flows.drivers import PlainDriver
from flows.lake.query import connect
from flows.lake.store import Store
from flows.publish import next_manifest
from flows.report import RunReport
from flows.settings import Settings

CONTENT = {
    "articles": "SELECT * FROM articles ORDER BY article_id",
    "copies": "SELECT * FROM copies ORDER BY article_id",
    "deliveries": "SELECT * EXCLUDE (dump_name) FROM deliveries ORDER BY ALL",
    "pairs": "SELECT * FROM pairs ORDER BY ALL",
    "quarantine": "SELECT * EXCLUDE (dump_name) FROM quarantine ORDER BY ALL",
}


def write_dump(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    """Write records as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records))
    return path


def content(lake: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the content tables, in an order of its own."""
    with connect(Store.open(lake, create=False)) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in CONTENT.items()}


def take(lake: Path, paths: Sequence[Path], auditor: ProcessPoolExecutor, **settings: Any) -> RunReport:
    """One whole run."""
    with PlainDriver(1) as driver:
        return description.run(paths, Settings(lake=lake, **settings), driver, auditor=auditor)


def take_unaudited(lake: Path, paths: Sequence[Path]) -> RunReport:
    """One run as far as the manifest, without audit and ledger."""
    settings = Settings(lake=lake, workers=1)
    store = Store.open(lake, create=True)
    with store.locked(), PlainDriver(1) as driver:
        store.recover()
        workspace = store.workspace("test")
        report = RunReport("test", str(lake))
        night = description.Night(store, store.current(), settings, driver, None, workspace, report, datetime.now(UTC))
        tasks = [ReceiveTask(path, path.name, workspace / f"dump-{i}", settings) for i, path in enumerate(paths)]
        arrivals = register(description._receive(night, tasks), night.parent, store.root, report)
        staged = description._stage(night, arrivals)
        task = description._night_task(night, accept(staged, report))
        taken = description._deduplicate(night, task, staged)
        store.commit(next_manifest(night.parent, taken, report, settings, "passed"))
    return report
