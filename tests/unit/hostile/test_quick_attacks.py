"""A share of the attacks, as one night in this process: `make hostile` has them all, in real runs."""

from pathlib import Path
from typing import Final

import pytest

from flows.intake import decompress
from tests.hostile import undone
from tests.hostile.attack import Attack, Family, article, holding, jsonl
from tests.hostile.landing import LANDING
from tests.hostile.names import NAMES
from tests.hostile.night import Outcome, Ran, Told, judged, reasons_of
from tests.hostile.records import ENCODINGS
from tests.hostile.truncation import TRUNCATION
from tests.hostile.words import SECRETS
from tests.integration.nights import take_unaudited

_QUICK: Final = (NAMES, TRUNCATION, SECRETS)
_SOME: Final = (
    "link-out.jsonl",
    "link-loop.jsonl",
    "link-nowhere.jsonl",
    "pipe.jsonl",
    "empty.jsonl",
    "link-device.jsonl",
)
_HONEST: Final = Attack(
    "honest.jsonl", holding(jsonl(*(article(n, f"Honest story {n}.") for n in range(5)))), admitted=5
)


def met(family: Family, folder: Path) -> list[Outcome]:
    landing, lake = folder / "landing", folder / "lake"
    landing.mkdir()
    for attack in (*family.attacks, _HONEST):
        attack.make(landing / attack.name)
    report = take_unaudited(lake, [landing]).to_json()
    told = Told(Ran(0, b"", b"", 0, 0, 0), {dump["name"]: dump for dump in report["dumps"]}, reasons_of(lake))
    return [judged(family, attack, told) for attack in (*family.attacks, _HONEST)]


@pytest.mark.promise(24)
@pytest.mark.parametrize("family", _QUICK, ids=[family.name for family in _QUICK])
def test_each_attack_has_its_one_outcome_and_its_neighbours_are_admitted(family: Family, tmp_path: Path) -> None:
    assert [] == [f"{each.attack}: {each.wrong}" for each in met(family, tmp_path) if each.wrong]


@pytest.mark.promise(24)
def test_what_is_no_file_in_the_landing_folder_is_refused(tmp_path: Path) -> None:
    few = Family("landing", tuple(attack for attack in LANDING.attacks if attack.name in _SOME))

    assert len(_SOME) == len(few.attacks)
    assert [] == [f"{each.attack}: {each.wrong}" for each in met(few, tmp_path) if each.wrong]


def test_an_attack_that_is_not_met_is_told_of(tmp_path: Path) -> None:
    wrong = (
        Attack("a.jsonl", holding(jsonl(article(1))), refused="broken"),
        Attack("b.jsonl", holding(jsonl(article(2))), quarantined="malformed"),
        Attack("c.jsonl", holding(jsonl(article(3))), admitted=2),
        Attack("d.bin", holding(b"\0" * 100), admitted=1),
    )

    assert [True] * len(wrong) + [False] == [bool(each.wrong) for each in met(Family("wrong", wrong), tmp_path)]


def test_a_safeguard_that_is_taken_out_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoders = decompress._DECODERS
    monkeypatch.setitem(decoders, decompress.Codec.GZIP, decoders[decompress.Codec.GZIP])  # as it is again afterwards
    undone.do("cut gzip is whole")
    cut = tuple(attack for attack in TRUNCATION.attacks if attack.name == "cut-0.5.jsonl.gz")

    assert [True, False] == [bool(each.wrong) for each in met(Family("cut", cut), tmp_path)]


def test_every_attack_of_a_family_has_a_name_of_its_own() -> None:
    for family in (*_QUICK, LANDING, ENCODINGS):
        names = [attack.name for attack in family.attacks]
        assert sorted(set(names)) == sorted(names)
