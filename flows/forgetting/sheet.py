"""A forgetting as text: what would go, and what went."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flows.forgetting.forget import Forgetting
from flows.forgetting.request import Plan
from flows.intake.receipt import printable

_SHOWN = 10


def plan_json(plan: Plan) -> dict[str, Any]:
    """Give a plan as plain values; its keys and prints are nobody's business, their numbers are."""
    told = asdict(plan)
    return told | {"news": {"day": plan.news.day, "keys": len(plan.news.keys), "stretches": len(plan.news.prints)}}


def forgetting_json(done: Forgetting) -> dict[str, Any]:
    """Give what went, and the proof, as plain values."""
    purged = done.purged
    return {
        "plan": plan_json(done.plan),
        "snapshot": done.report.snapshot if done.report else None,
        "verdict": done.report.verdict if done.report else None,
        "seconds": sum(done.report.stage_seconds.values()) if done.report else 0.0,
        "removed": {"snapshots": purged.snapshots, "files": len(purged.files), "byte_count": purged.byte_count},
        "page_trouble": done.page_trouble,
        "searched": asdict(done.searched),
    }


def plan_sheet(plan: Plan) -> str:
    """Say what would go."""
    return (
        f"{_going(plan)}the lake would be made again from its kept dumps; all snapshots up to {plan.snapshot}, their "
        "reports and refused\nnights would be gone, and nothing could be gone back to; --yes does it\n"
    )


def forgetting_sheet(done: Forgetting) -> str:
    """Say what went, and what was searched for it."""
    searched, purged = done.searched, done.purged
    head = _going(done.plan) if done.report else "it was forgotten before\n"
    told = f"published snapshot {done.report.snapshot}\n" if done.report else ""
    where = "".join(f" still in {printable(name)}\n" for name in searched.found[:_SHOWN])
    told += f"{done.page_trouble}\n" if done.page_trouble else ""
    return (
        f"{head}{told}removed {len(purged.snapshots):,} older snapshots and {len(purged.files):,} files "
        f"({purged.byte_count / 1e6:,.1f} MB)\n"
        f"searched {searched.files:,} files, {searched.byte_count / 1e6:,.1f} MB unpacked, for {searched.stretches:,} "
        f"stretches of what was forgotten: found in {len(searched.found):,}\n{where}"
    )


def _going(plan: Plan) -> str:
    lines = [
        f"of snapshot {plan.snapshot}: {len(plan.article_ids):,} articles, which {plan.deliveries:,} records brought"
        + (f", and {plan.rejects:,} rejected records with words of them" if plan.rejects else "")
    ]
    lines += _listed(plan.article_ids, len(plan.article_ids))
    if plan.dumps:
        lines.append(f"kept dumps that are written anew without them: {len(plan.dumps):,}")
        lines += _listed(plan.dumps, len(plan.dumps))
    if plan.staying_count:
        lines.append(f"other copies of these stories, which stay (--copies takes them, too): {plan.staying_count:,}")
        copies = [f"{copy.article_id} {copy.relation}, {copy.outlet}" for copy in plan.staying]
        lines += _listed(copies, plan.staying_count)
    if plan.unsearchable:
        lines.append(f"texts too short, or too much like those that stay, to be searched for: {plan.unsearchable:,}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _listed(names: Sequence[str], count: int) -> list[str]:
    shown = [f" {name}" for name in names[:_SHOWN]]
    return shown + ([f" and {count - len(shown):,} more"] if count > len(shown) else [])
