"""What the ledgers tell of the last nights, from their newest parts alone: a watch must be quick on a lake of years."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from flows.lake.catalog import quoted, source
from flows.lake.duck import open_duckdb
from flows.lake.manifest import Manifest, Part
from flows.lake.refused import names, read
from flows.lake.store import Store
from transforms.article import ARTICLES
from transforms.ledgers import AUDITS, RUNS, SOURCE_COUNTS

NIGHTS: Final = 7
"""Runs that are looked at."""
HABIT_DAYS: Final = 60
"""Days over which a source's habit is looked for."""
_LEAST_DELIVERIES: Final = 5
_PATIENCE: Final = 1.5


@dataclass(frozen=True, slots=True)
class NightRow:
    """A published run, of the ledger."""

    run_id: str
    day: date | None
    finished_at: datetime
    records_read: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class RefusedNight:
    """A night that was not published, and the first of the expectations that it broke."""

    run_id: str
    at: str
    expectation: str | None
    observed: str | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A source from which nothing has come for longer than it ever took."""

    source: str
    last_day: date
    days: int
    """Since then, up to the day of the newest run."""
    longest: int
    """Most days between two of its deliveries before."""
    usual: float
    """Days between two of its deliveries, as a rule."""


def last_nights(manifest: Manifest, address: str) -> list[NightRow]:
    """Give the newest runs of a snapshot, newest first."""
    newest = sorted(manifest.parts_of(RUNS.name), key=lambda part: -int(part.maximum.get("snapshot") or 0))[:NIGHTS]
    if not newest:
        return []
    with open_duckdb(address) as connection:
        rows = connection.execute(f"""
            SELECT run_id, day, finished_at, records_read, quarantined FROM {source(RUNS, newest, address)}
            ORDER BY snapshot DESC LIMIT {NIGHTS}""").fetchall()
    return [NightRow(*row) for row in rows]


def last_refusal(store: Store) -> RefusedNight | None:
    """Give the last night that its audit refused and that is still kept."""
    kept = names(store.medium)
    if not kept:
        return None
    night = read(store.medium, kept[-1])
    parts = [part for part in night.parts_of(AUDITS.name) if part.maximum.get("run_id") == night.run_id]
    with open_duckdb(store.address) as connection:
        rows = connection.execute(f"""
            SELECT name, observed FROM {source(AUDITS, parts, store.address)}
            WHERE run_id = {quoted(night.run_id)} AND status <> 'passed' AND accepted_because IS NULL
            ORDER BY severity, name LIMIT 1
        """).fetchall()
    return RefusedNight(night.run_id, night.created_at, *(rows[0] if rows else (None, None)))


def newest_article(manifest: Manifest, now: datetime) -> datetime | None:
    """Tell when the newest article was published, from the bounds of the parts; dates of the future count for nothing.

    Exact but for articles of today, of which some may have a date later than now.
    """
    found = (_latest(part, now) for part in manifest.parts_of(ARTICLES.name))
    return max((moment for moment in found if moment), default=None)


def _latest(part: Part, now: datetime) -> datetime | None:
    least, most = part.minimum.get("published_at"), part.maximum.get("published_at")
    if not least or not most or datetime.fromisoformat(str(least)) > now:
        return None
    return min(datetime.fromisoformat(str(most)), now)


def silent_sources(manifest: Manifest, address: str) -> list[Silence]:
    """Name the sources that have been silent beyond their own habit, those that brought most first."""
    parts = [part for part in manifest.parts_of(SOURCE_COUNTS.name) if part.maximum.get("day")]
    if not parts:
        return []
    newest = max(str(part.maximum["day"]) for part in parts)
    since = date.fromisoformat(newest) - timedelta(days=HABIT_DAYS)
    recent = [part for part in parts if str(part.maximum["day"]) >= since.isoformat()]
    with open_duckdb(address) as connection:
        # A value in the text: one beside it would have DuckDB import pandas, for a second.
        rows = connection.execute(f"""
            SELECT source, list(DISTINCT day ORDER BY day) FROM {source(SOURCE_COUNTS, recent, address)}
            WHERE day >= DATE '{since}' AND records > 0 GROUP BY source ORDER BY sum(records) DESC, source
        """).fetchall()
    found = (silence(name, days, date.fromisoformat(newest)) for name, days in rows)
    return [each for each in found if each]


def silence(name: str, days: Sequence[date], newest: date) -> Silence | None:
    """Judge a source by the days, ascending, on which it brought something: what comes rarely has no habit."""
    if len(days) < _LEAST_DELIVERIES:
        return None
    gaps = list(_gaps(days))
    since = (newest - days[-1]).days
    longest = max(gaps)
    return Silence(name, days[-1], since, longest, median(gaps)) if since > _PATIENCE * longest else None


def _gaps(days: Sequence[date]) -> Iterable[int]:
    return ((later - earlier).days for earlier, later in pairwise(days))
