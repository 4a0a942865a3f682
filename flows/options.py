"""What the commands have in common: their options, and how an answer is written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from flows.settings import load_settings
from transforms.errors import AuditFailed

if TYPE_CHECKING:
    from flows.lake.store import Store
    from flows.report import RunReport

Lake = Annotated[
    str | None,
    typer.Option(help="Folder of the lake, or s3://bucket/prefix (default: that of the settings, else ./lake)."),
]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file (default: ./broadsheet.toml).")]
At = Annotated[
    str | None, typer.Option(help="Number of an older snapshot, or `refused`: the last night that its audit refused.")
]
ReasonOption = Annotated[str | None, typer.Option(help="Only records rejected for this reason.")]
DumpOption = Annotated[str | None, typer.Option(help="Only records of this dump: its name, or how its digest begins.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


def write_json(value: Any) -> None:
    """Write one JSON object on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())


@contextmanager
def told_when_refused(*, as_json: bool) -> Iterator[None]:
    """Give the report of a run that its audit refuses as JSON, if it is wanted so, before the error goes on."""
    try:
        yield
    except AuditFailed as error:
        if as_json:
            write_json(error.report.to_json())  # type: ignore[attr-defined]
        raise


def tell(report: "RunReport", *, as_json: bool) -> None:
    """Tell a run, and end with exit code 2 when some of its dumps were refused."""
    from flows.terminal import summary  # noqa: PLC0415 - help and usage errors need none of this

    if as_json:
        write_json(report.to_json())
    else:
        sys.stdout.write(summary(report))
    if report.refused:
        raise typer.Exit(2)


def existing(lake: str | None, settings: Path | None) -> "Store":
    """Open the lake of the settings; raise UsageError when there is none."""
    from flows.lake.store import Store  # noqa: PLC0415 - help and usage errors need none of this

    return Store.open(load_settings(settings, lake=lake).lake, create=False)
