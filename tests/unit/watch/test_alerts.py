"""Alerts reach an address of the settings, tell no secret and no article, and harm nothing when they cannot be sent."""

import pytest

from flows.settings import Settings
from flows.watch.alerts import alert, unknown_addresses, watched
from flows.watch.settings import Alerts
from tests.unit.watch.receiver import receiver
from transforms.errors import AuditFailed, LakeBusy


def test_a_failed_run_is_told_in_its_own_sentence_and_gives_no_beat() -> None:
    with receiver() as heard:
        alerts = Alerts(urls=(f"json://127.0.0.1:{heard.port}/",), heartbeat_url=f"http://127.0.0.1:{heard.port}/beat")
        with pytest.raises(AuditFailed), watched(Settings(lake="/srv/lake", alerts=alerts), "run"):
            raise AuditFailed("the audit refused the run", None)

    [told] = heard.posted
    assert "run failed" in told["title"]
    assert told["message"].startswith("the audit refused the run\n\nlake: /srv/lake\n")
    assert [] == heard.asked


def test_a_run_that_went_well_gives_a_beat_and_no_alert_but_for_what_it_left_out() -> None:
    with receiver() as heard:
        settings = Settings(
            alerts=Alerts(urls=(f"json://127.0.0.1:{heard.port}/",), heartbeat_url=f"http://127.0.0.1:{heard.port}/b")
        )
        with watched(settings, "run"):
            pass
        assert ["/b"] == heard.asked
        assert [] == heard.posted
        with watched(settings, "run") as troubles:
            troubles.append("a.jsonl: it is no dump")

    assert ["/b", "/b"] == heard.asked
    assert heard.posted[0]["message"].startswith("a.jsonl: it is no dump")


def test_an_unforeseen_error_is_told_without_its_words() -> None:
    with receiver() as heard:
        settings = Settings(alerts=Alerts(urls=(f"json://127.0.0.1:{heard.port}/",)))
        with pytest.raises(ValueError, match="secret"), watched(settings, "run"):
            raise ValueError("a secret text of an article")

    assert "unexpected ValueError" in heard.posted[0]["message"]
    assert "secret" not in str(heard.posted)


def test_a_lake_that_another_run_holds_and_an_interruption_are_no_news() -> None:
    with receiver() as heard:
        settings = Settings(alerts=Alerts(urls=(f"json://127.0.0.1:{heard.port}/",)))
        for error in (LakeBusy("held"), RuntimeError("Query interrupted"), KeyboardInterrupt()):
            with pytest.raises(type(error)), watched(settings, "run"):
                raise error

    assert [] == heard.posted


def test_what_cannot_be_sent_is_told_here_without_the_secret_in_its_address(capsys: pytest.CaptureFixture[str]) -> None:
    with receiver() as heard:
        urls = (f"json://me:sesame@127.0.0.1:{heard.port}/broken", f"json://127.0.0.1:{heard.port}/")
        alert(Settings(alerts=Alerts(urls=urls)), "unhealthy", "nothing was published")
    told = capsys.readouterr()

    assert 2 == len(heard.posted)
    assert "broadsheet: the alert could not be sent to address 1 (json://...); check [alerts] urls\n" == told.err


def test_an_address_of_no_known_kind_is_found_before_it_is_needed() -> None:
    assert ["address 2 (smoke://...)"] == unknown_addresses(Alerts(urls=("json://localhost/", "smoke://signals")))
