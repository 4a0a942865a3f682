"""Lineage: what a run read and wrote, told to a catalog of data in OpenLineage's words, once the run is over."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flows.report import RunReport
from flows.settings import Settings


@contextmanager
def told_lineage(settings: Settings) -> Iterator[list[RunReport]]:
    """Send the events of the last report that the block puts into the list, whether it ends well or in an error.

    Nothing is sent where the settings name neither URL nor file, or there was no dump. Trouble with sending fails no
    run: it is told in a sentence on standard error.
    """
    reports: list[RunReport] = []
    started_at = datetime.now(UTC)
    try:
        yield reports
    except Exception as error:
        _tell(reports, settings, started_at, f"{type(error).__name__}: {error}")
        raise
    _tell(reports, settings, started_at, None)


def _tell(reports: list[RunReport], settings: Settings, started_at: datetime, failure: str | None) -> None:
    target = settings.lineage.url or settings.lineage.file
    if target is None or not (reports and reports[-1].dumps):
        return
    try:
        from flows.lineage_events import Ending, send  # noqa: PLC0415 - an extra, and slow to import

        send(reports[-1], settings, Ending(started_at, datetime.now(UTC), failure))
    except Exception as error:  # noqa: BLE001 - whatever ails the receiver, the run is what it is
        reason = str(error).partition("\n")[0]
        if isinstance(error, ModuleNotFoundError):
            reason = f"the package {error.name} is not installed"
        sys.stderr.write(
            f"broadsheet: the lineage of run {reports[-1].run_id} was not sent to {target}: {reason}; "
            "the run itself is not touched by that\n"
        )
