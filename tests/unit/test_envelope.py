"""Articles inside an answer: taken out where the record around them tells no story, and only there."""

from typing import Any

from transforms.fields import FieldMap
from transforms.parse import Malformed, Record
from transforms.parse.envelope import opened

STORY = "The ferry was laid up on Monday."


def fields_of(*given: dict[str, Any]) -> list[dict[str, Any]]:
    records = [Record(0, 7, b"raw", fields) for fields in given]
    found = list(opened(records, FieldMap()))
    assert [record.number for record in found] == list(range(len(found)))
    return [record.fields for record in found if isinstance(record, Record)]


def test_a_record_that_tells_its_story_is_left_as_it_is() -> None:
    record = {"body": STORY, "related": [{"body": "Another story."}]}

    assert [record] == fields_of(record)


def test_each_article_of_an_answer_is_a_record_of_its_own() -> None:
    answer = {"status": "ok", "articles": [{"title": "A", "content": STORY}, {"title": "B", "content": STORY}]}

    assert answer["articles"] == fields_of(answer)


def test_an_inner_record_takes_over_what_stands_around_it() -> None:
    hit = {"_id": "7", "_score": 1.5, "_source": {"body": STORY, "_score": 2}}

    assert [{"_id": "7", "_score": 2, "body": STORY}] == fields_of(hit)


def test_articles_filed_under_their_ids_take_nothing_over_from_each_other() -> None:
    filed = {"a1": {"body": STORY, "title": "A"}, "b2": {"body": "B"}}

    assert [{"body": STORY, "title": "A"}, {"body": "B"}] == fields_of(filed)


def test_a_table_written_column_by_column_is_read_row_by_row() -> None:
    table = {"title": {"0": "A", "1": "B"}, "text": {"0": STORY, "1": None}}

    assert [{"title": "A", "text": STORY}, {"title": "B", "text": None}] == fields_of(table)


def test_layers_are_opened_one_after_the_other() -> None:
    answer = {"response": {"results": [{"webTitle": "A", "fields": {"bodyText": STORY}}]}}

    assert [{"webTitle": "A", "bodyText": STORY}] == fields_of(answer)


def test_what_holds_no_story_anywhere_stays_one_record() -> None:
    record = {"status": "ok", "articles": [], "page": {"number": 1}}

    assert [record] == fields_of(record)


def test_records_are_numbered_anew_and_keep_the_place_of_what_they_came_in() -> None:
    answer = {"articles": [{"body": STORY}, {"body": "B"}]}
    broken = Malformed(1, 30, b"{", "malformed", "broken")  # type: ignore[arg-type]
    found = list(opened([Record(0, 7, b"raw", answer), broken], FieldMap()))

    assert [(0, 7), (1, 7), (2, 30)] == [(each.number, each.offset) for each in found]
    assert [b'{"body":"The ferry was laid up on Monday."}', b'{"body":"B"}', b"{"] == [each.raw for each in found]


def test_a_wide_and_deep_record_is_opened_in_time_with_its_size() -> None:
    inner: dict[str, Any] = {}
    for _ in range(40):
        inner = {f"field_{i}": {"x": {}} for i in range(1_000)} | {"deeper": inner}

    assert [inner] == fields_of(inner)
