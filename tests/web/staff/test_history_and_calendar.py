"""A participant's history as one dated list, and the month of the user's sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from qol_app.db.audit import audited
from qol_app.db.models import Participant
from qol_app.db.session import Sessions
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.services import enrolment, participants, staff_messages
from qol_app.services.staff_messages import StaffMessageKind
from tests import builders
from tests.web.conftest import World

LIST = "/studies/example/participants"
CALENDAR = "/studies/example/calendar"


def plain(page: str, start: str, end: str) -> str:
    """A part of a page without its tags."""
    part = page[page.index(start) : page.index(end)]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_the_history_tells_events_answers_and_looks_newest_first(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        builders.answered(session, now, person, "baseline", {"ENERGY": 4, "COMFORT": 7})
        enrolment.record_event(
            session,
            person,
            ParticipantEventKind.TREATMENT,
            happened_on=date(2026, 2, 20),
            note="Second TACE",
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
    staff.post(f"{LIST}/{world.due.number}/contact/show")
    told = history(staff, world.due.number)
    looked = told.index("Contact details looked at staff-sha")
    answered = told.index("2026-03-02 10:00 Answers saved Baseline the patient")
    treated = told.index("2026-02-20 Treatment Second TACE")
    assert looked < treated
    assert answered < treated
    assert "Questionnaire sent Baseline the patient" in told


def history(staff: FlaskClient, number: str) -> str:
    page = staff.get(f"{LIST}/{number}").text
    return plain(page, '<ol class="history__list">', '<aside class="record__side">')


def test_what_happened_today_stands_above_the_enrolment_with_who_recorded_it(
    staff: FlaskClient, world: World
) -> None:
    day = {"kind": "died", "happened_on": "2026-03-02", "note": ""}
    assert staff.post(f"{LIST}/{world.due.number}/events", data=day).status_code == 303
    told = history(staff, world.due.number)
    assert told.startswith("2026-03-02 Died staff-sha")
    assert "Enrolled in the study the system" in told  # it concerns all visits, so it names none


def test_a_mail_to_staff_is_no_message_to_the_participant(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        user = world.users["staff"]
        mail = staff_messages.message(user, person, StaffMessageKind.CLOSING, visit.id, now=now)
        with audited(
            session,
            actor=builders.COMMAND,
            action=Action.MESSAGE_PLANNED,
            now=now,
            study_id=person.study_id,
            participant_id=person.id,
        ):
            session.add(mail)
        session.commit()
    assert "Message planned" not in history(staff, world.due.number)


def test_the_calendar_counts_what_opens_is_planned_and_closes(
    staff: FlaskClient, world: World
) -> None:
    page = staff.get(f"{CALENDAR}?day=2026-03-12").text
    assert "March 2026" in page
    assert "1 planned" in page
    assert world.due.number in page
    assert world.elsewhere.number not in page
    closing = staff.get(f"{CALENDAR}?day=2026-03-07").text
    assert world.closing.number in plain(closing, '<section class="month-day">', "</section>")


def test_an_answered_visit_or_one_after_a_death_is_not_in_the_calendar(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        enrolment.record_event(
            session,
            person,
            ParticipantEventKind.DIED,
            happened_on=date(2026, 3, 1),
            actor=builders.COMMAND,
            now=now,
        )
        session.commit()
    assert world.due.number not in staff.get(f"{CALENDAR}?day=2026-03-12").text
    assert world.due.number in staff.get(f"{CALENDAR}?day=2026-02-26").text


@pytest.mark.parametrize("asked", ["", "nonsense", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_any_day_that_is_asked_for_shows_some_month(
    staff: FlaskClient, world: World, asked: str
) -> None:
    assert staff.get(f"{CALENDAR}?day={asked}").status_code == 200


def test_the_analyst_has_no_calendar(as_user: Callable[[str], FlaskClient], world: World) -> None:
    assert as_user("analyst").get(CALENDAR).status_code == 403
    assert as_user("admin").get(CALENDAR).status_code == 200
