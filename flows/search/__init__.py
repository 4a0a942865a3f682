"""Full-text search over the articles of a lake: an index beside it that follows its snapshots; derived, optional."""

from pathlib import Path
from typing import Final

from flows.lake.duck import is_remote
from flows.lake.store import Store

FOLDER: Final = "search"
"""Of a lake in a folder. Nothing there is missed when it is removed: the next search makes it anew."""


def folder_of(store: Store) -> Path:
    """Give the folder in which the index of a lake lies, or would lie; that of a bucket is this machine's own."""
    scratch = store.medium.scratch
    if is_remote(store.address):
        return scratch.with_name(f"{scratch.name}-{FOLDER}")
    return scratch.with_name(FOLDER)
