"""Candidates: texts that share a band, or whose articles share an address. They are proposed here and judged later.

Equal texts of a day are one here, so what fills a bucket is different texts, however often each was printed.
"""

from math import ceil
from typing import Final

from flows.dedup.tonight import Tonight
from transforms.schema import PARTITION_COLUMN

_HOURS_PER_DAY: Final = 24
_WIDE: Final = "wide_bands"
_STEEP: Final = "steep_bands"


def propose(tonight: Tonight, window_hours: float) -> None:
    """Make table `candidate` (text_id < other_text_id, is_steep): fresh texts against fresh and past ones."""
    days = ceil(window_hours / _HOURS_PER_DAY)
    connection = tonight.connection
    connection.execute(f"""
        CREATE OR REPLACE TABLE fresh_features AS
        SELECT text_id, {PARTITION_COLUMN}, any_value({_WIDE}) AS {_WIDE}, any_value({_STEEP}) AS {_STEEP}
        FROM staged SEMI JOIN fresh USING (position) GROUP BY text_id, {PARTITION_COLUMN}
    """)
    connection.execute(f"""
        CREATE OR REPLACE TABLE fresh_days AS
        SELECT DISTINCT
            unnest(range({PARTITION_COLUMN} - {days}, {PARTITION_COLUMN} + {days + 1}, INTERVAL 1 DAY))::DATE AS day
        FROM fresh WHERE {PARTITION_COLUMN} IS NOT NULL
    """)
    in_window = f"(abs(a.day - b.day) <= {days} OR a.day IS NULL OR b.day IS NULL)"
    reach = _past_in_reach(tonight)
    proposals = " UNION ALL ".join(
        [
            _among_fresh(_WIDE, in_window),
            _among_fresh(_STEEP, "true"),
            _fresh_to_past(_WIDE, reach, in_window),
            _fresh_to_past(_STEEP, "past_features", "true"),
            """SELECT a.text_id AS one, b.text_id AS other, false AS is_steep
               FROM fresh AS a JOIN profile AS b ON a.canonical_url = b.canonical_url WHERE a.text_id <> b.text_id""",
        ]
    )
    connection.execute(f"""
        CREATE OR REPLACE TABLE candidate AS
        SELECT least(one, other) AS text_id, greatest(one, other) AS other_text_id, bool_or(is_steep) AS is_steep
        FROM ({proposals}) GROUP BY ALL
    """)


def _past_in_reach(tonight: Tonight) -> str:
    """Past texts that the window lets tonight's meet; an undated one tonight meets them all."""
    if tonight.count(f"fresh WHERE {PARTITION_COLUMN} IS NULL"):
        return "past_features"
    reach = f"{PARTITION_COLUMN} IS NULL OR {PARTITION_COLUMN} IN (FROM fresh_days)"
    return f"(SELECT * FROM past_features WHERE {reach})"


def _buckets(features: str, bands: str, key: str) -> str:
    """One row a text and band, under a bucket number made of band number and hash."""
    bucket = f"(generate_subscripts({bands}, 1)::UBIGINT << 32) + unnest({bands})"
    return f"(SELECT {key} AS key, {PARTITION_COLUMN} AS day, {bucket} AS bucket FROM {features})"


def _among_fresh(bands: str, condition: str) -> str:
    """Pairs of fresh texts in one bucket. Row numbers stand for ids until the end: the join is wide enough."""
    fresh = _buckets("fresh_features", bands, "rowid::INTEGER")
    return f"""
        SELECT one.text_id AS one, other.text_id AS other, {bands == _STEEP} AS is_steep
        FROM (SELECT DISTINCT a.key AS a, b.key AS b
              FROM {fresh} AS a JOIN {fresh} AS b USING (bucket) WHERE a.key < b.key AND {condition}) AS pair
        JOIN fresh_features AS one ON one.rowid = pair.a
        JOIN fresh_features AS other ON other.rowid = pair.b WHERE one.text_id <> other.text_id"""


def _fresh_to_past(bands: str, past: str, condition: str) -> str:
    fresh = _buckets("fresh_features", bands, "rowid::INTEGER")
    return f"""
        SELECT one.text_id AS one, pair.b AS other, {bands == _STEEP} AS is_steep
        FROM (SELECT DISTINCT a.key AS a, b.key AS b
              FROM {fresh} AS a JOIN {_buckets(past, bands, "text_id")} AS b USING (bucket) WHERE {condition}) AS pair
        JOIN fresh_features AS one ON one.rowid = pair.a WHERE one.text_id <> pair.b"""
