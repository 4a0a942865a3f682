"""What tonight's articles came to, by dump and source: counts that may be added up over nights."""

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from flows.dedup.tonight import Tonight

_REPAIRS: Final = ("mojibake", "lost_apostrophe", "quote_debris", "lost_blank")
"""Rules of cleaning that mend what a wrong code page did."""

Brought = Mapping[tuple[int, str], Mapping[str, Any]]
"""What the articles of a source in a dump, by its place in the run, came to."""


def brought(tonight: Tonight, places: pa.Table) -> Brought:
    """Measure what was staged; `places` are the new articles' rows of MEMBERSHIP."""
    tonight.connection.register("new_places", places.select(["article_id", "is_canonical"]))
    repaired = f"list_has_any(map_keys(edits), {list(_REPAIRS)})"
    rows = tonight.rows(f"""
        WITH new AS (SELECT position, is_canonical FROM fresh JOIN new_places USING (article_id)),
        delivered AS (
            SELECT dump, staged.* FROM (
                SELECT position, source, published_at, language, word_count, is_excerpt,
                    title IS NOT NULL AS is_titled, {repaired} AS is_repaired
                FROM staged
            ) AS staged ASOF JOIN piece ON staged.position >= piece.start
        )
        SELECT
            dump, source,
            count(*) AS delivered,
            count(is_canonical) AS admitted,
            count(*) FILTER (NOT is_canonical) AS copies,
            count(*) FILTER (is_titled) AS titled,
            count(published_at) AS dated,
            count(*) FILTER (is_excerpt) AS excerpts,
            count(*) FILTER (is_repaired) AS repaired,
            sum(word_count)::BIGINT AS words,
            histogram(language) AS languages,
            max(published_at) AS newest_published_at
        FROM delivered LEFT JOIN new USING (position) GROUP BY dump, source
    """)
    tonight.connection.unregister("new_places")
    return {(row["dump"], row["source"]): row for row in rows.to_pylist()}
