"""How words are told apart and made alike, the same for articles and for questions."""

import re
from typing import Final

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

NAME: Final = "news"
_LONGEST_WORD: Final = 80
_UNSPACED: Final = frozenset({"zh", "ja", "th"})
_SIGN: Final = re.compile(r"([\u0E00-\u0E7F\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF])")


def analyzer() -> TextAnalyzer:
    """Make words of letters and digits: in small letters, without accents, cut to their English stems.

    One stem for all languages: others lose little by it, and a question does not say which language it is in.
    """
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for each in (
        Filter.remove_long(_LONGEST_WORD),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stemmer("English"),
    ):
        builder = builder.filter(each)
    return builder.build()


def spread(text: str, language: str | None) -> str:
    """Set the signs of a script that knows no blanks apart, so that each is a word."""
    return _SIGN.sub(r" \1 ", text) if language in _UNSPACED else text


def spread_question(question: str) -> str:
    """Set such signs apart in a question, and ask for those that stood together as a phrase."""
    runs = re.compile(f"(?:{_SIGN.pattern})+")
    return runs.sub(lambda run: '"' + _SIGN.sub(r" \1 ", run[0]).strip() + '"', question)
