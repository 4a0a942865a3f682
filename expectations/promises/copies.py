"""Promises about places among copies, clusters, chains of versions, and pairs."""

from typing import Final

from expectations.promise import Check, Promise, listed
from transforms.article import CANONICAL, JOINING, Relation
from transforms.tables import MEMBERSHIP, PAIRS

_WHOLE_CLUSTERS: Final = """
    WITH place AS (
        SELECT article_id, cluster_id, canonical_id, is_canonical FROM {batch} UNION ALL FROM unchanged_in_cluster)
"""
_WHOLE_CHAINS: Final = """
    WITH version AS (
        SELECT chain_id, version, is_current FROM {batch} WHERE chain_id IS NOT NULL
        UNION ALL FROM unchanged_in_chain)
"""


def membership() -> list[Promise]:
    """Give what is promised of places among copies: one each, of a stored article, with figures that can be."""
    return [
        _of_places(
            "place_unique",
            "No article has two places among its copies",
            """SELECT article_id FROM {batch} GROUP BY article_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN (FROM known WHERE stays) USING (article_id)""",
            "SELECT article_id, count(*) AS places FROM copies GROUP BY article_id HAVING count(*) > 1",
        ),
        _of_places(
            "place_of_article",
            "Every place among copies is that of a stored article",
            "SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)",
            "SELECT article_id, dump_name, record_number FROM deliveries ANTI JOIN copies USING (article_id)",
        ),
        _of_places(
            "place_kept",
            "No article loses its place among its copies when the part that holds it is made anew",
            "SELECT article_id FROM before ANTI JOIN {batch} USING (article_id)",
            "SELECT article_id, dump_name, record_number FROM deliveries ANTI JOIN copies USING (article_id)",
        ),
        _share(MEMBERSHIP.name, "jaccard"),
        _share(MEMBERSHIP.name, "containment"),
    ]


def clusters() -> list[Promise]:
    """Give what is promised of whole clusters, and of whole chains of versions."""
    return [
        _of_places(
            "canonical_in_cluster",
            "The canonical copy of an article is a copy of its own cluster",
            f"""{_WHOLE_CLUSTERS} SELECT m.article_id FROM place m ANTI JOIN place c
            ON c.article_id = m.canonical_id AND c.cluster_id = m.cluster_id""",
            """SELECT m.article_id, m.cluster_id, m.canonical_id FROM copies m ANTI JOIN copies c
            ON c.article_id = m.canonical_id AND c.cluster_id = m.cluster_id""",
        ),
        _of_places(
            "one_canonical",
            "Every cluster has exactly one canonical copy",
            f"{_WHOLE_CLUSTERS} SELECT cluster_id FROM place GROUP BY cluster_id HAVING count_if(is_canonical) <> 1",
            """SELECT cluster_id, count_if(is_canonical) AS canonical_copies FROM copies
            GROUP BY cluster_id HAVING count_if(is_canonical) <> 1""",
        ),
        _of_places(
            "canonical_is_itself",
            "The canonical copy, and no other, is its own canonical copy and is called so",
            f"""SELECT article_id FROM {{batch}}
            WHERE is_canonical <> (canonical_id = article_id) OR is_canonical <> (relation = '{CANONICAL}')""",
            f"""SELECT article_id, canonical_id, is_canonical, relation FROM copies
            WHERE is_canonical <> (canonical_id = article_id) OR is_canonical <> (relation = '{CANONICAL}')""",
        ),
        Promise(
            "place_relation_known",
            MEMBERSHIP.name,
            "The relation to the canonical copy is one that joins a cluster",
            Check("ExpectColumnValuesToBeInSet", {"column": "relation", "value_set": [CANONICAL, *sorted(JOINING)]}),
            f"SELECT article_id, relation FROM copies WHERE relation NOT IN {listed([CANONICAL, *sorted(JOINING)])}",
        ),
        _of_places(
            "versions_in_order",
            "The versions of a story are counted from 1, and the last of them alone is current",
            f"""{_WHOLE_CHAINS} SELECT chain_id FROM version GROUP BY chain_id
            HAVING list(version ORDER BY version) <> range(1, count(*) + 1)
            OR list(version) FILTER (is_current) IS DISTINCT FROM [count(*)]
            UNION ALL SELECT article_id FROM {{batch}} WHERE chain_id IS NULL AND (version <> 1 OR NOT is_current)""",
            """SELECT chain_id, list(version ORDER BY version) AS versions FROM copies WHERE chain_id IS NOT NULL
            GROUP BY chain_id HAVING list(version ORDER BY version) <> range(1, count(*) + 1)
            OR list(version) FILTER (is_current) IS DISTINCT FROM [count(*)]""",
        ),
    ]


def pairs() -> list[Promise]:
    """Give what is promised of pairs: two stored articles, once, with figures that can be."""
    return [
        Promise(
            "pair_of_articles",
            PAIRS.name,
            "Both articles of a pair are stored",
            """SELECT article_id FROM {batch} ANTI JOIN stored USING (article_id)
            UNION ALL SELECT other_id FROM {batch} p ANTI JOIN stored s ON s.article_id = p.other_id""",
            """SELECT article_id, other_id FROM pairs ANTI JOIN copies USING (article_id)
            UNION ALL SELECT p.article_id, p.other_id FROM pairs p ANTI JOIN copies c ON c.article_id = p.other_id""",
        ),
        Promise(
            "pair_ordered",
            PAIRS.name,
            "A pair names the smaller id first",
            "SELECT article_id FROM {batch} WHERE article_id >= other_id",
            "SELECT article_id, other_id FROM pairs WHERE article_id >= other_id",
        ),
        Promise(
            "pair_unique",
            PAIRS.name,
            "No pair is there twice",
            """SELECT article_id FROM {batch} GROUP BY article_id, other_id HAVING count(*) > 1
            UNION ALL SELECT article_id FROM {batch} SEMI JOIN known_pair USING (article_id, other_id)""",
            "SELECT article_id, other_id, count(*) AS times FROM pairs GROUP BY ALL HAVING count(*) > 1",
        ),
        Promise(
            "pair_relation_known",
            PAIRS.name,
            "The relation of a pair is one of the known ones",
            Check("ExpectColumnValuesToBeInSet", {"column": "relation", "value_set": list(Relation)}),
            f"SELECT article_id, other_id, relation FROM pairs WHERE relation NOT IN {listed(Relation)}",
        ),
        _share(PAIRS.name, "jaccard"),
        _share(PAIRS.name, "containment"),
        _share(PAIRS.name, "number_containment"),
    ]


def _of_places(name: str, words: str, broken_by: str, offenders: str) -> Promise:
    return Promise(name, MEMBERSHIP.name, words, broken_by, offenders)


def _share(table: str, column: str) -> Promise:
    view = "copies" if table == MEMBERSHIP.name else table
    return Promise(
        f"{'place' if table == MEMBERSHIP.name else 'pair'}_{column}_is_share",
        table,
        f"{column} lies between 0 and 1",
        Check("ExpectColumnValuesToBeBetween", {"column": column, "min_value": 0, "max_value": 1}),
        f"SELECT article_id, {column} FROM {view} WHERE {column} NOT BETWEEN 0 AND 1",
    )
