"""Small measures of a text: its language, and its bytes by class."""

import pyarrow as pa
import pytest

from transforms.language import detect
from transforms.quality import count_bytes

ENGLISH = "The ferry was laid up on Monday after a crack was found in its hull, the harbour master said."
GERMAN = "Die F\u00e4hre wurde am Montag stillgelegt, nachdem im Rumpf ein Riss gefunden worden war."


@pytest.mark.parametrize(("text", "expected"), [(ENGLISH, "en"), (GERMAN, "de")])
def test_the_language_of_a_lead_is_found(text: str, expected: str) -> None:
    code, confidence = detect(text)

    assert (expected, True) == (code, confidence is not None and 0.5 < confidence <= 1.0)


@pytest.mark.parametrize("text", ["", "12 345", "Ferry", "a\nb\nc", "Photos: Agency", "7 " * 400])
def test_a_text_too_short_to_tell_has_no_language(text: str) -> None:
    assert detect(text) == (None, None)


def test_a_dateline_in_capitals_and_another_language_does_not_matter() -> None:
    assert detect("MÜNCHEN/STUTTGART, 7. FEBRUAR (DPA) - " + ENGLISH * 5)[0] == "en"


def test_a_language_is_the_same_each_time_and_looks_at_the_lead_only() -> None:
    assert detect(ENGLISH * 4) == detect(ENGLISH * 4 + GERMAN * 50)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_bytes_are_counted_by_class(kind: pa.DataType) -> None:
    texts = pa.array(["", "Ab1\n2", "\u00c9t\u00e9 \u0663"], kind)

    assert [[0, 0, 0, 0], [2, 1, 1, 5], [0, 0, 0, 8]] == count_bytes(texts).tolist()
    assert [[2, 1, 1, 5]] == count_bytes(texts.slice(1, 1)).tolist()


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_texts_without_a_byte_have_nothing_to_count(texts: list[str]) -> None:
    assert [[0] * 4] * len(texts) == count_bytes(pa.array(texts, pa.string())).tolist()
