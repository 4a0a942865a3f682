"""Refused nights: what would have become a snapshot, kept beside the snapshots for whoever looks for the cause.

`refused/<run_id>.json` is the manifest that was not published, ledgers and findings among its parts. It counts for
nothing: no number is taken, no catalog shows it, and its parts last until retention lets go of it.
"""

from typing import Final

from flows.lake.manifest import Manifest
from flows.lake.medium import Medium
from transforms.errors import LakeDamaged, UsageError

FOLDER: Final = "refused"
LAST: Final = "refused"
"""What stands for the last refused night where a snapshot's number may stand."""


def name_of(run_id: str) -> str:
    """Return the name of a refused night's manifest in the lake."""
    return f"{FOLDER}/{run_id}.json"


def names(medium: Medium) -> list[str]:
    """List the manifests of refused nights, oldest first."""
    try:
        return sorted(medium.entries(FOLDER))
    except FileNotFoundError:
        return []


def read(medium: Medium, name: str) -> Manifest:
    """Read one; raise LakeDamaged when it is not whole."""
    try:
        return Manifest.from_bytes(medium.read(name))
    except LakeDamaged as error:
        raise LakeDamaged(f"{medium.address}/{name} is damaged: {error}; remove it, nothing needs it") from error


def last(medium: Medium) -> Manifest:
    """Return the last refused night; raise UsageError when there is none."""
    found = names(medium)
    if not found:
        raise UsageError(f"no refused night is kept in {medium.address}; `broadsheet snapshots` lists the published")
    return read(medium, found[-1])
