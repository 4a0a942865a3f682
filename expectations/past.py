"""What the parent snapshot says of tonight's rows: its narrow key columns scanned once, the rows asked for kept.

Tables that the promises read beside the projections, all of them empty where there is no parent to rely on:

    changed     ids of the articles whose place differs between tonight's parts and those that they replace
    before      places of the parent that are among the changed: id, cluster, chain
    known       places of the parent that tonight's rows ask for, by article, touched cluster or touched chain;
                `stays` tells those that did not change
    known_dump  dumps of tonight that an earlier run consumed
    known_pair  pairs of tonight's that are there already

Views over these: `stored`, ids of articles that tonight adds or the parent has; `unchanged_in_cluster` and
`unchanged_in_chain`, which with tonight's rows are all of the touched clusters and chains as they are from now on.
"""

from typing import Final

import duckdb

from expectations.snapshot import Snapshot, readable, relation
from transforms.ledgers import AUDITS, DUMPS
from transforms.tables import MEMBERSHIP, PAIRS

_VIEWS: Final = """
    CREATE VIEW stored AS SELECT article_id FROM articles UNION ALL SELECT article_id FROM known;
    CREATE VIEW unchanged_in_cluster AS
        SELECT article_id, cluster_id, canonical_id, is_canonical FROM known WHERE stays AND in_cluster;
    CREATE VIEW unchanged_in_chain AS SELECT chain_id, version, is_current FROM known WHERE stays AND in_chain;
"""
# Views, so that nothing is computed where there is no parent to ask.
_WANTED: Final = """
    CREATE TEMP VIEW wanted_article AS
        SELECT article_id FROM articles UNION SELECT article_id FROM membership UNION SELECT article_id FROM deliveries
        UNION SELECT article_id FROM pairs UNION SELECT other_id FROM pairs;
    CREATE TEMP VIEW wanted_cluster AS SELECT cluster_id FROM membership UNION SELECT cluster_id FROM before;
    CREATE TEMP VIEW wanted_chain AS
        SELECT chain_id FROM membership WHERE chain_id IS NOT NULL
        UNION SELECT chain_id FROM before WHERE chain_id IS NOT NULL;
"""


def promises_kept(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> set[tuple[str, str]]:
    """Give table and words of the promises that the parent snapshot was seen to keep by the run that made it.

    One that was accepted on record counts as kept: what broke it is known, and must not stop every later night.
    """
    with readable(AUDITS, snapshot.parent(AUDITS)):
        audits = relation(connection, AUDITS, snapshot.parent(AUDITS))
        sql = f"""SELECT table_name, expectation FROM {audits}
            WHERE run_id = ? AND (status = 'passed' OR accepted_because IS NOT NULL)"""
        return set(connection.execute(sql, [snapshot.parent_run_id]).fetchall())


def find_changed(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, columns: tuple[str, ...]) -> None:
    """Make `changed` and `before`: a part that was made anew holds mostly the rows of the one that it replaces.

    Rows are told apart by a 64-bit hash, so the hash table is of ids, and of no more rows than tonight wrote.
    """
    replaced = snapshot.replaced.get(MEMBERSHIP.name, ())
    added = snapshot.added.get(MEMBERSHIP.name, ()) if replaced else ()
    with readable(MEMBERSHIP, [*added, *replaced]):
        now, then = (relation(connection, MEMBERSHIP, paths) for paths in (added, replaced))
        row = f"hash({', '.join(columns)}) AS row_hash"
        connection.execute(f"""
            CREATE TABLE changed AS SELECT article_id FROM (
                SELECT article_id, 1 AS times, {row} FROM {now}
                UNION ALL SELECT article_id, -1 AS times, {row} FROM {then})
            GROUP BY article_id HAVING sum(times) <> 0 OR bit_xor(row_hash) <> 0
        """)
        connection.execute(f"""
            CREATE TABLE before AS
            SELECT article_id, cluster_id, chain_id FROM {then} SEMI JOIN changed USING (article_id)
        """)


def look_up(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Make the other tables and the views, when the projections are there."""
    connection.execute(_WANTED)
    _look_up_places(connection, snapshot)
    _look_up_dumps(connection, snapshot)
    _look_up_pairs(connection, snapshot)
    connection.execute(_VIEWS)


def _look_up_places(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Ask of places, not of articles: a snapshot that keeps its promises has the same ids in both."""
    paths = snapshot.parent(MEMBERSHIP)
    with readable(MEMBERSHIP, paths):
        connection.execute(f"""
            CREATE TABLE known AS
            SELECT *, article_id NOT IN (SELECT article_id FROM before) AS stays
            FROM (
                SELECT article_id, cluster_id, canonical_id, is_canonical, chain_id, version, is_current,
                    article_id IN (FROM wanted_article) AS is_wanted,
                    cluster_id IN (FROM wanted_cluster) AS in_cluster,
                    coalesce(chain_id IN (FROM wanted_chain), false) AS in_chain
                FROM {relation(connection, MEMBERSHIP, paths)})
            WHERE is_wanted OR in_cluster OR in_chain
        """)


def _look_up_dumps(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    paths = snapshot.parent(DUMPS)
    with readable(DUMPS, paths):
        connection.execute(f"""
            CREATE TABLE known_dump AS
            SELECT dump_digest FROM {relation(connection, DUMPS, paths)} SEMI JOIN dumps USING (dump_digest)
            WHERE status = 'consumed'
        """)


def _look_up_pairs(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Only a pair of two older articles can be there already, and a night finds none: then nothing is scanned."""
    connection.execute("""
        CREATE TEMP VIEW old_pair AS
        SELECT article_id, other_id FROM pairs ANTI JOIN articles USING (article_id)
        WHERE other_id NOT IN (SELECT article_id FROM articles WHERE article_id IS NOT NULL)
    """)
    paths = snapshot.parent(PAIRS)
    if paths and not connection.execute("FROM old_pair LIMIT 1").fetchall():
        paths = ()
    with readable(PAIRS, paths):
        connection.execute(f"""
            CREATE TABLE known_pair AS
            SELECT article_id, other_id FROM {relation(connection, PAIRS, paths)}
            SEMI JOIN old_pair USING (article_id, other_id)
        """)
