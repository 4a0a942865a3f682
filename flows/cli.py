"""The command line: arguments in, one sentence out when something is wrong."""

import sys
import traceback
from typing import Annotated

import typer

from flows.commands import asking, keeping, running, watching
from transforms.errors import BroadsheetError

app = typer.Typer(
    name="broadsheet",
    help="Nightly news dumps in; one clean, deduplicated, audited Parquet snapshot out.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = 130

for _command in (
    running.run,
    asking.query,
    asking.search,
    asking.explain,
    asking.similar,
    asking.sources,
    asking.quarantine,
    asking.report,
    running.backfill,
    running.replay,
    running.rebuild,
    running.serve,
    watching.health,
    keeping.snapshots,
    keeping.rollback,
    keeping.verify,
    keeping.clean,
    keeping.compact,
    keeping.forget,
):
    app.command()(_command)


@app.callback()
def _every_command(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")] = False,
) -> None:
    """Declare what all commands take, for the help; `main` has read it by then."""


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
