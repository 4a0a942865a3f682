"""Settings name the lake in one way, however it was given."""

import re
from pathlib import Path

import pytest

from flows.settings import Cleaning, Settings, load_settings
from transforms.canonical import CanonicalSettings, Criterion
from transforms.cleaning import Guide
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


WRONG = [
    ('timezone = "Europe/Berln"', "'Europe/Berln' is no IANA time zone; did you mean 'Europe/Berlin'?"),
    ('timezone = "New York"', "did you mean 'America/New_York'?"),
    ('date_order = "dmy"', "'day first' or 'month first', not 'dmy'"),
    ('language = "English"', "'English' is no ISO 639 code; English is 'en'"),
    ('new_fields = "frieze"', "'evolve', 'freeze' or 'ignore', not 'frieze'"),
    ('encoding = "latin-9000"', "'latin-9000' is no encoding"),
    ('boilerplate = ["one\\ntwo"]', "is not one line of text"),
    ('extractor = "best"', "'quality' or 'speed', not 'best'"),
    ("one_article_a_line = 7", "should be a valid boolean"),
    ('date_ordr = "day first"', "unknown setting 'sources.echo.date_ordr'; did you mean 'date_order'?"),
    ('fields = { titel = ["t"] }', "did you mean 'title'?"),
]


@pytest.mark.parametrize(("line", "complaint"), WRONG, ids=[line.split()[0] for line, _ in WRONG])
def test_a_wrong_setting_of_a_source_is_refused_in_a_sentence(line: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text(f"[sources.echo]\n{line}\n")

    with pytest.raises(UsageError, match=re.escape(complaint)):
        load_settings(tmp_path / "broadsheet.toml")


def test_the_settings_of_a_source_are_what_its_records_are_read_with(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text("""
        extractor = "speed"
        [cleaning]
        off = ["tag"]
        [sources.echo]
        files = ["echo-*"]
        timezone = "America/New_York"
        date_order = "day first"
        language = "en"
        boilerplate = ["  Read more at the Echo. "]
        encoding = "latin1"
    """)
    settings = load_settings(tmp_path / "broadsheet.toml")
    own = settings.sources["echo"]
    outlet = own.outlet("echo", settings.extractor)

    assert ("America/New_York", True, "en", "speed") == (
        outlet.timezone, outlet.is_day_first, outlet.language, outlet.extractor,
    )  # fmt: skip
    assert Guide(frozenset({"tag"}), ("Read more at the Echo.",)) == own.guide(settings.cleaning.off)
    assert "iso8859-1" == own.encoding


def test_rules_turned_off_are_known_ones_and_part_of_the_rules(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text('[cleaning]\noff = ["tags"]\n')

    with pytest.raises(UsageError, match="'tags' is no rule of cleaning; did you mean 'tag'"):
        load_settings(tmp_path / "broadsheet.toml")
    off = Settings(cleaning=Cleaning(off=("tag", "entity")))
    assert Settings().rules_digest != off.rules_digest
    assert off.rules_digest == Settings(cleaning=Cleaning(off=("entity", "tag", "tag"))).rules_digest


def test_a_source_that_names_no_files_is_refused_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[sources."echo.example"]\ntimezone = "Europe/Paris"\n')

    with pytest.raises(UsageError, match=r"'echo\.example' names no files and would apply to none; add files"):
        load_settings(tmp_path / "s.toml")
