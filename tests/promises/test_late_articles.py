"""Promise 13: late and backdated articles land in their own day, and no part that is published is written again.

Days are told from today on, as a scraper's are; the rules themselves know no today.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import pytest

from flows.lake import connect
from flows.lake.integrity import verify
from flows.lake.manifest import Manifest, Part
from flows.lake.store import Store
from tests.faults.stories import body
from tests.integration.nights import take_unaudited, write_dump
from transforms.article import ARTICLES
from transforms.tables import MEMBERSHIP

pytestmark = pytest.mark.promise(13)

NOON: Final = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
AGO: Final = (730, 366, 365, 31, 7, 1, 0, -1)
"""Days before today; the last is tomorrow."""
OLD: Final = (730, 31)


def story(days_ago: int, number: int, **changes: Any) -> dict[str, Any]:
    """Write an article of some day that is no copy of one of another number."""
    moment = NOON - timedelta(days=days_ago)
    url = f"https://post.example/{days_ago}/{number}"
    return {"url": url, "title": f"{number}", "published": moment.isoformat(), "body": body(number)} | changes


FIRST: Final = [story(ago, n) for n, ago in enumerate(AGO)]
LATE: Final = [
    *(story(ago, 20 + n) for n, ago in enumerate(OLD)),
    {**FIRST[0], "url": "https://mail.example/copy", "published": (NOON - timedelta(days=731)).isoformat()},
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take a night of articles of many days, and then one with late articles, one of them a copy of an old one."""
    folder = tmp_path_factory.mktemp("late")
    take_unaudited(folder / "lake", [write_dump(folder / "first.jsonl", FIRST)])
    take_unaudited(folder / "lake", [write_dump(folder / "late.jsonl", LATE)])
    return folder / "lake"


def manifest(lake: Path, number: int) -> Manifest:
    return Store.open(lake, create=False).manifest(number)


def days_in(lake: Path, part: Part) -> set[date | None]:
    """Read a part's own rows, without a thought to the folder it lies in."""
    moments = pq.read_table(lake / part.path, columns=["published_at"], partitioning=None)["published_at"].to_pylist()
    assert len(moments) == part.rows
    return {moment and moment.date() for moment in moments}


def require_own_days(lake: Path, parts: tuple[Part, ...]) -> None:
    for part in parts:
        assert {part.day and date.fromisoformat(part.day)} == days_in(lake, part)
        assert f"published_date={part.day or '__HIVE_DEFAULT_PARTITION__'}" == Path(part.path).parent.name


def day(days_ago: int) -> str:
    return (NOON - timedelta(days=days_ago)).date().isoformat()


def test_every_article_lies_in_the_folder_of_its_own_day(lake: Path) -> None:
    parts = manifest(lake, 2).parts_of(ARTICLES.name)

    require_own_days(lake, parts)
    assert {*map(day, AGO), day(731)} == {part.day for part in parts}
    assert len(FIRST) + len(LATE) == sum(part.rows for part in parts)


def test_an_article_in_the_folder_of_another_day_would_be_noticed(lake: Path) -> None:
    one, other = manifest(lake, 1).parts_of(ARTICLES.name)[:2]
    mislaid = Part(one.table, other.path, one.day, other.rows, other.byte_count, other.sha256, {}, {})

    with pytest.raises(AssertionError):
        require_own_days(lake, (mislaid,))


def test_a_late_night_adds_parts_to_old_days_and_writes_no_part_again(lake: Path) -> None:
    first, second = manifest(lake, 1), manifest(lake, 2)
    gone = set(first.parts) - set(second.parts)
    added = [part for part in second.parts_of(ARTICLES.name) if part not in first.parts]

    assert {MEMBERSHIP.name} == {part.table for part in gone}  # the old article is a copy now, of one printed earlier
    assert {*map(day, OLD), day(731)} == {part.day for part in added}
    assert not verify(Store.open(lake, create=False).medium).damaged


@pytest.mark.parametrize("ago", OLD)
def test_a_question_about_an_old_day_finds_what_came_at_once_and_what_came_late(lake: Path, ago: int) -> None:
    sql = "SELECT url FROM copies WHERE published_date = $1 ORDER BY url"
    due = sorted(record["url"] for record in [*FIRST, *LATE] if record["published"].startswith(day(ago)))
    with connect(lake) as reader:
        found = reader.sql(sql, [day(ago)]).fetchall()

    assert 2 == len(due)
    assert [(url,) for url in due] == found


def test_dates_beyond_belief_are_dropped_and_their_articles_kept_undated(tmp_path: Path) -> None:
    dates = ("2300-01-01T00:00:00Z", 10_413_792_000, "0001-01-01", "9999-12-31T23:59:59-12:00")
    records = [story(n, n, published=published) for n, published in enumerate(dates)]
    report = take_unaudited(tmp_path / "lake", [write_dump(tmp_path / "odd.jsonl", records)])
    [part] = manifest(tmp_path / "lake", 1).parts_of(ARTICLES.name)
    with connect(tmp_path / "lake") as reader:
        found = reader.sql(
            "SELECT url, published_at, published_at_origin, published_date FROM copies ORDER BY url"
        ).fetchall()

    assert (len(dates), 0) == (report.total("admitted"), report.total("quarantined"))
    assert [(record["url"], None, "none", None) for record in records] == found
    require_own_days(tmp_path / "lake", (part,))
    assert part.day is None
