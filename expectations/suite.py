"""The promises that analysts may rely on, table by table. Import it only where it is used: that takes seconds.

A critical promise that is broken stops the night; a broken warning is published, and shown. What has no ready-made
expectation is written as the SELECT of the rows that break it, ids first, where `{batch}` is the promise's own table.
"""

from collections.abc import Mapping
from typing import Final

from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_match_regex import ExpectColumnValuesToMatchRegex
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.broken_rows import BrokenRows
from expectations.thresholds import Thresholds
from transforms.article import ARTICLES, CANONICAL, JOINING, Origin, Reason, Relation
from transforms.tables import DELIVERIES, DUMPS, MEMBERSHIP, PAIRS, QUARANTINE

STOP: Final = FailureSeverity.CRITICAL
WARN: Final = FailureSeverity.WARNING

Promises = list[Expectation]


def promises(limits: Thresholds) -> Mapping[str, Promises]:
    """Return what is promised of each audited table, by name."""
    return {
        ARTICLES.name: _articles(limits),
        MEMBERSHIP.name: _membership(),
        DELIVERIES.name: _deliveries(),
        PAIRS.name: _pairs(),
        QUARANTINE.name: _quarantine(),
        DUMPS.name: _dumps(limits),
    }


def _articles(limits: Thresholds) -> Promises:
    return [
        ExpectColumnValuesToNotBeNull(column="article_id", severity=STOP, description="Every article has an id"),
        ExpectColumnValuesToBeUnique(column="article_id", severity=STOP, description="No two articles share an id"),
        ExpectColumnValuesToMatchRegex(
            column="article_id",
            regex="^[0-9a-f]{32}$",
            severity=STOP,
            description="An article's id is 32 hexadecimal digits",
        ),
        ExpectColumnValuesToBeBetween(
            column="char_count", min_value=1, severity=STOP, description="Every article has a text"
        ),
        ExpectColumnValuesToBeBetween(
            column="published_year",
            min_value=limits.earliest_year.figure,
            severity=STOP,
            description=f"No article is published before {limits.earliest_year.figure:.0f}",
        ),
        _none(
            "An article lies in the partition of the day it was published",
            "SELECT article_id FROM {batch} WHERE published_date IS DISTINCT FROM published_day",
        ),
        ExpectColumnValuesToBeInSet(
            column="published_at_origin",
            value_set=[*Origin],
            severity=STOP,
            description="Where a date was found is one of the known places",
        ),
        _none(
            "An article has a date exactly when its date was found somewhere",
            f"""SELECT article_id FROM {{batch}}
            WHERE (published_day IS NULL) <> (published_at_origin = '{Origin.NONE}')""",
        ),
        ExpectColumnValuesToNotBeNull(
            column="published_day",
            mostly=limits.dated_share.figure,
            severity=WARN,
            description=f"At least {limits.dated_share.figure:.0%} of the articles have a date",
        ),
        ExpectColumnValuesToNotBeNull(
            column="language",
            mostly=limits.language_known_share.figure,
            severity=WARN,
            description=f"The language of at least {limits.language_known_share.figure:.0%} of the articles is known",
        ),
        _none(
            "Every article was delivered by a dump",
            "SELECT article_id FROM {batch} ANTI JOIN deliveries USING (article_id) WHERE article_id IS NOT NULL",
        ),
        _none(
            "Every article has a place among its copies",
            "SELECT article_id FROM {batch} ANTI JOIN membership USING (article_id) WHERE article_id IS NOT NULL",
        ),
    ]


def _membership() -> Promises:
    return [
        ExpectColumnValuesToBeUnique(
            column="article_id", severity=STOP, description="No article has two places among its copies"
        ),
        _none(
            "Every place among copies is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN articles USING (article_id)",
        ),
        _none(
            "The canonical copy of an article is a copy of its own cluster",
            """SELECT m.article_id FROM {batch} m ANTI JOIN membership c
            ON c.article_id = m.canonical_id AND c.cluster_id = m.cluster_id""",
        ),
        _none(
            "Every cluster has exactly one canonical copy",
            "SELECT cluster_id FROM {batch} GROUP BY cluster_id HAVING count_if(is_canonical) <> 1",
        ),
        _none(
            "The canonical copy, and no other, is its own canonical copy and is called so",
            f"""SELECT article_id FROM {{batch}}
            WHERE is_canonical <> (canonical_id = article_id) OR is_canonical <> (relation = '{CANONICAL}')""",
        ),
        ExpectColumnValuesToBeInSet(
            column="relation",
            value_set=[CANONICAL, *sorted(JOINING)],
            severity=STOP,
            description="The relation to the canonical copy is one that joins a cluster",
        ),
        _share("jaccard"),
        _share("containment"),
    ]


def _deliveries() -> Promises:
    return [
        _none(
            "Every delivery is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN articles USING (article_id)",
        ),
        _none(
            "No record of a dump is delivered twice",
            "SELECT dump_digest FROM {batch} GROUP BY dump_digest, member_hash, record_number HAVING count(*) > 1",
        ),
    ]


def _pairs() -> Promises:
    return [
        _none(
            "Both articles of a pair are stored",
            """SELECT article_id FROM {batch} ANTI JOIN articles USING (article_id)
            UNION ALL SELECT other_id FROM pairs p ANTI JOIN articles a ON a.article_id = p.other_id""",
        ),
        _none(
            "A pair names the smaller id first",
            "SELECT article_id FROM {batch} WHERE article_id >= other_id",
        ),
        _none(
            "No pair is there twice",
            "SELECT article_id FROM {batch} GROUP BY article_id, other_id HAVING count(*) > 1",
        ),
        ExpectColumnValuesToBeInSet(
            column="relation",
            value_set=list(Relation),
            severity=STOP,
            description="The relation of a pair is one of the known ones",
        ),
        _share("jaccard"),
        _share("containment"),
    ]


def _quarantine() -> Promises:
    return [
        ExpectColumnValuesToBeInSet(
            column="reason",
            value_set=[*Reason],
            severity=STOP,
            description="The reason of a quarantined record is one of the known ones",
        ),
    ]


def _dumps(limits: Thresholds) -> Promises:
    return [
        _none(
            "Every record read was admitted, replayed or quarantined",
            "SELECT dump_digest FROM {batch} WHERE records_read IS DISTINCT FROM admitted + replayed + quarantined",
        ),
        _none(
            "Every record of tonight's dumps lies in deliveries or quarantine",
            """WITH stored AS (
                SELECT dump_digest FROM deliveries UNION ALL SELECT dump_digest FROM quarantine
            ), counted AS (SELECT dump_digest, count(*) AS record_count FROM stored GROUP BY dump_digest)
            SELECT dump_digest FROM {batch} LEFT JOIN counted USING (dump_digest)
            WHERE is_tonight AND records_read > coalesce(record_count, 0)""",
        ),
        ExpectColumnValuesToBeBetween(
            column="quarantine_share_tonight",
            max_value=limits.quarantine_share.figure,
            severity=WARN,
            description=f"At most {limits.quarantine_share.figure:.0%} of tonight's records are quarantined",
        ),
    ]


def _none(promise: str, broken_by: str) -> BrokenRows:
    return BrokenRows(unexpected_rows_query=broken_by, severity=STOP, description=promise)


def _share(column: str) -> Expectation:
    return ExpectColumnValuesToBeBetween(
        column=column, min_value=0, max_value=1, severity=STOP, description=f"{column} lies between 0 and 1"
    )
