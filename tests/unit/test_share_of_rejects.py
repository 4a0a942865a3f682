"""How much quarantine stops a run: most records of all dumps but the worst, and not a stranger's file alone."""

import pytest

from flows.limits import require_few_rejects
from flows.report import DumpReport, RunReport
from flows.settings import Rejected
from transforms.errors import AuditFailed

LIMITS = Rejected(max_share=0.5, min_records=100)


def night(*dumps: tuple[int, int]) -> RunReport:
    """Make the report of dumps with these records, of which so many are rejected."""
    taken = [
        DumpReport(f"{n}.csv", "consumed", records_read=read, quarantined=bad) for n, (read, bad) in enumerate(dumps)
    ]
    return RunReport("run", "lake", dumps=taken, quarantine={"malformed": sum(bad for _, bad in dumps)})


@pytest.mark.parametrize("dumps", [[(60_000, 60_000), (200, 3)], [(99, 99)], [(200, 100)], [(200, 3), (200, 5)], []])
def test_one_dump_of_rejects_among_others_few_records_or_few_rejects_stop_nothing(dumps: list[tuple[int, int]]) -> None:
    require_few_rejects(night(*dumps), LIMITS)


def test_many_dumps_of_rejects_stop_the_night_and_the_worst_is_named() -> None:
    report = night((300, 200), (900, 899), (10, 0))

    with pytest.raises(AuditFailed, match=r"200 of 310 records \(65%\) .* malformed 1,099; most of them in 1\.csv"):
        require_few_rejects(report, LIMITS)
    assert "refused for its rejects" == report.outcome


def test_a_dump_of_rejects_alone_stops_the_night() -> None:
    with pytest.raises(AuditFailed, match="150 of 200 records"):
        require_few_rejects(night((200, 150)), LIMITS)
