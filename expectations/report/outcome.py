"""What came of a night, in words: the same on its page and in the index."""

from typing import Final, Literal

Outcome = Literal["published", "warned", "accepted", "refused"]

WORDS: Final[dict[Outcome, str]] = {
    "published": "Published",
    "warned": "Published with warnings",
    "accepted": "Published, failures accepted",
    "refused": "Refused by the audit",
}


def outcome(verdict: str, *, is_refused: bool, has_accepted: bool) -> Outcome:
    """Say what came of a night with this verdict of its audit."""
    if is_refused:
        return "refused"
    if has_accepted:
        return "accepted"
    return "warned" if verdict == "warned" else "published"
