"""The commands that look at what was rejected and run it, or everything, again."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from flows.options import Json, Lake, SettingsFile, existing, tell, told_when_refused, write_json
from flows.settings import load_settings

ReasonOption = Annotated[str | None, typer.Option(help="Only records rejected for this reason.")]
DumpOption = Annotated[str | None, typer.Option(help="Only records of this dump: its name, or how its digest begins.")]


def quarantine(
    lake: Lake = None,
    settings: SettingsFile = None,
    reason: ReasonOption = None,
    dump: DumpOption = None,
    at: Annotated[int | None, typer.Option(help="Number of an older snapshot.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows and samples to show.")] = 10,
    *,
    as_json: Json = False,
) -> None:
    """Tell what was not admitted and why, with samples, and which short texts may be no stories; reading only."""
    from flows.inquiry.rejects import look_into  # noqa: PLC0415 - help and usage errors need none of this
    from flows.inquiry.rejects_sheet import rejects_sheet  # noqa: PLC0415
    from flows.inquiry.shelf import open_shelf  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with open_shelf(existing(lake, settings), at, chosen) as shelf:
        found = look_into(shelf, reason, dump, limit)
    write_json(asdict(found)) if as_json else sys.stdout.write(rejects_sheet(found))


def replay(
    lake: Lake = None,
    settings: SettingsFile = None,
    reason: ReasonOption = None,
    dump: DumpOption = None,
    *,
    as_json: Json = False,
) -> None:
    """Run rejected records again under today's settings; those that pass join the lake, as one snapshot."""
    from flows.again.replay import replay as run_again  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    refused = told_when_refused(as_json=as_json)
    with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver, refused:
        report = run_again(chosen, driver, reason, dump)
    tell(report, as_json=as_json)


def rebuild(
    lake: Lake = None,
    settings: SettingsFile = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Publish nothing; tell what would differ.")] = False,
    without_refused: Annotated[
        bool, typer.Option("--without-refused", help="Leave out the dumps that are refused today.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="Most samples of each difference (with --dry-run).")] = 3,
    as_json: Json = False,
) -> None:
    """Make the whole lake again from its kept dumps under today's rules and settings, as one snapshot."""
    from flows.again.rebuild import rebuild as make_again  # noqa: PLC0415
    from flows.again.rebuild import try_rebuild  # noqa: PLC0415
    from flows.inquiry.changes_sheet import changes_sheet  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver:
        if dry_run:
            found = try_rebuild(chosen, driver, limit, without_refused=without_refused)
            write_json(asdict(found)) if as_json else sys.stdout.write(changes_sheet(found))
            return
        with told_when_refused(as_json=as_json):
            report = make_again(chosen, driver, without_refused=without_refused)
    tell(report, as_json=as_json)
