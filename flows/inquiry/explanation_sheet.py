"""An explanation on a sheet: the article, its place, its copies, its pairs, the words that differ, the near misses."""

from collections.abc import Iterator, Sequence
from typing import Final

from flows.inquiry.explain import Difference, Explanation
from flows.inquiry.origin import Article, Delivery
from flows.inquiry.place import Change, Copy, Place, Version
from flows.inquiry.provenance import SHOWN_CHARS, RawRecord
from flows.inquiry.sheet import SHORT_ID, Sheet, moment, named, of_all, title
from flows.inquiry.verdicts import NearMiss, Verdict, Verdicts
from transforms.difference import Span
from transforms.evidence import Evidence, hours_text, share_text
from transforms.relation import PairSettings

_COPY_NAMES: Final = ("relation", "Jaccard", "hours later", "article", "id")
_OTHER_RULES: Final = (
    "these settings are not those that the lake was made under: thresholds and reasons below are theirs; "
    "name the right ones by --settings"
)


def explanation_sheet(found: Explanation, limits: PairSettings) -> str:
    """Tell all of an explanation."""
    sheet = Sheet()
    if not found.is_under_settings:
        sheet.line(_OTHER_RULES, indent=0)
    sheet.line(title(found.article.headline), indent=0)
    sheet.labelled(_article_lines(found.article))
    _tell_place(sheet, found.place, found.article.article_id)
    _tell_limits(sheet, limits)
    _tell_pairs(sheet, "joined by the pair rule", found.joined)
    _tell_pairs(sheet, "compared and refused", found.refused)
    _tell_difference(sheet, found.difference, is_canonical=found.place.is_canonical)
    _tell_misses(sheet, found.near_misses)
    _tell_record(sheet, found.printed)
    return sheet.text()


def _article_lines(article: Article) -> Iterator[tuple[str, str]]:
    origin = f" (from: {article.published_at_origin})" if article.published_at else ""
    edits = ", ".join(f"{rule} x {times:,}" for rule, times in sorted(article.edits.items()))
    yield "id", article.article_id
    yield "outlet", article.outlet
    yield "published", moment(article.published_at) + origin
    yield "address", article.url or "none"
    yield "text", f"{article.word_count:,} words, language {article.language or 'unknown'}"
    yield "cleaned", edits or "nothing to clean"
    more = of_all(len(article.deliveries), article.delivery_count)
    if article.delivery_count > 1:
        yield "delivered", f"{article.delivery_count:,} times{more}:"
    label = "delivered" if article.delivery_count == 1 else ""
    yield from ((label, _delivery_text(delivery)) for delivery in article.deliveries)


def _delivery_text(delivery: Delivery) -> str:
    member = f" > {delivery.member}" if delivery.member else ""
    offset = "" if delivery.byte_offset is None else f", byte {delivery.byte_offset:,}"
    return f"{delivery.dump_name}{member}, record {delivery.record_number:,}{offset}"


def _tell_place(sheet: Sheet, place: Place, own_id: str) -> None:
    sheet.heading("its place")
    sheet.labelled(_place_lines(place))
    if place.copy_count > 1:
        sheet.heading(f"{place.copy_count:,} copies in its cluster{of_all(len(place.copies), place.copy_count)}:")
        sheet.table(_COPY_NAMES, (_copy_row(copy, own_id) for copy in place.copies))


def _place_lines(place: Place) -> Iterator[tuple[str, str]]:
    yield "cluster", place.cluster_id
    if place.is_canonical:
        yield "canonical", "it is the canonical copy itself" if place.copy_count > 1 else "it has no copies"
    else:
        yield "canonical", f"{named(place.canonical)} {place.canonical.article_id}"
        figures = f"Jaccard {share_text(place.jaccard)}, containment {share_text(place.containment)}"
        yield "relation", f"{place.relation} to the canonical copy: {figures}"
    if place.version:
        yield "version", _version_text(place.version)
    if place.changes:
        yield from (("changed", _change_text(change)) for change in place.changes)
    else:
        yield "changed", "never: cluster and canonical copy are those that it came into"


def _version_text(version: Version) -> str:
    current = "the current one" if version.is_current else "not the current one"
    return f"{version.number:,} of {version.count:,}, {current}, of chain {version.chain_id}"


def _change_text(change: Change) -> str:
    """Say what a later arrival changed; ids that stayed are left out."""
    pairs = (
        ("cluster", change.old_cluster_id, change.cluster_id),
        ("canonical copy", change.old_canonical_id, change.canonical_id),
    )
    moved = (f"{what} {old[:SHORT_ID]} became {new[:SHORT_ID]}" for what, old, new in pairs if old != new)
    run = f"by snapshot {change.snapshot}" if change.snapshot else f"by run {change.run_id}"
    when = f" ({moment(change.finished_at)})" if change.finished_at else ""
    return f"{run}{when}: {', '.join(moved)}"


