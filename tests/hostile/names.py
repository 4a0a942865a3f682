"""Names: of members that want to be paths, of files that want to be commands, and of bytes that are no names."""

import io
import tarfile
import warnings
import zipfile
from typing import Final

from tests.hostile.attack import Attack, Family, article, holding, jsonl


def _zip(*members: tuple[str, bytes], mode: int = 0) -> bytes:
    sink = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(sink, "w") as archive:
        warnings.simplefilter("ignore")  # a name that is there twice
        for name, content in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return sink.getvalue()


def _tar(*members: tuple[str, bytes, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def _told(number: int) -> bytes:
    """Write a dump of its own, for two of the same content are one."""
    return jsonl(article(number, f"Told for the {number}th time."))


_REGULAR: Final = tarfile.REGTYPE
_TWICE: Final = jsonl(article(2, "Twice in one archive."))
_EMPTY_TYPES: Final = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)

NAMES: Final = Family(
    "names",
    (
        Attack("zip-dots.zip", holding(_zip(("../../outside.jsonl", _told(1)))), admitted=1),
        Attack("zip-absolute.zip", holding(_zip(("/etc/cron.d/outside.jsonl", _told(2)))), admitted=1),
        Attack("zip-backslash.zip", holding(_zip(("a\\..\\C:\\outside.jsonl", _told(3)))), admitted=1),
        Attack("zip-link.zip", holding(_zip(("a.jsonl", b"/etc/passwd"), mode=0o120777)), refused="nothing to read"),
        Attack("zip-twice.zip", holding(_zip(("a.jsonl", _told(4)), ("a.jsonl", _told(5)))), admitted=2),
        Attack("zip-same-twice.zip", holding(_zip(("a.jsonl", _TWICE), ("a.jsonl", _TWICE)))),
        Attack("zip-long.zip", holding(_zip(("a" * 10_000 + ".jsonl", _told(6)))), admitted=1),
        Attack("zip-nul.zip", holding(_zip(("a\0.exe.jsonl", _told(7))))),
        Attack("zip-escapes.zip", holding(_zip(("\x1b[2J\x1b]0;owned\x07\n.jsonl", _told(8)))), admitted=1),
        Attack("zip-bidi.zip", holding(_zip(("\u202egpj.lnosj.jsonl", _told(9)))), admitted=1),
        Attack("tar-dots.tar", holding(_tar(("../../outside.jsonl", _REGULAR, _told(10)))), admitted=1),
        Attack("tar-absolute.tar", holding(_tar(("/etc/outside.jsonl", _REGULAR, _told(11)))), admitted=1),
        Attack("tar-same-twice.tar", holding(_tar(*[("a.jsonl", _REGULAR, _TWICE)] * 2))),
        Attack("tar-long.tar", holding(_tar(("a" * 10_000 + ".jsonl", _REGULAR, _told(12)))), admitted=1),
        Attack("tar-links.tar", holding(_tar(*((f"{n}.jsonl", kind, b"") for n, kind in enumerate(_EMPTY_TYPES)))),
               refused="nothing to read"),
        Attack("'; DROP TABLE articles; --.jsonl", holding(_told(13)), admitted=1),
        Attack('a"b`c$(touch owned)%s{0}*?[x].jsonl', holding(_told(14)), admitted=1),
        Attack("\x1b[31mred\x1b[0m\rgone\n.jsonl", holding(_told(15)), admitted=1),
        Attack("\x1b[31mrefused.bin", holding(b"\x00\x01" * 100), refused="do not know"),
        Attack("\udcff\udcfe-no-utf8.jsonl", holding(_told(16)), admitted=1),
        Attack("\udcff-no-utf8-refused.bin", holding(b"\x00\x02" * 100), refused="do not know"),
        Attack("a" * 240 + ".jsonl", holding(_told(17)), admitted=1),
        Attack("[bold red]markup[bold].jsonl", holding(_told(18)), admitted=1),
    ),
)  # fmt: skip
