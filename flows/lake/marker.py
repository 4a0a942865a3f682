"""The marker: the file that says that a folder or a bucket's prefix holds a lake, and of which format."""

from typing import Final

import orjson

from transforms.errors import LakeDamaged, UsageError

FORMAT: Final = 2
MARKER: Final = "lake.json"
MARKER_TEXT: Final = b'{"format":%d,"holds":"a Broadsheet lake"}\n' % FORMAT
FOLDERS: Final = ("tmp", "raw", "parts", "snapshots", "catalogs")


def check_marker(content: bytes, address: str) -> None:
    """Raise LakeDamaged when the marker is not whole, UsageError when it speaks of another format."""
    try:
        version = orjson.loads(content)["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise LakeDamaged(f"{address}/{MARKER} cannot be read; restore it from a backup") from error
    if version != FORMAT:
        raise UsageError(
            f"{address}/{MARKER} is of format {version}, not {FORMAT}; use the version of Broadsheet that made it"
        )
