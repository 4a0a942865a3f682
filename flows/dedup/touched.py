"""What tonight touched: the articles whose place among their copies may change, tonight's and history's.

Touched is a new article with any joining pair or any other print of its words, and from there everything in the same
component or under the same words. New articles that nothing touches need no thought: each is its own canonical copy.
"""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from flows.dedup.history import PART, Past
from flows.dedup.pairs import EDGES
from flows.dedup.tonight import PROFILE_COLUMNS, Tonight
from transforms.clusters import JOINS
from transforms.relation import RULES
from transforms.tables import MEMBERSHIP, PAIRS, PROFILES

_EDGE: Final = ", ".join(EDGES.names)


@dataclass(frozen=True, slots=True)
class Touched:
    """The touched articles' profiles in order of id, their joining pairs, and what history says of their places.

    places: MEMBERSHIP rows as they were, with the part that holds each (column `part`).
    """

    profiles: pa.Table
    edges: pa.Table
    places: pa.Table


def find_touched(tonight: Tonight, past: Past, edges: pa.Table) -> Touched:
    """Find all that tonight's edges and words touch; also as table `touched` of the connection (article_id)."""
    tonight.keep("edge", edges)
    _reach(tonight, past)
    tonight.connection.execute("""
        CREATE OR REPLACE TABLE touched AS
        SELECT article_id FROM fresh WHERE text_id IN (
            SELECT text_id FROM reached
            UNION ALL SELECT text_id FROM fresh GROUP BY text_id HAVING count(*) > 1
            UNION ALL SELECT text_id FROM fresh SEMI JOIN joined USING (article_id))
        UNION ALL SELECT article_id FROM reached
    """)
    return Touched(_profiles(tonight, past), _edges(tonight, past), tonight.rows("FROM reached"))


def _reach(tonight: Tonight, past: Past) -> None:
    """Make table `reached` of MEMBERSHIP rows and parts, closed under component and under equal words."""
    run = tonight.connection.execute
    run("CREATE OR REPLACE TABLE joined AS SELECT article_id FROM edge UNION SELECT other_id FROM edge")
    run("""
        CREATE OR REPLACE TABLE new_text AS
        SELECT text_id FROM fresh UNION SELECT text_id FROM past_profile SEMI JOIN joined USING (article_id)
    """)
    run("CREATE OR REPLACE TABLE new_component (component_id VARCHAR)")
    names = MEMBERSHIP.schema.names
    tonight.keep("reached", pa.schema([*MEMBERSHIP.schema, pa.field(PART, pa.int32())]).empty_table())
    while tonight.count("new_text") or tonight.count("new_component"):
        wanted = {"text_id": "FROM new_text", "component_id": "FROM new_component"}
        tonight.keep("met", past.find(tonight.connection, MEMBERSHIP, wanted, names))
        run("CREATE OR REPLACE TABLE latest AS FROM met ANTI JOIN reached USING (article_id)")
        for key in ("text", "component"):
            run(f"CREATE OR REPLACE TABLE old_{key} AS SELECT {key}_id FROM reached UNION FROM new_{key}")
            run(f"CREATE OR REPLACE TABLE new_{key} AS SELECT {key}_id FROM latest EXCEPT FROM old_{key}")
        run("INSERT INTO reached FROM latest")


def _profiles(tonight: Tonight, past: Past) -> pa.Table:
    wanted = {"article_id": "SELECT article_id FROM reached"}
    tonight.keep("reached_profile", past.find(tonight.connection, PROFILES, wanted, PROFILES.schema.names))
    return tonight.rows(f"""
        SELECT {PROFILE_COLUMNS} FROM fresh SEMI JOIN touched USING (article_id)
        UNION ALL SELECT {PROFILE_COLUMNS} FROM reached_profile ORDER BY article_id
    """).cast(PROFILES.schema)


def _edges(tonight: Tonight, past: Past) -> pa.Table:
    """Give all joining pairs among the touched: tonight's and earlier ones, of which both articles are touched."""
    rules = pa.table({"rule": [name for name, _, _ in RULES], "line": pa.array(range(len(RULES)), pa.int8())})
    tonight.keep("joining", rules.filter(pa.array(JOINS)))
    wanted = {"article_id": "SELECT article_id FROM reached"}
    names = ["article_id", "other_id", "jaccard", "containment", "rule"]
    tonight.keep("past_edge", past.find(tonight.connection, PAIRS, wanted, names))
    return tonight.rows(f"FROM edge UNION ALL SELECT {_EDGE} FROM past_edge JOIN joining USING (rule)").cast(EDGES)
