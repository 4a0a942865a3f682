"""The nights that a page looks at, as SQL: `ago` is 0 for the page's own and counts back from there."""

from typing import Final

SHOWN: Final = 90
"""Nights in charts and on the index's."""
TRAILING: Final = 7
"""Nights that a source is held against."""


def nights(most: int) -> str:
    """Return the beginning of a query: the night and so many before it, by the order of their snapshots."""
    return f"""WITH nights AS (
        SELECT run_id, snapshot, row_number() OVER (ORDER BY snapshot DESC) - 1 AS ago,
            coalesce(day, CAST(started_at AT TIME ZONE 'UTC' AS DATE)) AS night
        FROM runs QUALIFY ago <= {most}
    )"""


TONIGHT: Final = "(SELECT run_id FROM runs ORDER BY snapshot DESC LIMIT 1)"
"""The id of the night's run."""

TONIGHTS_DUMPS: Final = f"(FROM dumps WHERE run_id = {TONIGHT} AND status <> 'replayed')"
"""What the night took in, to be joined by `dump_digest`."""
