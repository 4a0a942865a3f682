"""Promises that break the circuit: what one night may at most do to the lake before a person looks at it.

A template that floods the night, a line that every article shares or a source whose stories all move to other clusters
would be published as it came, and be much work to take back.
"""

from typing import Final

from expectations.habits import FLOOD, LOST_CANONICAL
from expectations.promise import Promise
from expectations.thresholds import Thresholds

_TONIGHT: Final = "(SELECT article_id FROM deliveries JOIN dumps USING (dump_digest) WHERE run_id = '{run_id}')"


def breakers(limits: Thresholds) -> list[Promise]:
    """Give what is promised of one night's effect."""
    most, share = int(limits.flood_articles.figure), limits.flood_share.figure
    lost, lost_least = limits.canonical_lost.figure, int(limits.canonical_lost_least.figure)
    allowed = f"greatest({most}, {share} * articles)"
    return [
        Promise(
            "largest_cluster",
            FLOOD,
            f"No story gains more than {most} copies in a night, or {share:.0%} of its articles",
            f"SELECT cluster_id FROM {{batch}} WHERE cluster_id IS NOT NULL AND gained > {allowed}",
            f"""SELECT cluster_id, source, count(*) AS copies, any_value(title) AS title FROM copies
            SEMI JOIN {_TONIGHT} USING (article_id) GROUP BY ALL HAVING copies > {most} ORDER BY copies DESC""",
            scope="night",
        ),
        Promise(
            "hot_boilerplate",
            FLOOD,
            f"No article of tonight is like more than {most} others, or {share:.0%} of the night's",
            f"SELECT article_id FROM {{batch}} WHERE article_id IS NOT NULL AND alike > {allowed}",
            f"""SELECT c.article_id, c.source, c.title, count(*) AS alike FROM pairs p
            JOIN copies c ON c.article_id IN (p.article_id, p.other_id)
            WHERE c.article_id IN {_TONIGHT} GROUP BY ALL HAVING alike > {most} ORDER BY alike DESC""",
            scope="night",
        ),
        Promise(
            "canonical_kept",
            LOST_CANONICAL,
            f"At most {lost:.0%} of a source's canonical copies lose their place in a night",
            f"""SELECT printf('%s: %d of %d', shown, lost, canonicals::BIGINT) AS because, source FROM {{batch}}
            WHERE lost >= {lost_least} AND lost > {lost} * canonicals""",
            """SELECT source, x.article_id, x.canonical_id FROM cluster_changes x JOIN copies USING (article_id)
            WHERE run_id = '{run_id}' AND x.old_canonical_id = x.article_id AND x.canonical_id <> x.article_id""",
            scope="night",
        ),
    ]
