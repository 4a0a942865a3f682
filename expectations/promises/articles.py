"""Promises about articles: who they are, when they ran, and that they have a place everywhere."""

from typing import Final

from expectations.promise import Check, Promise, listed
from expectations.thresholds import Thresholds
from transforms.article import ARTICLES, Origin

_TONIGHTS: Final = """copies SEMI JOIN (
    FROM deliveries SEMI JOIN (FROM dumps WHERE run_id = '{run_id}') USING (dump_digest)) USING (article_id)"""


def articles() -> list[Promise]:
    """Give what is promised of articles: who they are, and that they have a place everywhere."""
    return [
        Promise(
            "article_id_given",
            ARTICLES.name,
            "Every article has an id",
            Check("ExpectColumnValuesToNotBeNull", {"column": "article_id"}),
            "SELECT source, url, title FROM copies WHERE article_id IS NULL",
        ),
        Promise(
            "article_id_unique",
            ARTICLES.name,
            "No two articles share an id",
            """SELECT article_id FROM {batch} WHERE article_id IS NOT NULL GROUP BY article_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN known USING (article_id)""",
            "SELECT article_id, count(*) AS rows FROM copies GROUP BY article_id HAVING count(*) > 1",
        ),
        Promise(
            "article_id_digest",
            ARTICLES.name,
            "An article's id is 32 hexadecimal digits",
            Check("ExpectColumnValuesToMatchRegex", {"column": "article_id", "regex": "^[0-9a-f]{32}$"}),
            "SELECT article_id, source FROM copies WHERE NOT regexp_full_match(article_id, '[0-9a-f]{32}')",
        ),
        Promise(
            "text_given",
            ARTICLES.name,
            "Every article has a text",
            Check("ExpectColumnValuesToBeBetween", {"column": "char_count", "min_value": 1}),
            "SELECT article_id, source FROM copies WHERE char_count < 1",
        ),
        Promise(
            "article_delivered",
            ARTICLES.name,
            "Every article was delivered by a dump",
            "SELECT article_id FROM {batch} ANTI JOIN deliveries USING (article_id) WHERE article_id IS NOT NULL",
            "SELECT article_id, source FROM copies ANTI JOIN deliveries USING (article_id)",
        ),
        Promise(
            "article_placed",
            ARTICLES.name,
            "Every article has a place among its copies",
            """SELECT article_id FROM {batch} ANTI JOIN (
                SELECT article_id FROM membership UNION ALL SELECT article_id FROM known
            ) USING (article_id) WHERE article_id IS NOT NULL""",
            "SELECT article_id, dump_name, record_number FROM deliveries ANTI JOIN copies USING (article_id)",
        ),
    ]


def dates(limits: Thresholds) -> list[Promise]:
    """Give what is promised of the articles' dates."""
    earliest = int(limits.earliest_year.figure)
    return [
        Promise(
            "published_not_too_early",
            ARTICLES.name,
            f"No article is published before {earliest}",
            Check("ExpectColumnValuesToBeBetween", {"column": "published_year", "min_value": earliest}),
            f"SELECT article_id, source, published_at FROM copies WHERE published_date < DATE '{earliest}-01-01'",
        ),
        Promise(
            "day_is_partition",
            ARTICLES.name,
            "An article lies in the partition of the day it was published",
            "SELECT article_id FROM {batch} WHERE published_date IS DISTINCT FROM published_day",
            """SELECT article_id, published_at, published_date FROM copies
            WHERE published_date IS DISTINCT FROM CAST(published_at AT TIME ZONE 'UTC' AS DATE)""",
        ),
        Promise(
            "date_origin_known",
            ARTICLES.name,
            "Where a date was found is one of the known places",
            Check("ExpectColumnValuesToBeInSet", {"column": "published_at_origin", "value_set": [*Origin]}),
            f"SELECT article_id, published_at_origin FROM copies WHERE published_at_origin NOT IN {listed(Origin)}",
        ),
        Promise(
            "date_has_origin",
            ARTICLES.name,
            "An article has a date exactly when its date was found somewhere",
            f"""SELECT article_id FROM {{batch}}
            WHERE (published_day IS NULL) <> (published_at_origin = '{Origin.NONE}')""",
            f"""SELECT article_id, published_at, published_at_origin FROM copies
            WHERE (published_at IS NULL) <> (published_at_origin = '{Origin.NONE}')""",
        ),
    ]


def tonights_articles(limits: Thresholds) -> list[Promise]:
    """Judge the night by its own articles, even where older ones are examined too: it must not hide among them."""
    dated, known = limits.dated_share.figure, limits.language_known_share.figure
    return [
        Promise(
            "dated_share",
            ARTICLES.name,
            f"At least {dated:.0%} of tonight's articles have a date",
            Check("ExpectColumnValuesToBeInSet", {"column": "is_dated_tonight", "value_set": [True], "mostly": dated}),
            f"""SELECT source, count(*) AS undated FROM {_TONIGHTS} WHERE published_at IS NULL
            GROUP BY ALL ORDER BY undated DESC""",
            severity="warning",
            scope="night",
        ),
        Promise(
            "language_known_share",
            ARTICLES.name,
            f"The language of at least {known:.0%} of tonight's articles is known",
            Check(
                "ExpectColumnValuesToBeInSet",
                {"column": "is_language_known_tonight", "value_set": [True], "mostly": known},
            ),
            f"SELECT article_id, source, word_count FROM {_TONIGHTS} WHERE language IS NULL",
            severity="warning",
            scope="night",
        ),
    ]
