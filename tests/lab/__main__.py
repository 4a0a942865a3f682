"""The lab: `python -m tests.lab`. Thirty nights, one real run each with its audit, ten faults; exit 1 on a miss.

--at FOLDER      where dumps and the lake lie, instead of a temporary folder that goes in the end
--result FILE    where the figures go
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console
from rich.table import Table

from expectations.audit import warm_up
from flows.lake.store import Store
from flows.report import RunReport
from flows.run import run
from flows.settings import Settings
from flows.work.drivers import PlainDriver
from flows.work.workers import ended, worker_pool
from tests.lab.faults import FAULTS, Fault, chance, ordinary
from tests.lab.papers import FIRST_DAY, NIGHTS, PAPERS, lines, packed
from transforms.errors import AuditFailed

_BY_NIGHT: Final = {fault.night: fault for fault in FAULTS}
_WHY: Final = "looked at: a notice that was asked for"


@dataclass(frozen=True, slots=True)
class Night:
    """What came of one night, and what was wrong about it; `seconds` of the whole run."""

    night: int
    day: date
    fault: str
    paper: str
    outcome: str
    broken: dict[str, str]
    """Expectation to what was seen."""
    page_tells: bool
    seconds: float
    wrong: str


def main() -> int:
    """Run the nights; return the exit code."""
    chosen = _arguments()
    with _folder(chosen.at) as folder, PlainDriver(1) as driver, ended(worker_pool(1, warm_up)) as auditor:
        nights = [_night(number, folder, driver, auditor) for number in range(1, NIGHTS + 1)]
    Console(width=200).print(_table(nights))
    chosen.result.parent.mkdir(parents=True, exist_ok=True)
    plain = [asdict(night) for night in nights]
    chosen.result.write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    missed = [night for night in nights if night.wrong]
    sys.stdout.write(f"{len(nights)} nights, {len(FAULTS)} faults, {len(missed)} nights judged wrongly\n")
    return 1 if missed else 0


def _night(number: int, folder: Path, driver: PlainDriver, auditor: Executor) -> Night:
    day, fault = FIRST_DAY + timedelta(days=number - 1), _BY_NIGHT.get(number)
    landing = _delivered(day, folder, fault)
    settings = Settings(lake=str(folder / "lake"), workers=1)
    begin = time.perf_counter()
    before = Store.open(folder / "lake", create=True).numbers()
    try:
        report = run([landing], settings, driver, day=day, auditor=auditor)
    except AuditFailed as refusal:
        report = _accepted(refusal, landing, settings, driver, day, auditor, before)
    seconds = time.perf_counter() - begin
    broken = {each["name"]: each["observed"] for each in report.findings}
    judged = wrong(report, fault)
    page = _page_tells(folder / "lake", day, fault)
    told = fault.title if fault else ""
    paper = fault.paper if fault else ""
    return Night(number, day, told, paper, report.outcome, broken, page, round(seconds, 2), judged)


def _delivered(day: date, folder: Path, fault: Fault | None) -> Path:
    """Write a night's files."""
    landing = folder / "landing" / day.isoformat()
    landing.mkdir(parents=True)
    for paper in PAPERS:
        data: bytes | None = lines(ordinary(paper, day))
        if fault and fault.paper == paper.name:
            data = fault.file(paper, day, chance(paper, day, 1), ordinary(paper, day))
        if data is not None:
            (landing / paper.file_name(day)).write_bytes(packed(paper, data))
    return landing


def _accepted(
    refusal: AuditFailed,
    landing: Path,
    settings: Settings,
    driver: PlainDriver,
    day: date,
    auditor: Executor,
    before: tuple[int, ...],
) -> RunReport:
    """See that a refused night changed nothing, then publish it on record, as who looked at it would."""
    report = refusal.report
    assert isinstance(report, RunReport)
    assert Store.open(settings.lake, create=False).numbers() == before, "a refused night was published"
    accepted = {each["name"]: _WHY for each in report.findings if each["stops"]}
    published = run([landing], settings, driver, day=day, auditor=auditor, accepted=accepted)
    assert published.verdict == "accepted", "an accepted night is published as such"
    report.snapshot = published.snapshot
    return report


def wrong(report: RunReport, fault: Fault | None) -> str:
    """Say what is wrong with what the audit found, if anything."""
    broken = {str(each["name"]) for each in report.findings}
    if fault is None:
        return f"a clean night broke {', '.join(sorted(broken))}" if broken else ""
    if missed := fault.named_by - broken:
        return f"not named by {', '.join(sorted(missed))}"
    if stray := broken - fault.named_by - fault.side_effects:
        return f"broke {', '.join(sorted(stray))} as well"
    others = [name for name in (paper.name for paper in PAPERS) if name != fault.paper]
    seen = " ".join(str(each["observed"]) for each in report.findings)
    if blamed := [name for name in others if name in seen]:
        return f"blames {', '.join(blamed)}"
    if fault.stops != (report.outcome == "refused by the audit"):
        return f"ended as {report.outcome}"
    return ""


def _page_tells(lake: Path, day: date, fault: Fault | None) -> bool:
    """Tell whether a page of the night names each expectation that was to be broken."""
    if fault is None:
        return False
    pages = [path.read_text("utf-8") for path in (lake / "reports").glob(f"{day}-*.html")]
    return any(all(name in page for name in fault.named_by) for page in pages)


def _table(nights: list[Night]) -> Table:
    table = Table(box=None, header_style="")
    for name in ("night", "day", "fault", "paper", "outcome", "named by", "page", "s", "judged"):
        table.add_column(name, overflow="fold")
    for each in nights:
        seen = "; ".join(f"{name} ({what})" for name, what in each.broken.items())
        judged = each.wrong or "right"
        page = "tells" if each.page_tells else ""
        when, seconds = f"{each.day:%a %d}", f"{each.seconds:.1f}"
        table.add_row(str(each.night), when, each.fault, each.paper, each.outcome, seen, page, seconds, judged)
    return table


@contextmanager
def _folder(at: Path | None) -> Iterator[Path]:
    if at:
        at.mkdir(parents=True, exist_ok=True)
        yield at
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-lab-") as folder:
        yield Path(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--result", type=Path, default=Path("nights/result.json"))
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
