"""The command that looks after a lake."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.options import Json, Lake, SettingsFile, write_json
from flows.settings import load_settings


def health(
    lake: Lake = None,
    settings: SettingsFile = None,
    *,
    alert: Annotated[bool, typer.Option("--alert", help="Tell the addresses of [alerts] when it is not well.")] = False,
    as_json: Json = False,
) -> None:
    """Tell whether the lake is well, by the exit code too; reading only, whatever else is dead."""
    from flows.watch.alerts import alert as tell  # noqa: PLC0415 - help and usage errors need none of this
    from flows.watch.health import examine  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    found = examine(chosen, datetime.now(UTC))
    write_json(found.to_json()) if as_json else sys.stdout.write(found.text())
    if alert and found.complaints:
        tell(chosen, found.status.lower(), found.text())
    raise typer.Exit(found.exit_code)
