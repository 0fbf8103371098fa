"""Bad links and bad answers: a clear page, the right status, and the data as they were."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from qol_app.db.models import Participant
from qol_app.db.session import Sessions
from qol_app.domain.events import ParticipantEventKind
from qol_app.services import enrolment, links, participants
from tests import builders
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, a_link, current, stored


def test_a_wrong_token_is_explained(app: Flask, world: World) -> None:
    answer = app.test_client().get("/s/not-a-token")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


def test_a_wrong_token_is_explained_in_the_browsers_language(app: Flask, world: World) -> None:
    answer = app.test_client().get("/s/x", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert '<html lang="zh-Hans"' in answer.text


@pytest.mark.parametrize(
    ("visit", "status", "words"),
    [
        pytest.param("m3", 403, "not open yet", id="of a later visit"),
        pytest.param("w4", 403, "not open yet", id="of the next visit"),
    ],
)
def test_a_link_of_another_visit_says_when_to_come(
    app: Flask, sessions: Sessions, world: World, now: datetime, visit: str, status: int, words: str
) -> None:
    token = a_link(sessions, now, world.due, visit)
    for method in ("get", "post"):
        answer = getattr(app.test_client(), method)(f"/s/{token}")
        assert answer.status_code == status
        assert words in answer.text


def test_an_expired_link_says_that_answers_are_safe(app: Flask, token: str, now: datetime) -> None:
    with time_machine.travel(now + timedelta(days=60), tick=False):
        answer = app.test_client().get(f"/s/{token}")
    assert answer.status_code == 410
    assert "The time for this questionnaire is over" in answer.text


def test_a_withdrawn_link_ends_a_running_session_too(
    patient: Patient, sessions: Sessions, world: World, now: datetime
) -> None:
    patient.begin()
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        assert links.revoke(session, visit, actor=builders.COMMAND, now=now) == 1
        session.commit()
    patient.send_page(ENERGY="4")
    assert patient.page.status_code == 410
    assert "This link was withdrawn" in patient.text
    assert stored(sessions) == []


def test_nobody_is_asked_after_a_withdrawal(
    app: Flask, sessions: Sessions, world: World, now: datetime, token: str
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        enrolment.record_event(
            session,
            person,
            ParticipantEventKind.WITHDREW,
            happened_on=now.date(),
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
    answer = app.test_client().get(f"/s/{token}")
    assert answer.status_code == 410
    assert "No more questionnaires" in answer.text


def test_a_form_replayed_after_sending_changes_nothing(
    patient: Patient, sessions: Sessions, world: World
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    patient.client.post("/survey/review")
    again = patient.client.post(
        "/survey/daily-life-check/p1", data={"shown-ENERGY": "4", "ENERGY": "1"}
    )
    assert again.status_code == 409
    assert "Your answers are with us" in again.text
    assert current(sessions, world.due).answers == {"ENERGY": 4}


@pytest.mark.parametrize(
    ("page", "answers", "words"),
    [
        pytest.param("p1", {"ENERGY": "6"}, "choose one of the answers", id="a code past the last"),
        pytest.param("p1", {"ENERGY": "x"}, "choose one of the answers", id="no number"),
        pytest.param("p2", {"COMFORT": "11"}, "whole number from 0 to 10", id="past the scale"),
        pytest.param("p3", {"SLEEP_HOURS": "25"}, "number from 0 to 24", id="more than a day"),
        pytest.param("p3", {"SLEEP_HOURS": "6.55"}, "number from 0 to 24", id="too exact"),
        pytest.param("p5", {"SUPPORT": ["0", "1"]}, "do not go together", id="nobody and family"),
        pytest.param("p6", {"DAY": "101"}, "whole number from 0 to 100", id="above the ruler"),
        pytest.param("p7", {"REMARK": "x" * 501}, "at most 500 characters", id="too long"),
    ],
)
def test_a_bad_answer_is_explained_at_its_question_and_not_stored(
    patient: Patient, sessions: Sessions, page: str, answers: dict[str, object], words: str
) -> None:
    patient.begin()
    patient.open(f"/survey/daily-life-check/{page}")
    patient.send_page(**answers)
    assert patient.page.status_code == 422
    assert words in patient.text
    assert stored(sessions) == []


def test_what_was_typed_stays_in_the_box(patient: Patient) -> None:
    patient.begin()
    patient.open("/survey/daily-life-check/p3")
    patient.send_page(SLEEP_HOURS="25")
    assert 'value="25"' in patient.text


def test_a_page_that_does_not_exist_is_not_found(patient: Patient) -> None:
    patient.begin()
    patient.open("/survey/daily-life-check/p99")
    assert patient.page.status_code == 404


def test_without_a_link_there_is_no_survey(app: Flask, world: World) -> None:
    answer = app.test_client().get("/survey/review")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


def test_thanks_before_sending_leads_back_to_the_questions(patient: Patient) -> None:
    patient.begin()
    patient.open("/survey/thanks")
    assert patient.path == "/survey/daily-life-check/p1"
