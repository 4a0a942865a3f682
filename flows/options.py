"""What the commands have in common: their options, and how an answer is written."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from flows.settings import load_settings

if TYPE_CHECKING:
    from flows.lake.store import Store

Lake = Annotated[
    str | None,
    typer.Option(help="Folder of the lake, or s3://bucket/prefix (default: that of the settings, else ./lake)."),
]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file (default: ./broadsheet.toml).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


def write_json(value: Any) -> None:
    """Write one JSON object on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())


def existing(lake: str | None, settings: Path | None) -> "Store":
    """Open the lake of the settings; raise UsageError when there is none."""
    from flows.lake.store import Store  # noqa: PLC0415 - help and usage errors need none of this

    return Store.open(load_settings(settings, lake=lake).lake, create=False)
