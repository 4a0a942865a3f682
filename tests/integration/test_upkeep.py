"""Upkeep of a lake of real nights: going back, verifying, cleaning, compacting, by hand and on the command line."""

import re
import shutil
from pathlib import Path

import orjson
import pytest

from flows.lake.compaction import compact
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from tests.integration.nights import content, take_unaudited, write_dump
from tests.integration.told import Told, sentence

WORDS = "the council of marrick voted on monday to mend the harbour wall before the winter storms come in from the west"
GOOD = [
    {"url": "https://post.example/a", "published": "2024-01-02T03:04:05Z", "body": WORDS},
    {"url": "https://mail.example/a", "published": "2024-01-02T08:00:00Z", "body": f"{WORDS} again"},
    {"url": "https://post.example/b", "body": "nobody knows on which day the ferry to the islands will sail again"},
    {"title": "A record without a story"},
]
BAD = [
    {"url": "https://gazette.example/a", "published": "2024-01-02T01:00:00Z", "body": WORDS},
    {"url": "https://post.example/c", "published": "2024-01-03T01:00:00Z", "body": f"{WORDS} or so it is said here"},
]
LATER = [
    {"url": "https://herald.example/a", "published": "2024-01-02T00:30:00Z", "body": f"{WORDS} again and again"},
    {"url": "https://herald.example/b", "body": "the ferry to the islands will sail again and nobody knows the day"},
]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliver three dumps."""
    folder = tmp_path_factory.mktemp("landing")
    for name, records in (("good", GOOD), ("bad", BAD), ("later", LATER)):
        write_dump(folder / f"{name}.jsonl", records)
    return folder


@pytest.fixture(scope="module")
def model(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take two nights: snapshot 1 is good, snapshot 2 is not."""
    lake = tmp_path_factory.mktemp("model") / "lake"
    for name in ("good", "bad"):
        take_unaudited(lake, [landing / f"{name}.jsonl"])
    return lake


@pytest.fixture
def lake(model: Path, tmp_path: Path) -> Path:
    """Give a lake of those nights to do things to."""
    shutil.copytree(model, tmp_path / "lake", symlinks=True)
    return tmp_path / "lake"


def spoil(path: Path) -> None:
    """Change one byte in the middle, and the size not at all."""
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])


def newest_only(lake: Path) -> Path:
    """Find a part that snapshot 2 names and snapshot 1 does not."""
    store = Store.open(lake, create=False)
    older = set(store.manifest(1).parts)
    return lake / next(part.path for part in store.manifest(2).parts if part not in older)


@pytest.mark.promise(19)
def test_after_going_back_the_content_is_the_earlier_one_row_for_row(lake: Path, landing: Path, tmp_path: Path) -> None:
    take_unaudited(tmp_path / "good only", [landing / "good.jsonl"])
    bad = content(lake)
    roll_back(Store.open(lake, create=False), 1)

    assert content(lake) == content(tmp_path / "good only")
    assert content(lake) != bad


@pytest.mark.slow
def test_dumps_taken_since_are_taken_again_by_the_next_run(lake: Path, landing: Path) -> None:
    bad = content(lake)
    roll_back(Store.open(lake, create=False), 1)
    report = take_unaudited(lake, [landing / "good.jsonl", landing / "bad.jsonl"])

    assert [("good.jsonl", "replayed", 0), ("bad.jsonl", "consumed", 2)] == [
        (dump.name, dump.status, dump.admitted) for dump in report.dumps
    ]
    assert (report.outcome, report.snapshot) == ("published", 4)
    assert content(lake) == bad


@pytest.mark.slow
def test_nights_after_a_compaction_give_the_content_of_one_run(lake: Path, landing: Path, tmp_path: Path) -> None:
    take_unaudited(tmp_path / "batch", sorted(landing.iterdir()))
    before = content(lake)
    assert compact(Store.open(lake, create=False)).snapshot == 3
    assert content(lake) == before
    report = take_unaudited(lake, [landing / "bad.jsonl", landing / "later.jsonl"])

    assert ["replayed", "consumed"] == [dump.status for dump in report.dumps]
    assert content(lake) == content(tmp_path / "batch")


