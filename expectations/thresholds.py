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
    warm_up_nights: Threshold
    """Nights since a source was first seen before it is held to its habits."""
    least_records: Threshold
    """Fewest records from which shares, and changes of volume, are judged."""
    silent_least: Threshold
    """Usual records of a weekday from which none at all is told."""
    volume_low: Threshold
    """Least share of the records usual on a weekday, 0 to 1."""
    volume_high: Threshold
    """Greatest multiple of the records usual on a weekday."""
    volume_spreads: Threshold
    """Robust standard deviations by which records must differ from the usual as well."""
    stale_days: Threshold
    """Days by which a source's newest article may be older than it has been of late."""
    drift_points: Threshold
    """How far a share of a source may move from the usual one, 0 to 1."""
    quarantine_points: Threshold
    """How far a source's share of rejects, or of damaged letters, may rise above the usual one, 0 to 1."""
    length_ratio: Threshold
    """How many times longer or shorter than usual a source's articles may be."""
    flood_articles: Threshold
    """Copies that a story may gain, or others that an article may be like, in any night."""
    flood_share: Threshold
    """The same as a share of the night's articles, where that is more, 0 to 1."""
    canonical_lost: Threshold
    """Greatest share of a source's canonical copies that may lose their place in a night, 0 to 1."""
    canonical_lost_least: Threshold
    """Canonical copies lost from which that is judged."""


def load_thresholds(path: Path = _FILE) -> Thresholds:
    """Read the figures."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return Thresholds(**{name: Threshold(**fields) for name, fields in tables.items()})
