"""One delivered file becomes a receipt, or is refused in one sentence."""

import gzip
import hashlib
import io
import multiprocessing
import os
import pickle
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from flows.intake.receipt import IntakeLimits
from flows.intake.receive import receive
from tests.unit.intake.deliveries import CODECS, received, tar_of, zip_of, zstd
from transforms.errors import DumpRefused
from transforms.parse import Format

LINES = b"".join(b'{"id": %d, "text": "A story about %d."}\n' % (n, n * n) for n in range(200))


@pytest.mark.promise(5)
@pytest.mark.parametrize("codec", CODECS)
def test_the_digest_is_that_of_the_content_whatever_the_codec_and_name(tmp_path: Path, codec: str) -> None:
    for name in (f"dump.jsonl{codec}", "other.jsonl"):
        receipt = received(tmp_path, name, CODECS[codec](LINES))
        assert receipt.digest == hashlib.sha256(LINES).hexdigest()
        assert receipt.byte_count == len(LINES)
        (member,) = receipt.members
        assert (member.name, member.format, member.encoding) == (None, Format.JSONL, "utf-8")
        assert member.path.read_bytes() == LINES


@pytest.mark.parametrize("codec", CODECS)
def test_the_raw_copy_holds_the_delivery_and_is_received_as_the_same_dump(tmp_path: Path, codec: str) -> None:
    delivered = CODECS[codec](LINES)
    receipt = received(tmp_path, "dump.jsonl", delivered)
    assert receipt.raw is not None
    assert receipt.raw.suffix == f".jsonl{codec or '.zst'}"
    kept = receipt.raw.path.read_bytes()
    assert receipt.raw.sha256 == hashlib.sha256(kept).hexdigest()
    assert kept == delivered if codec else zstandard.ZstdDecompressor().decompressobj().decompress(kept) == delivered
    again = received(tmp_path, f"dump{receipt.raw.suffix}", kept)
    assert again.digest == receipt.digest


@pytest.mark.parametrize(
    ("data", "suffix"), [(zip_of({"a.jsonl": LINES}), ".zip"), (tar_of({"a.jsonl": LINES}), ".tar")]
)
def test_archives_are_kept_as_they_are(tmp_path: Path, data: bytes, suffix: str) -> None:
    raw = received(tmp_path, "dump", data).raw
    assert raw is not None
    assert (raw.path.read_bytes(), raw.suffix) == (data, suffix)


def test_without_a_raw_copy_none_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    receipt = receive(path, "a.jsonl", tmp_path / "workspace", keep_raw=False)
    assert receipt.raw is None
    assert [p.name for p in (tmp_path / "workspace").iterdir()] == ["member-000000"]


@pytest.mark.parametrize("codec", [c for c in CODECS if c])
def test_frames_one_after_another_are_one_dump(tmp_path: Path, codec: str) -> None:
    data = CODECS[codec](LINES) + CODECS[codec](b"") + CODECS[codec](LINES)
    assert received(tmp_path, "a.jsonl", data).members[0].path.read_bytes() == LINES * 2


@pytest.mark.parametrize("codec", [c for c in CODECS if c])
@pytest.mark.parametrize("junk", [b"junk", b"j", b"\x1f\x8b\x00", b"\0\0junk"])
def test_junk_after_the_last_frame_is_refused(tmp_path: Path, codec: str, junk: bytes) -> None:
    with pytest.raises(DumpRefused, match=r"^a\.jsonl is (damaged|cut short) in its \w+ compression"):
        received(tmp_path, "a.jsonl", CODECS[codec](LINES) + junk)


@pytest.mark.promise(15)
@pytest.mark.parametrize("codec", [c for c in CODECS if c])
def test_every_prefix_is_refused(tmp_path: Path, codec: str) -> None:
    data = CODECS[codec](LINES)
    path = tmp_path / "a.jsonl"
    for end in [*range(0, len(data), 7), len(data) - 1]:
        path.write_bytes(data[:end])
        with pytest.raises(DumpRefused, match=r"^a\.jsonl"):
            receive(path, "a.jsonl", tmp_path / "workspace")


@pytest.mark.parametrize("codec", [c for c in CODECS if c])
def test_a_flipped_byte_is_refused_or_changes_nothing(tmp_path: Path, codec: str) -> None:
    data = CODECS[codec](LINES)
    for at in range(0, len(data), 13):
        flipped = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        try:
            receipt = received(tmp_path, "a.jsonl", flipped)
        except DumpRefused:
            continue
        assert receipt.digest == hashlib.sha256(LINES).hexdigest()


