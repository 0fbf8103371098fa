"""Inviting users, and taking roles and accounts away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Grant, Invitation, User
from qol_app.db.session import Sessions
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.messaging import Email
from qol_app.messaging.mail import Reason, SendingFailed
from tests import builders
from tests.builders import Post
from tests.web.conftest import World

USERS = "/studies/example/users"
INVITED = {
    "email": "Li.Na@hospital.example",
    "name": "Li Na",
    "role": "staff",
    "site": "SHA",
    "language": "en",
}
ACCEPTED = {"name": "Li Na", "password": "rivers run past quiet mills"}
ACCEPTED["again"] = ACCEPTED["password"]

Actions = Callable[[], list[str]]


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    return ("auth", "staff", "analysis", "admin")


@pytest.fixture
def admin(as_user: Callable[[str], FlaskClient]) -> FlaskClient:
    """The administrator of all sites."""
    return as_user("admin")


@pytest.fixture
def guest(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def actions(sessions: Sessions) -> Actions:
    """What the audit holds, oldest first."""

    def read() -> list[str]:
        with sessions.read() as session:
            return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))

    return read


def way_in(post: Post) -> str:
    return re.findall(r"http://survey\.example(/\S+)", post.mails[-1].body)[0]


def only(sessions: Sessions) -> Invitation:
    with sessions.read() as session:
        return session.scalars(select(Invitation)).one()


def roles_of(sessions: Sessions, email: str) -> list[tuple[str, int | None]]:
    with sessions.read() as session:
        query = select(Grant).join(Grant.user).where(User.email == email).order_by(Grant.id)
        return [(grant.role.name, grant.site_id) for grant in session.scalars(query)]


def test_only_an_administrator_opens_the_users(as_user: Callable[[str], FlaskClient]) -> None:
    assert as_user("staff").get(USERS).status_code == 403
    assert as_user("analyst").post(f"{USERS}/invite", data=INVITED).status_code == 403
    page = as_user("admin").get(USERS).text
    assert "Research nurse · Shanghai" in page
    assert "Administrator · All sites" in page


def test_an_invitation_becomes_an_account_with_its_role(
    admin: FlaskClient, guest: FlaskClient, post: Post, sessions: Sessions, actions: Actions
) -> None:
    assert admin.post(f"{USERS}/invite", data=INVITED).location == USERS
    assert [mail.to for mail in post.mails] == ["li.na@hospital.example"]
    assert actions()[-3:] == ["user_invited", "message_sending", "message_sent"]
    assert "Invited" in admin.get(USERS).text
    way = way_in(post)
    before = len(actions())
    assert "Research nurse" in guest.get(way).text
    assert guest.post(way).location == "/invitation"
    assert len(actions()) == before
    assert guest.post("/invitation", data=ACCEPTED).location == "/home"
    assert actions()[before:] == [
        "user_created",
        "role_granted",
        "invitation_accepted",
        "signed_in",
    ]
    assert guest.get("/studies/example/worklist").status_code == 200
    assert [role for role, _site in roles_of(sessions, "li.na@hospital.example")] == ["staff"]
    assert guest.get(way).status_code == 410
    assert "li.na@hospital.example" in admin.get(USERS).text


def test_the_token_is_in_no_log_and_stored_hashed(
    admin: FlaskClient, post: Post, sessions: Sessions
) -> None:
    admin.post(f"{USERS}/invite", data=INVITED)
    token = way_in(post).rpartition("/")[2]
    with sessions.read() as session:
        logged = str([each.changes for each in session.scalars(select(AuditEvent))])
    assert token not in logged + only(sessions).token_hash
    assert "li.na" not in logged
    assert len(token) == 32


def test_the_same_invitation_twice_is_one(
    admin: FlaskClient, post: Post, sessions: Sessions
) -> None:
    for _ in range(2):
        assert admin.post(f"{USERS}/invite", data=INVITED).status_code == 303
    assert len(post.mails) == 1
    assert only(sessions).email == "li.na@hospital.example"


def test_sent_again_only_the_newest_mail_opens_anything(
    admin: FlaskClient, guest: FlaskClient, post: Post, sessions: Sessions, now: datetime
) -> None:
    admin.post(f"{USERS}/invite", data=INVITED)
    first = way_in(post)
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert guest.get(first).status_code == 410
        fresh = builders.sign_in(admin.application.test_client(), _admin_of(sessions))
        assert "Too old; send it again" in fresh.get(USERS).text
        fresh.post(f"{USERS}/invitations/{only(sessions).id}/again")
        assert guest.get(first).status_code == 410
        assert guest.get(way_in(post)).status_code == 200


def _admin_of(sessions: Sessions) -> User:
    with sessions.read() as session:
        return session.scalars(select(User).where(User.email.startswith("admin"))).one()


def test_a_withdrawn_invitation_opens_nothing(
    admin: FlaskClient, guest: FlaskClient, post: Post, sessions: Sessions, actions: Actions
) -> None:
    admin.post(f"{USERS}/invite", data=INVITED)
    guest.post(way_in(post))
    for _ in range(2):
        assert admin.post(f"{USERS}/invitations/{only(sessions).id}/revoke").status_code == 303
    assert actions().count("invitation_revoked") == 1
    assert guest.post("/invitation", data=ACCEPTED).status_code == 410
    assert roles_of(sessions, "li.na@hospital.example") == []


def test_who_has_an_account_signs_in_and_gets_the_role(
    admin: FlaskClient, app: Flask, post: Post, sessions: Sessions, world: World
) -> None:
    user = world.users["analyst"]
    admin.post(f"{USERS}/invite", data=INVITED | {"email": user.email})
    browser = app.test_client()
    browser.post(way_in(post))
    assert browser.post("/invitation").location == "/sign-in?next=/invitation"
    somebody = builders.sign_in(app.test_client(), world.users["other"])
    somebody.post(way_in(post))
    assert somebody.post("/invitation").status_code == 403
    builders.sign_in(browser, user)
    assert browser.post("/invitation").location == "/home"
    assert [role for role, _site in roles_of(sessions, user.email)] == ["analyst", "staff"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "nobody"}, "This is not an e-mail address"),
        ({"name": " "}, "Type the name."),
        ({"role": "coordinator"}, "A coordinator covers all sites."),
        ({"email": "analyst-all@example.org", "role": "analyst", "site": ""}, "has this role"),
    ],
)
def test_a_wrong_invitation_is_explained_and_nobody_is_written_to(
    admin: FlaskClient, post: Post, wrong: dict[str, str], told: str
) -> None:
    answer = admin.post(f"{USERS}/invite", data=INVITED | wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert post.mails == []


def test_a_bad_password_makes_no_account(
    admin: FlaskClient, guest: FlaskClient, post: Post, sessions: Sessions
) -> None:
    admin.post(f"{USERS}/invite", data=INVITED)
    guest.post(way_in(post))
    for bad in ("too short", "example study 2026", "liang walks in rain"):
        data = {"name": "Liang Na", "password": bad, "again": bad}
        assert guest.post("/invitation", data=data).status_code == 422
    assert roles_of(sessions, "li.na@hospital.example") == []


def test_a_mail_that_could_not_be_sent_is_seen_on_the_list(
    admin: FlaskClient, post: Post, monkeypatch: pytest.MonkeyPatch, sessions: Sessions
) -> None:
    def refuse(_email: Email) -> None:
        raise SendingFailed(Reason.RECIPIENT_REFUSED, permanent=True)

    monkeypatch.setattr(post, "send", refuse)
    admin.post(f"{USERS}/invite", data=INVITED)
    assert "The mail could not be sent" in admin.get(USERS).text
    assert only(sessions).problem == "recipient_refused"


def test_an_administrator_of_one_site_manages_that_site_alone(
    app: Flask, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        local = builders.user(session, now, Role.ADMIN, of=world.study, at="BER", name="local")
        session.commit()
    browser = builders.sign_in(app.test_client(), local)
    page = browser.get(USERS).text
    assert "staff-ber@example.org" in page
    assert "staff-sha@example.org" not in page
    assert browser.get(f"{USERS}/{world.users['staff'].id}").status_code == 404
    assert browser.post(f"{USERS}/{world.users['staff'].id}/unlock").status_code == 404
    for elsewhere in ({"site": "SHA"}, {"site": ""}, {"role": "coordinator", "site": ""}):
        assert browser.post(f"{USERS}/invite", data=INVITED | elsewhere).status_code == 422


def grant_of(sessions: Sessions, user: User) -> int:
    with sessions.read() as session:
        return session.scalars(select(Grant.id).where(Grant.user_id == user.id)).one()


def test_a_withdrawn_role_opens_nothing_from_the_next_page_on(
    admin: FlaskClient,
    as_user: Callable[[str], FlaskClient],
    world: World,
    sessions: Sessions,
    actions: Actions,
) -> None:
    nurse, user = as_user("staff"), world.users["staff"]
    path = f"{USERS}/{user.id}/roles/{grant_of(sessions, user)}/withdraw"
    assert as_user("analyst").post(path).status_code == 403
    assert admin.post(path).location == USERS
    assert actions()[-1] == "role_withdrawn"
    assert nurse.get("/studies/example/worklist").status_code == 404
    assert admin.post(path).status_code == 404
    assert actions().count("role_withdrawn") == 1


def test_withdrawing_a_role_asks_for_the_password_after_15_minutes(
    admin: FlaskClient, world: World, sessions: Sessions, now: datetime, actions: Actions
) -> None:
    user = world.users["staff"]
    path = f"{USERS}/{user.id}/roles/{grant_of(sessions, user)}/withdraw"
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        asked = admin.post(path, data={"note": "left & gone"})
    assert asked.status_code == 401
    assert '<input type="hidden" name="note" value="left &amp; gone">' in asked.text
    assert "role_withdrawn" not in actions()


def test_the_last_administrator_stays(
    admin: FlaskClient, world: World, sessions: Sessions, actions: Actions
) -> None:
    user = world.users["admin"]
    path = f"{USERS}/{user.id}/roles/{grant_of(sessions, user)}/withdraw"
    for refused in (admin.post(path), admin.post(f"{USERS}/{user.id}/close")):
        assert refused.status_code == 409
        assert "The study would have no administrator" in refused.text
    assert "role_withdrawn" not in actions()


def test_a_closed_account_is_signed_out_at_once_and_can_be_opened_again(
    admin: FlaskClient, as_user: Callable[[str], FlaskClient], world: World, actions: Actions
) -> None:
    nurse, user = as_user("staff"), world.users["staff"]
    assert admin.post(f"{USERS}/{user.id}/close").status_code == 303
    assert actions()[-2:] == ["user_changed", "sign_in_ended"]
    assert nurse.get("/studies/example/worklist").status_code == 303
    assert "Closed" in admin.get(USERS).text
    assert admin.post(f"{USERS}/{user.id}/reopen").status_code == 303
    assert as_user("staff").get("/studies/example/worklist").status_code == 200


def test_who_has_roles_in_another_study_is_not_closed_from_here(
    admin: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    user = world.users["staff"]
    with sessions.write() as session:
        other = builders.study(session, now, "nct06449937")
        builders.also(session, now, session.get_one(User, user.id), Role.MONITOR, of=other)
        session.commit()
    for what in ("close", "reset-second-factor", "reopen"):
        assert admin.post(f"{USERS}/{user.id}/{what}").status_code == 409
    assert "Withdraw the roles here instead." in admin.get(f"{USERS}/{user.id}").text


def test_an_administrator_opens_an_account_that_wrong_tries_have_shut(
    admin: FlaskClient, world: World, sessions: Sessions, now: datetime, actions: Actions
) -> None:
    user = world.users["staff"]
    with sessions.write() as session:
        with audited(session, actor=builders.COMMAND, action=Action.USER_CHANGED, now=now):
            shut = session.get_one(User, user.id)
            shut.failed_sign_ins, shut.locked_until = 5, now + timedelta(minutes=15)
        session.commit()
    assert "Shut until 2026-03-02 10:15" in admin.get(USERS).text
    for _ in range(2):
        assert admin.post(f"{USERS}/{user.id}/unlock").status_code == 303
    assert actions().count("user_unlocked") == 1
    with sessions.read() as session:
        opened = session.get_one(User, user.id)
        assert (opened.failed_sign_ins, opened.locked_until) == (0, None)
