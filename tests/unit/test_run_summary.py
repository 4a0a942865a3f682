"""The summary of a run, as a person reads it."""

from flows.report import DumpReport, RunReport
from flows.terminal import summary


def test_a_reason_that_many_dumps_share_is_told_once() -> None:
    dumps = [DumpReport(f"{n}.bin", "refused", detail=f"{n}.bin is in a format we do not know") for n in range(30)]
    other = DumpReport("cut.gz", "refused", detail="cut.gz is cut short")
    told = summary(RunReport("run", "lake", dumps=[*dumps, other]))
    first, second = [line for line in told.splitlines() if "refused:" in line]
    names = ", ".join(f"{n}.bin" for n in range(1, 9))

    assert f"refused: 0.bin is in a format we do not know (and 29 more so: {names}, ...)" == first
    assert "refused: cut.gz is cut short" == second
