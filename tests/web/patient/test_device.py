"""What the script talks to: the pack without answers, the state, and answers from a device."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from qol_app.db.models import AnswerEvent, Participant, Response, StrayAnswer
from qol_app.db.session import Sessions
from qol_app.services import links, participants
from qol_app.web import tickets
from tests import builders
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, current, stored


@pytest.fixture
def ticket(app: Flask) -> str:
    with app.app_context():
        return tickets.of_link(1)


def event(item: str, value: object, at: datetime, **more: object) -> dict[str, object]:
    return {
        "id": uuid.uuid4().hex,
        "instrument": "daily-life-check",
        "wording": "",
        "item": item,
        "value": value,
        "at": at.isoformat(),
        **more,
    }


def send(
    patient: Patient, ticket: object, now: datetime, *answers: dict[str, object], **more: object
) -> TestResponse:
    form = form_hash(patient)
    body = {
        "ticket": ticket,
        "sent_at": now.isoformat(),
        "answers": [{"form": form, **answer} for answer in answers],
        **more,
    }
    headers = {"Accept": "application/json"}
    return patient.client.post("/survey/answers", json=body, headers=headers)


def form_hash(patient: Patient) -> str:
    sessions: Sessions = patient.client.application.extensions["sessions"]
    with sessions.read() as session:
        return session.query(Response).first().form_version.hash  # type: ignore[union-attr]


def test_the_pack_holds_every_page_and_no_answer(patient: Patient) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.send_page(COMFORT="7")
    pack = json.loads(patient.client.get("/survey/pack").data)
    assert [[item["id"] for item in page["items"]] for page in pack["pages"]] == [
        ["ENERGY"],
        ["COMFORT"],
        ["SLEEP_HOURS", "SLEEP_REST"],
        ["OUTINGS", "OUTING_EASE"],
        ["SUPPORT", "MOOD"],
        ["DAY"],
        ["REMARK"],
    ]
    assert pack["forms"][0]["skips"] == [
        {"items": ["OUTING_EASE"], "item": "OUTINGS", "values": [1]}
    ]
    for page in pack["pages"]:
        assert "checked" not in page["html"]
        assert "csrf" not in page["html"]
    assert pack["texts"]["waiting"][1].startswith("2 answers are only on this device")


def test_an_unchanged_pack_is_not_sent_again(patient: Patient) -> None:
    patient.begin()
    first = patient.client.get("/survey/pack")
    again = patient.client.get("/survey/pack", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pack_state_and_shell_need_a_running_survey(app: Flask) -> None:
    for path in ("/survey/pack", "/survey/state", "/survey/shell"):
        assert app.test_client().get(path).status_code == 404


def test_the_state_tells_what_was_answered(patient: Patient) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    state = json.loads(patient.client.get("/survey/state").data)
    assert state["answers"] == {"daily-life-check": {"ENERGY": 4}}
    assert state["no_answers"] == {"daily-life-check": {}}
    assert state["saved_at"] == "2026-03-02T02:00:00+00:00"


def test_the_shell_holds_nothing_of_the_patient_but_the_ticket(
    patient: Patient, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    shell = patient.client.get("/survey/shell").get_data(as_text=True)
    assert "data-ticket=" in shell
    assert world.due.number not in shell
    assert "checked" not in shell
    assert "csrf" not in shell


def test_answers_arrive_with_a_ticket_alone(
    app: Flask, patient: Patient, ticket: str, sessions: Sessions, now: datetime
) -> None:
    given = event("ENERGY", 4, now - timedelta(minutes=3))
    answer = send(Patient(app.test_client(), ""), ticket, now, given)
    assert answer.get_json() == {
        "received": [given["id"]],
        "aside": 0,
        "finished": False,
        "at": "2026-03-02T02:00:00+00:00",
    }
    with sessions.read() as session:
        stored_event = session.query(AnswerEvent).one()
    assert (stored_event.value, stored_event.actor_kind) == (4, "link")
    assert stored_event.answered_at == now - timedelta(minutes=3)


@pytest.mark.parametrize("ticket", [None, 7, "", "no-ticket", "WzFd.aaaa.bbbb"])
def test_without_a_ticket_of_ours_nothing_is_taken(
    patient: Patient, sessions: Sessions, now: datetime, ticket: object
) -> None:
    answer = send(patient, ticket, now, event("ENERGY", 4, now))
    assert answer.status_code == 404
    assert stored(sessions) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": "short"}, id="an id that no device makes"),
        pytest.param({"at": "yesterday"}, id="no instant"),
        pytest.param({"at": "2026-03-02T02:00:00"}, id="an instant without zone"),
        pytest.param({"value": {"a": 1}}, id="a value of no type"),
        pytest.param({"surplus": 1}, id="a key that is unknown"),
    ],
)
def test_a_parcel_of_another_shape_is_refused_whole(
    patient: Patient, ticket: str, sessions: Sessions, now: datetime, change: dict[str, Any]
) -> None:
    good, bad = event("COMFORT", 7, now), event("ENERGY", 4, now) | change
    answer = send(patient, ticket, now, good, bad)
    assert answer.status_code == 422
    assert answer.is_json
    assert answer.get_json()["error"]["code"] == "invalid_input"
    assert stored(sessions) == []


def test_finishing_offline_sends_the_form_with_the_day_on_which_it_was_finished(
    patient: Patient, ticket: str, sessions: Sessions, world: World, now: datetime
) -> None:
    finished = {"at": (now - timedelta(days=1)).isoformat(), "helper": "read_aloud"}
    answer = send(patient, ticket, now, event("ENERGY", 4, now), finish=finished)
    assert answer.get_json()["finished"] is True
    again = send(patient, ticket, now, finish=finished)
    assert again.get_json()["finished"] is True
    response = current(sessions, world.due)
    assert response.submitted_at == now
    assert str(response.answered_on) == "2026-03-01"
    assert response.helper == "read_aloud"
    assert response.answers == {"ENERGY": 4}


def test_beneath_a_withdrawn_link_nothing_is_sent_and_nothing_lost(
    patient: Patient, ticket: str, sessions: Sessions, world: World, now: datetime
) -> None:
    with sessions.write() as session:
        visit = participants.visit(session, session.get_one(Participant, world.due.id), "baseline")
        links.revoke(session, visit, actor=builders.COMMAND, now=now)
        session.commit()
    finish = {"at": now.isoformat()}
    answer = send(patient, ticket, now, event("ENERGY", 4, now), finish=finish)
    assert (answer.get_json()["aside"], answer.get_json()["finished"]) == (1, False)
    assert current(sessions, world.due).submitted_at is None
    with sessions.read() as session:
        assert [(s.value, s.why) for s in session.query(StrayAnswer)] == [(4, "revoked")]


def test_the_worker_is_served_for_the_survey_alone(patient: Patient) -> None:
    answer = patient.client.get("/survey/worker.js")
    assert answer.mimetype == "text/javascript"
    assert "Service-Worker-Allowed" not in answer.headers
