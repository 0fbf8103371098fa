"""Whoever cannot read a page of the patient's path chooses another language there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.models import Participant
from qol_app.db.session import Sessions
from qol_app.domain import codes
from qol_app.services import links, participants
from tests import builders
from tests.builders import Post
from tests.web.conftest import World
from tests.web.patient.conftest import Patient

CHINESE_PAGE = '<html lang="zh-Hans"'
CHINESE = {"language": "zh-Hans"}
IN_CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize("address", ["/no/such/page", ""])
def test_a_failure_at_a_link_speaks_the_patients_language(
    app: Flask, client: FlaskClient, token: str, method: str, address: str
) -> None:
    page = getattr(client, method)(f"/s/{token}{address}", headers=IN_CHINESE)
    assert '<html lang="en"' in page.text


def test_an_error_on_the_way_offers_the_other_language_and_leads_back_to_the_questions(
    patient: Patient,
) -> None:
    patient.begin()
    page = patient.client.get("/survey/daily-life-check/p99")
    assert page.status_code == 404
    assert 'action="/survey/language"' in page.text
    page = patient.client.post("/survey/language", data=CHINESE, follow_redirects=True)
    assert page.request.path == "/survey/daily-life-check/p1"
    assert CHINESE_PAGE in page.text


def test_an_error_at_a_link_offers_the_other_language(client: FlaskClient, token: str) -> None:
    page = client.delete(f"/s/{token}")
    assert page.status_code == 405
    assert f'action="/s/{token}/language"' in page.text


def test_not_today_comes_again_in_the_chosen_language(patient: Patient) -> None:
    first = f"/s/{patient.token}/not-today"
    choose = f"/s/{patient.token}/language?page=not-today"
    assert f'action="{choose}"' in patient.client.get(first).text
    answer = patient.client.post(choose, data=CHINESE)
    assert (answer.status_code, answer.location) == (303, first)
    assert CHINESE_PAGE in patient.client.get(first).text


def test_not_today_on_the_way_comes_again_in_the_chosen_language(patient: Patient) -> None:
    patient.begin()
    choose = "/survey/language?page=not-today"
    assert f'action="{choose}"' in patient.client.post("/survey/not-today", data={}).text
    answer = patient.client.post(choose, data=CHINESE)
    assert (answer.status_code, answer.location) == (303, "/survey/not-today")
    assert CHINESE_PAGE in patient.client.get("/survey/not-today").text


def test_where_nobody_is_known_the_browser_remembers_the_language(client: FlaskClient) -> None:
    page = client.get("/s/nobody")
    assert 'action="/s/language"' in page.text
    client.post("/s/language", data=CHINESE)
    assert CHINESE_PAGE in client.get("/s/nobody").text


def test_after_too_many_wrong_codes_the_language_can_be_chosen(
    client: FlaskClient, world: World
) -> None:
    for _try in range(11):
        page = client.post("/s", data={"code": codes.complete("234567892")})
    assert page.status_code == 429
    assert 'action="/s/language"' in page.text


def test_an_error_at_a_withdrawn_link_speaks_its_language_and_changes_none(
    app: Flask, sessions: Sessions, world: World, token: str, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        participants.set_language(session, person.id, "zh-Hans", actor=builders.COMMAND, now=now)
        visit = participants.visit(session, person, "baseline")
        links.revoke(session, visit, actor=builders.COMMAND, now=now)
        session.commit()
    page = app.test_client().delete(f"/s/{token}")
    assert CHINESE_PAGE in page.text
    assert "/language" not in page.text


def test_a_failure_is_explained_although_the_database_cannot_tell_who_reads(
    tmp_path: Path,
) -> None:
    app = builders.application(tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite'}", Post())
    app.testing = False
    page = app.test_client().get("/s/some-token", headers=IN_CHINESE)
    app.extensions["sessions"].engine.dispose()
    assert page.status_code == 500
    assert CHINESE_PAGE in page.text
