"""The snapshots of a lake, read: which there are, what one says, and whether the newest can be believed."""

import re
from itertools import pairwise
from typing import Final

from flows.lake.manifest import Manifest, proven
from flows.lake.medium import Medium
from transforms.errors import LakeDamaged, UsageError

_NAME: Final = re.compile(r"snapshots/(\d{6,})\.json")


def manifest_name(number: int) -> str:
    """Return the name of a snapshot's manifest in the lake."""
    return f"snapshots/{number:06}.json"


def numbers(medium: Medium) -> tuple[int, ...]:
    """Return the numbers of the snapshots that are kept, ascending."""
    try:
        names = medium.entries("snapshots")
    except FileNotFoundError as error:
        raise LakeDamaged(f"{medium.address}/snapshots is missing; restore it from a backup") from error
    return tuple(sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name))))


def read(medium: Medium, number: int) -> Manifest:
    """Read one snapshot's manifest; raise UsageError when there is none, LakeDamaged when it is not whole."""
    path = f"{medium.address}/{manifest_name(number)}"
    try:
        manifest = Manifest.from_bytes(medium.read(manifest_name(number)))
    except FileNotFoundError as error:
        kept = ", ".join(map(str, numbers(medium))) or "none"
        raise UsageError(f"there is no snapshot {number}; kept are: {kept}") from error
    except LakeDamaged as error:
        raise LakeDamaged(f"{path} is damaged: {error}; restore it from a backup") from error
    if manifest.number != number:
        raise LakeDamaged(f"{path} holds snapshot {manifest.number}; restore it from a backup")
    return manifest


def newest(medium: Medium) -> Manifest | None:
    """Return the newest snapshot, or None before the first; raise LakeDamaged when it or its chain is broken.

    An older one is never taken in its place: that would be a lost commit that nobody is told of.
    """
    kept = numbers(medium)
    while kept and (missing := _gap(kept)):
        kept = numbers(medium)
        if missing in kept or missing < kept[0]:
            continue  # a clean went by while the names were listed
        raise LakeDamaged(f"{medium.address}/{manifest_name(missing)} is missing; restore it from a backup")
    if not kept:
        return None
    manifest = read(medium, kept[-1])
    _check_parent(medium, manifest)
    return manifest


def _gap(kept: tuple[int, ...]) -> int | None:
    """Return the first number that is missing between others."""
    return next((older + 1 for older, newer in pairwise(kept) if newer != older + 1), None)


def _check_parent(medium: Medium, manifest: Manifest) -> None:
    path = f"{medium.address}/{manifest_name(manifest.number)}"
    try:
        digest, _ = proven(medium.read(manifest_name(manifest.number - 1)))
    except FileNotFoundError:
        return  # the newest is the oldest that is kept, or its parent was cleaned away a moment ago
    except LakeDamaged as error:
        parent = f"{medium.address}/{manifest_name(manifest.number - 1)}"
        raise LakeDamaged(f"{parent} is damaged: {error}; restore it from a backup") from error
    if digest != manifest.parent_digest:
        raise LakeDamaged(f"{path} does not follow the snapshot before it; restore both from a backup")
