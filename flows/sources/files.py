"""Which source of the settings a file is of, and taking it in as they say of it."""

from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from flows.intake.receipt import IntakeLimits, Member, Receipt
from flows.intake.receive import receive
from flows.settings import Settings
from flows.sources.settings import Source
from transforms.fields import FieldMap
from transforms.parse import Format


def source_of(settings: Settings, dump_name: str, member: str | None) -> tuple[str | None, Source]:
    """Find the source of the settings whose patterns match a file."""
    names = {n for full in (dump_name, member) if full for n in (full, full.rsplit("/", 1)[-1])}
    for name, own in settings.sources.items():
        if any(fnmatch(n, pattern) for n in names for pattern in own.files):
            return name, own
    return None, Source()


def received(path: Path, name: str, workspace: Path, settings: Settings, *, keep_raw: bool = True) -> Receipt:
    """Receive a file within the limits of the settings; raises DumpRefused when it cannot be read."""
    limits = IntakeLimits(max_dump_bytes=settings.max_dump_bytes)
    fields = FieldMap(source_of(settings, name, None)[1].fields)
    receipt = receive(
        path,
        name,
        workspace,
        limits,
        lambda column: fields.has_story((column,)),
        lambda file: source_of(settings, name, file)[1].one_article_a_line,
        keep_raw=keep_raw,
    )
    members = (_as_settings_say(member, source_of(settings, name, member.name)[1]) for member in receipt.members)
    return replace(receipt, members=tuple(members))


def _as_settings_say(member: Member, own: Source) -> Member:
    """Read text files of a source in its encoding, and as lines of articles if that is what they are."""
    if member.format is not Format.TXT:
        return member
    form = Format.LINES if own.one_article_a_line else Format.TXT
    return replace(member, format=form, encoding=own.encoding or member.encoding)
