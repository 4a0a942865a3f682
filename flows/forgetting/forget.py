"""To forget: what is asked for and all that goes with it leaves every file of the lake, and never comes back.

The lake is made again from its kept dumps with the new keys known, so that what is left is what would be there if the
records had been refused from the first; one snapshot shows that, and says so. Then all that speaks of the time before
goes, and every file is searched. Whatever ends this before its snapshot has changed nothing; after it, the next call
goes on.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flows.again.rebuild import rebuild
from flows.forgetting.known import forgotten_in, prints_in
from flows.forgetting.leftovers import Searched, search, stretches_of_others
from flows.forgetting.purge import Purged, purge
from flows.forgetting.request import Plan, Request, plan
from flows.inquiry.shelf import open_shelf
from flows.lake.store import Store, required
from flows.report import RunReport
from flows.settings import Settings
from flows.under import require_same_rules
from flows.work.drivers import Driver


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What was to go; the run that made the lake again, None where all of it was forgotten before; and the proof."""

    plan: Plan
    report: RunReport | None
    purged: Purged
    searched: Searched

    @property
    def page_trouble(self) -> str | None:
        """What kept pages from being laid down."""
        return self.purged.page_trouble or (self.report.page_trouble if self.report else None)


def look_ahead(settings: Settings, request: Request, store: Store | None = None, today: date | None = None) -> Plan:
    """Tell what would go, and change nothing; raise UsageError when there is no such article."""
    store = store or Store.open(settings.lake, create=False)
    with open_shelf(store, None, settings) as shelf:
        return plan(shelf, request, today or datetime.now(UTC).date())


def forget(
    settings: Settings,
    driver: Driver,
    request: Request,
    auditor: Executor | None = None,
    store: Store | None = None,
    today: date | None = None,
) -> Forgetting:
    """Forget something for good, and search for what may be left of it.

    Raises UsageError when there is no such article, and all that `rebuild` raises; then nothing was changed, or what
    is left to be done is done by the next call.
    """
    store = store or Store.open(settings.lake, create=False)
    parent = required(store.current(), store.address)
    require_same_rules(parent, settings, store.address)
    planned = look_ahead(settings, request, store, today)
    before = purge(store, settings)
    known = forgotten_in(parent, store.address)
    report = None
    if planned.article_ids or not known.holds(planned.news.keys):
        report = rebuild(settings, driver, auditor, store, news=planned.news)
    after = purge(store, settings)
    prints = prints_in(store.current(), store.address)
    others = stretches_of_others(store, prints) - set(planned.news.prints)
    return Forgetting(planned, report, _both(before, after), search(store, prints - others, settings))


def _both(before: Purged, after: Purged) -> Purged:
    snapshots, files = (*before.snapshots, *after.snapshots), (*before.files, *after.files)
    return Purged(snapshots, files, before.byte_count + after.byte_count, after.page_trouble or before.page_trouble)
