"""A dump's digest and records follow from what it holds, not from how it was packed."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake.chunks import chunks, records
from tests.unit.intake.deliveries import CODECS, received, tar_of, zip_of
from transforms.parse import Record

OBJECTS = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.text(max_size=20) | st.integers()), min_size=1, max_size=6
)
NAMES = st.text("abcäö/ -", min_size=1, max_size=8).map(lambda stem: f"x{stem.replace('//', '/')}y.jsonl")


@settings(max_examples=60, deadline=None)
@given(OBJECTS, st.sampled_from(sorted(CODECS)), st.integers(1, 60))
def test_objects_come_back_equal_under_any_codec_and_any_cut(
    rows: list[dict[str, object]], codec: str, cut: int
) -> None:
    data = "\n".join(json.dumps(r) for r in rows).encode()
    with TemporaryDirectory() as folder:
        (member,) = received(Path(folder), "a.jsonl", CODECS[codec](data)).members
        found = [r for c in chunks(member, cut) for r in records(c)]
    assert [r.fields for r in found if isinstance(r, Record)] == rows


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, OBJECTS.map(json.dumps).map(str.encode), min_size=1, max_size=4))
def test_archives_of_the_same_files_have_one_digest(files: dict[str, bytes]) -> None:
    turned = dict(sorted(files.items(), reverse=True))
    with TemporaryDirectory() as folder:
        packed = [zip_of(files), tar_of(turned), CODECS[".gz"](tar_of(files)), CODECS[".zst"](tar_of(turned))]
        receipts = [received(Path(folder), "a", data) for data in packed]
    assert len({r.digest for r in receipts}) == 1
    assert all(sorted(m.name or "" for m in r.members) == sorted(files) for r in receipts)
