"""Which files of tests share a process, and which come first."""

from pathlib import Path
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

_AUDITING: Final = (
    "tests/unit/expectations/test_promises.py",
    "tests/unit/expectations/test_habits.py",
    "tests/integration/test_samples.py",
    "tests/integration/test_readme.py",
    "tests/integration/test_audit_gate.py",
    "tests/integration/test_audit_night.py",
    "tests/integration/test_rebuild.py",
)
"""They audit in their own process, and share one: each that imports Great Expectations takes 4 seconds to do it."""

_ASKING: Final = (
    "tests/integration/test_inquiry.py",
    "tests/integration/test_report.py",
    "tests/integration/test_search.py",
    "tests/integration/test_trial.py",
)
"""They ask one lake of the samples, which is made once for all."""

_LONG: Final = (
    *_AUDITING,
    *_ASKING,
    "tests/integration/test_report_in_browser.py",
    "tests/unit/faults/test_sweep.py",
    "tests/object_storage/test_object_storage.py",
    "tests/unit/lake/test_retention.py",
    "tests/unit/lake/test_compaction.py",
    "tests/integration/test_nights.py",
    "tests/integration/test_conflict.py",
    "tests/promises/test_clocks.py",
    "tests/integration/test_replay.py",
    "tests/unit/transforms/test_rule_table.py",
    "tests/integration/test_late_arrival.py",
    "tests/promises/test_redelivery.py",
    "tests/promises/test_cleaning.py",
    "tests/integration/test_upkeep.py",
    "tests/integration/test_audit_process.py",
    "tests/promises/test_drift.py",
    "tests/property/test_linear_time.py",
    "tests/property/test_cleaning.py",
    "tests/unit/lake/test_query.py",
    "tests/property/test_clusters.py",
)
"""Files of more than three seconds, the longest first: begun last, one would leave the other processes waiting."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Gives a process all tests of a file, of the files that audit, or of those that ask one lake."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "audits" if file in _AUDITING else "asks" if file in _ASKING else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Schedule so, unless asked to distribute tests otherwise."""
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first."""
    assert all((config.rootpath / name).is_file() for name in _LONG)
    places = {config.rootpath / name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(Path(item.path), len(places)))