def test_snapshots_are_listed_oldest_first(lake: Path, told: Told) -> None:
    text, as_json = told("snapshots", "--lake", lake), told("snapshots", "--lake", lake, "--json")
    rows = orjson.loads(as_json.out)["snapshots"]

    assert (text.code, text.err, as_json.code, as_json.err) == (0, "", 0, "")
    assert [["1", "run", "3"], ["2", "run", "5"]] == [
        [line.split()[n] for n in (0, 2, 4)] for line in text.out.splitlines()[1:]
    ]
    assert [(1, "run", 3, 1), (2, "run", 5, 1)] == [
        (row["snapshot"], row["made_by"], row["copies"], row["dumps"]) for row in rows
    ]
    assert set(rows[0]) - {"content_of"} == set(text.out.split("\n", 1)[0].split())


def test_a_lake_without_a_snapshot_says_so(tmp_path: Path, told: Told) -> None:
    Store.open(tmp_path / "lake", create=True)

    assert told("snapshots", "--lake", tmp_path / "lake").out == "no snapshot yet; `broadsheet run` makes the first\n"
    assert told("snapshots", "--lake", tmp_path / "lake", "--json").out == '{"snapshots":[]}\n'
    assert told("verify", "--lake", tmp_path / "lake").code == 0
    assert told("compact", "--lake", tmp_path / "lake").out == "nothing to merge: 0 parts\n"
    assert told("clean", "--remove", "--lake", tmp_path / "lake").code == 0


@pytest.mark.promise(19)
def test_rollback_tells_what_it_published(lake: Path, told: Told) -> None:
    text = told("rollback", 1, "--lake", lake)
    as_json = told("rollback", 2, "--lake", lake, "--json")

    assert text == (0, "published snapshot 3: the content of snapshot 1\n", "")
    assert (as_json.code, orjson.loads(as_json.out), as_json.err) == (0, {"snapshot": 4, "content_of": 2}, "")
    rows = orjson.loads(told("snapshots", "--lake", lake, "--json").out)["snapshots"]
    assert [None, None, 1, 2] == [row["content_of"] for row in rows]


@pytest.mark.parametrize(("number", "why"), [("2", "readers see already"), ("9", "kept are: 1, 2"), ("x", "--help")])
def test_a_rollback_that_cannot_be_is_wrong_usage(lake: Path, told: Told, number: str, why: str) -> None:
    ended = told("rollback", number, "--lake", lake)

    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert why in ended.err


def test_a_whole_lake_verifies(lake: Path, told: Told) -> None:
    text, as_json = told("verify", "--lake", lake), told("verify", "--lake", lake, "--json")
    found = orjson.loads(as_json.out)

    assert re.fullmatch(r"2 snapshots, \d+ parts \([\d.]+ MB\), 2 kept dumps: all whole\n", text.out)
    assert (text.code, text.err, as_json.code) == (0, "", 0)
    assert {"snapshots": 2, "dumps": 2, "damaged": [], "way_back": None}.items() <= found.items()
    assert {"parts", "part_bytes"} <= found.keys()


@pytest.mark.promise(21)
def test_a_changed_byte_is_named_with_the_way_back_and_the_next_run_refuses(
    lake: Path, landing: Path, told: Told
) -> None:
    part = newest_only(lake)
    spoil(part)
    verified = told("verify", "--lake", lake)
    run = told("run", landing / "later.jsonl", "--lake", lake)

    assert verified.code == 5
    assert verified.out.startswith(f"{part.relative_to(lake)}: SHA-256 ")
    assert verified.out.endswith(" 2 kept dumps: 1 files damaged\n")
    assert "or go back with `broadsheet rollback 1`" in sentence(verified)
    assert (run.code, run.out) == (5, "")
    assert "`broadsheet verify`" in sentence(run)
    assert Store.open(lake, create=False).numbers() == (1, 2)


