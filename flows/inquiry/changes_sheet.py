"""What a rebuild would change, on a sheet: rules, counts, columns, samples."""

from collections.abc import Mapping

from flows.inquiry.changes import ColumnChange, Rebuilt
from flows.inquiry.explanation_sheet import span_text
from flows.inquiry.sheet import SHORT_ID, Sheet


def changes_sheet(found: Rebuilt) -> str:
    """Tell what would differ from the snapshot, and that nothing was published."""
    sheet = Sheet()
    sheet.line(f"nothing was published: a trial, beside snapshot {found.snapshot}", indent=0)
    sheet.labelled(_lines(found))
    for note in found.notes:
        sheet.line(f"- {note}")
    if found.columns:
        sheet.heading("articles that would differ, by column:")
        sheet.labelled((each.column, f"{each.articles:,}") for each in found.columns)
    _tell_ids(sheet, "added", found.added_samples)
    _tell_ids(sheet, "gone", found.gone_samples)
    for each in found.columns:
        _tell_column(sheet, each)
    sheet.heading("what was made is kept: `broadsheet rebuild` audits and publishes it; `broadsheet clean` lets it go")
    return sheet.text()


def _lines(found: Rebuilt) -> list[tuple[str, str]]:
    lines = [
        ("rules", found.rules),
        (
            "articles",
            (
                f"{found.articles_before:,} became {found.articles_after:,}: {found.added:,} added, "
                f"{found.gone:,} gone, {found.changed:,} changed"
            ),
        ),
        ("pairs", _moved(found.pairs)),
        ("quarantine", _moved(found.quarantine)),
    ]
    if found.new_columns or found.old_columns:
        names = [*(f"+{name}" for name in found.new_columns), *(f"-{name}" for name in found.old_columns)]
        lines.append(("columns", ", ".join(names)))
    return lines


def _moved(counts: Mapping[str, tuple[int, int]]) -> str:
    moved = [f"{name} {before:,} became {after:,}" for name, (before, after) in counts.items() if before != after]
    return ", ".join(moved) or "as many of each kind"


def _tell_ids(sheet: Sheet, what: str, ids: tuple[str, ...]) -> None:
    if ids:
        sheet.heading(f"{what}, first of them: {', '.join(each[:SHORT_ID] for each in ids)}")


def _tell_column(sheet: Sheet, change: ColumnChange) -> None:
    sheet.heading(f"{change.column}:")
    for each in change.samples:
        if each.words:
            sheet.line(f"{each.article_id[:SHORT_ID]}: {' '.join(map(span_text, each.words))}")
        else:
            before, after = ("none" if value is None else value for value in (each.before, each.after))
            sheet.line(f"{each.article_id[:SHORT_ID]}: {before} became {after}")
