"""What Prefect's server does by itself about nightly runs: it ends those that died, and tells of those that failed."""

from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound

LOST: Final = "it ended with the machine or the schedule that ran it; the lake is as its last snapshot left it"

_SILENT: Final = timedelta(seconds=600)
"""More than three heartbeats, of one every 180 s: a run is dead that was silent for so long."""

_RUN: Final = "prefect.flow-run.*"
_NIGHTLY: Final = ResourceSpecification({"prefect.resource.role": "flow", "prefect.resource.name": "nightly"})

BURY: Final = AutomationCore(
    name="Broadsheet: end runs that died",
    description="A run without a heartbeat for ten minutes is dead; Crashed, it no longer blocks the next nights.",
    trigger=EventTrigger(
        posture=Posture.Proactive,
        after={"prefect.flow-run.heartbeat"},
        # Any event ends the silence. Prefect's own example names Completed and Failed, and ours go by other names.
        expect={_RUN},
        match=ResourceSpecification({"prefect.resource.id": _RUN}),
        match_related=_NIGHTLY,
        for_each={"prefect.resource.id"},
        threshold=1,
        within=_SILENT,
    ),
    actions=[ChangeFlowRunState(name="Crashed", state=StateType.CRASHED, message=LOST, force=False)],
)


def notify(block_id: UUID) -> AutomationCore:
    """Tell through a notification block of every night that failed, crashed, or was cancelled to make way."""
    return AutomationCore(
        name="Broadsheet: tell of failed nights",
        description="Sends the state and its sentence of each nightly run that failed, crashed or was cancelled.",
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect={_RUN},
            # By type, not by name: a run that its audit refuses is Failed, but the event is called Refused by audit.
            match=ResourceSpecification(
                {"prefect.resource.id": _RUN, "prefect.state-type": ["FAILED", "CRASHED", "CANCELLED"]}
            ),
            match_related=_NIGHTLY,
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            SendNotification(
                block_document_id=block_id,
                subject="{{ flow_run.name }}: {{ flow_run.state.name }}",
                body="{{ flow_run.state.message }}\n{{ flow_run | ui_url or flow_run.id }}",
            )
        ],
    )


def automate(block: str | None) -> bool:
    """Make both automations as they are here, without the second when no block is named; say if that block is there."""
    with get_client(sync_client=True) as client:
        _put(client, BURY)
        found = _block(client, block) if block else None
        if found:
            _put(client, notify(found))
        else:
            _remove(client, notify(UUID(int=0)).name)
        return block is None or found is not None


def _block(client: SyncPrefectClient, block: str) -> UUID | None:
    """Find a block by TYPE/NAME."""
    kind, _, name = block.partition("/")
    with suppress(ObjectNotFound):
        return client.read_block_document_by_name(name, kind).id
    return None


def _put(client: SyncPrefectClient, automation: AutomationCore) -> None:
    known = client.read_automations_by_name(automation.name)
    if known:
        client.update_automation(known[0].id, automation)
    else:
        client.create_automation(automation)


def _remove(client: SyncPrefectClient, name: str) -> None:
    for known in client.read_automations_by_name(name):
        client.delete_automation(known.id)
