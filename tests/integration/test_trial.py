"""A dry run tells what a run would change, and leaves not a byte of the lake otherwise."""

from concurrent.futures import Executor
from functools import partial
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from flows import trial as description
from flows.lake.store import Store
from flows.settings import Settings
from flows.trial import try_run
from flows.work.drivers import PlainDriver
from tests.integration.nights import Unaudited, write_dump
from tests.integration.told import Told

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
STORY = {"url": "https://post.example/new", "body": "the council of marrick voted on monday to mend the harbour wall"}


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Give every file and link of a folder, when it was written to, and a digest of it."""
    paths = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    return {str(path): (path.lstat().st_mtime_ns, sha256(path.read_bytes()).hexdigest()) for path in paths}


def test_it_tells_what_a_run_would_do_and_touches_nothing_even_of_a_lake_that_is_held(
    sample_lake: Path, tmp_path: Path
) -> None:
    settings = Settings(lake=str(sample_lake), workers=1)
    dump = write_dump(tmp_path / "new.jsonl", [STORY, {"title": "no story"}])
    with Store.open(sample_lake, create=False).writer(), PlainDriver(1) as driver:
        before = tree(sample_lake)
        found = try_run([dump], settings, driver, auditor=Unaudited())
        again = try_run([SAMPLES / "night-1"], settings, driver, auditor=Unaudited())
        assert before == tree(sample_lake)

    assert ("would be published", {"canonical": 1}, 0) == (found.report.outcome, found.relations, found.moved)
    assert ["post.example"] == [each.source for each in found.articles]
    assert ["no_text"] == [each.reason for each in found.rejects]
    assert ("nothing new", False) == (again.report.outcome, again.is_judged)


def test_a_lake_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "new.jsonl", [STORY])
    with PlainDriver(1) as driver:
        found = try_run([dump], Settings(lake=str(tmp_path / "lake"), workers=1), driver, auditor=Unaudited())

    assert 1 == found.report.total("admitted")
    assert [dump] == list(tmp_path.iterdir())


def test_the_command_line_ends_as_the_run_would(
    tmp_path: Path, told: Told, auditor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "try_run", partial(try_run, auditor=auditor))
    (tmp_path / "settings.toml").write_text(f'lake = "{tmp_path}/lake"\n[quarantine]\nmax_share = 0.1\nmin_records = 1')
    good = write_dump(tmp_path / "good.jsonl", [STORY])
    bad = write_dump(tmp_path / "bad.jsonl", [STORY, {"body": ""}])
    options = ("--dry-run", "--settings", tmp_path / "settings.toml")
    passed, refused = told("run", good, *options), told("run", bad, *options)
    as_json = orjson.loads(told("run", good, *options, "--json").out)

    assert (0, "") == (passed.code, passed.err)
    assert "new articles by their relation to the canonical copy: canonical 1\n" in passed.out
    assert passed.out.endswith(f"would be published: the lake {tmp_path}/lake stays as it was\n")
    assert 3 == refused.code
    assert "1 of 2 records (50%) would be quarantined" in refused.err
    assert {"passed"} == {each["status"] for each in as_json["audit"] if each["severity"] == "critical"}
    assert not (tmp_path / "lake").exists()
