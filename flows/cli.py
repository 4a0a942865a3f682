"""The command line: `broadsheet run`, `query`, `serve`. Arguments in, one sentence out when something is wrong."""

import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer

from flows.settings import load_settings
from transforms.errors import AuditFailed, BroadsheetError

app = typer.Typer(
    name="broadsheet",
    help="Nightly news dumps in; one clean, deduplicated, audited Parquet snapshot out.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = 130

Form = Literal["table", "json", "csv", "parquet"]
Lake = Annotated[Path | None, typer.Option(help="Folder of the lake (default: that of the settings, else ./lake).")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file (default: ./broadsheet.toml).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.command()
def run(
    paths: Annotated[list[Path] | None, typer.Argument(help="Dumps or folders (default: the landing folder).")] = None,
    lake: Lake = None,
    settings: SettingsFile = None,
    source: Annotated[str | None, typer.Option(help="Outlet of the files that do not say.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Take in one night's dumps and publish a snapshot."""
    from flows.drivers import PlainDriver  # noqa: PLC0415 - help and usage errors need none of this
    from flows.run import run as run_night  # noqa: PLC0415
    from flows.terminal import shown_progress, summary  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver:
        try:
            report = run_night(paths or [], chosen, driver, source)
        except AuditFailed as error:
            _print(error.report, as_json=as_json)
            raise
    if as_json:
        _print(report, as_json=True)
    else:
        sys.stdout.write(summary(report))
    if report.refused:
        raise typer.Exit(2)


def _print(report: Any, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(report.to_json(), option=orjson.OPT_APPEND_NEWLINE).decode())


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over articles, copies, pairs, ...")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    form: Annotated[Form, typer.Option("--format", help="How to write the answer.")] = "table",
    *,
    as_json: Json = False,
) -> None:
    """Answer a question about the current snapshot, reading only."""
    from flows.lake.query import connect, render, run_query  # noqa: PLC0415
    from flows.lake.store import Store  # noqa: PLC0415

    store = Store.open(load_settings(settings, lake=lake).lake, create=False)
    with connect(store, at) as connection:
        answer = run_query(connection, sql)
    sys.stdout.buffer.write(render(answer, "json" if as_json else form))


@app.command()
def serve(lake: Lake = None, settings: SettingsFile = None) -> None:
    """Start Prefect's server and the nightly schedule, and stay until interrupted."""
    from flows.serve import serve as serve_schedule  # noqa: PLC0415

    serve_schedule(load_settings(settings, lake=lake), settings)


def main() -> None:
    """Run the command line; every error that Broadsheet knows ends in one sentence and its exit code."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"] or ["--help"]
    try:
        code = app(args=arguments, prog_name="broadsheet", standalone_mode=False)
    except typer.TyperException as error:
        _fail(f"{error.format_message().rstrip('.')}; see `broadsheet --help`", error.exit_code, debug=debug)
    except BroadsheetError as error:
        _fail(str(error), error.exit_code, debug=debug)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _fail(f"{what}; check the path, its permissions and the space left there", 1, debug=debug)
    except RuntimeError as error:
        code = _INTERRUPTED if "interrupted" in str(error).lower() else 1  # DuckDB's answer to Ctrl-C
        _fail(f"{error}; run again with --debug for the traceback", code, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, and the traceback for who asks
        _fail(f"{type(error).__name__}: {error}; run again with --debug for the traceback", 1, debug=debug)
    if code == _INTERRUPTED:  # Typer's answer to Ctrl-C
        _fail("interrupted; the lake is as its last snapshot left it, run again when you like", code, debug=debug)
    raise SystemExit(code)


def _fail(sentence: str, code: int, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    sys.stderr.write(f"broadsheet: {sentence}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
