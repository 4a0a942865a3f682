"""Damage is found: in any part, of any size, and in a lake too large for one night within a few."""

from pathlib import Path

import pytest

from flows.lake.integrity import Damage, file_damage, part_damage, require_whole, turn
from flows.lake.manifest import Manifest, Part
from flows.lake.medium import Medium
from flows.lake.store import Store
from tests.unit.lake.made import a_manifest, add_rows, publish, root_of, rows_of
from transforms.errors import LakeDamaged
from transforms.tables import DELIVERIES, STORED


@pytest.fixture
def manifest(store: Store) -> Manifest:
    """Publish a part of every table."""
    with store.writer() as writer:
        days = {table.name: "2024-01-02" if table.is_partitioned else None for table in STORED}
        parts = [add_rows(writer, table, rows_of(table, 3), days[table.name]) for table in STORED]
        writer.commit(a_manifest(*parts))
    return a_manifest(*parts)


def flip(path: Path, position: int = -1) -> None:
    """Change one bit, and the size not at all."""
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def path_of(store: Store, part: Part) -> Path:
    return root_of(store) / part.path


def test_a_whole_lake_and_an_empty_one_have_no_damage(store: Store, manifest: Manifest) -> None:
    assert list(part_damage(store.medium, manifest.parts)) == []
    require_whole(store.medium, manifest, 1 << 30)
    require_whole(store.medium, None, 1 << 30)
    require_whole(store.medium, a_manifest(), 0)


@pytest.mark.promise(21)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("table", [table.name for table in STORED])
def test_one_bit_in_any_part_is_named(store: Store, manifest: Manifest, table: str, place: float) -> None:
    [part] = manifest.parts_of(table)
    flip(path_of(store, part), int(place * (part.byte_count - 1)))
    [damage] = part_damage(store.medium, manifest.parts)

    assert damage.path == part.path
    assert f"not {part.sha256[:12]}..." in damage.what


@pytest.mark.promise(21)
def test_missing_and_cut_parts_are_named_among_whole_ones(store: Store, manifest: Manifest) -> None:
    gone, cut, grown = manifest.parts[0], manifest.parts[2], manifest.parts[4]
    path_of(store, gone).unlink()
    path_of(store, cut).write_bytes(path_of(store, cut).read_bytes()[:-1])
    path_of(store, grown).write_bytes(path_of(store, grown).read_bytes() + b"\n")

    assert list(part_damage(store.medium, manifest.parts)) == [
        Damage(gone.path, "missing"),
        Damage(cut.path, f"{cut.byte_count - 1} bytes, not {cut.byte_count}"),
        Damage(grown.path, f"{grown.byte_count + 1} bytes, not {grown.byte_count}"),
    ]


def test_a_part_in_whose_place_is_a_folder_is_missing(store: Store, manifest: Manifest) -> None:
    path_of(store, manifest.parts[0]).unlink()
    path_of(store, manifest.parts[0]).mkdir()

    assert list(part_damage(store.medium, manifest.parts)) == [Damage(manifest.parts[0].path, "missing")]


def test_a_file_is_whole_missing_changed_or_not_to_be_read(store: Store, manifest: Manifest) -> None:
    part = manifest.parts[0]
    assert file_damage(store.medium, part.path, part.sha256) is None
    flip(path_of(store, part))

    assert "SHA-256" in str(file_damage(store.medium, part.path, part.sha256))
    assert file_damage(store.medium, "parts/none", part.sha256) == "missing"
    assert file_damage(store.medium, "parts", part.sha256) == "cannot be read (Is a directory)"


