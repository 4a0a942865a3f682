"""What the commands have in common: their options, and how an answer is written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import orjson
import typer

from flows.settings import load_settings
from transforms.errors import AuditFailed, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.lake.store import Store
    from flows.report import RunReport
    from flows.trial import Trial

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

Form = Literal["table", "json", "csv", "parquet"]
FormOption = Annotated[Form | None, typer.Option("--format", help="How to write the answer (default: as --out ends).")]
Out = Annotated[Path | None, typer.Option(help="File to write the answer to.")]


def chosen_form(form: Form | None, out: Path | None, *, as_json: bool = False) -> Form:
    """Give the form that was named, or else that of the file's name; raise UsageError for bytes to a terminal."""
    ending = out.suffix.removeprefix(".").lower() if out else ""
    likely: Form | None = next((known for known in get_args(Form) if known == ending), None)
    if out and not (form or as_json or likely or ending in ("", "txt")):
        raise UsageError(
            f"{out}: no answer is written as .{ending}; end it in .json, .csv or .parquet, or name --format"
        )
    chosen: Form = "json" if as_json else form or likely or "table"
    if chosen == "parquet" and out is None and sys.stdout.isatty():
        raise UsageError("Parquet is bytes, which a terminal cannot show; name a file with --out, or send it on with >")
    return chosen


def write_answer(answer: "pa.Table", form: Form, out: Path | None) -> None:
    """Write rows to a file, or else on standard output."""
    from flows.lake.answers import render  # noqa: PLC0415 - help and usage errors need none of this

    shown = render(answer, form)
    if out is None:
        sys.stdout.buffer.write(shown)
        return
    try:
        out.write_bytes(shown)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; name another with --out") from error
    sys.stdout.write(f"wrote {out}: {answer.num_rows:,} rows, {len(shown) / 1e3:,.0f} kB\n")


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


def tell_trial(trial: "Trial", *, as_json: bool) -> None:
    """Tell what a run would change, and end as it would: with 3 where its audit would refuse it, 2 where a dump."""
    from flows.inquiry.trial_sheet import trial_sheet  # noqa: PLC0415 - help and usage errors need none of this
    from flows.terminal import summary  # noqa: PLC0415

    if as_json:
        write_json(trial.to_json())
    else:
        *lines, last = summary(trial.report).splitlines(keepends=True)
        sys.stdout.write("".join([*lines, trial_sheet(trial), last]))
    if trial.refusal:
        raise trial.refusal
    if trial.report.refused:
        raise typer.Exit(2)


def existing(lake: str | None, settings: Path | None) -> "Store":
    """Open the lake of the settings; raise UsageError when there is none."""
    from flows.lake.store import Store  # noqa: PLC0415 - help and usage errors need none of this

    return Store.open(load_settings(settings, lake=lake).lake, create=False)
