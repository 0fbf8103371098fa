"""Contact details: looked at with a record, changed, erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Contact, Message, Participant, Response
from qol_app.db.session import Sessions
from qol_app.services import messages, participants
from tests import builders
from tests.builders import VAULT
from tests.web.conftest import World

LIST = "/studies/example/participants"
GOOD = {"email": "new@example.org", "phone": "+86 138 0013 8000", "consented_on": "2026-03-01"}


def actions(sessions: Sessions) -> list[str]:
    """What users did, in order."""
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def stored(sessions: Sessions, world: World) -> dict[str, str]:
    with sessions.read() as session:
        contact = session.get_one(Contact, world.due.id)
        return VAULT.open(contact.key_id, contact.sealed, participant_id=world.due.id)


def test_the_page_says_what_is_on_file_and_shows_nothing(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    page = staff.get(f"{LIST}/{world.due.number}/contact").text
    assert "patient@example.org" not in page
    assert "E-mail address: on file" in page
    assert actions(sessions) == []


def test_showing_the_details_is_recorded_each_time(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    for _ in range(2):
        page = staff.post(f"{LIST}/{world.due.number}/contact/show")
        assert "patient@example.org" in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert actions(sessions) == ["contact_viewed", "contact_viewed"]


def test_changing_them_twice_is_one_change(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    for _ in range(2):
        assert staff.post(f"{LIST}/{world.due.number}/contact", data=GOOD).status_code == 303
    assert stored(sessions, world) == {"email": "new@example.org", "phone": "+8613800138000"}
    assert actions(sessions) == ["contact_changed"]
    with sessions.read() as session:
        contact = session.get_one(Contact, world.due.id)
        assert (contact.has_email, contact.has_phone) == (True, True)
        assert str(contact.consented_on) == "2026-03-01"
        logged = "".join(str(event.changes) for event in session.scalars(select(AuditEvent)))
    assert "new@example.org" not in logged
    assert "13800138000" not in logged


def test_a_participant_without_contact_gets_a_number_alone(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    url = f"{LIST}/{world.closing.number}/contact"
    assert 'name="phone"' in staff.get(url).text
    assert staff.post(url, data={**GOOD, "email": ""}).status_code == 303
    with sessions.read() as session:
        contact = session.get_one(Contact, world.closing.id)
        assert (contact.has_email, contact.has_phone) == (False, True)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"email": "", "phone": ""}, "Enter an e-mail address or a mobile number."),
        ({"email": "new"}, "Enter an address such as"),
        ({"phone": "0551-63601234"}, "A landline takes no text messages."),
        ({"consented_on": ""}, "on which the participant agreed"),
        ({"consented_on": "2026-03-03"}, "This day has not come yet."),
    ],
)
def test_a_mistake_is_named_and_the_old_details_stay(
    staff: FlaskClient,
    world: World,
    sessions: Sessions,
    changed: dict[str, str],
    message: str,
) -> None:
    answer = staff.post(f"{LIST}/{world.due.number}/contact", data={**GOOD, **changed})
    assert answer.status_code == 422
    assert message in answer.text
    assert stored(sessions, world) == {"email": "patient@example.org"}
    assert actions(sessions) == []


def test_erasing_cancels_what_waits_and_touches_no_trial_data(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        messages.plan(session, visit, actor=builders.COMMAND, now=now)
        session.commit()
    with sessions.read() as session:
        before = builders.count_rows(session)
    url = f"{LIST}/{world.due.number}/contact/erase"
    assert staff.post(url, data={"reason": ""}).status_code == 422
    assert actions(sessions) == []
    page = staff.post(url, data={"reason": "Asked by phone"}, follow_redirects=True).text
    assert "1 waiting message was cancelled." in page
    with sessions.read() as session:
        after = builders.count_rows(session)
        (message,) = session.scalars(select(Message))
        assert (message.status, message.problem) == ("cancelled", "no_contact")
        assert session.get(Contact, world.due.id) is None
        assert session.scalars(select(Response)).first() is not None
    assert before["contact"] - after["contact"] == 1
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"contact", "audit_event"}
    assert staff.post(url, data={"reason": "Asked by phone"}).status_code == 303
    assert actions(sessions) == ["contact_erased"]


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_the_sites_staff_see_contact_details(
    as_user: Callable[[str], FlaskClient], world: World, sessions: Sessions, name: str
) -> None:
    client, url = as_user(name), f"{LIST}/{world.due.number}/contact"
    assert client.get(url).status_code == 403
    for path, data in (("", GOOD), ("/show", {}), ("/erase", {"reason": "x"})):
        assert client.post(url + path, data=data).status_code == 403
    assert actions(sessions) == []
