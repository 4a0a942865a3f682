"""The command line in this process, which spares the seconds that a new one takes to start."""

import sys
from typing import NamedTuple

import pytest

from flows.cli import main


class Ended(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


class Told:
    """Runs commands."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: object) -> Ended:
        """Run one command."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["broadsheet", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, *self.capsys.readouterr())


def sentence(ended: Ended) -> str:
    """Give the one line on standard error; fail when there is more or a traceback."""
    [line] = ended.err.splitlines()
    assert "Traceback" not in line
    return line
