"""Views for analysts over those that are stored: questions that come up every day, as declared columns and one query.

Their queries ask other views by name and read narrow columns only, so that none of them ever opens a text.
"""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from transforms.article import ARTICLES, TIMESTAMP
from transforms.schema import PARTITION_COLUMN, Column, Table
from transforms.tables import COPIES, VIEWS


@dataclass(frozen=True, slots=True)
class View(Table):
    """A table that is no file: what it says is a query over other views."""

    sql: str = ""


_ARTICLE: Final = {column.name: column for column in (*ARTICLES.columns, *COPIES.columns)}
_SOURCE: Final = _ARTICLE["source"]
_ID: Final = _ARTICLE["article_id"]

STORIES_PER_DAY: Final = View(
    "stories_per_day",
    "derived",
    "What each source printed on each day, by the day of publication.",
    (
        _ARTICLE[PARTITION_COLUMN],
        _SOURCE,
        Column("stories", pa.int64(), "Articles of which this source has the canonical copy", "articles"),
        Column("copies", pa.int64(), "All its admitted articles, canonical or not", "articles"),
        Column("excerpts", pa.int64(), "Of its articles, those of which only a summary was delivered", "articles"),
        Column("words", pa.int64(), "Words of all its articles", "words"),
    ),
    sql="""
    SELECT
        published_date, source,
        count(*) FILTER (is_canonical) AS stories,
        count(*) AS copies,
        count(*) FILTER (is_excerpt) AS excerpts,
        sum(word_count)::BIGINT AS words
    FROM copies GROUP BY published_date, source""",
)

TIME_TO_COPY: Final = View(
    "time_to_copy",
    "derived",
    "Every copy that is not the canonical one: whom it is from, and how much later it was printed.",
    (
        _ID,
        _ARTICLE["canonical_id"],
        Column("origin", pa.string(), "Outlet of the canonical copy"),
        Column("source", pa.string(), "Outlet of this copy; the origin itself where it printed a story again"),
        _ARTICLE["title"],
        _ARTICLE["relation"],
        _ARTICLE["jaccard"],
        Column("first_at", TIMESTAMP, "When the canonical copy was published", "UTC", nullable=True),
        Column("published_at", TIMESTAMP, "When this copy was published", "UTC", nullable=True),
        _ARTICLE[PARTITION_COLUMN],
        Column(
            "hours_later",
            pa.float64(),
            "Time between the two; null unless both tell the time of day",
            "hours",
            nullable=True,
        ),
        Column("days_later", pa.int64(), "Days between the two; null unless both are dated", "days", nullable=True),
    ),
    sql="""
    SELECT
        copy.article_id, copy.canonical_id, original.source AS origin, copy.source, copy.title, copy.relation,
        copy.jaccard, original.published_at AS first_at, copy.published_at, copy.published_date,
        CASE WHEN original.published_at_precision = 'time' AND copy.published_at_precision = 'time'
             THEN date_diff('second', original.published_at, copy.published_at) / 3600 END AS hours_later,
        date_diff('day', original.published_date, copy.published_date) AS days_later
    FROM copies AS copy JOIN articles AS original ON original.article_id = copy.canonical_id
    WHERE NOT copy.is_canonical""",
)

WHO_COPIES_WHOM: Final = View(
    "who_copies_whom",
    "derived",
    "Two sources of which one printed what the other had, and how fast.",
    (
        Column("origin", pa.string(), "Outlet of the canonical copies"),
        Column("source", pa.string(), "Outlet that printed them, too"),
        Column("stories", pa.int64(), "Stories of the origin that the other printed", "articles"),
        Column("copies", pa.int64(), "Articles in which it did", "articles"),
        Column("word_for_word", pa.int64(), "Of these, copies with the same words", "articles"),
        Column("median_hours", pa.float64(), "Median time to the copy; null without times", "hours", nullable=True),
        Column("first_day", pa.date32(), "Earliest day of such a copy; null without dates", "UTC day", nullable=True),
        Column("last_day", pa.date32(), "Latest day of such a copy", "UTC day", nullable=True),
    ),
    sql="""
    SELECT
        origin, source,
        count(DISTINCT canonical_id) AS stories,
        count(*) AS copies,
        count(*) FILTER (relation = 'exact') AS word_for_word,
        median(hours_later) AS median_hours,
        min(published_date) AS first_day,
        max(published_date) AS last_day
    FROM time_to_copy WHERE source <> origin GROUP BY origin, source""",
)

