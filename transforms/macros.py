"""Macros of the catalog: SQL that is too long to type each time, declared once for DuckDB and for the README."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Macro:
    """A function in SQL; one that gives a table stands after FROM."""

    name: str
    parameters: str
    """As they are declared, defaults included."""
    meaning: str
    example: str
    sql: str
    is_table: bool = False

    @property
    def kind(self) -> str:
        """What DuckDB calls it in a COMMENT statement."""
        return "MACRO TABLE" if self.is_table else "MACRO"


# RE2 knows word boundaries of ASCII alone, so a word is what no letter or digit of any script stands beside.
_EDGE: Final = r"[^\pL\pN]"

STORY_OF: Final = Macro(
    "story_of",
    "id",
    "All copies of the story that an article is of, in order of time; of its id the beginning will do",
    "FROM story_of('300138bb')",
    """
    WITH copies AS NOT MATERIALIZED ({copies})
    SELECT
        article_id, source, title, published_at, published_at_precision, relation, jaccard, containment, is_canonical,
        version, is_current, word_count, url, cluster_id, canonical_id
    FROM copies WHERE cluster_id IN (SELECT cluster_id FROM copies WHERE starts_with(article_id, id))
    ORDER BY published_at NULLS LAST, NOT is_canonical, article_id""",
    is_table=True,
)

HOST_OF: Final = Macro(
    "host_of",
    "url",
    "Host of an address, in small letters and without www.; null when it names none",
    "SELECT host_of(url), count(*) FROM copies GROUP BY ALL",
    r"""nullif(regexp_extract(lower(url), '^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(?:www\.)?([^/:?#]+)', 1), '')""",
)

MENTIONS: Final = Macro(
    "mentions",
    "text, words",
    "Whether these words stand in a text side by side, as whole words of any script, in capitals or not",
    "FROM articles WHERE mentions(text, 'night ferry')",
    rf"""regexp_matches(text, '(?i)(?:^|{_EDGE})'
        || regexp_replace(regexp_escape(trim(words)), '(?:\\ |\s)+', '\s+', 'g') || '(?:$|{_EDGE})')""",
)

SNIPPET: Final = Macro(
    "snippet",
    "text, words, around := 8",
    "The first place where these words stand in a text, with so many words to either side; null where they do not",
    "SELECT title, snippet(text, 'night ferry') FROM articles WHERE mentions(text, 'night ferry')",
    rf"""nullif(regexp_replace(regexp_extract(text, '(?i)(?:\S+\s+){{0,' || around || '}}(?:\S*{_EDGE})?'
        || regexp_replace(regexp_escape(trim(words)), '(?:\\ |\s)+', '\s+', 'g')
        || '(?:$|{_EDGE}\S*)(?:\s+\S+){{0,' || around || '}}'), '\s+', ' ', 'g'), '')""",
)

MACROS: Final = (STORY_OF, HOST_OF, MENTIONS, SNIPPET)


def macros_table() -> str:
    """Give the macros as a table in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| macro | gives | for example |"
    yield "| --- | --- | --- |"
    for macro in MACROS:
        meaning = macro.meaning[0].lower() + macro.meaning[1:]
        yield f"| `{macro.name}({macro.parameters})` | {meaning} | `{macro.example}` |"
