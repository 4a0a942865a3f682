"""What the command line needs before it knows what is asked of it: nothing that takes long to import."""

import subprocess
import sys

from tests.layering.layers import ROOT

HEAVY = {"duckdb", "great_expectations", "numba", "pandas", "prefect", "trafilatura"}


def imported(code: str) -> set[str]:
    """Give the heavy libraries that some code imports in a process of its own."""
    program = f"import sys; {code}; print(*({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_and_wrong_usage_import_nothing_heavy() -> None:
    assert imported("import flows.cli, flows.settings; flows.settings.load_settings(None)") == set()


def test_a_heavy_import_is_noticed() -> None:
    assert imported("import transforms.cleaning") >= {"numba"}
