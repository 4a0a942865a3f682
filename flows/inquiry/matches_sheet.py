"""The answer to "has this text run before?" on a sheet."""

from collections.abc import Iterator
from typing import Final

from flows.inquiry.sheet import SHORT_ID, Sheet, moment, title
from flows.inquiry.similar import Match, Matches
from transforms.evidence import share_text
from transforms.relation import PairSettings

_NAMES: Final = ("Jaccard", "containment", "longer", "article", "id\ncluster")


def matches_sheet(found: Matches, limits: PairSettings) -> str:
    """Tell the matches, or that there are none, and below which thresholds."""
    sheet = Sheet()
    words = f"{found.word_count:,} words"
    if not found.count:
        sheet.line(
            f"nothing alike: no text of snapshot {found.snapshot} has Jaccard {limits.listed_jaccard:.2f} with these "
            f"{words}, or containment {limits.containment:.2f}",
            indent=0,
        )
        return sheet.text()
    shown = f"; the {len(found.matches):,} most similar" if len(found.matches) < found.count else ""
    plural = "article" if found.count == 1 else "articles"
    sheet.line(f"{found.count:,} {plural} of snapshot {found.snapshot} like these {words}{shown}:", indent=0)
    sheet.table(_NAMES, _rows(found.matches))
    return sheet.text()


def _rows(matches: list[Match]) -> Iterator[tuple[str, ...]]:
    for match in matches:
        yield (
            share_text(match.jaccard),
            share_text(match.containment),
            "same words" if match.same_words else match.longer,
            f"{title(match.headline)}\n{match.outlet}, {moment(match.published_at)}",
            f"{match.article_id[:SHORT_ID]}\n{match.cluster_id[:SHORT_ID]}",
        )
