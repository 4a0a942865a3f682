"""The commands that answer questions; they read only, also while a run holds the lake."""

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.options import (
    At,
    DumpOption,
    FormOption,
    Json,
    Lake,
    Out,
    ReasonOption,
    SettingsFile,
    chosen_form,
    existing,
    write_answer,
    write_json,
)
from flows.settings import load_settings
from transforms.errors import UsageError

_DAY = ["%Y-%m-%d"]


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over articles, copies, pairs, ...")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: At = None,
    form: FormOption = None,
    out: Out = None,
    *,
    as_json: Json = False,
) -> None:
    """Answer a question about the current snapshot, reading only."""
    from flows.lake.query import open_snapshot, run_query  # noqa: PLC0415

    chosen = chosen_form(form, out, as_json=as_json)
    with open_snapshot(existing(lake, settings), at) as connection:
        answer = run_query(connection, sql)
    write_answer(answer, chosen, out)


def search(
    words: Annotated[list[str], typer.Argument(help="Words to stand there, all of them; '\"two words\"' is a phrase.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="First day of publication.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day of publication.")] = None,
    source: Annotated[str | None, typer.Option(help="Only articles of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most stories to show.")] = 10,
    form: FormOption = None,
    out: Out = None,
    *,
    as_json: Json = False,
) -> None:
    """Find the stories that hold some words, best first; reading the lake only."""
    try:
        from flows.search.hits_sheet import hit_rows, hits_sheet  # noqa: PLC0415
        from flows.search.question import Question  # noqa: PLC0415
        from flows.search.search import search as find  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(f"search needs the package {error.name}; install it, then try again") from error
    from flows.terminal import shown_progress  # noqa: PLC0415

    chosen = chosen_form(form, out)
    first, last = (day and day.date() for day in (since, until))
    question = Question(" ".join(words), first, last, source, limit)
    with shown_progress() as progress:
        found = find(existing(lake, settings), load_settings(settings, lake=lake), question, progress)
    if as_json:
        write_json(asdict(found))
    elif chosen == "table" and not out:
        sys.stdout.write(hits_sheet(found))
    else:
        write_answer(hit_rows(found), chosen, out)


def explain(
    article_id: Annotated[str, typer.Argument(help="Id of an article or cluster, or the first 6 characters or more.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: At = None,
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


def similar(
    file: Annotated[Path, typer.Argument(help="A text in UTF-8; - is standard input.")],
    lake: Lake = None,
    settings: SettingsFile = None,
    at: At = None,
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


def sources(
    lake: Lake = None,
    settings: SettingsFile = None,
    at: At = None,
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


def quarantine(
    lake: Lake = None,
    settings: SettingsFile = None,
    reason: ReasonOption = None,
    dump: DumpOption = None,
    at: At = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows and samples to show.")] = 10,
    *,
    as_json: Json = False,
) -> None:
    """Tell what was not admitted and why, with samples, and which short texts may be no stories; reading only."""
    from flows.inquiry.rejects import look_into  # noqa: PLC0415
    from flows.inquiry.rejects_sheet import rejects_sheet  # noqa: PLC0415
    from flows.inquiry.shelf import open_shelf  # noqa: PLC0415

    chosen = load_settings(settings, lake=lake)
    with open_shelf(existing(lake, settings), at, chosen) as shelf:
        found = look_into(shelf, reason, dump, limit)
    write_json(asdict(found)) if as_json else sys.stdout.write(rejects_sheet(found))


def report(
    lake: Lake = None,
    settings: SettingsFile = None,
    at: At = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write (default: report-N.html, or report-refused.html).")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the quality report of a snapshot, or of a refused night, as one HTML file that needs nothing else."""
    from flows.desk import write_report  # noqa: PLC0415

    written = write_report(existing(lake, settings), at, out)
    write_json(asdict(written)) if as_json else sys.stdout.write(str(written))
