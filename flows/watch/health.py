"""Whether a lake is well: published lately, its data fresh, its disk with room, its newest snapshot what readers see.

Reads only, takes no lock, and asks nothing but the lake itself: it works when the scheduler and the last run are dead.
What cannot be told of a lake that is half broken is a complaint as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

import duckdb

from flows.lake.manifest import Manifest
from flows.lake.medium import Entry
from flows.lake.store import Store
from flows.settings import Settings
from flows.watch.alerts import unknown_addresses
from flows.watch.nights import last_nights, last_refusal, newest_article, silent_sources
from transforms.errors import BroadsheetError, LakeDamaged

UNHEALTHY: Final = 6
_GB: Final = 1e9
_LATELY: Final = timedelta(days=14)
_LEAST_DAYS: Final = 3
_SHOWN_SOURCES: Final = 3


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is not as it should be, and what to do about it."""

    what: str
    next_step: str
    is_damage: bool = False


@dataclass(slots=True)
class Health:
    """What was found, fact by fact, and what of it is not well."""

    lake: str
    checked_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 for a lake that is well, else that of the worst complaint."""
        if any(each.is_damage for each in self.complaints):
            return LakeDamaged.exit_code
        return UNHEALTHY if self.complaints else 0

    @property
    def status(self) -> str:
        """A word for it."""
        return {0: "OK", UNHEALTHY: "UNHEALTHY"}.get(self.exit_code, "DAMAGED")

    @property
    def sentence(self) -> str:
        """Everything in a line, as monitors like it."""
        return f"{self.status}: " + ("; ".join(each.what for each in self.complaints) or self._in_good_health())

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return {
            "status": self.status,
            "sentence": self.sentence,
            "lake": self.lake,
            "checked_at": self.checked_at,
            "complaints": [asdict(each) for each in self.complaints],
            **self.facts,
        }

    def text(self) -> str:
        """Tell it in one line, and the next step of each complaint in a line of its own."""
        is_one = len(self.complaints) == 1
        steps = (each.next_step if is_one else f"{each.what}: {each.next_step}" for each in self.complaints)
        return f"{self.sentence}\n" + "".join(f"  {step}\n" for step in steps)

    def _in_good_health(self) -> str:
        run, newest = self.facts["last_run"], self.facts["newest_published_at"]
        dated = f", newest article of {newest:%Y-%m-%d %H:%M} UTC" if newest else ""
        return f"snapshot {self.facts['snapshot']}, published {_ago(run['age_hours'])} ago ({run['verdict']}){dated}"


@dataclass(frozen=True, slots=True)
class View:
    """A lake as its watch sees it, and where it notes what it sees."""

    store: Store
    newest: Manifest
    settings: Settings
    now: datetime
    facts: dict[str, Any]


def examine(settings: Settings, now: datetime) -> Health:
    """Look at a lake from every side; what raises on one side is a complaint, and stops no other."""
    health = Health(settings.lake_address, now)
    health.complaints += [
        Complaint(f"no alert can be sent to {address}", "write it as Apprise does, in [alerts] urls")
        for address in unknown_addresses(settings.alerts)
    ]
    try:
        store = Store.open(settings.lake, create=False)
        newest = store.current()
    except (BroadsheetError, OSError) as error:
        health.complaints.append(_complaint("the lake", error))
        return health
    if newest is None:
        health.complaints.append(Complaint("no run has been published yet", "`broadsheet run` makes the first"))
        return health
    view = View(store, newest, settings, now, health.facts)
    for name, look in _LOOKS.items():
        try:
            health.complaints += look(view)
        except (BroadsheetError, OSError, duckdb.Error) as error:
            health.complaints.append(_complaint(name, error))
    return health


def _complaint(what: str, error: Exception) -> Complaint:
    """Say what cannot be told. A file that is named and not to be read is damage."""
    if isinstance(error, BroadsheetError):
        first, _, rest = str(error).partition("; ")
        return Complaint(first, rest or "`broadsheet verify` tells more", isinstance(error, LakeDamaged))
    if isinstance(error, duckdb.Error):
        line = str(error).strip().partition("\n")[0]
        return Complaint(f"{what} cannot be told: {line}", "`broadsheet verify` names what is damaged", is_damage=True)
    return Complaint(f"{what} cannot be told: {error}", "look at the disk that the lake is on")


def _look_at_snapshot(view: View) -> Iterator[Complaint]:
    """Note which is the newest, and whether it is what readers see."""
    newest, shown, holder = view.newest, view.store.medium.shown(), view.store.medium.holder()
    view.facts.update(snapshot=newest.number, made_by=newest.action, shown=shown, held_by=holder)
    if shown != newest.number and holder is None:
        what = f"snapshot {shown}" if shown else "no snapshot, or leads to where the lake was before,"
        yield Complaint(
            f"catalog.duckdb shows {what} and not {newest.number}, the newest", "the next run, or `clean`, mends it"
        )


def _look_at_runs(view: View) -> Iterator[Complaint]:
    """Compare the last runs with the limits of the settings."""
    limits, nights = view.settings.health, last_nights(view.newest, view.store.address)
    if not nights:
        yield Complaint("the snapshot tells of no run", "`broadsheet snapshots` tells what made it")
        return
    last = nights[0]
    age = (view.now - last.finished_at) / timedelta(hours=1)
    run = {name: getattr(last, name) for name in ("run_id", "day", "finished_at")}
    view.facts["last_run"] = {**run, "verdict": view.newest.verdict, "age_hours": round(age, 1)}
    if age > limits.max_age_hours:
        yield Complaint(f"no run has been published for {_ago(age)}", _what_to_do(view))
    read, rejected = (sum(getattr(night, name) for night in nights) for name in ("records_read", "quarantined"))
    share = rejected / read if read else 0.0
    view.facts["quarantine_share"] = round(share, 4)
    if share > limits.max_quarantine_share:
        yield Complaint(
            f"{share:.0%} of the last {len(nights)} runs' records are in quarantine, more than "
            f"{limits.max_quarantine_share:.0%}",
            "`broadsheet quarantine` tells why",
        )


def _look_at_refusals(view: View) -> Iterator[Complaint]:
    """Tell of the last night that its audit refused, if none was published since."""
    last = last_refusal(view.store)
    view.facts["last_refusal"] = last and asdict(last)
    if last and last.run_id > view.facts.get("last_run", {}).get("run_id", ""):
        seen = f" ({last.observed})" if last.observed else ""
        yield Complaint(
            f"the audit refused the last night at {last.at[:16]}: {last.expectation}{seen}",
            "`broadsheet report --at refused` shows it; mend the dumps, or say why it may pass with `run --accept`",
        )


def _what_to_do(view: View) -> str:
    holder = view.store.medium.holder()
    if holder:
        return f"one is at work ({holder}): wait for it, or end it"
    return "see what the scheduler says, then start `broadsheet run`"


def _look_at_freshness(view: View) -> Iterator[Complaint]:
    """Judge by the articles' own dates: runs may go well over files that are a week old."""
    newest, limit = newest_article(view.newest, view.now), view.settings.health.max_data_age_hours
    view.facts["newest_published_at"] = newest
    age = (view.now - newest) / timedelta(hours=1) if newest else None
    if limit and age is not None and age > limit:
        yield Complaint(f"the newest article is {_ago(age)} old by its own date", "see whether the feeds deliver")


