"""Field names: which field of a record fills what, and which fills nothing."""

from typing import Any

import pytest

from transforms.fields import ALIASES, FieldMap, is_empty
from transforms.normalise.values import values_of
from transforms.parse import Record


def filled(fields: dict[str, Any], extra: dict[str, tuple[str, ...]] | None = None) -> dict[str, Any]:
    """Target to value, for the targets that this record fills."""
    columns = values_of([Record(0, None, b"", fields)], FieldMap(extra or {})).columns
    return {target: value for target, (value,) in columns.items() if value is not None}


@pytest.mark.parametrize(("target", "name"), [(target, name) for target, names in ALIASES.items() for name in names])
def test_every_usual_name_fills_its_target(target: str, name: str) -> None:
    assert {target: "x"} == filled({name: "x"})


@pytest.mark.parametrize("name", ["articleBody", "ARTICLE_BODY", "Article Body", "article-body"])
def test_spelling_does_not_matter(name: str) -> None:
    assert {"text": "x"} == filled({name: "x"})


def test_no_usual_name_stands_for_two_targets() -> None:
    names = [name.replace("_", "") for group in ALIASES.values() for name in group]

    assert sorted(set(names)) == sorted(names)


def test_the_better_name_wins_and_an_empty_one_gives_way() -> None:
    assert {"text": "long"} == filled({"content": "short", "text": "long"})
    assert {"text": "short"} == filled({"content": "short", "text": " \n", "body": None})


def test_names_from_the_settings_go_before_the_usual_ones() -> None:
    assert {"text": "b"} == filled({"text": "a", "Inhalt": "b"}, {"text": ("inhalt",)})


def test_names_in_other_scripts_are_told_apart() -> None:
    assert {"text": "story"} == filled(
        {
            "\u0433\u043b\u0430\u0432\u0430": "headline",
            "\u043f\u043e\u0432\u0435\u0441\u0442\u044c": "story",
        },
        {"text": ("\u043f\u043e\u0432\u0435\u0441\u0442\u044c",)},
    )


def test_fields_that_fill_nothing_are_left_over_in_their_order() -> None:
    assert FieldMap().plan(("mood", "text", "body", "weather")).unused == ("mood", "weather")


def test_accents_do_not_matter() -> None:
    assert {"title": "x", "text": "y"} == filled({"T\u00edtulo": "x", "Contenu": "y"})


def test_a_plan_is_made_once_for_a_set_of_fields() -> None:
    fields = FieldMap()

    assert fields.plan(("text",)) is fields.plan(("text",))


def test_columns_without_a_text_are_noticed() -> None:
    assert [True, False] == [FieldMap().has_story(columns) for columns in (("id", "body"), ("id", "title"))]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, True), ("", True), (" \n\xa0", True), ([], True), ({}, True), (0, False), (False, False), ("0", False)],
)
def test_a_field_that_says_nothing_is_empty(value: object, expected: bool) -> None:
    assert expected is is_empty(value)
