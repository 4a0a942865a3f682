"""Nights in a temporary lake: taken whole, or without the audit where a test looks at deduplication alone."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import orjson

from flows import run as description
from flows.lake import connect
from flows.lake.disk import Hook, perform_at_once
from flows.lake.store import Store
from flows.report import RunReport
from flows.settings import Settings
from flows.work.drivers import PlainDriver

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


def content(lake: str | Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the content tables, in an order of its own."""
    with connect(lake) as reader:
        return {name: reader.sql(sql).fetchall() for name, sql in CONTENT.items()}


def take(lake: str | Path, paths: Sequence[Path], auditor: Executor, **settings: Any) -> RunReport:
    """One whole run."""
    with PlainDriver(1) as driver:
        chosen = Settings(lake=str(lake), **{"reports": False} | settings)
        return description.run(paths, chosen, driver, auditor=auditor)


def take_unaudited(lake: str | Path, paths: Sequence[Path], hook: Hook = perform_at_once, **chosen: Any) -> RunReport:
    """One whole run but for the audit, which passes whatever it is given, and for the page unless it is asked for."""
    store = Store.open(lake, create=True, hook=hook)
    with PlainDriver(1) as driver:
        settings = Settings(lake=str(lake), **{"workers": 1, "reports": False} | chosen)
        return description.run(paths, settings, driver, auditor=Unaudited(), store=store)


class Here(Executor):
    """Does the work in this process, before it is asked for."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Do it at once."""
        done: Future[Any] = Future()
        try:
            done.set_result(function(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - it is for who asks for the answer
            done.set_exception(error)
        return done


class Unaudited(Executor):
    """Runs nothing, and finds nothing wrong."""

    def submit(self, _function: Callable[..., Any], /, *_arguments: Any, **_named: Any) -> Future[Any]:
        """Give no finding at once."""
        done: Future[Any] = Future()
        done.set_result(())
        return done