REVISIONS: Final = View(
    "revisions",
    "derived",
    "Every version of an article that has others, and what moved since the one before.",
    (
        Column("chain_id", pa.string(), "Smallest article_id of its versions", "hex"),
        _ARTICLE["version"],
        _ARTICLE["is_current"],
        _ID,
        Column("previous_id", pa.string(), "The version before; null for the first", "hex", nullable=True),
        _SOURCE,
        _ARTICLE["title"],
        _ARTICLE["published_at"],
        _ARTICLE[PARTITION_COLUMN],
        Column(
            "hours_later",
            pa.float64(),
            "Time since the version before; null unless both tell the time of day",
            "hours",
            nullable=True,
        ),
        Column("has_new_title", pa.bool_(), "Whether the headline changed; null for the first", nullable=True),
        _ARTICLE["word_count"],
        Column("words_added", pa.int32(), "Words more than before, or fewer", "words", nullable=True),
        Column(
            "jaccard",
            pa.float64(),
            "Similarity to the version before; null where the two were not compared",
            "0 to 1",
            nullable=True,
        ),
    ),
    sql="""
    WITH versions AS (
        SELECT
            chain_id, version, is_current, article_id, source, title, published_at, published_date, word_count,
            CASE published_at_precision WHEN 'time' THEN published_at END AS timed_at,
            lag(article_id) OVER chain AS previous_id,
            lag(title) OVER chain AS previous_title,
            lag(word_count) OVER chain AS previous_count,
            lag(CASE published_at_precision WHEN 'time' THEN published_at END) OVER chain AS previous_at
        FROM copies WHERE chain_id IS NOT NULL
        WINDOW chain AS (PARTITION BY chain_id ORDER BY version)
    )
    SELECT
        v.chain_id, v.version, v.is_current, v.article_id, v.previous_id, v.source, v.title, v.published_at,
        v.published_date,
        date_diff('second', v.previous_at, v.timed_at) / 3600 AS hours_later,
        CASE WHEN v.version > 1 THEN v.title IS DISTINCT FROM v.previous_title END AS has_new_title,
        v.word_count,
        v.word_count - v.previous_count AS words_added,
        p.jaccard
    FROM versions AS v LEFT JOIN pairs AS p
      ON p.article_id = least(v.article_id, v.previous_id) AND p.other_id = greatest(v.article_id, v.previous_id)
     AND v.previous_id IS NOT NULL""",
)

SOURCES: Final = View(
    "sources",
    "derived",
    "What each source has sent in all its nights.",
    (
        Column("source", pa.string(), "Outlet; of records that cannot be read, that of most others in the dump"),
        Column("first_day", pa.date32(), "Day of the run that brought its first record"),
        Column("last_day", pa.date32(), "Day of the run that brought its last"),
        Column("nights", pa.int64(), "Days of runs that brought any", "days"),
        Column("records", pa.int64(), "Records that it sent", "records"),
        Column("admitted", pa.int64(), "Of them new articles", "articles"),
        Column("quarantined_share", pa.float64(), "Share of its records in quarantine", "0 to 1"),
        Column(
            "copied_share",
            pa.float64(),
            "Share of its new articles that were copies; null without any",
            "0 to 1",
            nullable=True,
        ),
        Column("newest_published_at", TIMESTAMP, "Latest date among its articles", "UTC", nullable=True),
    ),
    sql="""
    SELECT
        source,
        min(day) AS first_day,
        max(day) AS last_day,
        count(DISTINCT day) AS nights,
        sum(records)::BIGINT AS records,
        sum(admitted)::BIGINT AS admitted,
        sum(quarantined) / sum(records) AS quarantined_share,
        sum(copies) / nullif(sum(admitted), 0) AS copied_share,
        max(newest_published_at) AS newest_published_at
    FROM source_counts GROUP BY source""",
)

DERIVED: Final = (STORIES_PER_DAY, TIME_TO_COPY, WHO_COPIES_WHOM, REVISIONS, SOURCES)
SHOWN: Final = (*VIEWS, *DERIVED)
"""All views of the catalog, in the order of the data dictionary."""
