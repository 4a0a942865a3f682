"""The questions behind the section on duplicates. They read narrow columns, and texts never.

They hold no double quote, dollar or backtick, so that one can be pasted between double quotes into a shell. A copy
is a printing that is not the canonical one. Hours are counted from the canonical printing where the time of both is
known; where one is known by its day alone, days are, and neither without a date.
"""

from typing import Final

LARGEST_CLUSTERS: Final = """
    WITH largest AS (
        SELECT canonical_id, count(*) AS copies
        FROM copies WHERE NOT is_canonical
        GROUP BY canonical_id ORDER BY copies DESC, canonical_id LIMIT 12
    ),
    printings AS (
        SELECT
            canonical_id, copies, is_canonical, article_id, source, title, published_at, relation,
            published_at_precision AS exact_to,
            first_value(published_at) OVER story AS canonical_at,
            first_value(published_at_precision) OVER story AS canonical_exact_to
        FROM copies JOIN largest USING (canonical_id)
        WINDOW story AS (PARTITION BY canonical_id ORDER BY is_canonical DESC)
    ),
    told AS (
        SELECT
            *,
            CASE WHEN exact_to = 'time' AND canonical_exact_to = 'time'
                THEN date_diff('second', canonical_at, published_at) / 3600 END AS hours_later,
            date_diff('day', CAST(canonical_at AT TIME ZONE 'UTC' AS DATE),
                CAST(published_at AT TIME ZONE 'UTC' AS DATE)) AS days_later
        FROM printings
    )
    SELECT
        canonical_id,
        any_value(title) FILTER (is_canonical) AS headline,
        any_value(source) FILTER (is_canonical) AS canonical_in,
        any_value(published_at) FILTER (is_canonical) AS canonical_at,
        any_value(exact_to) FILTER (is_canonical) AS exact_to,
        any_value(copies) AS copies,
        count(DISTINCT source) AS outlets,
        histogram(relation) FILTER (NOT is_canonical) AS relations,
        list({article_id: article_id, outlet: source, headline: title, relation: relation, hours_later: hours_later,
              days_later: days_later} ORDER BY published_at NULLS LAST, source, title, article_id)
            FILTER (NOT is_canonical)[:12] AS others
    FROM told GROUP BY canonical_id ORDER BY copies DESC, outlets DESC, canonical_id
    """

_OUTLETS: Final = """
    WITH printed AS (
        SELECT source AS outlet, count(*) AS articles FROM copies GROUP BY source
    ),
    taken AS (
        SELECT copy.source AS copier, canonical.source AS origin, canonical.article_id AS story
        FROM copies AS copy JOIN articles AS canonical ON canonical.article_id = copy.canonical_id
        WHERE NOT copy.is_canonical AND copy.source <> canonical.source
    )
    """

MOST_COPIED: Final = (
    _OUTLETS
    + """SELECT
        outlet, articles,
        count(*) AS copies,
        count(DISTINCT story) AS stories,
        count(DISTINCT story) / articles AS share_copied,
        count(DISTINCT copier) AS copiers
    FROM taken JOIN printed ON outlet = origin
    GROUP BY outlet, articles ORDER BY copies DESC, outlet LIMIT 15
    """
)

COPY_MOST: Final = (
    _OUTLETS
    + """SELECT
        outlet, articles,
        count(*) AS copies,
        count(*) / articles AS share_copies,
        count(DISTINCT origin) AS origins
    FROM taken JOIN printed ON outlet = copier
    GROUP BY outlet, articles ORDER BY copies DESC, outlet LIMIT 15
    """
)

_LINKS: Final = """
    WITH links AS (
        SELECT
            canonical.source AS origin, copy.source AS copier,
            CASE WHEN canonical.published_at_precision = 'time' AND copy.published_at_precision = 'time'
                THEN date_diff('second', canonical.published_at, copy.published_at) / 3600 END AS hours_later
        FROM copies AS copy JOIN articles AS canonical ON canonical.article_id = copy.canonical_id
        WHERE NOT copy.is_canonical AND copy.source <> canonical.source
    )"""

