"""The README is true: its commands are run, its Python too, and what they print is what it shows."""

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import pytest

from expectations.promises import promises_table
from flows import run as description
from tests.integration.told import Told
from transforms.cleaning.table import rules_table
from transforms.dictionary import markdown
from transforms.macros import macros_table
from transforms.parse.formats import formats_table

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text("utf-8")
DEMO = "data/demo-lake"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _shown() -> list[tuple[str, str]]:
    """Each command of the console blocks, in order, with the output shown under it."""
    pieces = [re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in _blocks("console")]
    commands = [piece.partition("\n") for block in pieces for piece in block]
    return [(command, output) for command, _, output in commands]


def _steady(output: str) -> str:
    """Leave out what differs from run to run: seconds, moments and the ids of runs."""
    output = re.sub(r" in \d+\.\d s:", " in N s:", output)
    output = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "MOMENT", output)
    return re.sub(r"(?:\d{4}-\d\d-\d\d-)?\d{8}T\d{6}-[0-9a-f]{8}", "RUN", output).strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder where the commands of the README work, without touching the demo lake of this one."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").mkdir()
    (folder / "data" / "samples").symlink_to(PROJECT / "data" / "samples")
    return folder


_TELL = r'printf "%s\0" "$@"'
"""A program that tells its arguments."""


def _in_a_shell(command: str, program: str, folder: Path) -> str:
    """Let a shell run a command, `broadsheet` being this program of one line."""
    path = folder / "bin" / "broadsheet"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o755)
    environment = {"PATH": f"{path.parent}:/usr/bin:/bin", "COLUMNS": "120"}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S602
    assert bool(done.returncode) == bool(done.stderr), command
    return done.stdout + done.stderr


def _printed_as_shown(run: Callable[[str], str]) -> None:
    for command, shown in _shown():
        printed = run(command)
        if shown.strip() != "...":
            assert _steady(shown) == _steady(printed), command


def test_every_command_prints_what_the_readme_shows(
    project: Path, told: Told, auditor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell gives the arguments; commands and audits are run here, and what they print is piped on."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(description, "run", partial(description.run, auditor=auditor))

    def run(command: str) -> str:
        if not command.startswith("broadsheet"):
            return _in_a_shell(command, _TELL, project)
        own, _, piped = command.partition(" | ")
        *arguments, rest = _in_a_shell(own, _TELL, project).split("\0")
        ended = told(*arguments)
        assert (bool(ended.err), "") == (bool(ended.code), rest), command
        if not piped:
            return ended.out + ended.err
        return subprocess.run(piped, shell=True, input=ended.out, capture_output=True, text=True, check=True).stdout  # noqa: S602

    _printed_as_shown(run)


@pytest.mark.slow
def test_every_command_prints_it_as_a_program_too(project: Path) -> None:
    elsewhere = project / "again"
    (elsewhere / "data").mkdir(parents=True)
    (elsewhere / "data" / "samples").symlink_to(PROJECT / "data" / "samples")
    program = f'PYTHONPATH={PROJECT} exec {sys.executable} -m flows.cli "$@"'
    _printed_as_shown(lambda command: _in_a_shell(command, program, elsewhere))


def test_the_python_of_the_readme_runs(project: Path) -> None:
    for block in _blocks("python"):
        done = subprocess.run([sys.executable, "-c", block], cwd=project, capture_output=True, text=True, check=True)
        assert "kestrelwire.example" in done.stdout


def test_the_demo_is_the_commands_that_the_readme_shows() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8").replace("$(LAKE)", DEMO).replace("$$(", "$(")
    demo = re.findall(r"^\t\$\(BIN\)/(broadsheet .*)$", makefile, re.MULTILINE)

    assert demo == [command for command, _ in _shown()[: len(demo)]]


def test_a_changed_figure_in_the_readme_would_be_noticed() -> None:
    output = "published snapshot 1 (passed) in 3.2 s: 24 articles"

    assert _steady(output) == _steady(output.replace("3.2", "99.9"))
    assert _steady(output) != _steady(output.replace("24", "25"))


def test_the_table_of_formats_is_the_declared_one() -> None:
    assert formats_table() in README


def test_the_table_of_cleaning_rules_is_the_declared_one() -> None:
    assert rules_table() in README


def test_the_table_of_promises_is_the_declared_one() -> None:
    assert promises_table() in README


def test_the_data_dictionary_is_the_declared_one() -> None:
    assert markdown().strip() in README


def test_the_table_of_macros_is_the_declared_one() -> None:
    assert macros_table() in README


def test_every_setting_in_the_readme_is_accepted_and_none_of_a_source_is_left_out(tmp_path: Path) -> None:
    from flows.settings import load_settings  # noqa: PLC0415
    from flows.sources.settings import Source  # noqa: PLC0415

    [example] = _blocks("toml")
    (tmp_path / "broadsheet.toml").write_text(example)

    settings = load_settings(tmp_path / "broadsheet.toml")

    assert set(Source.model_fields) == settings.sources["The Harbour Post"].model_fields_set


def test_every_command_has_its_place_in_the_readme() -> None:
    from flows.cli import app  # noqa: PLC0415

    names = [command.callback.__name__ for command in app.registered_commands if command.callback]

    assert [] == [name for name in names if f"broadsheet {name}" not in README]
