"""Alerts: what went wrong, in a sentence, to the addresses of the settings; and a heartbeat while nothing does.

Sent by the process that met the trouble, so neither the scheduler nor anything else of ours needs to be alive. Figures,
names and sentences: never a word of an article. An alert that cannot be sent is told on standard error, and changes
nothing else.
"""

import logging
import platform
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from flows.report import RunReport
from flows.settings import Settings
from flows.watch.settings import Alerts
from transforms.errors import BroadsheetError, LakeBusy

if TYPE_CHECKING:
    from apprise import Apprise

_SECONDS: Final = 15
_SCHEME: Final = "://"


@contextmanager
def watched(settings: Settings, command: str) -> Iterator[list[str]]:
    """Alert when the block fails, or leaves sentences in the list that it is given; else, and then too, give a beat.

    A lake that another run holds is no failure, nor is Ctrl-C.
    """
    troubles: list[str] = []
    try:
        yield troubles
    except LakeBusy:
        raise
    except Exception as error:
        if "interrupted" not in str(error).lower():  # DuckDB's answer to Ctrl-C
            alert(settings, f"{command} failed", _sentence(error))
        raise
    if troubles:
        alert(settings, f"{command} left something out", "; ".join(troubles))
    _beat(settings.alerts)


def left_out(report: RunReport) -> list[str]:
    """Say which dumps a run refused, and why: what `watched` is to tell of a run that went well else."""
    return [dump.detail or dump.name for dump in report.refused]


def alert(settings: Settings, subject: str, sentence: str) -> None:
    """Send a sentence to every address of the settings."""
    if not settings.alerts.urls:
        return
    body = f"{sentence}\n\nlake: {settings.lake_address}\nat: {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n"
    for number, url in enumerate(settings.alerts.urls, 1):
        if not _sent(url, f"Broadsheet on {platform.node()}: {subject}", body):
            _tell(f"the alert could not be sent to {_named(number, url)}; check [alerts] urls")


def _sent(url: str, title: str, body: str) -> bool:
    try:
        address = _address(url)
        return address is not None and bool(address.notify(body, title, notify_type="failure", body_format="text"))
    except Exception:  # noqa: BLE001 - of a hundred services' code; what is to be told is the run's error, not theirs
        return False


def unknown_addresses(alerts: Alerts) -> list[str]:
    """Name the addresses of alerts that nothing can be sent to: found now, not in the night that needs them."""
    return [_named(number, url) for number, url in enumerate(alerts.urls, 1) if _address(url) is None]


def _address(url: str) -> "Apprise | None":
    import apprise  # noqa: PLC0415 - a quarter of a second, for who has something to send

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would tell on standard error what we tell
    asset = apprise.AppriseAsset(app_id="Broadsheet", app_desc="Broadsheet", app_url="", image_url_mask="")
    address = apprise.Apprise(asset=asset)
    return address if address.add(url) else None


def _beat(alerts: Alerts) -> None:
    if alerts.heartbeat_url is None:
        return
    try:
        urllib.request.urlopen(alerts.heartbeat_url, timeout=_SECONDS).close()  # noqa: S310 - settings allow http alone
    except (OSError, ValueError) as error:
        _tell(f"the heartbeat was not heard ({error}); check [alerts] heartbeat_url")


def _sentence(error: Exception) -> str:
    """Say what went wrong. What an unforeseen error says may quote an article, so of that only the kind is told."""
    if isinstance(error, BroadsheetError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}; check the disk and the space left there"
    return f"unexpected {type(error).__name__}; run again with --debug for the traceback"


def _named(number: int, url: str) -> str:
    """Name an address by its place and kind: the rest of it may be a secret."""
    kind = url.partition(_SCHEME)[0] if _SCHEME in url else "no"
    return f"address {number} ({kind}{_SCHEME}...)"


def _tell(sentence: str) -> None:
    sys.stderr.write(f"broadsheet: {sentence}\n")
