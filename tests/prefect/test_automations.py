"""What the server does by itself: it tells of failed nights, whatever their state is called, and buries the dead."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any
from uuid import UUID

import orjson
import pytest
import yaml

from tests.prefect.conftest import ROOT, Server, await_that

pytestmark = [pytest.mark.prefect, pytest.mark.filterwarnings("default")]


@dataclass
class Receiver:
    """Where a webhook leads."""

    messages: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Listen for messages."""
    made = Receiver()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.messages.append(orjson.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        made.url = f"http://127.0.0.1:{http.server_port}/"
        yield made
        http.shutdown()


def begun() -> UUID:
    """Create a run of the nightly flow, and have it running."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.states import Pending, Running  # noqa: PLC0415

    from flows.nightly import nightly  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        run = client.create_flow_run(nightly, name="nightly-1999-12-31", state=Pending())
        client.set_flow_run_state(run.id, Running())
        return run.id


def ended(run_id: UUID, state: Any) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, state)


def named(server: Server) -> list[str]:
    return sorted(each["name"] for each in server.ask("automations/filter", {}))


def test_failed_nights_are_told_and_others_are_not(server: Server, receiver: Receiver) -> None:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock  # noqa: PLC0415
    from prefect.states import Completed, Failed  # noqa: PLC0415

    from flows.automations import automate  # noqa: PLC0415

    said = {"subject": "{{subject}}", "body": "{{body}}"}
    block = CustomWebhookNotificationBlock.model_validate({"name": "ops", "url": receiver.url, "json_data": said})
    block.save("ops", overwrite=True)
    assert automate("custom-webhook/ops")
    sleep(2)  # the server looks for new automations once a second

    ended(begun(), Completed(name="Published with warnings", message="fine"))
    refused = begun()
    ended(refused, Failed(name="Refused by audit", message="the audit refused the run"))
    ended(begun(), Failed(message="another run holds the lake"))
    await_that("two messages", lambda: len(receiver.messages) >= 2)
    sleep(1)

    subjects = sorted(message["subject"] for message in receiver.messages)
    assert ["nightly-1999-12-31: Failed", "nightly-1999-12-31: Refused by audit"] == subjects
    (body,) = (each["body"] for each in receiver.messages if each["subject"].endswith("audit"))
    assert body.startswith("the audit refused the run\n")
    assert str(refused) in body


def test_they_are_made_once_and_telling_ends_with_its_setting(server: Server, receiver: Receiver) -> None:
    from flows.automations import automate  # noqa: PLC0415

    assert automate(None)
    assert automate(None)
    assert ["Broadsheet: end runs that died"] == named(server)

    assert not automate("slack-webhook/nobody")
    assert ["Broadsheet: end runs that died"] == named(server)


def test_a_run_that_falls_silent_is_buried_and_one_that_has_ended_is_left(server: Server) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.events import emit_event  # noqa: PLC0415
    from prefect.states import Completed  # noqa: PLC0415

    from flows.automations import BURY  # noqa: PLC0415

    soon = BURY.model_copy(
        update={"name": "soon", "trigger": BURY.trigger.model_copy(update={"within": timedelta(seconds=10)})}
    )
    with get_client(sync_client=True) as client:
        client.create_automation(soon)
    sleep(2)
    silent, published = begun(), begun()
    flow_id = server.ask(f"flow_runs/{silent}")["flow_id"]
    related = {"prefect.resource.id": f"prefect.flow.{flow_id}", "prefect.resource.role": "flow"}
    for run in (silent, published):
        emit_event(
            "prefect.flow-run.heartbeat",
            resource={"prefect.resource.id": f"prefect.flow-run.{run}"},
            related=[related | {"prefect.resource.name": "nightly"}],
        )
    ended(published, Completed(name="Published", message="published snapshot 1"))

    await_that("burial", lambda: server.ask(f"flow_runs/{silent}")["state"]["type"] == "CRASHED")
    assert "Published" == server.ask(f"flow_runs/{published}")["state"]["name"]


def test_the_deployment_file_declares_the_same_automations() -> None:
    from prefect.events.schemas.automations import AutomationCore  # noqa: PLC0415

    from flows.automations import BURY, notify  # noqa: PLC0415

    text = (ROOT / "prefect.yaml").read_text()
    with_alarm = text.replace("\n  # - name", "\n  - name").replace("\n  #   ", "\n    ")
    declared = yaml.safe_load(with_alarm)["automations"]

    assert [BURY, notify(UUID(int=0))] == [AutomationCore.model_validate(each) for each in declared]
    assert 1 == len(yaml.safe_load(text)["automations"])
