"""The command line as a person meets it: one sentence when something is wrong, and the exit code that says what."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from flows.lake.store import Store
from tests.integration.nights import write_dump
from tests.integration.told import Ended, Told, sentence

PROJECT = Path(__file__).parents[2]
STORY = {
    "title": "Harbour wall",
    "body": "The council of Marrick voted on Monday to mend the harbour wall.",
}


def broadsheet(*arguments: object, cwd: Path = PROJECT) -> Ended:
    """Run one command in a process of its own."""
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "COLUMNS": "120"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, env=environment)
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_sentence_of_two_lines_would_be_noticed() -> None:
    with pytest.raises(ValueError, match="too many values"):
        sentence(Ended(2, "", "broadsheet: a\nbroadsheet: b\n"))


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = broadsheet("run", tmp_path / "nowhere", "--lake", tmp_path / "lake")

    assert 2 == result.code
    assert f"broadsheet: {tmp_path}/nowhere: No such file or directory; check the path" == sentence(result)


def test_a_folder_that_is_no_lake_is_left_alone(tmp_path: Path, told: Told) -> None:
    dump = write_dump(tmp_path / "mine" / "dump.jsonl", [STORY])
    result = told("run", dump, "--lake", tmp_path / "mine")

    assert 2 == result.code
    assert "is not a lake" in sentence(result)
    assert [dump] == list((tmp_path / "mine").iterdir())


def test_an_unknown_setting_is_named_with_the_nearest_known_one(tmp_path: Path, told: Told) -> None:
    (tmp_path / "settings.toml").write_text("landin = 'x'\n")
    result = told("run", "--settings", tmp_path / "settings.toml")

    assert 2 == result.code
    assert "unknown setting 'landin'; did you mean 'landing'?" in sentence(result)


def test_a_lake_that_another_run_holds_is_busy(tmp_path: Path, told: Told) -> None:
    dump = write_dump(tmp_path / "dump.jsonl", [STORY])
    with Store.open(tmp_path / "lake", create=True).writer():
        result = told("run", dump, "--lake", tmp_path / "lake")

    assert 4 == result.code
    assert "another run" in sentence(result)


def test_a_lake_with_a_changed_manifest_is_damaged(tmp_path: Path, told: Told) -> None:
    Store.open(tmp_path / "lake", create=True)
    (tmp_path / "lake" / "snapshots" / "000001.json").write_text("{}")
    result = told("query", "SELECT 1", "--lake", tmp_path / "lake")

    assert 5 == result.code
    assert "000001.json is damaged" in sentence(result)


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nothing", "COPY articles TO 'x.csv'", "SELECT 1; SELECT 2"])
def test_a_question_that_cannot_be_answered_gets_a_sentence(tmp_path: Path, told: Told, sql: str) -> None:
    Store.open(tmp_path / "lake", create=True)
    result = told("query", sql, "--lake", tmp_path / "lake")

    assert (2, "") == (result.code, result.out)
    assert sentence(result).startswith("broadsheet: ")


@pytest.mark.slow
def test_a_source_of_the_settings_names_its_files_and_their_fields(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(
        'lake = "lake"\n[sources."Marrick Mail"]\nfiles = ["mail-*"]\nfields = { text = ["prose"], title = ["hed"] }\n'
    )
    write_dump(tmp_path / "landing" / "mail-1.jsonl", [{"hed": STORY["title"], "prose": STORY["body"], "mood": "calm"}])
    write_dump(tmp_path / "landing" / "other.jsonl", [STORY])
    result = broadsheet("run", "landing", "--source", "Somebody", "--json", cwd=tmp_path)
    answer = broadsheet("query", "SELECT source, title FROM copies ORDER BY source", "--json", cwd=tmp_path)

    assert 0 == result.code, result.err
    assert {"Marrick Mail": {"mood": 1}} == orjson.loads(result.out)["unused_fields"]
    assert [{"source": "Marrick Mail", "title": STORY["title"]}, {"source": "Somebody", "title": STORY["title"]}] == (
        orjson.loads(answer.out)
    )


@pytest.mark.slow
def test_json_leaves_standard_output_to_one_object_and_standard_error_empty(tmp_path: Path) -> None:
    result = broadsheet("run", write_dump(tmp_path / "a.jsonl", [STORY]), "--lake", tmp_path / "lake", "--json")

    assert (0, "") == (result.code, result.err)
    assert {"admitted": 1, "outcome": "published"}.items() <= orjson.loads(result.out).items()


def test_a_landing_folder_that_is_not_there_is_named_as_such(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = told("run")

    assert 2 == result.code
    assert "data/landing, the landing folder, is not there: put dumps there, or name some" in sentence(result)
