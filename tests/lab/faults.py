"""Ten faults of ten nights: what one paper does to its file, and which expectations are to say so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import orjson

from tests.lab.papers import FIRST_DAY, Paper, Record, lines, stories

File = Callable[[Paper, date, np.random.Generator, list[Record]], bytes | None]
"""Makes a night's file of what would have been sent; None sends nothing."""

_WEEK: Final = timedelta(days=7)
_FLOOD: Final = 400
_GERMAN_WHO: Final = (
    "Die Stadt",
    "Der Verein",
    "Eine Sprecherin",
    "Der Minister",
    "Die Polizei",
    "Das Gericht",
    "Die Schule",
)
_GERMAN_DID: Final = ("hat beschlossen, dass", "teilte mit, dass", "bestätigte am Abend, dass", "rechnet damit, dass")
_GERMAN_WHAT: Final = ("die neue Brücke", "der Haushalt", "das Schwimmbad", "die Buslinie", "der Hafen", "das Museum")
_GERMAN_WHEN: Final = ("im nächsten Jahr", "noch vor dem Sommer", "nach langen Gesprächen", "trotz aller Bedenken")
_GERMAN_DOES: Final = (
    "wieder geöffnet wird",
    "deutlich teurer wird",
    "nicht mehr zu halten ist",
    "erneuert werden muss",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One paper's file of one night."""

    title: str
    night: int
    """From 1."""
    paper: str
    file: File
    named_by: frozenset[str]
    """Expectations that must fail that night."""
    side_effects: frozenset[str] = frozenset()
    """Others that may, since they are true as well."""
    stops: bool = False

    @property
    def day(self) -> date:
        """The day of its night."""
        return FIRST_DAY + timedelta(days=self.night - 1)


def _nothing(_paper: Paper, _day: date, _rng: np.random.Generator, _usual: list[Record]) -> None:
    return None


def _twice(paper: Paper, day: date, rng: np.random.Generator, _usual: list[Record]) -> bytes:
    return lines(stories(paper, day, rng, factor=2.1))


def _in_german(_paper: Paper, _day: date, rng: np.random.Generator, usual: list[Record]) -> bytes:
    parts = (_GERMAN_WHO, _GERMAN_DID, _GERMAN_WHAT, _GERMAN_WHEN, _GERMAN_DOES)

    def text(number: int) -> str:
        sentences = [" ".join(str(rng.choice(part)) for part in parts) for _ in range(10)]
        return f"{'. '.join(sentences)}. Das Aktenzeichen lautet {rng.integers(10**9)}, Blatt {number}."

    return lines([{**record, "body": text(number)} for number, record in enumerate(usual)])


def _renamed(_paper: Paper, _day: date, _rng: np.random.Generator, usual: list[Record]) -> bytes:
    return lines([{("ts_4" if name == "published" else name): value for name, value in r.items()} for r in usual])


def _last_weeks(paper: Paper, day: date, _rng: np.random.Generator, _usual: list[Record]) -> bytes:
    sent = ordinary(paper, day - _WEEK)
    return lines(sent[::-1])


def _bot_walls(_paper: Paper, _day: date, _rng: np.random.Generator, usual: list[Record]) -> bytes:
    wall = "Please verify that you are a human. Enable JavaScript and cookies to continue. Are you a robot?"
    return lines([{**record, "body": wall} if number % 2 else record for number, record in enumerate(usual)])


def _future(_paper: Paper, _day: date, _rng: np.random.Generator, usual: list[Record]) -> bytes:
    def later(record: Record) -> Record:
        moment = datetime.fromisoformat(record["published"]) + timedelta(days=40)
        return {**record, "published": moment.isoformat()}

    return lines([later(record) if number % 3 == 0 else record for number, record in enumerate(usual)])


def _template(paper: Paper, day: date, rng: np.random.Generator, usual: list[Record]) -> bytes:
    form = stories(paper, day, rng)[0]

    def notice(number: int) -> Record:
        body = f"{form['body']} Order {number} of {3 * number} units."
        return {**form, "url": f"{form['url']}-{number}", "title": f"Notice {number}", "body": body}

    made = [notice(number) for number in range(_FLOOD)]
    return lines([*usual, *made])


def _other_encoding(_paper: Paper, _day: date, _rng: np.random.Generator, usual: list[Record]) -> bytes:
    named = [{**record, "body": record["body"].replace(" the ", " the café ", 1)} for record in usual]
    return b"".join(orjson.dumps(record).decode().encode("cp1252") + b"\n" for record in named)


def _half(_paper: Paper, _day: date, _rng: np.random.Generator, usual: list[Record]) -> bytes:
    data = lines(usual)
    return data[: len(data) // 2]


def ordinary(paper: Paper, day: date) -> list[Record]:
    """Give what a paper sends on a night without a fault: always the same."""
    return stories(paper, day, chance(paper, day))


def chance(paper: Paper, day: date, number: int = 0) -> np.random.Generator:
    """Give the chance of a paper's night."""
    return np.random.default_rng([day.toordinal(), sum(paper.name.encode()), number])


FAULTS: Final = (
    Fault("goes silent", 12, "valley-times", _nothing, frozenset({"source_silent"})),
    Fault("sends twice as much", 14, "meridian", _twice, frozenset({"source_volume_high"})),
    Fault(
        "changes its language", 16, "courier", _in_german, frozenset({"source_language"}), frozenset({"source_length"})
    ),
    Fault(
        "renames a field",
        17,
        "harbour-post",
        _renamed,
        frozenset({"source_fields"}),
        frozenset({"source_stale"}),
    ),
    Fault(
        "sends last week again",
        19,
        "skerry-news",
        _last_weeks,
        frozenset({"source_again", "source_stale"}),
    ),
    Fault("sends bot walls", 22, "tarrow-echo", _bot_walls, frozenset({"source_quarantine"})),
    Fault("sends the future", 23, "quayside-standard", _future, frozenset({"published_not_in_future"})),
    Fault(
        "floods a template",
        25,
        "kestrel-wire",
        _template,
        frozenset({"hot_boilerplate"}),
        frozenset({"source_volume_high", "source_copies", "largest_cluster", "source_length", "source_language"}),
        stops=True,
    ),
    Fault("changes its encoding", 26, "harbour-post", _other_encoding, frozenset({"source_encoding"})),
    Fault(
        "sends half a file", 28, "meridian", _half, frozenset({"source_volume_low"}), frozenset({"source_quarantine"})
    ),
)