WHO_COPIES_WHOM: Final = (
    _LINKS
    + """
    SELECT
        origin, copier,
        count(*) AS copies,
        count(hours_later) AS timed,
        median(hours_later) AS median_hours,
        quantile_cont(hours_later, 0.9) AS late_hours
    FROM links GROUP BY origin, copier ORDER BY copies DESC, origin, copier LIMIT 30
    """
)

MATRIX: Final = (
    _LINKS
    + """,
    sides AS (
        SELECT unnest([origin, copier]) AS outlet FROM links
    ),
    busiest AS (
        SELECT outlet FROM sides GROUP BY outlet ORDER BY count(*) DESC, outlet LIMIT 12
    )
    SELECT origin, copier, count(*) AS copies
    FROM links WHERE origin IN (FROM busiest) AND copier IN (FROM busiest)
    GROUP BY origin, copier ORDER BY origin, copier
    """
)

RECURRING: Final = """
    WITH notices AS (
        SELECT DISTINCT unnest([article_id, other_id]) AS article_id FROM pairs WHERE relation = 'recurring'
    )
    SELECT
        source AS outlet, title AS headline,
        count(*) AS printings,
        count(DISTINCT text_id) AS texts,
        min(published_date) AS first_day,
        max(published_date) AS last_day,
        min(article_id) AS article_id
    FROM copies SEMI JOIN notices USING (article_id)
    GROUP BY source, title ORDER BY printings DESC, outlet, headline LIMIT 15
    """

# Printings of the same words make the same pair many times over: of the nearest pairs, each two texts are shown once.
_PAIRS: Final = """
    WITH measured AS (
        SELECT *, CASE relation WHEN 'contains' THEN containment ELSE jaccard END AS alike
        FROM pairs WHERE relation IN ({relations})
    ),
    nearest AS (
        SELECT * FROM measured
        QUALIFY row_number() OVER (PARTITION BY rule ORDER BY alike {order}, article_id, other_id) <= 50
    ),
    seen AS (
        SELECT
            p.relation, p.rule, p.jaccard, p.containment, p.alike,
            p.article_id, a.source AS outlet, a.title AS headline, a.published_at,
            a.published_at_precision AS exact_to,
            p.other_id, b.source AS other_outlet, b.title AS other_headline, b.published_at AS other_published_at,
            b.published_at_precision AS other_exact_to,
            CASE WHEN a.published_at_precision = 'time' AND b.published_at_precision = 'time'
                THEN abs(date_diff('second', a.published_at, b.published_at)) / 3600 END AS hours_apart,
            abs(date_diff('day', CAST(a.published_at AT TIME ZONE 'UTC' AS DATE),
                CAST(b.published_at AT TIME ZONE 'UTC' AS DATE))) AS days_apart
        FROM nearest AS p
        JOIN copies AS a ON a.article_id = p.article_id
        JOIN copies AS b ON b.article_id = p.other_id
        QUALIFY 1 = row_number() OVER (
            PARTITION BY p.rule, least(a.text_id, b.text_id), greatest(a.text_id, b.text_id)
            ORDER BY p.article_id, p.other_id
        )
    )
    SELECT * EXCLUDE (alike) FROM seen
    QUALIFY row_number() OVER (PARTITION BY rule ORDER BY alike {order}, article_id, other_id) <= 3
    ORDER BY relation, rule, alike {order}, article_id, other_id
    """

LEAST_ALIKE_ACCEPTED: Final = _PAIRS.format(relations="'near', 'contains', 'revision'", order="ASC")
MOST_ALIKE_REFUSED: Final = _PAIRS.format(relations="'recurring', 'related'", order="DESC")


def texts(article_ids: list[str], days: set[str | None]) -> str:
    """Return the question for the texts of a few articles; their days (ISO) spare DuckDB the other partitions."""
    dated = ", ".join(f"DATE '{day}'" for day in sorted(day for day in days if day))
    ids = ", ".join(f"'{article_id}'" for article_id in sorted(article_ids))
    on_days = f"published_date IN ({dated})" if dated else "false"
    undated = " OR published_date IS NULL" if None in days else ""
    return f"SELECT article_id, text FROM copies WHERE article_id IN ({ids}) AND ({on_days}{undated})"
