"""The list of participants, enrolling one, and the participant's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from qol_app.db.models import AuditEvent, Participant
from qol_app.db.session import Sessions
from tests import builders
from tests.builders import VAULT
from tests.web.conftest import World

LIST = "/studies/example/participants"
GOOD = {
    "site": "SHA",
    "group": "B",
    "anchor_date": "2026-03-05",
    "language": "zh-Hans",
    "birth_year": "1951",
    "email": "someone@example.org",
    "phone": "138-0013-8000",
    "consented_on": "2026-03-01",
    "channel": "sms",
    "refused_channels": "email",
}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL statements that the application runs."""
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = app.extensions["sessions"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def audit(sessions: Sessions, user: int) -> list[str]:
    """The actions that a user left in the audit."""
    with sessions.read() as session:
        query = select(AuditEvent.action).where(AuditEvent.actor_id == str(user))
        return list(session.scalars(query.where(*builders.BY_USERS)))


def test_the_list_shows_the_own_sites_participants_with_group_and_next_visit(
    staff: FlaskClient, world: World
) -> None:
    page = staff.get(LIST).text
    assert world.due.number in page
    assert world.elsewhere.number not in page
    assert '<td data-label="Next visit">Week 4</td>' in page
    assert "Baseline: Missed" in page
    assert "1 to 2 of 2" in page


def test_the_list_is_searched_by_a_part_of_the_number(staff: FlaskClient, world: World) -> None:
    page = staff.get(f"{LIST}?q=sha-002").text
    assert world.closing.number in page
    assert world.due.number not in page


def test_the_list_has_pages_of_fifty(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    enrol_many(sessions, world, now, 52)
    assert "1 to 50 of 54" in staff.get(LIST).text
    assert "51 to 54 of 54" in staff.get(f"{LIST}?page=2").text
    assert "Nothing here matches" in staff.get(f"{LIST}?page=3").text


def enrol_many(sessions: Sessions, world: World, now: datetime, count: int) -> None:
    with sessions.write() as session:
        for _ in range(count):
            anchor = now.date() + timedelta(days=7)
            builders.participant(session, now, of=world.study, at="SHA", anchor=anchor)
        session.commit()


@pytest.mark.parametrize("page", ["worklist", "participants"])
def test_sixty_more_participants_need_no_more_statements(
    page: str, app: Flask, staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    url = f"/studies/example/{page}"
    staff.get(url)
    with statements(app) as few:
        staff.get(url)
    enrol_many(sessions, world, now, 60)
    with statements(app) as many:
        assert staff.get(url).status_code == 200
    assert len(many) == len(few)
    assert len(many) < 34


def test_enrolling_goes_to_the_new_participant_and_leaves_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    answer = staff.post(f"{LIST}/new", data=GOOD)
    assert answer.status_code == 303
    number = answer.location.rsplit("/", 1)[1]
    assert number.startswith("EX-SHA-003-")
    with sessions.read() as session:
        new = session.scalars(select(Participant).where(Participant.number == number)).one()
        assert (new.group_code, new.anchor_date.isoformat(), new.birth_year) == (
            "B", "2026-03-05", 1951,
        )  # fmt: skip
        assert new.contact is not None
        contact = VAULT.open(new.contact.key_id, new.contact.sealed, participant_id=new.id)
        assert contact == {"email": "someone@example.org", "phone": "+8613800138000"}
        assert (new.contact.has_email, new.contact.has_phone) == (True, True)
        assert str(new.contact.consented_on) == "2026-03-01"
        assert (new.channel, new.refused_channels) == ("sms", ["email"])
    assert audit(sessions, world.users["staff"].id) == ["participant_enrolled"]
    assert staff.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        pytest.param("group", "C", "Choose a treatment group.", id="an unknown group"),
        pytest.param("group", "", "Choose a treatment group.", id="no group"),
        pytest.param("anchor_date", "", "Enter the date.", id="no date"),
        pytest.param("anchor_date", "2026-02-30", "Enter a date that exists.", id="no such day"),
        pytest.param("anchor_date", "1926-03-05", "more than ten years", id="the wrong century"),
        pytest.param("birth_year", "51", "Enter a year from 1906 to 2026.", id="two digits"),
        pytest.param("birth_year", "old", "Enter the year with four digits.", id="no number"),
        pytest.param("email", "someone", "Enter an address such as", id="no address"),
        pytest.param("phone", "0551-63601234", "A landline takes no text", id="a landline"),
        pytest.param("phone", "1380013800", "Enter a mobile number", id="ten digits"),
        pytest.param("consented_on", "", "on which the participant agreed", id="no consent"),
        pytest.param("consented_on", "2026-03-03", "has not come yet", id="consent to come"),
        pytest.param("channel", "email", "way is refused below", id="a refused wish"),
        pytest.param("channel", "pigeon", "Choose one of the ways.", id="an unknown way"),
        pytest.param("language", "fr", "Choose a language.", id="a language of another study"),
        pytest.param("site", "BER", "Choose a site.", id="another site"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_is_stored(
    staff: FlaskClient, world: World, sessions: Sessions, field: str, value: str, message: str
) -> None:
    answer = staff.post(f"{LIST}/new", data={**GOOD, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert message in answer.text
    assert audit(sessions, world.users["staff"].id) == []


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_staff_enrol(as_user: Callable[[str], FlaskClient], name: str) -> None:
    client = as_user(name)
    assert client.get(f"{LIST}/new").status_code == 403
    assert client.post(f"{LIST}/new", data=GOOD).status_code == 403


def test_the_page_tells_the_visits_the_facts_and_what_is_on_file(
    staff: FlaskClient, world: World
) -> None:
    page = staff.get(f"{LIST}/{world.due.number}").text
    for text in ("2026-02-26 – 2026-03-12", "Group A: usual care", "1960", "On file", "0 of 9"):
        assert text in page, text
    assert "patient@example.org" not in page
    assert ">Show QR code<" in page
    assert ">Send e-mail<" in page


def test_without_an_address_the_page_says_so_and_offers_no_email(
    staff: FlaskClient, world: World
) -> None:
    page = staff.get(f"{LIST}/{world.closing.number}").text
    assert "No e-mail address is on file" in page
    assert ">Send e-mail<" not in page
    assert ">Show QR code<" in page


def test_an_admin_reads_the_page_and_can_do_nothing_on_it(
    as_user: Callable[[str], FlaskClient], world: World
) -> None:
    page = as_user("admin").get(f"{LIST}/{world.due.number}").text
    assert "Show QR code" not in page
    assert "Record an event" not in page


def test_an_event_ends_what_is_expected_and_leaves_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    url = f"{LIST}/{world.due.number}"
    answer = staff.post(f"{url}/events", data={"kind": "withdrew", "happened_on": "2026-03-01"})
    assert answer.status_code == 303
    page = staff.get(url).text
    assert "Withdrew from the study" in page
    assert "Show QR code" not in page
    assert audit(sessions, world.users["staff"].id) == ["participant_event_recorded"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "died", "happened_on": "2026-03-03"}, "This day has not come yet."),
        ({"kind": "moved", "happened_on": "2026-03-01"}, "Choose what happened."),
        ({"kind": "", "happened_on": "2026-03-01"}, "Choose what happened."),
        ({"kind": "died", "happened_on": ""}, "Enter the date."),
    ],
)
def test_a_wrong_event_is_refused_beside_its_field(
    staff: FlaskClient, world: World, sessions: Sessions, data: dict[str, str], message: str
) -> None:
    answer = staff.post(f"{LIST}/{world.due.number}/events", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert audit(sessions, world.users["staff"].id) == []


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_staff_record_events(
    as_user: Callable[[str], FlaskClient], world: World, name: str
) -> None:
    data = {"kind": "died", "happened_on": "2026-03-01"}
    answer = as_user(name).post(f"{LIST}/{world.due.number}/events", data=data)
    assert answer.status_code == 403
