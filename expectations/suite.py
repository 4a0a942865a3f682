"""The promises that analysts may rely on, table by table. Import it only where it is used: that takes seconds.

A critical promise that is broken stops the night; a broken warning is published, and shown. What has no ready-made
expectation is written as the SELECT of the rows that break it, ids first, where `{batch}` is the promise's own table.
The tables hold tonight's rows (`projection`), and `past` says which others a promise finds beside them. A critical
promise in new words has every row examined once: no earlier audit held the lake to it.
"""

from collections.abc import Mapping
from typing import Final

from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
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

_OF_NO_DUMP: Final = "SELECT dump_digest FROM {batch} ANTI JOIN (FROM dumps WHERE is_consumed) USING (dump_digest)"
_WHOLE_CLUSTERS: Final = """
    WITH place AS (
        SELECT article_id, cluster_id, canonical_id, is_canonical FROM {batch} UNION ALL FROM unchanged_in_cluster)
"""
_WHOLE_CHAINS: Final = """
    WITH version AS (
        SELECT chain_id, version, is_current FROM {batch} WHERE chain_id IS NOT NULL
        UNION ALL FROM unchanged_in_chain)
"""

Promises = list[Expectation]


def promises(limits: Thresholds) -> Mapping[str, Promises]:
    """Return what is promised of each audited table, by name."""
    return {
        ARTICLES.name: [*_articles(limits), *_tonights_articles(limits)],
        MEMBERSHIP.name: _membership(),
        DELIVERIES.name: _deliveries(),
        PAIRS.name: _pairs(),
        QUARANTINE.name: _quarantine(),
        DUMPS.name: _dumps(limits),
    }


def _articles(limits: Thresholds) -> Promises:
    return [
        ExpectColumnValuesToNotBeNull(column="article_id", severity=STOP, description="Every article has an id"),
        _none(
            "No two articles share an id",
            """SELECT article_id FROM {batch} WHERE article_id IS NOT NULL GROUP BY article_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN known USING (article_id)""",
        ),
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
        _none(
            "Every article was delivered by a dump",
            "SELECT article_id FROM {batch} ANTI JOIN deliveries USING (article_id) WHERE article_id IS NOT NULL",
        ),
        _none(
            "Every article has a place among its copies",
            """SELECT article_id FROM {batch} ANTI JOIN (
                SELECT article_id FROM membership UNION ALL SELECT article_id FROM known
            ) USING (article_id) WHERE article_id IS NOT NULL""",
        ),
    ]


def _tonights_articles(limits: Thresholds) -> Promises:
    """Judge the night by its own articles, even where older ones are examined too: it must not hide among them."""
    least_known = f"{limits.language_known_share.figure:.0%}"
    return [
        ExpectColumnValuesToBeInSet(
            column="is_dated_tonight",
            value_set=[True],
            mostly=limits.dated_share.figure,
            severity=WARN,
            description=f"At least {limits.dated_share.figure:.0%} of tonight's articles have a date",
        ),
        ExpectColumnValuesToBeInSet(
            column="is_language_known_tonight",
            value_set=[True],
            mostly=limits.language_known_share.figure,
            severity=WARN,
            description=f"The language of at least {least_known} of tonight's articles is known",
        ),
    ]


def _membership() -> Promises:
    return [
        _none(
            "No article has two places among its copies",
            """SELECT article_id FROM {batch} GROUP BY article_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN (FROM known WHERE stays) USING (article_id)""",
        ),
        _none(
            "Every place among copies is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)",
        ),
        _none(
            "No article loses its place among its copies when the part that holds it is made anew",
            "SELECT article_id FROM before ANTI JOIN {batch} USING (article_id)",
        ),
        _none(
            "The canonical copy of an article is a copy of its own cluster",
            f"""{_WHOLE_CLUSTERS} SELECT m.article_id FROM place m ANTI JOIN place c
            ON c.article_id = m.canonical_id AND c.cluster_id = m.cluster_id""",
        ),
        _none(
            "Every cluster has exactly one canonical copy",
            f"{_WHOLE_CLUSTERS} SELECT cluster_id FROM place GROUP BY cluster_id HAVING count_if(is_canonical) <> 1",
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
        _none(
            "The versions of a story are counted from 1, and the last of them alone is current",
            f"""{_WHOLE_CHAINS} SELECT chain_id FROM version GROUP BY chain_id
            HAVING list(version ORDER BY version) <> range(1, count(*) + 1)
            OR list(version) FILTER (is_current) IS DISTINCT FROM [count(*)]
            UNION ALL SELECT article_id FROM {{batch}} WHERE chain_id IS NULL AND (version <> 1 OR NOT is_current)""",
        ),
        _share("jaccard"),
        _share("containment"),
    ]


def _deliveries() -> Promises:
    return [
        _none(
            "Every delivery is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)",
        ),
        _none(
            "No record of a dump is delivered twice",
            "SELECT dump_digest FROM {batch} GROUP BY dump_digest, member_hash, record_number HAVING count(*) > 1",
        ),
        _none("Every delivery is from a dump that was consumed", _OF_NO_DUMP),
    ]


def _pairs() -> Promises:
    return [
        _none(
            "Both articles of a pair are stored",
            """SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)
            UNION ALL SELECT other_id FROM {batch} p ANTI JOIN stored s ON s.article_id = p.other_id""",
        ),
        _none(
            "A pair names the smaller id first",
            "SELECT article_id FROM {batch} WHERE article_id >= other_id",
        ),
        _none(
            "No pair is there twice",
            """SELECT article_id FROM {batch} GROUP BY article_id, other_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN known_pair USING (article_id, other_id)""",
        ),
        ExpectColumnValuesToBeInSet(
            column="relation",
            value_set=list(Relation),
            severity=STOP,
            description="The relation of a pair is one of the known ones",
        ),
        _share("jaccard"),
        _share("containment"),
        _share("number_containment"),
    ]


def _quarantine() -> Promises:
    return [
        ExpectColumnValuesToBeInSet(
            column="reason",
            value_set=[*Reason],
            severity=STOP,
            description="The reason of a quarantined record is one of the known ones",
        ),
        _none("Every quarantined record is from a dump that was consumed", _OF_NO_DUMP),
    ]


def _dumps(limits: Thresholds) -> Promises:
    return [
        _none(
            "No dump is consumed twice",
            """SELECT dump_digest FROM {batch} WHERE is_consumed GROUP BY dump_digest HAVING count(*) > 1
            UNION ALL SELECT dump_digest FROM {batch} SEMI JOIN known_dump USING (dump_digest) WHERE is_consumed""",
        ),
        _none(
            "Every record read was admitted, replayed or quarantined",
            "SELECT dump_digest FROM {batch} WHERE records_read IS DISTINCT FROM admitted + replayed + quarantined",
        ),
        _none(
            "Every record of tonight's dumps lies in deliveries or quarantine",
            """WITH stored AS (
                SELECT dump_digest FROM deliveries UNION ALL SELECT dump_digest FROM quarantine
            ), counted AS (SELECT dump_digest, count(*) AS record_count FROM stored GROUP BY dump_digest)
            SELECT dump_digest FROM {batch} ANTI JOIN known_dump USING (dump_digest)
            LEFT JOIN counted USING (dump_digest)
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
