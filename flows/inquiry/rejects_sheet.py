"""The quarantine on a sheet: reasons, dumps, samples, suspects."""

from flows.inquiry.rejects import Quarantine
from flows.inquiry.sheet import SHORT_ID, Sheet, of_all


def rejects_sheet(found: Quarantine) -> str:
    """Tell what is in quarantine."""
    sheet = Sheet()
    where = f"{found.records:,} records of {found.dumps:,} dumps" if found.records else "nothing"
    sheet.line(f"{where} in quarantine, as of snapshot {found.snapshot}", indent=0)
    if found.records:
        ordered = sorted(found.reasons.items(), key=lambda item: (-item[1], item[0]))
        sheet.labelled((reason, f"{count:,}") for reason, count in ordered)
        _tell_counts(sheet, found)
        _tell_samples(sheet, found)
        sheet.heading("run them again under today's settings with `broadsheet replay` (--reason, --dump)")
    _tell_suspects(sheet, found)
    return sheet.text()


def _tell_counts(sheet: Sheet, found: Quarantine) -> None:
    sheet.heading(f"by reason and dump{of_all(len(found.counts), found.count_rows)}:")
    rows = (
        (f"{each.records:,}", each.reason, each.detail, each.dump_name + (f" ({each.outlet})" if each.outlet else ""))
        for each in found.counts
    )
    sheet.table(("records", "reason", "detail", "dump"), rows)


def _tell_samples(sheet: Sheet, found: Quarantine) -> None:
    sheet.heading(f"samples{of_all(len(found.samples), found.records)}:")
    for each in found.samples:
        member = f" > {each.member}" if each.member else ""
        sheet.line(f"{each.reason}, {each.detail}: {each.dump_name}{member}, record {each.record_number:,}")
        what = "its bytes were not kept" if each.raw is None else f"{each.byte_count:,} bytes: {each.raw}"
        sheet.line(what, indent=4)


def _tell_suspects(sheet: Sheet, found: Quarantine) -> None:
    if not found.suspects:
        return
    sheet.heading(
        f"short texts that stand under three titles or more and were kept apart: {found.suspect_count:,}"
        f"{of_all(len(found.suspects), found.suspect_count)}; perhaps no stories:"
    )
    for each in found.suspects:
        sheet.line(
            f"{each.titles:,} titles, {each.articles:,} articles, {each.outlets:,} outlets; "
            f"{each.article_id[:SHORT_ID]}, {each.word_count:,} words:"
        )
        sheet.line(each.text, indent=4)
