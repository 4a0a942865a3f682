"""The rules that rows are made under, cleaning, features and the pair rule: their version, and what each changed."""

from collections.abc import Mapping
from typing import Final

NOTES: Final[Mapping[int, tuple[str, ...]]] = {
    2: ("A number or a boolean in a text field is no story any more: such records go to quarantine.",),
    3: (
        "Texts meet by their passages, too, so that a brief is found in the story that it was cut from.",
        "The table of rules names what two articles are to each other in more cases.",
    ),
    4: (
        "Fields are mapped for html, summary, dateline, agency and updated; an article with a summary alone is marked.",
        "Dates say in which zone they were and how exact they are; articles have a place and an agency.",
    ),
    5: (
        "Web pages, feeds, wire formats and mail are read, and articles are taken out of the answers around them.",
        "What a record leaves out is filled from its page.",
        "Dates are read in more styles and languages, addresses see through AMP, archives and mobile hosts.",
        "Headlines are cleaned, a text without a letter is none, and more names of fields are known.",
    ),
}
"""A sentence for whatever a version changed in the rows, by version. A change to the rules adds the next one here."""

RULES_VERSION: Final = max(NOTES)
"""Raised with every change to cleaning, features or the pair rule that may change a row."""


def changes_since(version: int | None) -> list[str]:
    """Give what has changed since a version, oldest first; of one that is not known, nothing can be said."""
    if version is None:
        return []
    return [sentence for number in sorted(NOTES) if number > version for sentence in NOTES[number]]
