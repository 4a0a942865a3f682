"""What analysts may rely on, and what a night may not be: read these modules top to bottom.

A critical promise that is broken stops the night; a broken warning is published, and shown. A critical promise about
rows in new words has every row examined once: no earlier audit held the lake to it.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from expectations.promise import Promise
from expectations.promises import accounting, articles, breakers, copies, sources
from expectations.thresholds import Thresholds, load_thresholds
from transforms.errors import UsageError


def promises(limits: Thresholds) -> tuple[Promise, ...]:
    """Give every promise, those of a table together."""
    return (
        *articles.articles(),
        *articles.dates(limits),
        *articles.tonights_articles(limits),
        *sources.tonights_articles(),
        *copies.membership(),
        *copies.clusters(),
        *accounting.deliveries(),
        *copies.pairs(),
        *accounting.quarantine(),
        *accounting.dumps(limits),
        *sources.volume(limits),
        *sources.freshness(limits),
        *sources.drift(limits),
        *sources.damage(limits),
        *breakers.breakers(limits),
    )


def require_known(names: Iterable[str]) -> None:
    """Raise UsageError for a name that no promise has."""
    known = {each.name for each in promises(load_thresholds())}
    for name in set(names).difference(known):
        meant = "".join(f"; did you mean {close}?" for close in get_close_matches(name, known, 1))
        raise UsageError(f"there is no expectation {name!r}{meant or '.'} The audit's names are in the view `audits`")


def promises_table() -> str:
    """Write every promise as a Markdown table, as the README has it."""
    rows = [f"| `{each.name}` | {each.severity} | {each.words} |" for each in promises(load_thresholds())]
    return "\n".join(["| name | severity | promise |", "| --- | --- | --- |", *rows]) + "\n"
