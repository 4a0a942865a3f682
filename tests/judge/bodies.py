"""The bodies of the real sets, as they lie in their files."""

from pathlib import Path
from typing import Any, Final

from tests.judge.dumps import read_records

FIELDS: Final = {
    "newsarticles": "text",
    "fakehealth": "text",
    "fnc1/train_bodies.csv": "articleBody",
    "reuters21578": "body",
    "ecbplus": "text",
    "semeval": "body",
    "nasa": "text",
    "seed": "text",
}
"""Folder or file of a set, and its records' text field."""


def bodies(realdata: Path, name: str) -> list[str]:
    """Give the texts of a set that have one."""
    return [
        _told(record, FIELDS[name])
        for record in read_records(realdata / "dumps" / name).values()
        if _told(record, FIELDS[name])
    ]


def _told(record: dict[str, Any], field: str) -> str:
    return str(record.get(field) or "").strip()
