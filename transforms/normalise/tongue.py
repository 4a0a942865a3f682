"""The language of a story: found in its text, or else the record's own word, or that of its outlet."""

import re
from typing import Any, Final

from transforms.language import detect
from transforms.normalise.values import Values, as_text
from transforms.outlet import Outlet

_SURE: Final = 0.5
"""Below this probability the record's own language field is believed before the model."""
_LANGUAGE: Final = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")
"""A code such as en, eng, en-GB or en_US; a name is none."""


def language_columns(values: Values, texts: list[str], outlet: Outlet) -> dict[str, Any]:
    """Give language and confidence, one value a record; no confidence where the text did not tell."""
    found = [_language(own, text, outlet.language) for own, text in zip(values["language"], texts, strict=True)]
    return {"language": [code for code, _ in found], "language_confidence": [share for _, share in found]}


def _language(own: Any, text: str, default: str | None) -> tuple[str | None, float | None]:
    code, confidence = detect(text)
    if (confidence or 0.0) >= _SURE:
        return code, confidence
    named = _LANGUAGE.match(as_text(own))
    if named:
        return named[1].lower(), None
    return (code, confidence) if code or not default else (default, None)
