"""Dated events of a participant: recorded with a note, struck out with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Participant, ParticipantEvent
from qol_app.db.session import Sessions
from qol_app.domain.events import ParticipantEventKind
from qol_app.services import enrolment, opened, participants, survey
from tests import builders
from tests.web.conftest import World

LIST = "/studies/example/participants"


@pytest.fixture
def death(sessions: Sessions, world: World, now: datetime) -> int:
    """The id of a death that was recorded by mistake."""
    with sessions.write() as session:
        event = enrolment.record_event(
            session,
            session.get_one(Participant, world.due.id),
            ParticipantEventKind.DIED,
            happened_on=date(2026, 3, 1),
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
        return event.id


@pytest.mark.parametrize("kind", ["treatment", "progression", "stoma", "lost"])
def test_an_event_with_a_note_is_shown_and_the_visits_stay_expected(
    staff: FlaskClient, world: World, sessions: Sessions, kind: str
) -> None:
    url = f"{LIST}/{world.due.number}"
    data = {"kind": kind, "happened_on": "2026-03-01", "note": "Second TACE"}
    for _ in range(2):
        assert staff.post(f"{url}/events", data=data).status_code == 303
    page = staff.get(url).text
    assert "Second TACE" in page
    assert "Show QR code" in page
    with sessions.read() as session:
        assert session.scalars(select(ParticipantEvent.kind)).all() == [kind]


def test_nobody_dies_on_two_days(staff: FlaskClient, world: World, death: int) -> None:
    data = {"kind": "died", "happened_on": "2026-02-20"}
    assert staff.post(f"{LIST}/{world.due.number}/events", data=data).status_code == 409


def test_a_struck_event_counts_no_more_and_stays_to_be_read(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime, death: int
) -> None:
    url = f"{LIST}/{world.due.number}"
    assert "Show QR code" not in staff.get(url).text
    strike = f"{url}/events/{death}/strike"
    assert "2026-03-01" in staff.get(strike).text
    assert staff.post(strike, data={"reason": ""}).status_code == 422
    for _ in range(2):
        assert staff.post(strike, data={"reason": "Another patient"}).status_code == 303
    page = staff.get(url).text
    assert "Show QR code" in page
    assert "<s>Died</s>" in page
    with sessions.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == "participant_event_struck")
        (event,) = session.scalars(query)
        assert (event.reason, event.participant_id) == ("Another patient", world.due.id)


def test_a_patients_link_opens_again_once_the_death_is_struck_out(
    sessions: Sessions, world: World, now: datetime, death: int
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        enrolment.strike_event(
            session, person, death, reason="Another patient", actor=builders.COMMAND, now=now
        )
        visit = participants.visit(session, person, "baseline")
        token = builders.link(session, now, visit)
        survey.check_open(opened.by_token(session, token).visit, now=now)


def test_another_participants_event_is_not_found(
    staff: FlaskClient, world: World, death: int
) -> None:
    url = f"{LIST}/{world.closing.number}/events/{death}/strike"
    assert staff.get(url).status_code == 404
    assert staff.post(url, data={"reason": "Mine"}).status_code == 404


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_only_staff_strike_out(
    as_user: Callable[[str], FlaskClient], world: World, death: int, name: str
) -> None:
    url = f"{LIST}/{world.due.number}/events/{death}/strike"
    assert as_user(name).get(url).status_code == 403
    assert as_user(name).post(url, data={"reason": "x"}).status_code == 403
