"""Going back: an older snapshot's parts under a new number. Nothing is removed, so going back can be undone."""

from flows.lake.integrity import part_damage
from flows.lake.manifest import Manifest
from flows.lake.store import Store
from transforms.errors import LakeDamaged, UsageError


def roll_back(store: Store, number: int) -> Manifest:
    """Publish the content of snapshot `number` again; dumps taken since count as never taken.

    Raises UsageError when there is no such snapshot or its content is the current one, LakeDamaged when a part of it
    is not whole.
    """
    with store.writer() as writer:
        parent, target = writer.current(), store.manifest(number)
        if parent is None or parent.parts == target.parts:
            raise UsageError(f"snapshot {number} is what readers see already; `broadsheet snapshots` lists the others")
        if damage := next(part_damage(store.medium, target.parts), None):
            raise LakeDamaged(f"{damage.path}: {damage.what}; snapshot {number} is not whole, choose another")
        return writer.publish_again(parent, target, "rollback")
