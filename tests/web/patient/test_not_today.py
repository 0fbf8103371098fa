"""Not today: put off inside the window, with a reason, and answers stay."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Postponement
from qol_app.db.session import Sessions
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, a_link, current

CHOICE = {"delay": "in_3_days", "reason": "too_ill"}


def made(sessions: Sessions) -> list[Postponement]:
    with sessions.read() as session:
        return list(session.scalars(select(Postponement)))


def offered(page: str, name: str = "delay") -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def test_every_page_of_questions_and_the_first_page_lead_there(
    patient: Patient, token: str
) -> None:
    patient.open(f"/s/{token}")
    assert f'href="/s/{token}/not-today"' in patient.text
    patient.begin()
    assert 'href="/survey/not-today"' in patient.text
    patient.open("/survey/not-today")
    assert offered(patient.text) == ["tomorrow", "in_3_days", "in_a_week"]
    assert offered(patient.text, "reason") == ["too_ill", "another_time"]
    assert "Tomorrow, Tuesday 3 March" in patient.text


@pytest.mark.parametrize("where", ["first", "running"])
def test_putting_off_stores_it_and_says_until_when(
    patient: Patient, sessions: Sessions, world: World, token: str, where: str
) -> None:
    path = f"/s/{token}/not-today"
    if where == "running":
        patient.begin()
        patient.send_page(ENERGY="4")
        path = "/survey/not-today"
    for _ in range(2):
        patient.page = patient.client.post(path, data=CHOICE, follow_redirects=True)
        assert patient.page.status_code == 200
    assert "We will ask you again on Thursday 5 March." in patient.text
    assert "Your answers so far are safe." in patient.text
    (row,) = made(sessions)
    assert (row.until_on, row.reason, row.actor_kind) == (date(2026, 3, 5), "too_ill", "link")
    assert current(sessions, world.due).missing_reason == "too_ill"
    with sessions.read() as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("visit_postponed") == 1


def test_one_may_still_answer_at_any_time_or_choose_another_day(
    patient: Patient, sessions: Sessions
) -> None:
    patient.begin()
    patient.client.post("/survey/not-today", data=CHOICE)
    patient.open("/survey/not-today?change=1")
    assert offered(patient.text) == ["tomorrow", "in_3_days", "in_a_week"]
    patient.client.post("/survey/not-today?change=1", data={**CHOICE, "delay": "tomorrow"})
    patient.open("/survey/not-today")
    assert "Tuesday 3 March" in patient.text
    patient.open("/survey")
    patient.send_page(ENERGY="4")
    assert patient.page.status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({}, ["Please choose a day.", "Please choose a reason."], id="nothing"),
        pytest.param({"delay": "tomorrow"}, ["Please choose a reason."], id="no reason"),
        pytest.param({**CHOICE, "delay": "next_year"}, ["Please choose a day."], id="forged day"),
        pytest.param({**CHOICE, "reason": "lazy"}, ["Please choose a reason."], id="forged reason"),
    ],
)
def test_a_choice_that_was_not_offered_is_explained_and_not_stored(
    patient: Patient, sessions: Sessions, data: dict[str, str], words: list[str]
) -> None:
    patient.begin()
    answer = patient.client.post("/survey/not-today", data=data)
    assert answer.status_code == 422
    assert re.findall(r"Please choose a \w+\.", answer.text) == words
    assert made(sessions) == []


def test_a_day_outside_the_window_is_not_offered_nor_taken(
    patient: Patient, sessions: Sessions, now: datetime
) -> None:
    patient.begin()
    with time_machine.travel(now + timedelta(days=6), tick=False):
        patient.open("/survey/not-today")
        assert offered(patient.text) == ["tomorrow", "in_3_days"]
        forged = {**CHOICE, "delay": "in_a_week"}
        assert patient.client.post("/survey/not-today", data=forged).status_code == 422
    assert made(sessions) == []


def test_on_the_last_day_the_page_says_so_and_leads_back(patient: Patient, now: datetime) -> None:
    patient.begin()
    with time_machine.travel(now + timedelta(days=10), tick=False):
        patient.open("/survey/not-today")
    assert patient.page.status_code == 200
    assert offered(patient.text) == []
    assert "can be answered until Thursday 12 March" in patient.text
    assert 'href="/survey"' in patient.text


def test_a_link_that_leads_nowhere_cannot_be_put_off(
    app: Flask, sessions: Sessions, world: World, now: datetime
) -> None:
    token = a_link(sessions, now, world.due, "m3")
    client = app.test_client()
    assert client.get(f"/s/{token}/not-today").status_code == 403
    assert client.post(f"/s/{token}/not-today", data=CHOICE).status_code == 403
    assert client.post("/s/nobodys/not-today", data=CHOICE).status_code == 404
    assert client.post("/survey/not-today", data=CHOICE).status_code == 404
    assert made(sessions) == []
