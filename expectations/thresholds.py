"""The figures that the audit holds the lake to, each with its reason and date, from `thresholds.toml`."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One figure, why it is that, and the day it was set."""

    figure: float
    reason: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every figure of the audit. A name missing from the file, or unknown to us, is a TypeError."""

    earliest_year: Threshold
    """Year before which no article is published."""
    language_known_share: Threshold
    """Least share of the night's articles whose language is known, 0 to 1."""
    dated_share: Threshold
    """Least share of the night's articles that have a date, 0 to 1."""
    quarantine_share: Threshold
    """Greatest share of the night's records in quarantine, 0 to 1."""


def load_thresholds(path: Path = _FILE) -> Thresholds:
    """Read the figures."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return Thresholds(**{name: Threshold(**fields) for name, fields in tables.items()})
