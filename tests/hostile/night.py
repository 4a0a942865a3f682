"""One real run over a landing folder of hostile files and an honest one, in a process of its own, and its judgement."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, Self

import orjson
import psutil

from flows.intake.receipt import printable
from flows.lake import connect
from flows.lake.store import Store
from tests.benchmarks.generate import generate
from tests.benchmarks.memory import memory_kind, tree_bytes
from tests.hostile.attack import Attack, Family

PROJECT: Final = Path(__file__).parents[2]
NEIGHBOURS: Final = 12
"""Honest articles beside the hostile files."""
_NAME: Final = "honest-neighbours.jsonl"
_LOOK_SECONDS: Final = 0.05
_LEAST_ALARM_SECONDS: Final = 600
_ALARM_FACTOR: Final = 5
"""A run that hangs is ended after so many seconds of the clock for each of its CPU seconds."""
_SETTINGS: Final = """
workers = 2
max_dump_bytes = 2147483648
[quarantine]
max_share = 1.0
"""
"""Rejects are what these dumps are for: that so many of them stop a night is tried elsewhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attack; `wrong` is empty where it was met."""

    family: str
    attack: str
    became: str
    seconds: float
    cpu_seconds: float
    mib: int
    neighbours: int
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run told and took."""

    code: int
    output: bytes
    errors: bytes
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Told:
    """What it did: its report by dump, and reasons in quarantine by dump."""

    ran: Ran
    dumps: dict[str, dict[str, Any]]
    reasons: dict[str, dict[str, int]]


def meet(family: Family, folder: Path, undone: str = "") -> list[Outcome]:
    """Let a family's attacks land together, run once, and judge each."""
    tried = [attack for attack in family.attacks if not attack.skipped]
    landing = folder / "landing"
    landing.mkdir(parents=True)
    _write_neighbours(landing, folder)
    for attack in tried:
        attack.make(landing / attack.name)
    told = _told(_run(landing, folder / "lake", family.cpu_seconds, undone), folder / "lake")
    common = "; ".join(_wrong_in_all(family, told))
    return [judged(family, attack, told, common) for attack in tried]


def _write_neighbours(landing: Path, folder: Path) -> None:
    [dump] = generate(NEIGHBOURS, 7, folder / "honest", files=1, dirty_share=0).dumps.iterdir()
    (landing / _NAME).write_bytes(dump.read_bytes())