def test_nothing_is_built_on_a_damaged_part_and_the_next_step_is_told(store: Store, manifest: Manifest) -> None:
    flip(path_of(store, manifest.parts[3]))
    said = rf"{manifest.parts[3].path}: .*SHA-256 .*; nothing was published; run `broadsheet verify`"
    with pytest.raises(LakeDamaged, match=said):
        require_whole(store.medium, manifest, 1 << 30)
    path_of(store, manifest.parts[0]).unlink()
    with pytest.raises(LakeDamaged, match=rf"{manifest.parts[0].path}: missing, and 1 more; nothing was published"):
        require_whole(store.medium, manifest, 1 << 30)


def test_without_a_budget_sizes_are_compared_and_digests_are_not(store: Store, manifest: Manifest) -> None:
    flip(path_of(store, manifest.parts[0]))
    require_whole(store.medium, manifest, 0)
    for part in manifest.parts:
        content = path_of(store, part).read_bytes()
        path_of(store, part).write_bytes(content[:-1])
        with pytest.raises(LakeDamaged, match=part.path):
            require_whole(store.medium, manifest, 0)
        path_of(store, part).write_bytes(content)


class Noting:
    """A medium that notes which files were read to the end."""

    def __init__(self, medium: Medium, **changed: object) -> None:
        self.medium = medium
        self.changed = changed
        self.read: list[str] = []

    def __getattr__(self, name: str) -> object:
        """Be the medium in all else, but for what was changed."""
        return self.changed[name] if name in self.changed else getattr(self.medium, name)

    def digest(self, name: str) -> str:
        """Note the file."""
        self.read.append(name)
        return self.medium.digest(name)


def digested(store: Store, manifest: Manifest, digest_bytes: int, **changed: object) -> list[str]:
    """Return the parts whose digests a night checks."""
    noting = Noting(store.medium, **changed)
    require_whole(noting, manifest, digest_bytes)  # type: ignore[arg-type]
    return noting.read


def test_a_medium_that_checks_itself_is_asked_for_sizes_only(store: Store, manifest: Manifest) -> None:
    assert digested(store, manifest, 1 << 30, checks_itself=True) == []
    path_of(store, manifest.parts[0]).write_bytes(b"cut")
    with pytest.raises(LakeDamaged, match=manifest.parts[0].path):
        digested(store, manifest, 1 << 30, checks_itself=True)


@pytest.mark.promise(21)
@pytest.mark.slow
def test_every_part_of_a_large_lake_has_its_turn(store: Store) -> None:
    with store.writer() as writer:
        parts = [add_rows(writer, DELIVERIES, rows_of(DELIVERIES, 40 * n + 1, 9000 * n)) for n in range(12)]
    share = 2 * max(part.byte_count for part in parts)
    nights = [digested(store, publish(store, *parts), share) for _ in range(30)]

    assert all(len(night) < len(parts) for night in nights)
    assert {part.path for part in parts} == {name for night in nights for name in night}


def made_up(*byte_counts: int) -> list[Part]:
    return [Part("pairs", f"{n}", None, 1, size, "0" * 64, {}, {}) for n, size in enumerate(byte_counts)]


def test_parts_have_their_turn_though_the_lake_grows_by_as_much_as_is_checked() -> None:
    seen = {part.path for night in range(1, 400) for part in turn(made_up(*[10] * night), night, 105)}

    assert {str(n) for n in range(200)} <= seen


@pytest.mark.parametrize("sizes", [(90, 90, 20), (20, 500, 20), (1,)])
def test_parts_larger_than_the_share_and_at_the_end_have_their_turn(sizes: tuple[int, ...]) -> None:
    parts = made_up(*sizes)

    assert set(parts) == {part for number in range(40) for part in turn(parts, number, 100)}


def test_nobody_has_a_turn_when_nothing_is_to_be_checked() -> None:
    assert turn(made_up(10, 10), 5, 0) == turn([], 5, 100) == set()


def test_a_lake_no_larger_than_the_share_is_checked_whole_each_night(store: Store, manifest: Manifest) -> None:
    everything = sum(part.byte_count for part in manifest.parts)

    assert sorted(digested(store, manifest, everything)) == [part.path for part in manifest.parts]
