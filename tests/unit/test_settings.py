"""Settings name the lake in one way, however it was given."""

from pathlib import Path

import pytest

from flows.settings import Settings, load_settings
from transforms.canonical import CanonicalSettings, Criterion
from transforms.errors import UsageError


def test_a_lake_given_as_a_path_is_text() -> None:
    assert load_settings(None, lake=Path("some/lake")).lake == "some/lake"


def test_the_address_of_a_lake_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert Settings(lake="some/../lake").lake_address == str(tmp_path / "lake")
    assert Settings(lake=f"{tmp_path}/other").lake_address == f"{tmp_path}/other"


def test_the_address_of_a_bucket_is_left_as_it_is() -> None:
    assert Settings(lake="s3://bucket/some/lake").lake_address == "s3://bucket/some/lake"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('order = ["earliest", "longest", "earliest"]', "'earliest' twice"),
        ('order = ["longest"]\npreferred = ["kestrelwire.example"]', "order lacks 'preferred'"),
        ('order = ["newest"]', "canonical.order"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(lines: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(f"[canonical]\n{lines}\n")

    with pytest.raises(UsageError, match=complaint):
        load_settings(tmp_path / "broadsheet.toml")


def test_an_order_is_part_of_the_rules() -> None:
    other = CanonicalSettings((Criterion.LONGEST,))

    assert Settings().rules_digest != Settings(canonical=other).rules_digest