@pytest.mark.promise(5)
def test_zip_tar_and_compressed_tar_of_the_same_files_agree(tmp_path: Path) -> None:
    files = {"b/two.jsonl": LINES, "a/ein.txt": b"One story.", "ä.csv": b"id,text\n1,x\n"}
    turned = dict(reversed(files.items()))
    digests = {
        received(tmp_path, "x", data).digest
        for data in (
            zip_of(files),
            zip_of(turned),
            tar_of(files),
            *(CODECS[c](tar_of(turned)) for c in CODECS),
            tar_of({f"./{name}": content for name, content in files.items()}),
        )
    }
    lines = sorted(f"{name}\0{hashlib.sha256(content).hexdigest()}\n" for name, content in files.items())
    assert digests == {hashlib.sha256("".join(lines).encode()).hexdigest()}


def test_members_keep_their_names_and_compressed_ones_are_unpacked(tmp_path: Path) -> None:
    receipt = received(tmp_path, "dump.zip", zip_of({"a.jsonl.gz": gzip.compress(LINES), "b.json": b'[{"a": 1}]'}))
    assert [(m.name, m.format, m.byte_count) for m in receipt.members] == [
        ("a.jsonl.gz", Format.JSONL, len(LINES)),
        ("b.json", Format.JSON, 10),
    ]
    assert receipt.members[0].path.read_bytes() == LINES


