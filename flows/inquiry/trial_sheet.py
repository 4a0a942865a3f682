"""A trial on a sheet: what a run would add, move and reject, and what its audit says."""

from collections.abc import Mapping
from typing import Any, Final

from flows.inquiry.sheet import SHORT_ID, Sheet, title
from flows.trial import Trial

_SHOWN_GATES: Final = 12


def trial_sheet(found: Trial) -> str:
    """Tell what a run would change; nothing where it would change nothing."""
    sheet = Sheet()
    if found.is_judged:
        _tell_articles(sheet, found)
        _tell_rejects(sheet, found)
        _tell_gates(sheet, found)
    return sheet.text()


def _tell_articles(sheet: Sheet, found: Trial) -> None:
    sheet.heading(f"new articles by their relation to the canonical copy: {_counts(found.relations)}")
    sheet.line(f"pairs found alike: {_counts(found.report.pairs)}")
    sheet.line(f"known articles whose cluster or canonical copy would change: {found.moved:,}")
    sheet.table(
        ("article", "source", "title", "relation"),
        ((each.article_id[:SHORT_ID], each.source, title(each.title), each.relation) for each in found.articles),
    )


def _tell_rejects(sheet: Sheet, found: Trial) -> None:
    if found.rejects:
        sheet.heading("samples of what would be quarantined:")
    for each in found.rejects:
        member = f" > {each.member}" if each.member else ""
        sheet.line(f"{each.reason}, {each.detail}: {each.dump_name}{member}, record {each.record_number:,}")
        sheet.line("its bytes would not be kept" if each.raw is None else each.raw, indent=4)


def _tell_gates(sheet: Sheet, found: Trial) -> None:
    """Name those that did not pass; of the others their number is enough."""
    missed = [gate for gate in found.gates if gate["status"] != "passed"]
    sheet.heading(f"audit: {len(found.gates) - len(missed):,} of {len(found.gates):,} expectations passed")
    for gate in missed[:_SHOWN_GATES]:
        sheet.line(_gate(gate))
    if missed[_SHOWN_GATES:]:
        sheet.line(f"and {len(missed) - _SHOWN_GATES:,} more: --json names them")


def _gate(gate: Mapping[str, Any]) -> str:
    seen = f", seen: {gate['observed']}" if gate["observed"] else ""
    how = "accepted" if gate["accepted_because"] else gate["status"]
    return f"{gate['severity']} {how}: {gate['name']}: {gate['table_name']}: {gate['expectation']}{seen}"


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered) or "none"
