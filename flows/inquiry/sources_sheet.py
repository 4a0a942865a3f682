"""What sources send, as a sheet of text."""

from collections.abc import Sequence
from typing import Any, Final

from flows.inquiry.sheet import Sheet
from transforms.drift import percent

_MOST_FIELDS: Final = 40
_MOST_SIGNALS: Final = 20


def sources_sheet(found: Sequence[dict[str, Any]]) -> str:
    """Show a section a source: when it was last seen, its fields, and what has changed."""
    sheet = Sheet()
    if not found:
        sheet.line("no run has noted yet what sources send; the next `broadsheet run` does")
    for each in found:
        _section(sheet, each)
    return sheet.text()


def _section(sheet: Sheet, each: dict[str, Any]) -> None:
    sheet.heading(each["source"])
    silent = "" if each["is_in_newest_run"] else ", not in the newest run"
    sheet.line(
        f"{each['records']:,} records in {each['runs']:,} runs, last seen {each['last_seen']:%Y-%m-%d %H:%M} UTC with "
        f"{each['last_records']:,}{silent}"
    )
    for signal in each["drift"][:_MOST_SIGNALS]:
        sheet.line(f"drift: {signal['words']}")
    rows = [_row(field, each["unmapped"]) for field in each["fields"][:_MOST_FIELDS]]
    sheet.table(("field", "kind", "filled", "used as"), rows)
    if len(each["fields"]) > _MOST_FIELDS:
        sheet.line(f"and {len(each['fields']) - _MOST_FIELDS:,} more fields; --json shows all")


def _row(field: dict[str, Any], unmapped: Sequence[str]) -> tuple[str, ...]:
    use = field["target"] or ("nothing" if field["field"] in unmapped else "nothing, as the settings say")
    return field["field"], ", ".join(field["kinds"]), percent(field["share"]), use
