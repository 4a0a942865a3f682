"""Golden cases: a folder with a dump, the articles and rejects that come of it, and a sentence that says why."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from transforms.fields import FieldMap
from transforms.normalise import normalise
from transforms.outlet import Outlet
from transforms.parse import Format, parse

FOLDER = Path(__file__).parent
CASES = sorted(path.parent for path in FOLDER.glob("*/why.md"))
FILES = {"articles.jsonl", "rejects.jsonl", "why.md"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def readable(value: Any) -> Any:
    """Value as JSON writes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode()
    return dict(value) if isinstance(value, list) and value and isinstance(value[0], tuple) else value


def assert_rows(expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Hold each row to the columns that the case names, and the rows to their number and order."""
    shown = [{name: readable(row[name]) for name in want} for want, row in zip(expected, rows, strict=False)]

    assert expected == shown
    assert len(expected) == len(rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dump_gives_the_articles_and_rejects_beside_it(case: Path) -> None:
    (dump,) = case.glob("dump.*")
    found = normalise(parse(dump.read_bytes(), Format(dump.suffix[1:]), "utf-8"), FieldMap(), Outlet("golden"))

    assert_rows(lines(case / "articles.jsonl"), found.articles.to_pylist())
    assert_rows(lines(case / "rejects.jsonl"), found.rejects.to_pylist())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_a_dump_two_tables_and_one_sentence(case: Path) -> None:
    (dump,) = case.glob("dump.*")
    why = (case / "why.md").read_text(encoding="utf-8").strip()

    assert FILES | {dump.name} == {path.name for path in case.iterdir()}
    assert why.endswith(".")
    assert "\n" not in why


def test_every_folder_is_a_case() -> None:
    assert CASES == sorted(
        path for path in FOLDER.iterdir() if path.is_dir() and path.name not in ("__pycache__", "pages")
    )


@pytest.mark.parametrize(
    "expected",
    [[], [{"title": "Other"}], [{"title": "Ferry"}, {"title": "Ferry"}], [{"title": "Ferry", "edits": {"tag": 1}}]],
)
def test_rows_unlike_the_expected_are_noticed(expected: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError):
        assert_rows(expected, [{"title": "Ferry", "edits": [("tag", 2)]}])