def _look_at_sources(view: View) -> Iterator[Complaint]:
    """Name those that have stopped."""
    silent = silent_sources(view.newest, view.store.address)
    view.facts["silent_sources"] = [asdict(each) for each in silent]
    if silent:
        shown = ", ".join(f"{each.source} ({each.days} days, else {each.usual:g})" for each in silent[:_SHOWN_SOURCES])
        more = f" and {len(silent) - _SHOWN_SOURCES} more" if silent[_SHOWN_SOURCES:] else ""
        yield Complaint(f"nothing has come from {shown}{more}", "ask who delivers it; `broadsheet sources` tells more")


def _look_at_room(view: View) -> Iterator[Complaint]:
    """Compare what is free with what a week takes."""
    medium, least = view.store.medium, view.settings.health.min_free_gb * _GB
    free = medium.free_bytes()
    view.facts["free_bytes"] = free
    if free is None:
        return
    week = week_of_growth([*medium.entries("parts").values(), *medium.entries("raw").values()], view.now)
    view.facts["bytes_a_week"] = week
    if free < max(least, week or 0):
        wanted = "" if week is None else f", and a week takes {week / _GB:,.1f} GB"
        yield Complaint(
            f"{free / _GB:,.1f} GB are free on the disk of the lake{wanted}",
            "make room: `broadsheet clean`, [retention], or another disk",
        )


def week_of_growth(files: Iterable[Entry], now: datetime) -> int | None:
    """Tell how many bytes a week takes, going by the median of the days of late; None when those are too few.

    The median, for a first load, a rebuild or a merge is no habit.
    """
    days: Counter[date] = Counter()
    for file in files:
        if file.modified_at > now - _LATELY:
            days[file.modified_at.date()] += file.byte_count
    return int(7 * median(days.values())) if len(days) >= _LEAST_DAYS else None


def _ago(hours: float) -> str:
    """Say hours below three days, else days."""
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"  # noqa: PLR2004


_LOOKS: Final[dict[str, Callable[[View], Iterator[Complaint]]]] = {
    "what readers see": _look_at_snapshot,
    "the last runs": _look_at_runs,
    "the last refusal": _look_at_refusals,
    "the age of the data": _look_at_freshness,
    "which sources are silent": _look_at_sources,
    "the room on the disk": _look_at_room,
}
