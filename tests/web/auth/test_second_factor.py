"""One-time codes and recovery codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, User
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests.web.auth.conftest import Person

Events = Callable[[], list[tuple[str, str | None]]]


@pytest.fixture
def later(now: datetime) -> datetime:
    """When the app shows another code."""
    return now + timedelta(minutes=1)


def test_the_app_is_set_up_by_a_code_and_asked_for_from_then_on(
    nurse: Person, sessions: Sessions, audit: Events, later: datetime
) -> None:
    nurse.sign_in()
    app, codes = nurse.set_up_app()
    assert len(set(codes)) == 8
    assert audit()[-1] == ("second_factor_changed", "set up")
    nurse.client.post("/sign-out")
    assert nurse.sign_in().location == "/sign-in/code"
    assert not nurse.is_in()
    with time_machine.travel(later, tick=False):
        assert nurse.give_code(app.generate().token).location == "/home"
        assert nurse.is_in()
    with sessions.read() as session:
        user = session.scalars(select(User).where(User.email == nurse.email)).one()
        plain = f"{user.tf_totp_secret} {user.mf_recovery_codes}"
        logged = str([each.changes for each in session.scalars(select(AuditEvent))])
    for secret in (app.base32_key, *codes):
        assert secret not in plain + logged


def test_a_wrong_code_sets_nothing_up(nurse: Person, sessions: Sessions) -> None:
    nurse.sign_in()
    nurse.client.post("/account/second-factor")
    answer = nurse.client.post("/account/second-factor/set-up", data={"code": "000000"})
    assert answer.status_code == 422
    assert "This code is not right." in answer.text
    with sessions.read() as session:
        assert session.scalars(select(User.tf_totp_secret)).all() == [None] * 5


def test_a_code_is_taken_once(nurse: Person, app: Flask, later: datetime) -> None:
    nurse.sign_in()
    phone, _codes = nurse.set_up_app()
    thief = Person(app.test_client())
    with time_machine.travel(later, tick=False):
        seen = phone.generate().token
        for person in (nurse, thief):
            person.client.post("/sign-out")
            person.sign_in()
        assert nurse.give_code(seen).status_code == 303
        assert thief.give_code(seen).status_code == 422
        assert not thief.is_in()


def test_a_recovery_code_lets_in_once_however_it_is_typed(nurse: Person, audit: Events) -> None:
    nurse.sign_in()
    _app, codes = nurse.set_up_app()
    nurse.client.post("/sign-out")
    nurse.sign_in()
    assert nurse.give_code(codes[0].replace("-", " ").upper()).status_code == 303
    assert audit()[-2:] == [
        ("second_factor_changed", "recovery code used"),
        ("signed_in", None),
    ]
    assert "7 recovery codes are left" in nurse.client.get("/account").text
    nurse.client.post("/sign-out")
    nurse.sign_in()
    assert nurse.give_code(codes[0]).status_code == 422


def test_wrong_codes_shut_the_account_and_the_right_password_does_not_clear_them(
    nurse: Person, later: datetime
) -> None:
    nurse.sign_in()
    app, codes = nurse.set_up_app()
    nurse.client.post("/sign-out")
    for _ in range(5):
        assert nurse.sign_in().location == "/sign-in/code"
        assert nurse.give_code("000000").status_code == 422
    assert nurse.sign_in().status_code == 422
    with time_machine.travel(later, tick=False):
        assert nurse.give_code(app.generate().token).status_code == 422
        assert nurse.give_code(codes[0]).status_code == 422
        assert not nurse.is_in()


def test_the_code_is_awaited_for_ten_minutes(nurse: Person, now: datetime) -> None:
    nurse.sign_in()
    app, _codes = nurse.set_up_app()
    nurse.client.post("/sign-out")
    nurse.sign_in()
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        assert nurse.client.get("/sign-in/code").location == "/sign-in"
        assert nurse.give_code(app.generate().token).location == "/sign-in"


def test_nobody_reaches_the_second_step_without_the_first(nurse: Person) -> None:
    assert nurse.client.get("/sign-in/code").location == "/sign-in"
    assert nurse.give_code("123456").location == "/sign-in"


def test_a_role_that_demands_it_has_it_set_up_before_anything_else(
    app: Flask, nurse: Person
) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, totp_roles=frozenset({Role.STAFF}))
    nurse.sign_in()
    for path in ("/home", "/studies/example/worklist", "/account"):
        assert nurse.client.get(path).location == "/account/second-factor"
    assert "Your role needs a second factor." in nurse.client.get("/account/second-factor").text
    nurse.set_up_app()
    assert nurse.is_in()
    assert nurse.client.post("/account/second-factor/remove").status_code == 409


def test_it_is_removed_by_who_gives_the_password(
    nurse: Person, audit: Events, now: datetime
) -> None:
    nurse.sign_in()
    nurse.set_up_app()
    path = "/account/second-factor/remove"
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        asked = nurse.client.post(path)
        assert asked.status_code == 401
        assert "Is it you?" in asked.text
        assert nurse.client.post(path, data={"current_password": "wrong"}).status_code == 422
        right = {"current_password": "correct horse battery staple"}
        assert nurse.client.post(path, data=right).status_code == 303
    assert [event for event in audit() if event[0] != "signed_in"][-2:] == [
        ("sign_in_failed", "wrong password"),
        ("second_factor_changed", "removed"),
    ]


def test_a_second_factor_is_not_replaced_by_who_finds_an_open_browser(nurse: Person) -> None:
    nurse.sign_in()
    nurse.set_up_app()
    assert nurse.client.post("/account/second-factor").status_code == 409
    assert nurse.client.get("/account/second-factor/set-up").status_code == 303
