"""Two runs past the lock: both publish, one upon the other, and together they are as one run over all dumps."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import run as description
from flows.lake import connect
from flows.lake.integrity import verify
from flows.lake.store import Store
from tests.integration.nights import content, take_unaudited, write_dump
from transforms.errors import CommitConflict

BODY = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in " * 3
STORY = {"title": "Harbour wall", "url": "https://post.example/a", "body": BODY}
NEARLY = {**STORY, "url": "https://mail.example/a", "body": f"{BODY} again"}
REJECT = {"title": "No story"}
_UNRELATED = [{"url": f"https://post.example/{n}", "body": BODY.replace("e", f"e{n}")} for n in range(9)]


class Overtaken:
    """A hook that lets another run publish just before each of the next few manifests gets its number."""

    def __init__(self, lake: Path, *others: list[Path]) -> None:
        self.lake = lake
        self.others = list(others)
        self.snapshots: list[int | None] = []

    def __call__(self, operation: str, paths: tuple[Path, ...], perform: Callable[[], object], /) -> None:
        """Remove the lock, as a careless operator would, and run."""
        if operation == "link" and paths[-1].parent.name == "snapshots" and self.others:
            (self.lake / "lock").unlink()
            self.snapshots.append(take_unaudited(self.lake, self.others.pop(0)).snapshot)
        perform()


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Give the place of a lake that has one snapshot."""
    take_unaudited(tmp_path / "lake", [dump(tmp_path, "first", _UNRELATED[0])])
    return tmp_path / "lake"


def dump(folder: Path, name: str, *records: dict[str, Any]) -> Path:
    return write_dump(folder / "landing" / f"{name}.jsonl", list(records))


def require_sound(lake: Path, *dumps: str) -> None:
    """Require that the lake holds what one run over the dumps makes, with nothing lost, left over, or out of date."""
    landing, batch = lake.parent / "landing", lake.parent / "batch"
    take_unaudited(batch, [landing / f"{name}.jsonl" for name in dumps])
    store = Store.open(lake, create=False)
    newest = store.current()
    with connect(lake) as reader, duckdb.connect(lake / "catalog.duckdb", read_only=True) as catalog:
        shown = catalog.execute("SELECT count(*), max(snapshot) FROM runs").fetchall()
        kept = {name for (name,) in reader.sql("SELECT raw_name FROM dumps WHERE status = 'consumed'").fetchall()}

    assert newest
    assert store.numbers() == tuple(range(1, newest.number + 1))
    assert content(lake) == content(batch)
    assert shown == [(newest.number, newest.number)]
    assert store.medium.shown() == newest.number
    assert {path.name for path in (lake / "raw").iterdir()} == kept
    assert not list((lake / "tmp").iterdir())


@pytest.mark.promise(6)
def test_a_run_that_was_overtaken_publishes_upon_the_other(lake: Path) -> None:
    mine = dump(lake.parent, "mine", STORY, REJECT, _UNRELATED[1])
    other = Overtaken(lake, [dump(lake.parent, "other", NEARLY, REJECT, _UNRELATED[2])])
    report = take_unaudited(lake, [mine], other)

    assert [2] == other.snapshots
    assert ("published", 3, 2) == (report.outcome, report.snapshot, report.total("admitted"))
    assert {"near": 1} == report.pairs
    require_sound(lake, "first", "mine", "other")


@pytest.mark.promise(6)
@pytest.mark.slow
def test_a_run_may_be_overtaken_again_and_again(lake: Path) -> None:
    others = [[dump(lake.parent, f"other-{n}", _UNRELATED[n], NEARLY if n == 2 else _UNRELATED[8])] for n in (1, 2, 3)]
    report = take_unaudited(lake, [dump(lake.parent, "mine", STORY, REJECT)], Overtaken(lake, *others))

    assert ("published", 5) == (report.outcome, report.snapshot)
    require_sound(lake, "first", "mine", "other-1", "other-2", "other-3")


@pytest.mark.slow
@pytest.mark.promise(6)
def test_two_runs_that_make_a_lake_at_once_both_publish(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    other = Overtaken(lake, [dump(tmp_path, "other", NEARLY)])
    report = take_unaudited(lake, [dump(tmp_path, "mine", STORY)], other)

    assert ([1], 2) == (other.snapshots, report.snapshot)
    require_sound(lake, "mine", "other")


@pytest.mark.promise(6)
def test_a_dump_that_both_runs_bring_is_taken_once(lake: Path) -> None:
    both, mine = dump(lake.parent, "both", STORY, REJECT), dump(lake.parent, "mine", NEARLY)
    report = take_unaudited(lake, [both, mine], Overtaken(lake, [both]))

    assert ["replayed", "consumed"] == [each.status for each in report.dumps]
    assert (3, 1, 2, 0) == tuple(report.total(n) for n in ("records_read", "admitted", "replayed", "quarantined"))
    require_sound(lake, "first", "both", "mine")


@pytest.mark.slow
def test_the_same_content_packed_in_two_ways_is_kept_as_the_winner_brought_it(lake: Path) -> None:
    plain = dump(lake.parent, "both", STORY, REJECT)
    packed = [plain.with_name(f"{level}.gz") for level in (1, 9)]
    for path in packed:
        path.write_bytes(gzip.compress(plain.read_bytes() * 20, compresslevel=int(path.stem), mtime=0))
    take_unaudited(lake, packed[:1], Overtaken(lake, packed[1:]))

    assert not verify(Store.open(lake, create=False).medium).damaged


@pytest.mark.slow
def test_a_run_whose_dumps_were_all_taken_by_the_other_has_nothing_new(lake: Path) -> None:
    both = dump(lake.parent, "both", STORY, REJECT)
    report = take_unaudited(lake, [both], Overtaken(lake, [both]))

    assert ("nothing new", None) == (report.outcome, report.snapshot)
    require_sound(lake, "first", "both")


@pytest.mark.slow
def test_a_run_that_is_overtaken_every_time_gives_up_and_leaves_the_others_whole(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "MOST_ATTEMPTS", 2)
    others = [[dump(lake.parent, f"other-{n}", _UNRELATED[n])] for n in (1, 2)]
    mine = dump(lake.parent, "mine", STORY)
    with pytest.raises(CommitConflict, match="2 times another run published first"):
        take_unaudited(lake, [mine], Overtaken(lake, *others))

    assert 3 == len(Store.open(lake, create=False).numbers())
    assert not list((lake / "tmp").iterdir())
    assert ("published", 4) == ((report := take_unaudited(lake, [mine])).outcome, report.snapshot)
    require_sound(lake, "first", "mine", "other-1", "other-2")