def test_verify_as_json_names_the_damage_on_standard_output_alone(lake: Path, told: Told) -> None:
    part = newest_only(lake)
    part.unlink()
    ended = told("verify", "--lake", lake, "--json")

    assert (ended.code, ended.err.count("\n")) == (5, 1)
    assert [{"path": str(part.relative_to(lake)), "what": "missing"}] == orjson.loads(ended.out)["damaged"]


@pytest.mark.parametrize("kind", ["part", "manifest", "older manifest", "dump"])
def test_the_way_back_that_verify_names_can_be_gone(lake: Path, told: Told, kind: str) -> None:
    manifests, dumps = sorted((lake / "snapshots").iterdir()), sorted((lake / "raw").iterdir())
    spoil({"part": newest_only(lake), "manifest": manifests[1], "older manifest": manifests[0], "dump": dumps[0]}[kind])
    ended = told("verify", "--lake", lake)
    advice = re.search(r"`broadsheet rollback (\d+)`", ended.err)

    assert ended.code == 5
    assert advice or kind != "part"
    if advice:
        done = told("rollback", advice[1], "--lake", lake)
        assert done == (0, f"published snapshot 3: the content of snapshot {advice[1]}\n", "")


def test_clean_tells_before_it_removes(lake: Path, told: Told, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[retention]\nsnapshots = 1\ndays = 0\nmin_age_hours = 24\n")
    dry = told("clean", "--lake", lake, "--settings", settings)
    dry_json = told("clean", "--lake", lake, "--settings", settings, "--json")
    expected = {"snapshots": [1], "files": [], "byte_count": 0, "removed": False}

    assert dry.code == 0
    assert dry.out.startswith("would remove 1 snapshots (1 to 1), 0 unnamed files (0.0 MB); ")
    assert dry.out.endswith(" unnamed files stay until they are 24 h old; --remove does it\n")
    assert expected.items() <= orjson.loads(dry_json.out).items()
    assert Store.open(lake, create=False).numbers() == (1, 2)

    done = told("clean", "--remove", "--lake", lake, "--settings", settings)
    assert (done.code, done.out.split(",")[0]) == (0, "removed 1 snapshots (1 to 1)")
    assert Store.open(lake, create=False).numbers() == (2,)


def test_compact_tells_how_many_parts_became_how_many(lake: Path, told: Told) -> None:
    before = len(Store.open(lake, create=False).manifest(2).parts)
    done = told("compact", "--lake", lake, "--json")
    after = len(Store.open(lake, create=False).manifest(3).parts)
    again = told("compact", "--lake", lake)
    told("rollback", 2, "--lake", lake)
    text = told("compact", "--lake", lake)

    assert (done.code, done.err) == (0, "")
    assert {"parts_before": before, "parts_after": after, "snapshot": 3} == orjson.loads(done.out)
    assert again == (0, f"nothing to merge: {after} parts\n", "")
    assert text == (0, f"published snapshot 5: {before} parts made {after}\n", "")


@pytest.mark.parametrize(
    "command", [["snapshots"], ["rollback", 1], ["verify"], ["clean"], ["compact"], ["query", "x"]]
)
def test_where_there_is_no_lake_nothing_is_made(tmp_path: Path, told: Told, command: list[object]) -> None:
    ended = told(*command, "--lake", tmp_path / "nowhere")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"broadsheet: there is no lake at {tmp_path}/nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_an_age_floor_below_a_day_is_wrong_usage(lake: Path, told: Told, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[retention]\nmin_age_hours = 23\n")
    ended = told("clean", "--remove", "--lake", lake, "--settings", tmp_path / "settings.toml")

    assert (ended.code, ended.out) == (2, "")
    assert "setting 'retention.min_age_hours': input should be greater than or equal to 24" in ended.err
