"""The summary of a run, as a person reads it."""

from flows.report import DumpReport, RunReport
from flows.terminal import summary


def test_a_reason_that_many_dumps_share_is_told_once() -> None:
    dumps = [DumpReport(f"{n}.bin", "refused", detail=f"{n}.bin is in a format we do not know") for n in range(30)]
    other = DumpReport("cut.gz", "refused", detail="cut.gz is cut short")
    lines = [
        line for line in summary(RunReport("run", "lake", dumps=[*dumps, other])).splitlines() if "refused:" in line
    ]

    assert [
        "refused: 0.bin is in a format we do not know (and 29 more so: "
        "1.bin, 2.bin, 3.bin, 4.bin, 5.bin, 6.bin, 7.bin, 8.bin, ...)",
        "refused: cut.gz is cut short",
    ] == lines
