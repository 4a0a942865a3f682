"""Errands for worker processes, some of which never come back. Imports little: each process begins with it."""

import os
import time
from pathlib import Path

from flows.work.workers import memory_limit


def run(errand: str) -> str:
    """Do what the errand says: `die`, `die once PATH`, `hang`, `take MIB`; anything else is given back."""
    what, _, rest = errand.partition(" ")
    if what == "die" and not rest:
        os.abort()
    if what == "die":
        path = Path(rest.removeprefix("once "))
        if not path.exists():
            path.touch()
            os.abort()
    if what == "hang":
        time.sleep(3600)
    if what == "take":
        with memory_limit(256 << 20):
            bytearray(int(rest) << 20)
    return errand
