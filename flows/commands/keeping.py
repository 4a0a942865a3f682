"""The commands that keep a lake whole, small and at the snapshot that is wanted."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.options import Json, Lake, SettingsFile, existing, told_when_refused, write_json
from flows.settings import load_settings
from transforms.errors import BroadsheetError


def snapshots(lake: Lake = None, settings: SettingsFile = None, *, as_json: Json = False) -> None:
    """List the snapshots that are kept; the last is what readers see."""
    from flows.terminal import snapshot_rows, snapshot_table  # noqa: PLC0415

    store = existing(lake, settings)
    rows = snapshot_rows([store.manifest(number) for number in store.numbers()])
    write_json({"snapshots": rows}) if as_json else sys.stdout.write(snapshot_table(rows))


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


def verify(lake: Lake = None, settings: SettingsFile = None, *, as_json: Json = False) -> None:
    """Read every manifest, part and kept dump, and name each file that is not as it was written."""
    from flows.lake.integrity import require_undamaged  # noqa: PLC0415
    from flows.lake.integrity import verify as verify_lake  # noqa: PLC0415
    from flows.terminal import verification_text  # noqa: PLC0415

    store = existing(lake, settings)
    found = verify_lake(store.medium)
    write_json(asdict(found)) if as_json else sys.stdout.write(verification_text(found))
    require_undamaged(found, store.address)


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


def forget(
    article: Annotated[str | None, typer.Argument(help="Id of an article, or how it begins.")] = None,
    lake: Lake = None,
    settings: SettingsFile = None,
    url: Annotated[str | None, typer.Option(help="All that came from this address.")] = None,
    source: Annotated[str | None, typer.Option(help="All articles of this outlet.")] = None,
    author: Annotated[str | None, typer.Option(help="All articles of this author.")] = None,
    *,
    copies: Annotated[bool, typer.Option("--copies", help="And all other copies of these stories.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, only tell.")] = False,
    as_json: Json = False,
) -> None:
    """Remove articles from all that the lake keeps, for good, and refuse them when they come again."""
    from flows.forgetting.forget import forget as forget_them  # noqa: PLC0415
    from flows.forgetting.forget import look_ahead  # noqa: PLC0415
    from flows.forgetting.request import Request  # noqa: PLC0415
    from flows.forgetting.sheet import forgetting_json, forgetting_sheet, plan_json, plan_sheet  # noqa: PLC0415
    from flows.terminal import shown_progress  # noqa: PLC0415
    from flows.work.drivers import PlainDriver  # noqa: PLC0415

    request = Request(article, url, source, author, copies)
    chosen, store = load_settings(settings, lake=lake), existing(lake, settings)
    if not yes:
        plan = look_ahead(chosen, request, store)
        write_json(plan_json(plan)) if as_json else sys.stdout.write(plan_sheet(plan))
        return
    refused = told_when_refused(as_json=as_json)
    with shown_progress() as progress, PlainDriver(chosen.workers, progress) as driver, refused:
        done = forget_them(chosen, driver, request, store=store)
    write_json(forgetting_json(done)) if as_json else sys.stdout.write(forgetting_sheet(done))
    if found := done.searched.found:
        raise BroadsheetError(
            f"{len(found):,} files still hold words of it, first {found[0]}: records that quote it, or could not be "
            "read; forget these, too"
        )


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