def _run(landing: Path, lake: Path, cpu_seconds: float, undone: str) -> Ran:
    alarm = max(_LEAST_ALARM_SECONDS, int(_ALARM_FACTOR * cpu_seconds))
    command = [sys.executable, "-m", "tests.hostile.cli", str(alarm), "run", str(landing)]
    settings = lake.with_name("settings.toml")
    settings.write_text(_SETTINGS, encoding="ascii")
    environment = os.environ | {"BROADSHEET_HOSTILE": undone}
    begin, cpu_before = time.perf_counter(), _cpu_seconds()
    child = subprocess.Popen(
        [*command, "--lake", str(lake), "--settings", str(settings), "--json"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with _Peak(child.pid) as peak:
        output, errors = child.communicate()
    seconds, cpu_seconds = time.perf_counter() - begin, _cpu_seconds() - cpu_before
    return Ran(child.returncode, output, errors, seconds, cpu_seconds, peak.bytes)


def _cpu_seconds() -> float:
    """Return what processes that have ended have taken, those that they started among them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Peak:
    """A thread that looks at a process tree's memory and keeps the highest sum."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._root = psutil.Process(pid)
        self._kind = memory_kind()
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_LOOK_SECONDS):
            if tree_bytes(self._root, "RSS") > self.bytes:  # PSS is never more, and slow to be told
                self.bytes = max(self.bytes, tree_bytes(self._root, self._kind))


def _told(ran: Ran, lake: Path) -> Told:
    try:
        report = orjson.loads(ran.output)
    except orjson.JSONDecodeError:
        return Told(ran, {}, {})
    return Told(ran, {dump["name"]: dump for dump in report["dumps"]}, reasons_of(lake))


def reasons_of(lake: Path) -> dict[str, dict[str, int]]:
    """Count the reasons in a lake's quarantine, by dump."""
    reasons: dict[str, dict[str, int]] = {}
    if lake.exists() and Store.open(lake, create=False).numbers():
        with connect(lake) as reader:
            sql = "SELECT dump_name, reason, count(*) FROM quarantine GROUP BY ALL"
            for name, reason, count in reader.sql(sql).fetchall():
                reasons.setdefault(name, {})[reason] = count
    return reasons


def _wrong_in_all(family: Family, told: Told) -> Iterator[str]:
    """Say what is wrong with the run itself."""
    ran = told.ran
    if ran.code not in (0, 2) or not told.dumps:
        last = ran.errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["without a word"]
        yield f"the run ended with {ran.code}: {last[0][:200]}"
    if b"Traceback" in ran.errors:
        yield "a traceback was printed"
    if told.dumps and _neighbours(told) != NEIGHBOURS:
        yield f"{_neighbours(told)} of {NEIGHBOURS} honest neighbours were admitted"
    if ran.cpu_seconds > family.cpu_seconds:
        yield f"it took {ran.cpu_seconds:.0f} CPU seconds, more than {family.cpu_seconds:.0f}"
    if ran.peak_bytes > family.mib << 20:
        yield f"it took {ran.peak_bytes >> 20:,} MiB, more than {family.mib:,}"
    if any(marker.encode() in ran.output + ran.errors for marker in family.markers):
        yield "words of an article were printed"
    if any(byte < 32 and byte not in b"\n\r\t" for byte in ran.output + ran.errors):
        yield "control characters were printed"


def _neighbours(told: Told) -> int:
    return int(told.dumps.get(_NAME, {}).get("admitted", 0))


def judged(family: Family, attack: Attack, told: Told, common: str = "") -> Outcome:
    """Say what came of an attack; what is wrong in common with the others goes first."""
    name = next((name for name in (attack.name, printable(attack.name)) if name in told.dumps), attack.name)
    dump, reasons = told.dumps.get(name), told.reasons.get(name, {})
    wrong = common or _wrong(attack, dump, reasons)
    took = told.ran.seconds, told.ran.cpu_seconds, told.ran.peak_bytes >> 20, _neighbours(told)
    return Outcome(family.name, printable(attack.name)[:60], _became(dump, reasons), *took, wrong)


def _became(dump: dict[str, Any] | None, reasons: dict[str, int]) -> str:
    if dump is None:
        return "not told of"
    if dump["status"] == "refused":
        return "refused"
    return "quarantined: " + ", ".join(sorted(reasons)) if reasons else f"harmless, {dump['admitted']:,} admitted"


def _wrong(attack: Attack, dump: dict[str, Any] | None, reasons: dict[str, int]) -> str:
    """Say in what the outcome is not the attack's right one."""
    if dump is None:
        return "the report does not name it"
    detail = dump["detail"] or ""
    if dump["status"] == "refused":
        is_right = attack.may_be_refused or (attack.refused is not None and attack.refused in detail)
        return "" if is_right and detail and "\n" not in detail else f"refused: {detail[:300]}"
    if attack.refused is not None:
        return f"{dump['status']} instead of refused for {attack.refused!r}: {_became(dump, reasons)}"
    return "; ".join(_miscounted(attack, dump, reasons))


def _miscounted(attack: Attack, dump: dict[str, Any], reasons: dict[str, int]) -> Iterator[str]:
    read, *parts = [dump[name] for name in ("records_read", "admitted", "replayed", "quarantined")]
    if read != sum(parts) or (dump["status"] == "consumed" and dump["quarantined"] != sum(reasons.values())):
        yield f"records do not add up: {read} read, {parts}, {reasons}"
    if attack.quarantined and attack.quarantined not in reasons:
        yield f"not quarantined as {attack.quarantined}: {reasons}, {dump['admitted']} admitted"
    if attack.admitted not in (None, dump["admitted"]):
        yield f"{dump['admitted']} admitted instead of {attack.admitted}, {reasons}"


def skipped(families: Sequence[Family]) -> list[tuple[str, str, str]]:
    """Give family, attack and reason of what cannot be tried."""
    return [(f.name, a.name, a.skipped) for f in families for a in f.attacks if a.skipped]
