"""Whatever the bytes, a parser refuses the file in a sentence or accounts for every record; it never raises."""

import time
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.seeds import SEEDS, mutated, require_sound
from transforms.parse import Format

_MOST_SECONDS: Final = 10.0
"""For a file of some kilobytes, on a machine that does other things too."""


@pytest.mark.parametrize("form", SEEDS)
def test_every_format_has_a_seed_that_holds_records(form: Format) -> None:
    assert 0 < require_sound(form, SEEDS[form])


def test_every_format_that_is_read_is_mutated() -> None:
    assert {*Format} == {*SEEDS, Format.KEPT}  # which nobody delivers: only the lake's own files are read as it


@pytest.mark.parametrize("form", SEEDS)
@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=8, deadline=None)
def test_mutated_files_are_refused_or_accounted_for(form: Format, seed: int) -> None:
    begin = time.monotonic()
    require_sound(form, mutated(SEEDS[form], Random(seed)))  # noqa: S311

    assert time.monotonic() - begin < _MOST_SECONDS


@pytest.mark.parametrize("form", SEEDS)
@given(data=st.binary(max_size=200))
@settings(max_examples=8, deadline=None)
def test_bytes_of_no_format_are_refused_or_accounted_for(form: Format, data: bytes) -> None:
    require_sound(form, data)


@pytest.mark.slow
@pytest.mark.parametrize("form", SEEDS)
@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=500, deadline=None)
def test_many_mutated_files_are_refused_or_accounted_for(form: Format, seed: int) -> None:
    require_sound(form, mutated(SEEDS[form], Random(seed)))  # noqa: S311
