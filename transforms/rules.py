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
        "Web pages, their archives, feeds, wire formats and mail are read, and articles in answers of news interfaces.",
        "What a record leaves out is filled from its page or the metadata of one; more names of fields are known.",
        "Lines that lead elsewhere, advertisement markers, captions that say so and bare code are removed.",
        "Repeated paragraphs are dropped, hard-wrapped lines joined, broken quotes repaired.",
        "Bylines, datelines and agency credits leave the text for columns of their own.",
        "Dates are read in more styles and languages, with their zone and precision, none after 2099.",
        "Addresses see through AMP, archives, print views and mobile hosts.",
        "A text without a letter is none; a summary stands in for a text that was not delivered, and is marked.",
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
