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
        if since := _forgotten_since(store, target):
            raise UsageError(
                f"snapshot {since} forgot what snapshot {number} holds; bring the same `broadsheet forget` to its end"
            )
        if damage := next(part_damage(store.medium, target.parts), None):
            raise LakeDamaged(f"{damage.path}: {damage.what}; snapshot {number} is not whole, choose another")
        return writer.publish_again(parent, target, "rollback")


def _forgotten_since(store: Store, target: Manifest) -> int | None:
    """Name the first snapshot after another that forgot something, and whose work was not brought to its end."""
    later = (number for number in store.numbers() if number > target.number)
    return next((number for number in later if store.manifest(number).action == "forget"), None)