def test_folders_hidden_files_and_links_are_left_out_and_the_rest_is_named(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in {
            "__MACOSX/a.jsonl": LINES,
            ".DS_Store": b"x",
            "x/.hidden/a.jsonl": LINES,
            "notes.md": b"# Notes",
            "empty.txt": b"",
            "inner.zip": zip_of({"a.jsonl": LINES}),
            "../../etc/evil.jsonl": LINES,
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for kind, name in ((tarfile.SYMTYPE, "link.jsonl"), (tarfile.DIRTYPE, "folder"), (tarfile.FIFOTYPE, "pipe")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    receipt = received(tmp_path, "dump.tar", sink.getvalue())
    (member,) = receipt.members
    assert member.name == "../../etc/evil.jsonl"
    assert member.path.is_relative_to(tmp_path)
    assert receipt.skipped == (
        "notes.md is in a format we do not know",
        "empty.txt is empty",
        "inner.zip is an archive inside the archive",
    )


def test_an_archive_without_anything_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpRefused, match=r"nothing to read in it \(notes\.md is in a format we do not know\)"):
        received(tmp_path, "dump.zip", zip_of({"notes.md": b"# Notes"}))
    with pytest.raises(DumpRefused, match=r"nothing to read in it \(it holds no file\)"):
        received(tmp_path, "dump.zip", zip_of({}))


@pytest.mark.promise(15)
@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_every_prefix_of_an_archive_is_refused(tmp_path: Path, make: object) -> None:
    data = (
        zip_of({"a.txt": b"x" * 900, "b.txt": b"y"}) if make is zip_of else tar_of({"a.txt": b"x" * 900, "b.txt": b"y"})
    )
    end_mark = len(data) if make is zip_of else len(data.rstrip(b"\0")) // 512 * 512 + 512
    for end in range(512 if make is tar_of else 30, end_mark, 37):
        with pytest.raises(DumpRefused):
            received(tmp_path, "dump", data[:end])


def test_a_damaged_header_inside_a_tar_is_refused(tmp_path: Path) -> None:
    data = bytearray(tar_of({"a.txt": b"x", "b.txt": b"y"}))
    data[1024 + 150] ^= 1  # In the checksum of the second header.
    with pytest.raises(DumpRefused, match="damaged tar archive"):
        received(tmp_path, "dump.tar", bytes(data))


def test_tars_joined_together_are_refused_rather_than_half_read(tmp_path: Path) -> None:
    one = tar_of({"a.txt": b"x"})
    with pytest.raises(DumpRefused, match="goes on after the end of its tar archive"):
        received(tmp_path, "dump.tar", one + one)


def test_a_zip_member_that_fails_its_checksum_is_refused(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", b"A story.")
    with pytest.raises(DumpRefused, match="damaged zip archive"):
        received(tmp_path, "dump.zip", sink.getvalue().replace(b"A story.", b"A glory."))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.txt": b"A story."}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DumpRefused, match="encrypted"):
        received(tmp_path, "dump.zip", bytes(data))


@pytest.mark.parametrize(
    "pack", [gzip.compress, zstd, lambda data: zip_of({"a.txt": data}), lambda data: zstd(tar_of({"a.txt": data}))]
)
def test_bombs_are_stopped_by_ratio_and_by_size(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    path = tmp_path / "bomb"
    path.write_bytes(pack(b" " * (8 << 20)))
    with pytest.raises(DumpRefused, match="more than 10 times its size"):
        receive(path, "bomb", tmp_path / "w", IntakeLimits(max_expansion_ratio=10, free_expansion_bytes=1 << 20))
    with pytest.raises(DumpRefused, match="more than 1,048,576 bytes"):
        receive(path, "bomb", tmp_path / "w", IntakeLimits(max_dump_bytes=1 << 20))
    staged = tmp_path / "w" / "member-000000"
    assert not staged.exists() or staged.stat().st_size <= 2 << 20


def test_a_zstd_window_beyond_the_cap_is_refused(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=30)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(DumpRefused, match="larger window than 128 MiB"):
        received(tmp_path, "a.jsonl", compressor.compress(LINES) + compressor.flush())


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many"
    for data in (tar_of({f"{n}.txt": b"x" for n in range(4)}), zip_of({f"{n}.txt": b"x" for n in range(4)})):
        path.write_bytes(data)
        with pytest.raises(DumpRefused, match="more than 3 files"):
            receive(path, "many", tmp_path / "w", IntakeLimits(max_members=3))


def test_an_enormous_tar_header_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40
    with pytest.raises(DumpRefused, match="header of"):
        received(tmp_path, "dump.tar", tar_of({"a.txt": b"x"})[:1024] + info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))


@pytest.mark.parametrize(("data", "found"), [(b"", "is empty"), (gzip.compress(b"", mtime=0), "holds 0 bytes")])
def test_an_empty_dump_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    with pytest.raises(DumpRefused, match=rf"^a\.jsonl {found}"):
        received(tmp_path, "a.jsonl", data)


def test_links_are_followed_and_all_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_bytes(LINES)
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert receive(tmp_path / "link.jsonl", "link.jsonl", tmp_path / "w").byte_count == len(LINES)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name, what in (
            ("pipe", "is a pipe"),
            ("folder", "is a folder"),
            ("dangling", "is not there"),
            ("socket", "is a socket"),
        ):
            with pytest.raises(DumpRefused, match=rf"^{name} {what}"):
                receive(tmp_path / name, name, tmp_path / "w")
    with pytest.raises(DumpRefused, match="is a device"):
        receive(Path("/dev/null"), "null", tmp_path / "w")


def test_a_failing_disk_refuses_the_dump_and_missing_permission_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", fail)
        with pytest.raises(DumpRefused, match=r"cannot be read \(Input/output error\)"):
            receive(tmp_path / "a.jsonl", "a.jsonl", tmp_path / "w")

    def forbid(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", forbid)
        with pytest.raises(DumpRefused, match="may not be read by this user"):
            receive(tmp_path / "a.jsonl", "a.jsonl", tmp_path / "w")


@pytest.mark.promise(15)
def test_a_file_that_is_still_being_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    read = os.read

    def read_while_growing(descriptor: int, byte_count: int) -> bytes:
        block = read(descriptor, byte_count)
        with path.open("ab") as file:
            file.write(b"" if len(block) == 0 else b"x")
        return block

    monkeypatch.setattr(os, "read", read_while_growing)
    with pytest.raises(DumpRefused, match="changed while it was being read"):
        receive(path, "a.jsonl", tmp_path / "w")


def test_a_full_disk_is_no_fault_of_the_dump(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "member-000000").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        receive(tmp_path / "a.jsonl", "a.jsonl", tmp_path / "w")


def test_names_cannot_move_the_cursor_of_whoever_reads_the_message(tmp_path: Path) -> None:
    with pytest.raises(DumpRefused) as caught:
        received(tmp_path, "a\x1b[2J\nb\udcff.pdf", b"%PDF")
    assert str(caught.value).startswith(r"a\x1b[2J\nb\udcff.pdf is in a format we do not know")


def test_a_workspace_left_by_a_run_that_died_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    first = receive(path, "a.jsonl", tmp_path / "w")
    first.members[0].path.write_bytes(b"half")
    assert receive(path, "a.jsonl", tmp_path / "w") == first
    assert first.members[0].path.read_bytes() == LINES


def test_receiving_works_in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        receipt = pool.apply(receive, (path, "a.jsonl", tmp_path / "w", IntakeLimits()))
    assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301
