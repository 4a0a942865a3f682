"""Limits that keep a bad dump from filling the disk, or a badly mapped one from being published."""

import shutil
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.report import RunReport
from flows.settings import Rejected
from transforms.article import Reason
from transforms.errors import AuditFailed, NoRoom

_PLACE: Final = ("dump_digest", "member", "record_number")
_SHOWN_REASONS: Final = 3
_LEAST_EXPANSION: Final = 1.25
"""What unpacking a delivery takes at the very least, beside its copy that is kept: bytes for each delivered one."""


def within_quota(rows: pa.Table, max_mb: int) -> pa.Table:
    """Drop the raw bytes of a dump's rejects beyond so many MiB, in order of member and record; say so in the detail.

    Rows (QUARANTINE) keep their order. What stays depends on the dump alone, whatever it was delivered with.
    """
    beyond = _beyond(rows, max_mb << 20) & pc.not_equal(rows["reason"], Reason.FORGOTTEN).to_numpy()
    if not beyond.any():
        return rows
    chosen = pa.array(beyond)
    note = f"; not kept, for its dump has more than {max_mb:,} MiB of rejects"
    detail = pc.if_else(chosen, pc.binary_join_element_wise(rows["detail"], note, ""), rows["detail"])
    raw = pc.if_else(chosen, pa.scalar(None, pa.binary()), rows["raw"])
    for name, column in (("detail", detail), ("raw", raw)):
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


def _beyond(rows: pa.Table, max_bytes: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell the rows at which the sum over their dump's rows so far is above the limit."""
    if not rows.num_rows:
        return np.zeros(0, bool)
    order = pc.sort_indices(rows.select(_PLACE), sort_keys=[(key, "ascending") for key in _PLACE]).to_numpy()
    sizes = pc.fill_null(pc.binary_length(rows["raw"]), 0).to_numpy().astype(np.int64)[order]
    dumps = rows["dump_digest"].combine_chunks().dictionary_encode().indices.to_numpy()[order]
    starts = np.flatnonzero(np.r_[True, dumps[1:] != dumps[:-1]])
    sums = np.cumsum(sizes)
    before = np.repeat(sums[starts] - sizes[starts], np.diff(np.r_[starts, len(dumps)]))
    beyond = np.zeros(rows.num_rows, bool)
    beyond[order] = sums - before > max_bytes
    return beyond


def require_few_rejects(report: RunReport, limits: Rejected) -> None:
    """Raise AuditFailed when so much of a run is quarantined that its settings, not its records, must be wrong.

    Of several dumps the one with the most rejects does not count: a stranger's file must not stop the others. Nor does
    what was forgotten.
    """
    consumed = sorted((d for d in report.dumps if d.status == "consumed"), key=lambda dump: dump.quarantined)
    judged = consumed[:-1] or consumed
    read, rejected = (
        sum(getattr(dump, name) - dump.forgotten for dump in judged) for name in ("records_read", "quarantined")
    )
    if read < limits.min_records or rejected <= limits.max_share * read:
        return
    worst = consumed[-1].name
    reasons = sorted(report.quarantine.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN_REASONS]
    report.outcome = "refused for its rejects"
    raise AuditFailed(
        f"{rejected:,} of {read:,} records ({rejected / read:.0%}) would be quarantined, more than the "
        f"{limits.max_share:.0%} of max_share, and nothing was published: "
        f"{', '.join(f'{reason} {count:,}' for reason, count in reasons)}; most of them in {worst}; look at its "
        "fields, name them under [sources], or raise [quarantine] max_share, and run again",
        report,
    )


def require_room(folder: Path, delivered_bytes: int) -> None:
    """Raise NoRoom when the disk of a folder clearly cannot hold what so many bytes of dumps unpack to."""
    require_free(folder, int(_LEAST_EXPANSION * delivered_bytes), f"dumps of {delivered_bytes / 1e6:,.0f} MB")


def require_free(folder: Path, byte_count: int, what: str) -> None:
    """Raise NoRoom when the disk of a folder has less than so many bytes left."""
    free = shutil.disk_usage(folder).free
    if free < byte_count:
        raise NoRoom(
            f"{what} need at least {byte_count / 1e6:,.0f} MB on the disk of {folder.parent}, which has "
            f"{free / 1e6:,.0f} MB left; nothing was published; make room, or take fewer dumps at a time"
        )
