"""What lies in the landing folder and is no file, or is not the file that was looked at."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from sys import executable
from typing import Final

from tests.hostile.attack import Attack, Family, article, blocks, holding, jsonl, repeated

_GROWS: Final = """
import os, sys, time
with open(sys.argv[1], "ab", buffering=0) as file:
    while os.path.exists(sys.argv[1]) and os.getppid() > 1:
        file.write(b'{"text": "more and more of it"}\\n')
        time.sleep(0.001)
"""


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def _grows(path: Path) -> None:
    path.write_bytes(jsonl(article(1, "A line of a file that grows.")) * 200_000)
    Popen([executable, "-c", _GROWS, str(path)])


LANDING: Final = Family(
    "landing",
    (
        Attack("link-out.jsonl", _link("/etc/passwd"), refused="leads out of"),
        Attack("link-loop.jsonl", _loop, refused="cannot be read"),
        Attack("link-nowhere.jsonl", _link("nowhere"), refused="link to nothing"),
        Attack("link-device.jsonl", _link("/dev/zero"), refused="leads out of"),
        Attack("pipe.jsonl", os.mkfifo, refused="is a pipe"),
        Attack("socket.jsonl", _socket, refused="socket"),
        Attack("empty.jsonl", holding(b""), refused="is empty"),
        Attack("grows.jsonl", _grows, refused="changed while it was being read"),
        Attack("sparse.jsonl", blocks(lambda: repeated(bytes(1 << 20), 256 << 20)), refused="do not know",
               is_slow=True),
    ),
)  # fmt: skip
