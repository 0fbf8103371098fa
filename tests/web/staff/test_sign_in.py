"""Signing in and out, the first page, the language of the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests import builders
from tests.web.conftest import World

WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def nurse(app: Flask, world: World, sessions: Sessions, now: datetime) -> None:
    """A user with a password."""
    with app.app_context():
        password_hash = hash_password(builders.PASSWORD)
    with sessions.write() as session:
        builders.user(
            session,
            now,
            Role.STAFF,
            of=world.study,
            at="SHA",
            name="nurse",
            password_hash=password_hash,
        )
        session.commit()


@pytest.mark.usefixtures("nurse")
def test_signing_in_leads_to_the_worklist_and_signing_out_ends_it(app: Flask) -> None:
    client = app.test_client()
    data = {"email": "Nurse@Example.org", "password": builders.PASSWORD}
    answer = client.post("/sign-in", data=data, follow_redirects=True)
    assert answer.request.path == "/studies/example/worklist"
    assert "nurse" in answer.text
    client.post("/sign-out")
    assert client.get("/studies/example/worklist").status_code == 303


@pytest.mark.usefixtures("nurse")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"email": "nurse@example.org", "password": "wrong"}, id="a wrong password"),
        pytest.param({"email": "nobody@example.org", "password": "wrong"}, id="an unknown user"),
        pytest.param({"email": "nurse@example.org", "password": ""}, id="no password"),
        pytest.param({"email": "nurse", "password": "wrong"}, id="no address"),
    ],
)
def test_every_wrong_sign_in_is_answered_alike(app: Flask, data: dict[str, str]) -> None:
    page = app.test_client().post("/sign-in", data=data).text
    assert page.count(WRONG) == 1
    assert "nurse@" not in page.replace('value="nurse@example.org"', "")


def test_who_is_not_signed_in_is_led_to_signing_in_and_back(app: Flask, world: World) -> None:
    client = app.test_client()
    answer = client.get("/studies/example/worklist?visit=w4")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=/studies/example/worklist")
    assert client.post("/studies/example/participants/new").status_code == 401


def test_a_study_without_a_role_does_not_exist_for_the_user(
    staff: FlaskClient, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        builders.study(session, now, "nct06449937")
        session.commit()
    assert staff.get("/studies/nct06449937/worklist").status_code == 404
    assert staff.get("/studies/unknown/worklist").status_code == 404


def test_who_has_roles_in_two_studies_chooses(
    app: Flask, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        other = builders.study(session, now, "nct06449937")
        both = builders.user(session, now, Role.ADMIN, of=other, name="both")
        builders.also(session, now, both, Role.STAFF, of=world.study)
        session.commit()
    page = builders.sign_in(app.test_client(), both).get("/home").text
    assert "/studies/example/worklist" in page
    assert "/studies/nct06449937/worklist" in page


def test_who_has_no_role_is_told_whom_to_ask(
    app: Flask, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        newcomer = builders.newcomer(session, now, "newcomer")
        session.commit()
    page = builders.sign_in(app.test_client(), newcomer).get("/home").text
    assert "Please ask the study office." in page


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("staff", ["Worklist", "Participants"]),
        ("admin", ["Worklist", "Participants"]),
    ],
)
def test_the_menu_has_what_the_role_permits(
    as_user: Callable[[str], FlaskClient], name: str, places: list[str]
) -> None:
    page = as_user(name).get("/studies/example/worklist").text
    menu = page[page.index("<nav") : page.index("</nav>")]
    assert [place for place in ("Worklist", "Participants") if f">{place}<" in menu] == places
    assert menu.count('aria-current="page"') == 1


def test_the_chosen_language_stays_and_leads_back_to_the_page(staff: FlaskClient) -> None:
    data = {"language": "zh-Hans", "back": "/studies/example/worklist"}
    answer = staff.post("/language", data=data)
    assert answer.location == "/studies/example/worklist"
    assert '<html lang="zh-Hans"' in staff.get(answer.location).text
    away = staff.post("/language", data={"language": "en", "back": "//elsewhere.example"})
    assert away.location == "/"


def test_a_form_without_its_token_is_refused_and_nothing_is_stored(
    app: Flask, staff: FlaskClient, world: World
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = staff.post(f"/studies/example/participants/{world.due.number}/visits/baseline/link")
    assert answer.status_code == 400
    assert "This page was open too long" in answer.text


def test_an_error_is_told_as_json_to_who_asks_for_json(staff: FlaskClient) -> None:
    answer = staff.get("/studies/unknown/worklist", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"
