"""Workloads: what is done to a lake while faults happen, and how the lake comes to be as it is before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from flows.again import rebuild as rebuilding
from flows.forgetting.forget import forget
from flows.forgetting.request import Request
from flows.lake.compaction import compact
from flows.lake.disk import Hook, perform_at_once
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention, Settings
from flows.work.drivers import PlainDriver
from tests.faults.children import forked
from tests.faults.inject import KILLS, KINDS, Counting, Faulty, Kind
from tests.faults.stories import write_nights
from tests.integration.nights import Unaudited, take_unaudited
from transforms.tables import MEMBERSHIP


@dataclass(frozen=True, slots=True)
class Workload:
    """One change of a lake. To act again on a lake that is as it should be must change nothing that readers see."""

    name: str
    prepare: Callable[[Path], None]
    """Makes the lake at a path as it is before, and whatever the act needs beside it."""
    act: Callable[[Path, Hook], str | None]
    """Does it, and gives the trouble that it told of the lake's pages."""
    kinds: tuple[Kind, ...] = KINDS
    """Of fault: all, unless another workload has most of the same steps."""


def take_night(lake: Path, night: int, hook: Hook = perform_at_once, *, reports: bool = False) -> str | None:
    """Take the dumps of one of the three nights that lie beside the lake; give the trouble told of its page."""
    dumps = sorted(dumps_beside(lake).glob(f"night-{night}-*"))
    return take_unaudited(lake, dumps, hook, reports=reports).page_trouble


def dumps_beside(lake: Path) -> Path:
    """Give the folder of the dumps."""
    return lake.with_name("dumps")


def _deliver(lake: Path) -> None:
    write_nights(dumps_beside(lake))


def _first_night(lake: Path) -> None:
    _deliver(lake)
    take_night(lake, 1)


def _two_nights(lake: Path) -> None:
    _first_night(lake)
    take_night(lake, 2)


def _died_unshown(lake: Path) -> None:
    """Leave a lake whose second night was killed between its commit and its catalog."""
    _first_night(lake)
    twin = lake.with_name("twin")
    _first_night(twin)
    counting = Counting()
    take_night(twin, 2, counting)
    commit = next(n for n, step in enumerate(counting.steps, 1) if step.startswith("link snapshots/"))
    forked(lambda: take_night(lake, 2, Faulty(commit, "kill after")))


def rewrites_membership(lake: Path) -> bool:
    """Tell whether the newest snapshot has replaced a part of MEMBERSHIP of the one before it."""
    store = Store.open(lake, create=False)
    numbers = store.numbers()
    before, after = (store.manifest(number).parts_of(MEMBERSHIP.name) for number in numbers[-2:])
    return not set(before) <= set(after)


def _two_shown(lake: Path) -> None:
    """Leave a lake of two nights that have their pages."""
    _deliver(lake)
    take_night(lake, 1, reports=True)
    take_night(lake, 2, reports=True)


def _three_nights(lake: Path) -> None:
    _two_nights(lake)
    take_night(lake, 3)


def _roll_back(lake: Path, hook: Hook) -> None:
    """Go back to the first night; take its dumps once more, which is what mends a catalog, where that is done."""
    store = Store.open(lake, create=False, hook=hook)
    newest = store.current()
    if newest and newest.parts == store.manifest(1).parts:
        take_night(lake, 1, hook)
    else:
        roll_back(store, 1)


def _compact(lake: Path, hook: Hook) -> None:
    """Merge parts; take the first night's dumps once more, which is what mends a catalog, where that is done."""
    if compact(Store.open(lake, create=False, hook=hook)).snapshot is None:
        take_night(lake, 1, hook)


def _clean(lake: Path, hook: Hook) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    clean(Store.open(lake, create=False, hook=hook), Retention(snapshots=1, days=0), later, remove=True)


def _rebuild(lake: Path, hook: Hook) -> str | None:
    """Make the lake again, a dump at a time; take the first night's dumps once more, where that is done."""
    store = Store.open(lake, create=False, hook=hook)
    newest = store.current()
    if newest and newest.action == "rebuild":
        return take_night(lake, 1, hook)
    rebuilding.WAVE_BYTES = 1
    with PlainDriver(1) as driver:
        return rebuilding.rebuild(Settings(lake=str(lake), workers=1), driver, Unaudited(), store).page_trouble


def _forget(lake: Path, hook: Hook) -> str | None:
    """Forget an outlet, of which there are copies by others, a dump at a time."""
    rebuilding.WAVE_BYTES = 1
    store = Store.open(lake, create=False, hook=hook)
    with PlainDriver(1) as driver:
        settings, request = Settings(lake=str(lake), workers=1), Request(source="outlet-1")
        return forget(settings, driver, request, Unaudited(), store, date(2026, 11, 22)).page_trouble


FOUNDING: Final = Workload("the founding night", _deliver, lambda lake, hook: take_night(lake, 1, hook, reports=True))
SECOND: Final = Workload("a second night", _first_night, lambda lake, hook: take_night(lake, 2, hook))
AFTER_CRASH: Final = Workload(
    "a night after a crash", _died_unshown, lambda lake, hook: take_night(lake, 3, hook), (*KILLS, "EIO")
)
ROLLBACK: Final = Workload("a rollback", _two_nights, _roll_back)
COMPACTION: Final = Workload("a compaction", _two_nights, _compact)
CLEANING: Final = Workload("a cleaning", _three_nights, _clean)

REBUILD: Final = Workload("a rebuild", _two_nights, _rebuild, (*KILLS, "EIO"))
FORGETTING: Final = Workload("a forgetting", _two_shown, _forget, (*KILLS, "EIO"))

WORKLOADS: Final = (FOUNDING, SECOND, AFTER_CRASH, ROLLBACK, COMPACTION, CLEANING, REBUILD, FORGETTING)
