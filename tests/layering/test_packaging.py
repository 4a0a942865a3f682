"""The packages that run are ours: their three names are taken by strangers on the public index."""

import sys
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.layering.layers import PACKAGES, ROOT

OURS = "broadsheet-news-etl"


def strangers(owners: dict[str, list[str]]) -> dict[str, list[str]]:
    """Our import names that another distribution provides, and which one."""
    found = {package: sorted({*owners.get(package, ())} - {OURS}) for package in PACKAGES}
    return {package: others for package, others in found.items() if others}


def assert_inside(package: str, root: Path) -> None:
    spec = find_spec(package)

    assert spec is not None
    assert spec.origin == str(root / package / "__init__.py")


def test_no_other_distribution_provides_our_packages() -> None:
    assert strangers(dict(packages_distributions())) == {}


def test_a_stranger_with_one_of_our_names_is_noticed() -> None:
    assert strangers({"flows": [OURS, "flows"], "transforms": [OURS], "other": ["x"]}) == {"flows": ["flows"]}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_imported_from_this_project(package: str) -> None:
    assert_inside(package, ROOT)


def test_a_package_from_elsewhere_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "transforms").mkdir()
    (tmp_path / "transforms" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "transforms", raising=False)
    with pytest.raises(AssertionError):
        assert_inside("transforms", ROOT)


def wheel_tops(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name.partition("/")[0] for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as an installer would."""
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    return Path(built)


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    tops = wheel_tops(wheel)

    assert {*PACKAGES, f"{wheel.name.rpartition('-py3')[0]}.dist-info"} == tops


def test_the_wheel_holds_every_module_and_what_they_read(wheel: Path) -> None:
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        assert kept == {name for name in archive.namelist() if ".dist-info/" not in name}


def test_a_wheel_with_a_fourth_folder_is_noticed(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tests/x.py", "")
        archive.writestr("flows/x.py", "")

    assert wheel_tops(wheel) == {"tests", "flows"}
