"""The snapshots of a lake, read: which there are, what one says, and whether the newest can be believed."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

from flows.lake.manifest import Manifest
from transforms.errors import LakeDamaged, UsageError

_NAME: Final = re.compile(r"(\d{6,})\.json")


def manifest_path(root: Path, number: int) -> Path:
    """Return where the manifest of a snapshot lies, whether it is there or not."""
    return root / "snapshots" / f"{number:06}.json"


def numbers(root: Path) -> tuple[int, ...]:
    """Return the numbers of the snapshots that are kept, ascending."""
    try:
        names = [path.name for path in (root / "snapshots").iterdir()]
    except FileNotFoundError as error:
        raise LakeDamaged(f"{root}/snapshots is missing; restore it from a backup") from error
    return tuple(sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name))))


def read(root: Path, number: int) -> Manifest:
    """Read one snapshot's manifest; raise UsageError when there is none, LakeDamaged when it is not whole."""
    path = manifest_path(root, number)
    try:
        manifest = Manifest.from_bytes(path.read_bytes())
    except FileNotFoundError as error:
        kept = ", ".join(map(str, numbers(root))) or "none"
        raise UsageError(f"there is no snapshot {number}; kept are: {kept}") from error
    except LakeDamaged as error:
        raise LakeDamaged(f"{path} is damaged: {error}; restore it from a backup") from error
    if manifest.number != number:
        raise LakeDamaged(f"{path} holds snapshot {manifest.number}; restore it from a backup")
    return manifest


def newest(root: Path) -> Manifest | None:
    """Return the newest snapshot, or None before the first; raise LakeDamaged when it or its chain is broken.

    An older one is never taken in its place: that would be a lost commit that nobody is told of.
    """
    kept = numbers(root)
    if not kept:
        return None
    for older, newer in pairwise(kept):
        if newer != older + 1:
            raise LakeDamaged(f"{manifest_path(root, older + 1)} is missing; restore it from a backup")
    manifest = read(root, kept[-1])
    _check_parent(root, manifest)
    return manifest


def _check_parent(root: Path, manifest: Manifest) -> None:
    try:
        parent = read(root, manifest.number - 1)
    except UsageError:
        return  # the newest is the oldest that is kept, or its parent was cleaned away a moment ago
    if parent.digest != manifest.parent_digest:
        path = manifest_path(root, manifest.number)
        raise LakeDamaged(f"{path} does not follow the snapshot before it; restore both from a backup")
