"""Wrong passwords shut an account, whoever gives them and however many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import User
from qol_app.db.session import Sessions
from qol_app.services import accounts
from tests import builders
from tests.web.auth.conftest import Person

Events = Callable[[], list[tuple[str, str | None]]]
WRONG = "The e-mail address or the password is not right."


def guess(person: Person, times: int) -> None:
    for _ in range(times):
        assert person.sign_in("a wrong password").status_code == 422


def stored(sessions: Sessions) -> User:
    with sessions.read() as session:
        return session.scalars(select(User).where(User.email == "nurse@example.org")).one()


def test_four_wrong_tries_are_forgotten_by_a_right_one(nurse: Person, sessions: Sessions) -> None:
    guess(nurse, 4)
    assert nurse.sign_in().status_code == 303
    assert stored(sessions).failed_sign_ins == 0
    assert nurse.is_in()


def test_after_five_wrong_tries_the_right_password_is_refused_for_15_minutes(
    nurse: Person, audit: Events, now: datetime
) -> None:
    guess(nurse, 5)
    refused = nurse.sign_in()
    assert refused.status_code == 422
    assert WRONG in refused.text
    assert not nurse.is_in()
    assert audit()[-6:] == [("sign_in_failed", "wrong password")] * 5 + [
        ("sign_in_failed", "locked")
    ]
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert nurse.sign_in().status_code == 303
        assert nurse.is_in()


def test_one_more_wrong_try_after_that_shuts_it_for_twice_as_long(
    nurse: Person, sessions: Sessions, now: datetime
) -> None:
    guess(nurse, 5)
    later = now + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        guess(nurse, 1)
        assert stored(sessions).locked_until == later + timedelta(minutes=30)


def test_tries_while_it_is_shut_do_not_prolong_it(
    nurse: Person, sessions: Sessions, now: datetime
) -> None:
    guess(nurse, 9)
    assert stored(sessions).failed_sign_ins == 5
    assert stored(sessions).locked_until == now + timedelta(minutes=15)


def test_an_unknown_address_is_answered_and_recorded_alike(
    app: Flask, nurse: Person, audit: Events
) -> None:
    stranger = Person(app.test_client(), email="nobody@example.org")
    pages = [
        re.sub(r'value="[^"]*"', "", person.sign_in("wrong").text) for person in (nurse, stranger)
    ]
    assert pages[0] == pages[1]
    assert audit()[-2:] == [
        ("sign_in_failed", "wrong password"),
        ("sign_in_failed", "unknown address"),
    ]


def test_guesses_made_at_the_same_moment_do_not_escape_the_count(
    app: Flask, nurse: Person, sessions: Sessions
) -> None:
    def one(_number: int) -> int:
        return Person(app.test_client()).sign_in("a wrong password").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(12)))
    assert answers == [422] * 12
    assert stored(sessions).failed_sign_ins == 5
    assert not nurse.is_in()


def test_a_closed_account_is_answered_like_an_unknown_one(
    nurse: Person, sessions: Sessions, audit: Events, nurse_user: User, now: datetime
) -> None:
    nurse.sign_in()
    with sessions.write() as session:
        user = session.get_one(User, nurse_user.id)
        accounts.set_active(session, user, active=False, actor=builders.COMMAND, now=now)
        session.commit()
    assert not nurse.is_in()
    assert WRONG in nurse.sign_in().text
    assert audit()[-1] == ("sign_in_failed", "unknown address")


@pytest.mark.parametrize("way", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(nurse: Person, way: str) -> None:
    data = {"email": nurse.email, "password": "correct horse battery staple", "next": way}
    assert nurse.client.post("/sign-in", data=data).location == "/home"
