"""The house rules about modules hold, and breaking one of them is noticed."""

import pytest

from tests.layering.layers import MOST_FUNCTION_LINES, MOST_MODULE_LINES, PACKAGES, ROOT, RULES, modules, violations

SOURCES = modules(ROOT)
LONG_FUNCTION = "def work():\n" + "    pass\n" * MOST_FUNCTION_LINES
LONG_MODULE = "x = 1\n" * (MOST_MODULE_LINES + 1)


@pytest.mark.parametrize("rule", RULES)
def test_no_module_breaks_the_rule(rule: str) -> None:
    assert violations(rule, SOURCES) == []


def test_the_rules_are_asked_about_every_package() -> None:
    assert {*PACKAGES} == {name.partition(".")[0] for name in SOURCES}
    assert {"transforms", "transforms.words", "flows.lake.store", "expectations.suite"} <= set(SOURCES)


SABOTAGE = [
    ("arrows", "transforms.cleaning", "from flows.settings import Settings"),
    ("arrows", "transforms.cleaning", "import expectations.suite"),
    ("arrows", "transforms.cleaning", "def f():\n    from flows import run"),
    ("arrows", "expectations.audit", "from flows.lake.store import Store"),
    ("arrows", "flows.run", "import data.samples"),
    ("arrows", "flows.run", "from tests.layering import layers"),
    ("arrows", "flows.run", "from . import cli"),
    ("purity", "transforms.cleaning", "import os"),
    ("purity", "transforms.cleaning", "import os.path as p"),
    ("purity", "transforms.cleaning", "from os import environ"),
    ("purity", "transforms.cleaning", "from pathlib import Path"),
    ("purity", "transforms.cleaning", "import logging"),
    ("purity", "transforms.cleaning", "import time"),
    ("purity", "transforms.cleaning", "import random"),
    ("purity", "transforms.cleaning", "def f():\n    import prefect"),
    ("purity", "transforms.cleaning", "from datetime import datetime\nx = datetime.now()"),
    ("purity", "transforms.cleaning", "from datetime import date\nf = date.today"),
    ("purity", "transforms.cleaning", "x = open('a')"),
    ("purity", "transforms.cleaning", "print('x')"),
    ("purity", "transforms.cleaning", "key = hash('x')"),
    ("durability", "flows.publish", "path.unlink()"),
    ("durability", "flows.publish", "path.rename(other)"),
    ("durability", "flows.publish", "path.replace(other)"),
    ("durability", "flows.publish", "path.symlink_to(other)"),
    ("durability", "flows.publish", "path.hardlink_to(other)"),
    ("durability", "flows.publish", "import os\nos.link(a, b)"),
    ("durability", "flows.publish", "import os\nos.fsync(1)"),
    ("durability", "flows.publish", "from os import fsync"),
    ("durability", "flows.publish", "import shutil\nshutil.rmtree(path)"),
    ("durability", "expectations.audit", "path.unlink(missing_ok=True)"),
    ("durability", "flows.publish", "store.disk.write(path, data)"),
    ("durability", "flows.publish", "store.disk.remove(path)"),
    ("durability", "flows.lake.writer", "from flows.lake.disk import Disk\ndisk_of_mine = Disk()"),
    ("durability", "flows.lake.writer", "def f(disk):\n    disk.sync(path)"),
    ("durability", "flows.lake.folder", "path.unlink()"),
    ("durability", "flows.lake.folder", "path.hardlink_to(other)"),
    ("durability", "flows.lake.store", "path.replace(other)"),
    ("durability", "flows.lake.workspaces", "import shutil\nshutil.rmtree(path)"),
    ("scheduler", "flows.run", "from prefect import flow"),
    ("scheduler", "transforms.cleaning", "def f():\n    import prefect.runtime"),
    ("auditor", "flows.publish", "import great_expectations as gx"),
    ("auditor", "transforms.cleaning", "from great_expectations.core import ExpectationSuite"),
    ("size", "flows.run", LONG_FUNCTION),
    ("size", "flows.run", "async " + LONG_FUNCTION),
    ("size", "flows.run", LONG_MODULE),
]


@pytest.mark.parametrize(("rule", "module", "source"), SABOTAGE)
def test_a_module_that_breaks_the_rule_is_named(rule: str, module: str, source: str) -> None:
    (found,) = violations(rule, {module: source})

    assert found.startswith(module)


def test_every_rule_has_been_sabotaged() -> None:
    assert set(RULES) == {rule for rule, _, _ in SABOTAGE}


ALLOWED = [
    ("arrows", "flows.run", "import transforms.cleaning\nfrom expectations import audit"),
    ("arrows", "expectations.audit", "from transforms.article import ARTICLES"),
    ("arrows", "flows.run", "import database, testsuite"),
    ("purity", "flows.run", "import os, time"),
    ("purity", "transforms.cleaning", "from datetime import UTC, datetime\nx = datetime(2017, 2, 7, tzinfo=UTC)"),
    ("durability", "flows.lake.disk", "path.unlink()\nos.fsync(1)"),
    ("durability", "flows.lake.folder", "self.disk.remove(path)\nself.disk.link(a, b)"),
    ("durability", "flows.lake.workspaces", "self.disk.rename(a, b)"),
    ("durability", "flows.lake.store", "from flows.lake.disk import Disk\nx = Disk(hook)"),
    ("durability", "flows.lake.writer", "self.medium.remove(name)\nmedium.remove(name)"),
    ("durability", "flows.run", "from flows.lake.disk import Hook, perform_at_once"),
    ("durability", "flows.publish", "text.replace('a', 'b')\npath.open('wb')\npath.mkdir()"),
    ("scheduler", "flows.nightly", "from prefect import flow"),
    ("scheduler", "flows.run", "import prefects"),
    ("auditor", "expectations.suite", "import great_expectations"),
    ("size", "flows.run", LONG_FUNCTION.removesuffix("    pass\n")),
]


@pytest.mark.parametrize(("rule", "module", "source"), ALLOWED)
def test_what_the_rule_allows_passes(rule: str, module: str, source: str) -> None:
    assert violations(rule, {module: source}) == []
