"""The command line: arguments in, one sentence out when something is wrong."""

import sys
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows import mending
from flows.options import Json, Lake, SettingsFile, existing, tell, told_when_refused, write_json
from flows.settings import load_settings
from transforms.errors import BroadsheetError

app = typer.Typer(
    name="broadsheet",
    help="Nightly news dumps in; one clean, deduplicated, audited Parquet snapshot out.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = 130

Form = Literal["table", "json", "csv", "parquet"]


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
    from flows.run import run as run_night  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415 - help and usage errors need none of this

    chosen = load_settings(settings, lake=lake)
    refused = told_when_refused(as_json=as_json)
    with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver, refused:
        report = run_night(paths or [], chosen, driver, source)
    tell(report, as_json=as_json)


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
    from flows.lake.answers import render  # noqa: PLC0415
    from flows.lake.query import open_snapshot, run_query  # noqa: PLC0415

    with open_snapshot(existing(lake, settings), at) as connection:
        answer = run_query(connection, sql)
    sys.stdout.buffer.write(render(answer, "json" if as_json else form))


@app.command()
def explain(
    article_id: Annotated[str, typer.Argument(help="Id of an article or cluster, or the first 6 characters or more.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Tell why an article is, or is not, a copy of others, and where it came from; reading only."""
    from flows.inquiry.explain import explain as explain_article  # noqa: PLC0415
    from flows.inquiry.explanation_sheet import explanation_sheet  # noqa: PLC0415
    from flows.inquiry.shelf import open_shelf  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with open_shelf(existing(lake, settings), at, chosen) as shelf:
        found = explain_article(shelf, article_id)
    write_json(found) if as_json else sys.stdout.write(explanation_sheet(found, chosen.pairs))


@app.command()
def similar(
    file: Annotated[Path, typer.Argument(help="A text in UTF-8; - is standard input.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most articles to show.")] = 10,
    *,
    as_json: Json = False,
) -> None:
    """Tell whether a text has run before, in these words or like ones; reading only."""
    from flows.inquiry.matches_sheet import matches_sheet  # noqa: PLC0415
    from flows.inquiry.shelf import open_shelf  # noqa: PLC0415
    from flows.inquiry.similar import read_text  # noqa: PLC0415
    from flows.inquiry.similar import similar as find_similar  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    text = read_text(file, chosen.max_record_bytes)
    with open_shelf(existing(lake, settings), at, chosen) as shelf:
        found = find_similar(shelf, text, limit)
    write_json(found) if as_json else sys.stdout.write(matches_sheet(found, chosen.pairs))


@app.command()
def snapshots(lake: Lake = None, settings: SettingsFile = None, *, as_json: Json = False) -> None:
    """List the snapshots that are kept; the last is what readers see."""
    from flows.terminal import snapshot_rows, snapshot_table  # noqa: PLC0415

    store = existing(lake, settings)
    rows = snapshot_rows([store.manifest(number) for number in store.numbers()])
    write_json({"snapshots": rows}) if as_json else sys.stdout.write(snapshot_table(rows))


@app.command()
def sources(
    lake: Lake = None,
    settings: SettingsFile = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Tell what each source sends, what it is used for, and what has changed since the nights before."""
    from flows.inquiry.shelf import open_shelf  # noqa: PLC0415
    from flows.inquiry.sources import sources as describe  # noqa: PLC0415
    from flows.inquiry.sources_sheet import sources_sheet  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with open_shelf(existing(lake, settings), at, chosen) as shelf:
        found = describe(shelf, chosen)
    write_json({"sources": found}) if as_json else sys.stdout.write(sources_sheet(found))


@app.command()
def report(
    lake: Lake = None,
    settings: SettingsFile = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write (default: report-N.html, N the snapshot).")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the quality report of a snapshot as one HTML file that needs nothing else."""
    from flows.desk import write_report  # noqa: PLC0415

    written = write_report(existing(lake, settings), at, out)
    write_json(asdict(written)) if as_json else sys.stdout.write(str(written))


for _command in (mending.quarantine, mending.replay, mending.rebuild):
    app.command()(_command)


@app.command()
def rollback(
    number: Annotated[int, typer.Argument(help="Snapshot to go back to; `broadsheet snapshots` lists them.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Publish an older snapshot's content again, as a new snapshot. Dumps taken since count as never taken."""
    from flows.lake.rollback import roll_back  # noqa: PLC0415

    manifest = roll_back(existing(lake, settings), number)
    if as_json:
        write_json({"snapshot": manifest.number, "content_of": number})
    else:
        sys.stdout.write(f"published snapshot {manifest.number}: the content of snapshot {number}\n")


@app.command()
def verify(lake: Lake = None, settings: SettingsFile = None, *, as_json: Json = False) -> None:
    """Read every manifest, part and kept dump, and name each file that is not as it was written."""
    from flows.lake.integrity import require_undamaged  # noqa: PLC0415
    from flows.lake.integrity import verify as verify_lake  # noqa: PLC0415
    from flows.terminal import verification_text  # noqa: PLC0415

    store = existing(lake, settings)
    found = verify_lake(store.medium)
    write_json(asdict(found)) if as_json else sys.stdout.write(verification_text(found))
    require_undamaged(found, store.address)


@app.command()
def clean(
    lake: Lake = None,
    settings: SettingsFile = None,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove it; without this, only tell.")] = False,
    as_json: Json = False,
) -> None:
    """Tell, or remove, what retention lets go of: old snapshots, and files that no kept snapshot names."""
    from flows.lake.retention import clean as clean_lake  # noqa: PLC0415
    from flows.terminal import removal_text  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    removal = clean_lake(existing(lake, settings), chosen.retention, datetime.now(UTC), remove=remove)
    if as_json:
        write_json(asdict(removal) | {"removed": remove})
    else:
        sys.stdout.write(removal_text(removal, removed=remove))


@app.command()
def compact(lake: Lake = None, settings: SettingsFile = None, *, as_json: Json = False) -> None:
    """Merge many small files into few, as a new snapshot with the same rows."""
    from flows.lake.compaction import compact as compact_lake  # noqa: PLC0415

    done = compact_lake(existing(lake, settings))
    if as_json:
        write_json(asdict(done))
    elif done.snapshot is None:
        sys.stdout.write(f"nothing to merge: {done.parts_before} parts\n")
    else:
        sys.stdout.write(f"published snapshot {done.snapshot}: {done.parts_before} parts made {done.parts_after}\n")


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
