"""A connection that is opened here reads the lake and leaves standard output to the report."""

from pathlib import Path

from expectations.duckdb_dialect import _DBAPI
from expectations.projection import open_database
from flows.lake.duck import open_duckdb

BAR = "SELECT current_setting('enable_progress_bar')"


def test_no_connection_draws_a_progress_bar_over_what_the_run_prints(tmp_path: Path) -> None:
    database = tmp_path / "audit.duckdb"
    with open_duckdb(str(tmp_path)) as ours, open_database(database, {}) as projected:
        assert [(False,), (False,)] == [each.sql(BAR).fetchone() for each in (ours, projected)]
    audited = _DBAPI.connect(str(database), {}).cursor()
    audited.execute(BAR)

    assert [(False,)] == audited.fetchall()
