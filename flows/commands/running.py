"""The commands that take dumps in, tonight's or kept ones again."""

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.options import (
    DumpOption,
    Json,
    Lake,
    ReasonOption,
    SettingsFile,
    tell,
    tell_trial,
    told_when_refused,
    write_json,
)
from flows.settings import load_settings
from transforms.errors import UsageError


def run(
    paths: Annotated[list[Path] | None, typer.Argument(help="Dumps or folders (default: the landing folder).")] = None,
    lake: Lake = None,
    settings: SettingsFile = None,
    source: Annotated[str | None, typer.Option(help="Outlet of the files that do not say.")] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day it is for (default: today).")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="Expectation that may be broken tonight; give it again for others.")
    ] = None,
    why: Annotated[str | None, typer.Option(help="Why, on record; needed with --accept.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Touch nothing; tell what would change.")] = False,
    as_json: Json = False,
) -> None:
    """Take in one night's dumps and publish a snapshot."""
    from flows.run import run as run_night  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.trial import try_run  # noqa: PLC0415
    from flows.watch.alerts import left_out, watched  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415

    if bool(accept) != bool(why and why.strip()):
        raise UsageError("--accept and --why go together: name the expectation, and say why it may be broken tonight")
    accepted = dict.fromkeys(accept or [], (why or "").strip())
    chosen = load_settings(settings, lake=lake)
    of_day = day and day.date()
    if dry_run:
        with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver:
            trial = try_run(paths or [], chosen, driver, source, day=of_day, accepted=accepted)
        tell_trial(trial, as_json=as_json)
        return
    refused = told_when_refused(as_json=as_json)
    with watched(chosen, "run") as troubles:
        with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver, refused:
            report = run_night(paths or [], chosen, driver, source, day=of_day, accepted=accepted)
        troubles.extend(left_out(report))
    tell(report, as_json=as_json)


def backfill(
    first: Annotated[datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Argument(metavar="TO", formats=["%Y-%m-%d"], help="Last day.")],
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Dumps or folders, with {day} for the date (default: the landing).")
    ] = None,
    lake: Lake = None,
    settings: SettingsFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Take in the dumps of a range of days, a night each, passing over the days that are done."""
    from flows.backfill import Day  # noqa: PLC0415
    from flows.backfill import backfill as fill  # noqa: PLC0415
    from flows.backfill_sheet import backfill_json, backfill_text, night_text  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.watch.alerts import left_out, watched  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    days: list[Day] = []
    try:
        with (
            watched(chosen, "backfill") as troubles,
            shown_progress() as progress,
            PlainDriver(chosen.workers, progress) as driver,
        ):
            for day in fill(first.date(), last.date(), paths or [], chosen, driver):
                days.append(day)
                troubles.extend(left_out(day.report) if day.report else ())
                if not as_json:
                    sys.stdout.write(night_text(day))
                    sys.stdout.flush()
    finally:
        if days:
            write_json(backfill_json(days)) if as_json else sys.stdout.write(backfill_text(days))
    if any(day.report and day.report.refused for day in days):
        raise typer.Exit(2)


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


def serve(lake: Lake = None, settings: SettingsFile = None) -> None:
    """Start Prefect's server and the nightly schedule, and stay until interrupted."""
    from flows.serve import serve as serve_schedule  # noqa: PLC0415

    serve_schedule(load_settings(settings, lake=lake), settings)
