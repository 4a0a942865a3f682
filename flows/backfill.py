"""The backfill: a night for each day of a range, oldest first, with one driver and one auditor for all of them.

The lake is held for a night at a time, so the nightly run and readers need not wait for the end. It stops at the first
night that fails; what was published stays, and the same backfill goes on from there.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from expectations.audit import warm_up
from flows.lake.catalog import source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest
from flows.lake.store import Store
from flows.landing import Landed, find_dumps, is_daily, paths_of
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.under import require_same_rules
from flows.work.drivers import Driver
from flows.work.workers import ended, worker_pool
from transforms.errors import AuditFailed, BroadsheetError, UsageError
from transforms.ledgers import DUMPS, RUNS

NO_DUMPS = "no dumps"
DONE_BEFORE = "done before"
FAILED = "failed"

Known = dict[date, dict[str, datetime]]
"""Day to the dumps that its runs took, by name, and when the last of these began."""


@dataclass(frozen=True, slots=True)
class Day:
    """What became of a day: the outcome of its run, or why there was none."""

    day: date
    outcome: str
    report: RunReport | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What there is of a day: the paths that its run is to take, and the dumps under them."""

    paths: list[Path]
    dumps: list[Landed]


def backfill(
    first: date,
    last: date,
    paths: Sequence[Path],
    settings: Settings,
    driver: Driver,
    auditor: Executor | None = None,
) -> Iterator[Day]:
    """Take every day's dumps, under paths with `{day}` in them (none: the landing folder), and tell of each day.

    A day is done, and passed over, when runs for it took each of its files as it is now.
    Raises UsageError for a range or paths that no dumps can be of, and what a run raises, with the day.
    """
    days = _days(first, last, list(paths) or [settings.landing], settings)
    store = Store.open(settings.lake, create=True)
    parent = store.current()
    require_same_rules(parent, settings, store.address)
    known = _known(parent, store.address, first, last)
    to_do = {day for day, due in days.items() if due.dumps and not _is_done(due.dumps, known.get(day, {}))}
    with nullcontext(auditor) if auditor or not to_do else ended(worker_pool(1, warm_up)) as ready:
        if to_do and ready:
            ready.submit(int)  # starts the process, and with it the slow import, while the first files are read
        for day, due in days.items():
            if day in to_do:
                yield from _taken(day, due.paths if paths else [], settings, driver, ready, store)
            else:
                yield Day(day, DONE_BEFORE if due.dumps else NO_DUMPS)


def _days(first: date, last: date, paths: Sequence[Path], settings: Settings) -> dict[date, Due]:
    """Look what is there of each day."""
    if last < first:
        raise UsageError(f"the range ends on {last}, before it begins on {first}; name the earlier day first")
    for path in paths:
        if not is_daily(path):
            raise UsageError(
                f'{path} is the same on every day; write {{day}} where its date stands, as in "data/landing/{{day}}" '
                "(`landing` of the settings, or a path after the two days)"
            )
    days = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found = paths_of(paths, day, settings.ignore)
        days[day] = Due(found, find_dumps(found, settings.ignore).dumps)
    if not any(due.dumps for due in days.values()):
        shown = ", ".join(map(str, paths))
        raise UsageError(f"no dumps from {first} to {last} under {shown}; look whether {{day}} stands in its place")
    return days


def _known(parent: Manifest | None, address: str, first: date, last: date) -> Known:
    if parent is None:
        return {}
    dumps, runs = (source(table, parent.parts_of(table.name), address) for table in (DUMPS, RUNS))
    with open_duckdb(address) as connection:
        rows = connection.execute(f"""
            SELECT day, dump_name, max(started_at) FROM {dumps} JOIN {runs} USING (run_id)
            WHERE day BETWEEN DATE '{first}' AND DATE '{last}' AND status IN ('consumed', 'replayed', 'superseded')
            GROUP BY ALL
        """).fetchall()
    known: Known = {}
    for day, name, moment in rows:
        known.setdefault(day, {})[name] = moment
    return known


def _is_done(dumps: Iterable[Landed], known: dict[str, datetime]) -> bool:
    """Tell whether every file was taken since it was written to last; one that was refused was not."""
    return all(
        dump.name in known and dump.path.stat().st_mtime <= known[dump.name].timestamp()
        for dump in dumps
        if dump.path.exists()
    )


def _taken(
    day: date, paths: list[Path], settings: Settings, driver: Driver, auditor: Executor | None, store: Store
) -> Iterator[Day]:
    """Run a night, and tell of it also when it fails."""
    try:
        report = run(paths, settings, driver, auditor=auditor, store=store, day=day)
    except BroadsheetError as error:
        yield Day(day, FAILED, error.report if isinstance(error, AuditFailed) else None)  # type: ignore[arg-type]
        error.args = (f"{day}: {error}", *error.args[1:])
        raise
    yield Day(day, report.outcome, report)
