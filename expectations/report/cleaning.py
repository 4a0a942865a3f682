"""What was cleaned: each rule, how often it was at work in the night's articles, and in how many."""

from typing import Final

from expectations.report.answers import Lake, ask
from expectations.report.frame import Section
from expectations.report.nights import TONIGHTS_DUMPS

_DAYS_NAMED: Final = 200

# Two questions: named days spare DuckDB the partitions of all others, which a join does not.
DAYS: Final = f"""
    SELECT published_date AS day, count(*) AS articles
    FROM copies SEMI JOIN (FROM deliveries SEMI JOIN {TONIGHTS_DUMPS} USING (dump_digest)) USING (article_id)
    GROUP BY day ORDER BY day NULLS LAST
    """
_EDITS: Final = """
    WITH tonight AS (
        SELECT edits FROM copies
        SEMI JOIN (FROM deliveries SEMI JOIN {dumps} USING (dump_digest)) USING (article_id)
        WHERE {days}
    ),
    done AS (SELECT unnest(map_entries(edits), recursive := true) FROM tonight)
    SELECT key AS rule, sum(value) AS times, count(*) AS articles, count(*) / (SELECT count(*) FROM tonight) AS share
    FROM done GROUP BY rule ORDER BY articles DESC, rule
    """


def cleaning(lake: Lake) -> Section:
    """Ask what the rules did to the night's articles."""
    days = ask(lake.narrow, DAYS)
    data = {"days": days, "edits": ask(lake, edits([row["day"] for row in days.rows]))}
    return Section("cleaned", "What was cleaned", "cleaning.html", data)


def edits(days: list[object]) -> str:
    """Return the question for the edits of articles of these days, None among them for the undated."""
    dated = [f"DATE '{day}'" for day in days if day]
    if len(dated) > _DAYS_NAMED:
        some = f"published_date BETWEEN {dated[0]} AND {dated[-1]}"
    else:
        some = f"published_date IN ({', '.join(dated)})" if dated else "false"
    undated = " OR published_date IS NULL" if None in days else ""
    return _EDITS.format(dumps=TONIGHTS_DUMPS, days=f"{some}{undated}")
