"""Health: a lake that is well says so in a line; of every other it is said what is wrong, as far as can be told."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.lake.manifest import Part
from flows.lake.medium import Entry
from flows.lake.store import Store
from flows.settings import Settings
from flows.watch.health import Health, examine, week_of_growth
from flows.watch.nights import silence
from flows.watch.settings import Alerts, Limits
from tests.unit.lake.made import a_manifest, add_rows, publish, rows_of
from transforms.article import ARTICLES
from transforms.ledgers import AUDITS, RUNS, SOURCE_COUNTS

NOW = datetime(2026, 3, 20, 6, tzinfo=UTC)
TODAY = NOW.date()
PROJECT = Path(__file__).parents[3]


def look(store: Store, **limits: float) -> Health:
    """Examine a lake, the disk aside."""
    return examine(Settings(lake=store.address, health=Limits(**{"min_free_gb": 0, **limits})), NOW)


def a_night(store: Store, hours_ago: float = 3, quarantined: int = 10) -> list[Part]:
    """Write the ledger of a run of a thousand records, and a part with an article of two hours before."""
    moment = NOW - timedelta(hours=hours_ago)
    with store.writer() as writer:
        run = rows_of(
            RUNS,
            1,
            run_id=[f"{moment:%Y%m%dT%H%M%S}-00000000"],
            day=[moment.date()],
            snapshot=[1],
            finished_at=[moment],
            records_read=[1000],
            quarantined=[quarantined],
        )
        article = rows_of(ARTICLES, 1, published_at=[moment - timedelta(hours=2)])
        return [add_rows(writer, RUNS, run), add_rows(writer, ARTICLES, article, moment.date().isoformat())]


def deliveries(store: Store, source: str, days_ago: Sequence[int]) -> Part:
    """Write the ledger of what a source brought on some days."""
    days = [TODAY - timedelta(days=n) for n in days_ago]
    rows = rows_of(SOURCE_COUNTS, len(days), 1, source=[source] * len(days), day=days)
    with store.writer() as writer:
        return add_rows(writer, SOURCE_COUNTS, rows)


def test_a_lake_that_is_well_says_so_in_one_line(store: Store) -> None:
    publish(store, *a_night(store))
    found = look(store)

    assert "OK: snapshot 1, published 3 h ago (passed), newest article of 2026-03-20 01:00 UTC\n" == found.text()
    assert (0, "OK") == (found.exit_code, found.to_json()["status"])


@pytest.mark.parametrize(
    ("hours_ago", "quarantined", "limits", "words"),
    [
        (41, 10, {}, "no run has been published for 41 h"),
        (90, 10, {"max_age_hours": 100}, "the newest article is 4 days old by its own date"),
        (3, 400, {}, "40% of the last 1 runs' records are in quarantine, more than 20%"),
        (3, 10, {"min_free_gb": 1e9}, "GB are free on the disk of the lake"),
    ],
)
def test_each_limit_is_told_when_it_is_passed_and_then_alone(
    store: Store, hours_ago: float, quarantined: int, limits: dict[str, float], words: str
) -> None:
    publish(store, *a_night(store, hours_ago, quarantined))
    found = look(store, **limits)

    [complaint] = found.complaints
    assert words in complaint.what
    assert 6 == found.exit_code
    assert f"UNHEALTHY: {complaint.what}\n  {complaint.next_step}\n" == found.text()


def test_a_refused_night_is_told_until_another_is_published(store: Store) -> None:
    run_id = f"{NOW:%Y%m%dT%H%M%S}-00000000"
    night = a_night(store)
    newest = publish(store, *night)
    broken = rows_of(
        AUDITS, 1, run_id=[run_id], name=["few_rejects"], status=["failed"], observed=["0.7"], accepted_because=[None]
    )
    with store.writer() as writer:
        findings = add_rows(writer, AUDITS, broken)
        writer.keep_refused(a_manifest(*night, findings, parent=newest, run_id=run_id))
    told = look(store)
    publish(store, *a_night(store, hours_ago=-1))

    assert ["the audit refused the last night at 2024-01-02T03:04: few_rejects (0.7)"] == [
        each.what for each in told.complaints
    ]
    assert [] == look(store).complaints


def test_a_source_is_silent_when_it_takes_longer_than_it_ever_did(store: Store) -> None:
    daily = deliveries(store, "post.example", [30, 29, 28, 27, 26])
    lively = deliveries(store, "mail.example", [30, 20, 10, 9, 8, 0])
    publish(store, *a_night(store), daily, lively)
    found = look(store)

    assert ["nothing has come from post.example (26 days, else 1)"] == [each.what for each in found.complaints]


def test_what_comes_rarely_has_no_habit_and_weekends_are_one() -> None:
    monday = date(2026, 3, 2)
    weekdays = [monday + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]

    assert silence("a", weekdays, date(2026, 3, 16)) is None
    silent = silence("a", weekdays, date(2026, 3, 18))
    assert silent is not None
    assert (5, 3, 1) == (silent.days, silent.longest, silent.usual)
    assert silence("a", weekdays[:4], date(2027, 1, 1)) is None


def test_a_week_s_growth_follows_the_usual_day_and_not_the_first_load() -> None:
    sizes = {1: 5, 2: 6, 3: 7, 4: 9_000, 40: 9_000}
    files = [Entry(size, NOW - timedelta(days=ago)) for ago, size in sizes.items()]

    assert int(7 * 6.5) == week_of_growth(files, NOW)
    assert week_of_growth(files[:2], NOW) is None


def test_there_is_something_to_tell_of_whatever_is_there_of_a_lake(store: Store, tmp_path: Path) -> None:
    assert "UNHEALTHY: no run has been published yet" in look(store).text()
    for settings in (Settings(lake=str(tmp_path / "nowhere")), Settings(lake=str(tmp_path))):
        assert 6 == examine(settings, NOW).exit_code

    parts = a_night(store)
    publish(store, *parts)
    (Path(store.address) / parts[0].path).unlink()
    broken = look(store)
    assert (5, "DAMAGED") == (broken.exit_code, broken.status)
    assert "the last runs cannot be told" in broken.sentence
    assert {"snapshot": 1, "shown": 1, "newest_published_at": NOW - timedelta(hours=5)}.items() <= broken.facts.items()

    (Path(store.address) / "snapshots" / "000001.json").write_text("{}")
    assert 5 == look(store).exit_code


def test_readers_who_see_an_older_snapshot_and_addresses_that_lead_nowhere_are_told(store: Store) -> None:
    parts = a_night(store)
    publish(store, *parts)
    with store.writer() as writer:
        writer.commit(a_manifest(*parts, parent=writer.current()))
    settings = Settings(lake=store.address, health=Limits(min_free_gb=0), alerts=Alerts(urls=("smoke://x",)))
    first, second = (each.what for each in examine(settings, NOW).complaints)

    assert "no alert can be sent to address 1 (smoke://...)" == first
    assert "catalog.duckdb shows snapshot 1 and not 2, the newest" == second


_HOLD = """
import sys
from flows.lake.store import Store
with Store.open(sys.argv[1], create=False).writer():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lake_that_a_run_holds_is_looked_at_and_left_as_it_is(store: Store) -> None:
    publish(store, *a_night(store, hours_ago=41))
    command = [sys.executable, "-c", _HOLD, store.address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        before = _tree(store)
        found = look(store)
        assert before == _tree(store)
        process.communicate()

    assert str(found.facts["held_by"]).startswith(f"pid {process.pid} since ")
    assert "one is at work (pid" in found.text()


def _tree(store: Store) -> dict[str, tuple[int, int]]:
    files = sorted(Path(store.address).rglob("*"))
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in files}
