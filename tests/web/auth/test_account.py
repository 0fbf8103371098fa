"""Where a user is signed in, and ending that; a new password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from qol_app.db.models import AuditEvent, SignIn
from qol_app.db.session import Sessions
from tests import builders
from tests.builders import PASSWORD, Post
from tests.web.auth.conftest import Person
from tests.web.conftest import World

Events = Callable[[], list[tuple[str, str | None]]]
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"}
NEW = "rivers run past quiet mills"


def other_browser(app: Flask) -> Person:
    """The nurse at another browser, signed in."""
    person = Person(app.test_client())
    person.client.post(
        "/sign-in", data={"email": person.email, "password": PASSWORD}, headers=FIREFOX
    )
    assert person.is_in()
    return person


def test_the_account_lists_browsers_in_words_without_an_address(
    app: Flask, nurse: Person, sessions: Sessions
) -> None:
    nurse.sign_in()
    other_browser(app)
    page = nurse.client.get("/account").text
    assert "Firefox, Windows" in page
    assert "since 2026-03-02 10:00" in page
    assert "last seen 2026-03-02 10:00" in page
    assert page.count("Sign out there") == 1
    assert "127.0.0.1" not in page
    with sessions.read() as session:
        rows = session.scalars(select(SignIn)).all()
    assert [row.device for row in rows] == ["", "Firefox, Windows"]


def test_one_browser_is_signed_out_from_another(app: Flask, nurse: Person, audit: Events) -> None:
    nurse.sign_in()
    lost = other_browser(app)
    page = nurse.client.get("/account").text
    path = re.findall(r'action="(/account/sign-ins/\d+/end)"', page)[0]
    assert nurse.client.post(path).status_code == 303
    assert not lost.is_in()
    assert nurse.is_in()
    assert audit()[-1] == ("sign_in_ended", "revoked")
    before = len(audit())
    nurse.client.post(path)
    assert len(audit()) == before


def test_all_others_are_signed_out_at_once(app: Flask, nurse: Person) -> None:
    nurse.sign_in()
    others = [other_browser(app), other_browser(app)]
    answer = nurse.client.post("/account/sign-ins/end-others", follow_redirects=True)
    assert "2 browsers are signed out." in answer.text
    assert [other.is_in() for other in others] == [False, False]
    assert nurse.is_in()


def test_nobody_ends_the_sign_in_of_somebody_else(
    app: Flask, nurse: Person, world: World, sessions: Sessions
) -> None:
    nurse.sign_in()
    stranger = builders.sign_in(app.test_client(), world.users["staff"])
    with sessions.read() as session:
        number = session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    assert stranger.post(f"/account/sign-ins/{number}/end").status_code == 404
    assert nurse.is_in()


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, nurse: Person) -> None:
    nurse.sign_in()
    with nurse.client.session_transaction() as cookie:
        copied = dict(cookie)
    nurse.client.post("/sign-out")
    thief = Person(app.test_client())
    with thief.client.session_transaction() as cookie:
        cookie.update(copied)
    assert not thief.is_in()


def test_when_a_browser_was_seen_is_noted_every_ten_minutes_and_not_audited(
    nurse: Person, sessions: Sessions, now: datetime
) -> None:
    nurse.sign_in()

    def seen() -> tuple[datetime, int]:
        with sessions.read() as session:
            at = session.scalars(select(SignIn.last_seen_at)).one()
            return at, len(session.scalars(select(AuditEvent.id)).all())

    events = seen()[1]
    with time_machine.travel(now + timedelta(minutes=9), tick=False):
        assert nurse.is_in()
    assert seen() == (now, events)
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        assert nurse.is_in()
    assert seen() == (now + timedelta(minutes=10), events)


def test_a_browser_not_seen_for_twelve_hours_is_signed_out(nurse: Person, now: datetime) -> None:
    nurse.sign_in()
    with time_machine.travel(now + timedelta(hours=12), tick=False):
        assert not nurse.is_in()
        nurse.sign_in()
        assert nurse.client.get("/account").text.count("sign-ins__row") == 1


def change(person: Person, current: str, new: str, again: str | None = None) -> int:
    data = {"current": current, "password": new, "again": again or new}
    return person.client.post("/account/password", data=data).status_code


def test_a_new_password_signs_all_other_browsers_out(
    app: Flask, nurse: Person, audit: Events
) -> None:
    nurse.sign_in()
    other = other_browser(app)
    assert change(nurse, PASSWORD, NEW) == 303
    assert audit()[-2:] == [("password_changed", None), ("sign_in_ended", "password_changed")]
    assert nurse.is_in()
    assert not other.is_in()
    assert Person(app.test_client()).sign_in(PASSWORD).status_code == 422
    assert Person(app.test_client()).sign_in(NEW).status_code == 303


def test_a_new_password_needs_the_old_one_and_good_words(nurse: Person, audit: Events) -> None:
    nurse.sign_in()
    assert change(nurse, "not the password", NEW) == 422
    assert audit()[-1] == ("sign_in_failed", "wrong password")
    assert change(nurse, PASSWORD, NEW, "another one typed") == 422
    assert change(nurse, PASSWORD, "nurse nurse nurse") == 422
    assert change(nurse, PASSWORD, "example study rain") == 422
    assert change(nurse, PASSWORD, "eleven char") == 422
    assert nurse.is_in()


def address_in(post: Post) -> str:
    return re.findall(r"http://survey\.example(/\S+)", post.mails[-1].body)[0]


def test_a_forgotten_password_is_replaced_by_mail(
    app: Flask, nurse: Person, post: Post, audit: Events
) -> None:
    signed_in = other_browser(app)
    for _ in range(5):
        nurse.sign_in("wrong")
    asked = nurse.client.post("/forgotten-password", data={"email": "Nurse@Example.org"})
    assert asked.status_code == 200
    assert [mail.to for mail in post.mails] == ["nurse@example.org"]
    way = address_in(post)
    before = len(audit())
    assert nurse.client.get(way).status_code == 200
    assert nurse.client.post(way).location == "/new-password"
    assert len(audit()) == before
    data = {"password": NEW, "again": NEW}
    assert nurse.client.post("/new-password", data=data).location == "/sign-in"
    assert not signed_in.is_in()
    assert nurse.sign_in(NEW).status_code == 303
    assert nurse.client.get(way).status_code == 410


def test_who_asks_for_an_unknown_address_reads_the_same_and_no_mail_goes(
    nurse: Person, post: Post
) -> None:
    known = nurse.client.post("/forgotten-password", data={"email": nurse.email}).text
    unknown = nurse.client.post("/forgotten-password", data={"email": "nobody@example.org"}).text
    assert known == unknown
    assert len(post.mails) == 1


def test_a_mailbox_is_not_filled(nurse: Person, post: Post, now: datetime) -> None:
    for _ in range(3):
        nurse.client.post("/forgotten-password", data={"email": nurse.email})
    assert len(post.mails) == 1
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        nurse.client.post("/forgotten-password", data={"email": nurse.email})
    assert len(post.mails) == 2


def test_the_link_is_good_for_an_hour(nurse: Person, post: Post, now: datetime) -> None:
    nurse.client.post("/forgotten-password", data={"email": nurse.email})
    way = address_in(post)
    with time_machine.travel(now + timedelta(minutes=60), tick=False):
        answer = nurse.client.get(way)
    assert answer.status_code == 410
    assert "Ask for a new one." in answer.text
    assert nurse.client.get("/new-password").status_code == 410
    assert nurse.client.get("/new-password/nonsense").status_code == 410
