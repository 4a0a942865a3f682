"""Every promise has a test that carries its number, and the proofs that the README names are there."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.layering.layers import ROOT

PROMISES: Final = frozenset({*range(1, 9), 10, *range(13, 23)})
"""Those about the whole: what it stands, and what it never does."""
HEADING: Final = "## What it promises, and how that is proved"
_PATH: Final = re.compile(r"`((?:tests|flows|transforms|expectations)(?:/[\w.]+)*)(?:::(\w+))?`")


def marked(source: str) -> Iterator[int]:
    """Give the numbers of the promises that a module's tests are marked with."""
    tree = ast.parse(source)
    named = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    tests = [node for name, node in named.items() if name.lower().startswith("test")]
    if tests:
        marks = (node.value for node in tree.body if isinstance(node, ast.Assign) and _is_marks(node))
        for each in [*marks, *(decorator for test in tests for decorator in test.decorator_list)]:
            yield from _numbers(each)


def _is_marks(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _numbers(node: ast.expr) -> Iterator[int]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.promise":
            yield from (ast.literal_eval(argument) for argument in call.args)


def proofs(folder: Path) -> dict[int, set[str]]:
    """Give the test modules of each promise."""
    found: dict[int, set[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for number in marked(path.read_text("utf-8")):
            found.setdefault(number, set()).add(path.relative_to(folder).as_posix())
    return found


def promised(readme: str) -> list[str]:
    """Give the rows of the table of promises."""
    table = readme.partition(HEADING)[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if line.startswith("| ")][2:]


def missing(rows: Iterable[str], root: Path) -> list[str]:
    """Give what a table of promises names as proofs but is not there, and the rows that name none."""
    lost = []
    for row in rows:
        named = _PATH.findall(row.rpartition(" | ")[2])
        lost += [] if named else [row]
        lost += [f"{path}::{test}" if test else path for path, test in named if not _is_there(root / path, test)]
    return lost


def _is_there(path: Path, test: str) -> bool:
    return path.exists() and (not test or f"def {test}(" in path.read_text("utf-8"))


def test_every_promise_is_proved() -> None:
    found = proofs(ROOT / "tests")

    assert [] == sorted(PROMISES - found.keys())
    assert all(isinstance(number, int) and 1 <= number <= 24 for number in found)


def test_the_readme_names_proofs_that_are_there() -> None:
    rows = promised((ROOT / "README.md").read_text("utf-8"))

    assert rows
    assert [] == missing(rows, ROOT)


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("@pytest.mark.promise(3)\ndef test_a(): pass", [3]),
        ("@pytest.mark.promise(3)\n@pytest.mark.promise(4)\ndef test_a(): pass", [3, 4]),
        ("pytestmark = pytest.mark.promise(5)\ndef test_a(): pass", [5]),
        ("pytestmark = [pytest.mark.promise(5), pytest.mark.slow]\ndef test_a(): pass", [5]),
        ("pytestmark = pytest.mark.promise(5)", []),
        ("@pytest.mark.promise(3)\ndef a(): pass", []),
        ("# @pytest.mark.promise(3)\ndef test_a(): 'pytest.mark.promise(4)'", []),
    ],
)
def test_only_tests_prove_anything(source: str, numbers: list[int]) -> None:
    assert numbers == list(marked(source))


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        ("| a | `tests/layering` |", []),
        ("| a | `tests/layering/test_promises.py::test_only_tests_prove_anything`, at length |", []),
        ("| a | `tests/layering/test_vows.py` |", ["tests/layering/test_vows.py"]),
        ("| a | `tests/layering/layers.py::test_a` |", ["tests/layering/layers.py::test_a"]),
        ("| a | our word |", ["| a | our word |"]),
    ],
)
def test_a_proof_that_is_not_there_is_named(row: str, lost: list[str]) -> None:
    assert lost == missing([row], ROOT)
