"""What the settings say of one outlet's files: what stands in for what its records leave out, and how to read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Extractor(StrEnum):
    """How the story is found in a web page: as exactly as we can, or ten times as fast."""

    QUALITY = "quality"
    SPEED = "speed"


NewFields = Literal["evolve", "freeze", "ignore"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet.

    name: outlet of the records that do not say; None leaves it to the host of their address.
    fields: target to the outlet's own names for it, which go before the usual ones.
    timezone: IANA name of the zone that dates without one are in; None takes UTC, and marks it.
    is_day_first: whether 02/03/2026 is the second of March; None takes it month first.
    language: code for records that name none and whose text is too short to tell.
    new_fields: what a field that no mapping uses does: counted and shown, its dump refused, or nothing.
    known_fields: fields that no mapping uses, and of which that is known.
    extractor: how the story is found in its web pages.
    """

    name: str | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timezone: str | None = None
    is_day_first: bool | None = None
    language: str | None = None
    new_fields: NewFields = "evolve"
    known_fields: tuple[str, ...] = ()
    extractor: Extractor = Extractor.QUALITY
