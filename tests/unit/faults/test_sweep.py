"""A small share of the fault lane: the product stands it, and two sabotages do not."""

from pathlib import Path

import pytest

from tests.faults.children import forked, warm_up
from tests.faults.inject import Counting, Faulty, can_suffer
from tests.faults.sabotage import SABOTAGES, try_sabotages
from tests.faults.sweep import sweep
from tests.faults.workloads import REBUILD, SECOND, rewrites_membership, take_night


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.mark.promise(1)
@pytest.mark.promise(2)
@pytest.mark.promise(4)
def test_a_second_night_stands_a_fault_at_any_step(tmp_path: Path) -> None:
    verdict = sweep(tmp_path, (SECOND,), ("kill after", "EIO"), every=24)
    struck = verdict.counts["steps of a second night"] // 24

    assert () == verdict.violations
    assert verdict.counts["kill after"] == verdict.counts["EIO"] == struck > 2


@pytest.mark.slow
@pytest.mark.promise(1)
@pytest.mark.promise(2)
def test_a_rebuild_stands_a_kill_at_any_step(tmp_path: Path) -> None:
    verdict = sweep(tmp_path, (REBUILD,), ("kill before", "kill after"), every=5)

    assert () == verdict.violations
    assert verdict.counts["kill after"] > 10


@pytest.mark.parametrize(
    "name", ["recovery that does not clear", pytest.param("fsync error ignored", marks=pytest.mark.slow)]
)
def test_a_safeguard_that_is_taken_out_is_missed(tmp_path: Path, name: str) -> None:
    verdict = try_sabotages(tmp_path, [sabotage for sabotage in SABOTAGES if sabotage.name == name])

    assert {"tried": 1, "caught": 1} == verdict.counts
    assert () == verdict.violations


def test_the_second_night_rewrites_what_the_first_wrote(tmp_path: Path) -> None:
    lake = tmp_path / "lake"

    def two_nights() -> bool:
        SECOND.prepare(lake)
        take_night(lake, 2)
        return rewrites_membership(lake)

    assert forked(two_nights).answer is True


def test_a_fault_strikes_once_at_the_first_step_that_can_suffer_it(tmp_path: Path) -> None:
    faulty, counting = Faulty(2, "short write"), Counting()
    path = tmp_path / "draft"
    for hook in (counting, faulty):
        hook("write", (path,), lambda: path.write_bytes(b"first"))
        hook("mkdir", (tmp_path / "folder",), lambda: (tmp_path / "folder").mkdir(exist_ok=True))

    with pytest.raises(OSError, match="No space left"):
        faulty("write", (path,), lambda: path.write_bytes(b"second"))
    faulty("write", (tmp_path / "other",), lambda: (tmp_path / "other").write_bytes(b"third"))

    assert (b"sec", b"third", True) == (path.read_bytes(), (tmp_path / "other").read_bytes(), faulty.has_struck)
    assert [True, False] == [can_suffer(step, "short write") for step in counting.steps]
