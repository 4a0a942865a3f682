"""The state machine: Hypothesis draws what happens to a lake, and a small model in memory says what must be seen.

The model knows which dumps each kept snapshot has consumed, and nothing else; what readers are to see then is the
content of one run over just these.
"""

import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from flows.lake import connect
from flows.lake.compaction import compact
from flows.lake.disk import Hook, perform_at_once
from flows.lake.integrity import verify
from flows.lake.retention import clean
from flows.lake.rollback import roll_back
from flows.lake.store import Store
from flows.settings import Retention
from tests.faults.children import forked
from tests.faults.inject import Faulty
from tests.faults.stories import all_of, cut_short, pack, write_nights
from tests.faults.verdict import Verdict
from tests.integration.nights import CONTENT, take_unaudited
from transforms.errors import UsageError

EXAMPLES: Final = 100
STEPS: Final = 20
KEPT_SNAPSHOTS: Final = 2

_DUMPS: Final = 6
_STEPS_OF_A_NIGHT: Final = 90
_dumps = st.integers(0, _DUMPS - 1)

Consumed = frozenset[int]


class LakeMachine(RuleBasedStateMachine):
    """One lake, and the model of it."""

    happened: ClassVar[Counter[str]] = Counter()
    truths: ClassVar[dict[Consumed, str]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.lake = self.folder / "lake"
        self.landing = self.folder / "landing"
        self.landing.mkdir()
        self.dumps = all_of(write_nights(self.folder / "dumps"))
        self.lying: set[int] = set()
        self.kept: dict[int, Consumed] = {}

    def teardown(self) -> None:
        """Remove the lake."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(dump=_dumps, is_packed=st.booleans())
    def deliver(self, dump: int, is_packed: bool) -> None:
        """Put a dump, for the first time or again, under a name of its own."""
        path = self.landing / f"delivery-{len(list(self.landing.iterdir()))}.jsonl"
        shutil.copyfile(self.dumps[dump], path)
        if is_packed:
            pack(path)
        self.lying.add(dump)
        self._note("deliveries")

    @rule(dump=_dumps)
    def break_off(self, dump: int) -> None:
        """Put a dump of which only the beginning came."""
        cut_short(self.dumps[dump], self.landing / f"delivery-{len(list(self.landing.iterdir()))}.jsonl.gz")
        self._note("deliveries broken off")

    @precondition(lambda self: any(self.landing.iterdir()))
    @rule()
    def run(self) -> None:
        """Take a night."""
        expected = self._after_a_night()
        self._take()
        self.kept = expected
        self._note("runs")

    @precondition(lambda self: any(self.landing.iterdir()))
    @rule(step=st.integers(1, _STEPS_OF_A_NIGHT), is_done=st.booleans())
    def kill(self, step: int, is_done: bool) -> None:
        """Kill a night at one of its steps: the lake has the old or the new snapshot."""
        new = self._after_a_night()
        faulty = Faulty(step, "kill after" if is_done else "kill before")
        ended = forked(lambda: self._take(faulty))
        assert not ended.error, ended.error
        assert ended.signal or self._numbers() == tuple(new), "a night that was not killed published nothing"
        self.kept = new if self._numbers() == tuple(new) else self.kept
        self._note("kills" if ended.signal else "runs")

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        """Roll back to any kept snapshot."""
        newest, number = max(self.kept), data.draw(st.sampled_from(sorted(self.kept)))
        try:
            roll_back(self._store(), number)
        except UsageError:
            assert self.kept[newest] == self.kept[number], "a rollback was refused"
        else:
            self.kept[newest + 1] = self.kept[number]
        self._note("rollbacks")

    @precondition(lambda self: self.kept)
    @rule()
    def compact(self) -> None:
        """Merge parts."""
        newest = max(self.kept)
        if compact(self._store()).snapshot:
            self.kept[newest + 1] = self.kept[newest]
        self._note("compactions")

    @precondition(lambda self: self.kept)
    @rule()
    def clean(self) -> None:
        """Remove all that two snapshots do not name, as if it were old."""
        retention = Retention(snapshots=KEPT_SNAPSHOTS, days=0)
        clean(self._store(), retention, datetime.now(UTC) + timedelta(days=400), remove=True)
        self.kept = {number: self.kept[number] for number in sorted(self.kept)[-KEPT_SNAPSHOTS:]}
        self._note("cleanings")

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        """Read any kept snapshot."""
        number = data.draw(st.sampled_from(sorted(self.kept)))
        assert seen(self.lake, number) == self._truth(self.kept[number]), f"snapshot {number} is not what it was"
        self._note("readings")

    @invariant()
    def what_readers_see_is_what_the_model_says(self) -> None:
        """Compare numbers, newest content, catalog and digests."""
        assert self._numbers() == tuple(sorted(self.kept))
        if self.kept:
            newest = max(self.kept)
            assert seen(self.lake, newest) == self._truth(self.kept[newest]), "the newest content is wrong"
            assert not verify(self._store().medium).damaged

    def _after_a_night(self) -> dict[int, Consumed]:
        """Give the snapshots as they must be once all that lies there whole has been taken."""
        newest = max(self.kept, default=0)
        before = self.kept.get(newest, frozenset())
        after = before | self.lying
        return self.kept if after == before else {**self.kept, newest + 1: after}

    def _take(self, hook: Hook = perform_at_once) -> None:
        take_unaudited(self.lake, [self.landing], hook)

    def _store(self) -> Store:
        return Store.open(self.lake, create=False)

    def _numbers(self) -> tuple[int, ...]:
        return self._store().numbers() if (self.lake / "lake.json").exists() else ()

    def _truth(self, consumed: Consumed) -> str:
        """Say what one run over these dumps shows; worked out once."""
        if consumed not in self.truths:
            with tempfile.TemporaryDirectory() as folder:
                take_unaudited(Path(folder) / "lake", [self.dumps[dump] for dump in sorted(consumed)])
                self.truths[consumed] = seen(Path(folder) / "lake", 1)
        return self.truths[consumed]

    def _note(self, what: str) -> None:
        LakeMachine.happened[what] += 1


def seen(lake: Path, number: int) -> str:
    """Digest every row of a snapshot's content."""
    with connect(lake, at=number) as reader:
        return sha256(repr([reader.sql(sql).fetchall() for sql in CONTENT.values()]).encode()).hexdigest()


def run_machine(folder: Path, seed: int, examples: int = EXAMPLES, steps: int = STEPS) -> Verdict:
    """Let it run; a violation tells the steps that led to it."""
    begin, violations = time.perf_counter(), []
    LakeMachine.happened = Counter()
    tempfile.tempdir, before = str(folder), tempfile.tempdir
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # to shrink a violation takes minutes, and the steps as they were drawn tell as much
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(LakeMachine), settings=settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the machine found
        notes = " | ".join(getattr(error, "__notes__", []))
        violations.append(f"seed {seed}: {type(error).__name__}: {error} | {notes}")
    finally:
        tempfile.tempdir = before
    counts = {"lakes": examples, **dict(sorted(LakeMachine.happened.items()))}
    return Verdict("state machine", counts, tuple(violations), time.perf_counter() - begin)
