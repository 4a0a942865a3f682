"""Prefect takes seconds to import, and reads its environment when it is: the command line does neither by itself."""

import subprocess
import sys

from tests.prefect.conftest import ROOT


def test_the_command_line_imports_no_prefect() -> None:
    program = (
        "import sys, flows.cli, flows.serve; sys.exit(any(name.split('.')[0] == 'prefect' for name in sys.modules))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode
