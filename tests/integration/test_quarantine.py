"""`broadsheet quarantine`: reasons, dumps, samples that are safe to print, suspects; and what stops a bad run."""

from pathlib import Path

import orjson
import pytest

from flows.inquiry.rejects import look_into
from flows.inquiry.rejects_sheet import rejects_sheet
from flows.inquiry.shelf import open_shelf
from flows.lake.store import Store
from flows.limits import require_room
from flows.settings import Settings
from tests.integration.nights import take_unaudited, write_dump
from tests.integration.told import Told
from transforms.errors import AuditFailed, NoRoom

STORY = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in " * 3
WALL = "Thank you for reading. To go on with this story please choose one of our plans for readers."
HOSTILE = {"title": "\x1b[2J", "body": "", "more": "\u202e\r\n" + "z" * 900}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a lake with rejects of two dumps, and a notice under four headlines that no rule knows."""
    folder = tmp_path_factory.mktemp("quarantine")
    walls = [{"title": f"Story of the {n}", "body": WALL, "url": f"https://post.example/{n}"} for n in "ABCD"]
    good = {"title": "Wall", "body": STORY}
    write_dump(folder / "dumps" / "one.jsonl", [good, HOSTILE, {"title": "Empty", "body": " "}, *walls])
    (folder / "dumps" / "two.jsonl").write_bytes(
        b'{"body": broken}\n[1, 2]\n{"body": "%b"}' % (b"Two. " + STORY.encode())
    )
    take_unaudited(folder / "lake", [folder / "dumps"])
    return folder / "lake"


def test_quarantine_is_told_by_reason_and_dump_and_nothing_in_it_moves_the_cursor(lake: Path, told: Told) -> None:
    ended = told("quarantine", "--lake", lake)

    assert 0 == ended.code
    assert "4 records of 2 dumps in quarantine, as of snapshot 1" in ended.out
    assert "2        no_text" in ended.out
    assert "\\u202e" in ended.out
    assert not {"\x1b", "\r", "\u202e"} & set(ended.out)
    assert all(len(line) <= 100 for line in ended.out.splitlines())


def test_filters_and_limits_hold_for_the_object_as_for_the_sheet(lake: Path, told: Told) -> None:
    found = told("quarantine", "--lake", lake, "--reason", "no_text", "--dump", "one.jsonl", "--limit", "1", "--json")

    seen = orjson.loads(found.out)

    assert ({"no_text": 2}, 2, 1, []) == (seen["reasons"], seen["records"], len(seen["samples"]), seen["suspects"])


def test_wrong_filters_are_answered_with_what_there_is(lake: Path, told: Told) -> None:
    wrong = told("quarantine", "--lake", lake, "--reason", "ugly")
    missing = told("quarantine", "--lake", lake, "--dump", "three.jsonl")

    assert (2, 2) == (wrong.code, missing.code)
    assert "'ugly' is no reason; there are malformed, not_an_object" in wrong.err
    assert "leave out --dump to see all dumps" in missing.err


def test_a_short_text_under_many_headlines_is_suspected(lake: Path) -> None:
    with open_shelf(Store.open(lake, create=False), None, Settings(workers=1)) as shelf:
        found = look_into(shelf, None, None, 5)
    [suspect] = found.suspects

    assert (4, 4, 1) == (suspect.titles, suspect.articles, suspect.outlets)
    assert suspect.text == WALL
    assert "4 titles, 4 articles, 1 outlets" in rejects_sheet(found)


def test_a_run_of_which_most_is_rejected_is_not_published(tmp_path: Path) -> None:
    few = write_dump(tmp_path / "few.jsonl", [{"title": "Wall", "body": STORY}, *({"body": ""} for _ in range(999))])
    with pytest.raises(AuditFailed, match=r"999 of 1,000 records \(100%\).*no_text 999; most of them in few.jsonl"):
        take_unaudited(tmp_path / "lake", [few])

    assert () == Store.open(tmp_path / "lake", create=False).numbers()
    few.write_bytes(few.read_bytes().rstrip().rpartition(b"\n")[0])  # below min_records a share means little
    assert "published" == take_unaudited(tmp_path / "lake", [few]).outcome


def test_a_disk_that_clearly_cannot_hold_the_dumps_is_named(tmp_path: Path) -> None:
    require_room(tmp_path, 1 << 20)
    with pytest.raises(NoRoom, match=r"dumps of 1,125,899,907 MB need at least 1,407,374,884 MB on the disk of /"):
        require_room(tmp_path, 1 << 50)