def _copy_row(copy: Copy, own_id: str) -> tuple[str, ...]:
    later = "" if copy.hours_after_first is None else f"{copy.hours_after_first:,.1f}"
    mark = "this one, " if copy.article.article_id == own_id else ""
    name = f"{mark}{copy.article.outlet}: {title(copy.article.headline)}"
    return copy.relation, share_text(copy.jaccard), later, name, copy.article.article_id[:SHORT_ID]


def _tell_pairs(sheet: Sheet, what: str, verdicts: Verdicts) -> None:
    if not verdicts.count:
        sheet.heading(f"{what}: none")
        return
    shown = f", of which the {len(verdicts.pairs):,} most similar" if len(verdicts.pairs) < verdicts.count else ""
    sheet.heading(f"{what} ({verdicts.count:,}{shown}):")
    for verdict in verdicts.pairs:
        sheet.line(f"{verdict.relation} {verdict.other.article_id[:SHORT_ID]}: {named(verdict.other)}")
        sheet.line(f'rule "{verdict.rule}": {verdict.evidence.why}{_aside(verdict)}', indent=4)
        sheet.line(_figures(verdict.evidence), indent=4)


def _aside(verdict: Verdict) -> str:
    """Say what else must be known of a pair that joins, but not into one cluster."""
    if verdict.is_same_cluster or verdict.relation in ("recurring", "related"):
        return ""
    return "; yet each stands with a canonical copy of its own, so this link does not glue the two clusters"


def _figures(seen: Evidence) -> str:
    """Tell what the rule saw."""
    apart = "at an unknown distance in time" if seen.hours_apart is None else f"{hours_text(seen.hours_apart)} apart"
    common = {
        "words": seen.same_words,
        "headline": seen.same_headline,
        "outlet": seen.same_outlet,
        "address": seen.same_address,
    }
    return (
        f"{apart}; Jaccard {share_text(seen.jaccard)}; containment {share_text(seen.containment)} of {seen.shingles:,} "
        f"shingles; numbers {share_text(seen.number_containment)}; {seen.shorter_words:,} words; "
        f"same {', '.join(name for name, holds in common.items() if holds) or 'nothing'}"
    )


def _tell_limits(sheet: Sheet, limits: PairSettings) -> None:
    sheet.heading("thresholds of the pair rule:")
    sheet.line(
        f"window {limits.window_hours:g} h, for short texts and notices {limits.short_window_hours:g} h; Jaccard: "
        f"listed from {limits.listed_jaccard:.2f}, beyond the window from {limits.late_jaccard:.2f}, near from "
        f"{limits.near_jaccard:.2f}, a version from {limits.revision_jaccard:.2f}; containment from "
        f"{limits.containment:.2f} of {limits.contained_shingles:,} shingles; numbers from "
        f"{limits.number_containment:.2f}; short below {limits.short_words:,} words, long from {limits.long_words:,}"
    )


def _tell_difference(sheet: Sheet, found: Difference | None, *, is_canonical: bool) -> None:
    if not found:
        return
    other = "its least similar copy" if is_canonical else "the canonical copy"
    sheet.heading(f"words that differ from {other}, {named(found.other)}:")
    if all(span.kind == "kept" for span in found.spans):
        sheet.line("none, down to case and punctuation")
        return
    sheet.line("[- only there -] {+ only here +}")
    sheet.line(" ".join(map(span_text, found.spans)))


def span_text(span: Span) -> str:
    """Show words that are in both texts, only in the first, or only in the second."""
    left_out = [f"... {span.left_out:,} words ..."] if span.left_out else []
    words = " ".join([*span.words, *left_out])
    return {"kept": words, "removed": f"[-{words}-]", "added": f"{{+{words}+}}"}[span.kind]


def _tell_record(sheet: Sheet, record: RawRecord) -> None:
    if record.text is None:
        sheet.heading(f"as it was delivered: not shown, {record.why_not}")
        return
    sheet.heading(f"as it was delivered ({record.char_count:,} characters{of_all(SHOWN_CHARS, record.char_count)}):")
    sheet.line(record.text)


def _tell_misses(sheet: Sheet, misses: Sequence[NearMiss]) -> None:
    sheet.heading(f"nearest that share a band with it but are no pair:{'' if misses else ' none'}")
    for miss in misses:
        sheet.line(f"{miss.other.article_id[:SHORT_ID]}: {named(miss.other)}")
        sheet.line(miss.evidence.why, indent=4)
