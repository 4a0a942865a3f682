"""Golden pages: a page, what is to be read from it, and a sentence that says why."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from transforms.page import Extractor, read_page

CASES = sorted(path.parent for path in (Path(__file__).parents[2] / "golden" / "pages").glob("*/why.md"))


def golden(case: Path) -> dict[str, Any]:
    page: dict[str, Any] = json.loads((case / "page.json").read_text(encoding="utf-8"))
    return {**page, "text": "\n".join(page["text"]), "authors": tuple(page["authors"])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_gives_its_story_and_what_it_says_about_it(case: Path) -> None:
    expected = golden(case)

    page = read_page((case / "page.html").read_bytes(), expected.pop("url"))

    assert expected == asdict(page)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_swift_way_has_the_whole_story_too_and_all_that_is_declared(case: Path) -> None:
    expected = golden(case)

    page = asdict(read_page((case / "page.html").read_bytes(), expected.pop("url"), Extractor.SPEED))

    assert expected.pop("text") in page.pop("text")
    assert expected == page
