"""A button for each way to somebody, and messages that wait in vain say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.models import Message
from qol_app.db.session import Sessions
from qol_app.domain.events import ParticipantEventKind
from qol_app.jobs.tasks import Tasks
from qol_app.messaging import Sms
from qol_app.services import enrolment, messages, participants, studies
from tests import builders
from tests.builders import COMMAND, VAULT
from tests.web.conftest import World
from tests.web.staff.test_participants import LIST

SEND = re.compile(r'name="channel" value="(\w+)"')


class Gateway:
    """Takes every text message and keeps none."""

    def send(self, sms: Sms) -> str | None:
        return None


@pytest.fixture
def with_sms(app: Flask) -> Iterator[None]:
    """A deployment with a gateway for text messages."""
    queue = app.extensions["queue"]
    known: Tasks = queue.tasks
    queue.tasks = replace(known, sms=Gateway())
    yield
    queue.tasks = known


def enrolled(sessions: Sessions, now: datetime, **known: object) -> str:
    """A participant in Shanghai whose baseline is open; the study number."""
    with sessions.write() as session:
        study = studies.find(session, "example")
        new = enrolment.NewParticipant(
            group="A",
            anchor_date=date(2026, 3, 5),
            language="en",
            consented_on=date(2026, 3, 1),
            **known,  # type: ignore[arg-type]  # the test's own values
        )
        site = builders.site(session, study, "SHA")
        made = enrolment.enrol(session, study, site, new, vault=VAULT, actor=COMMAND, now=now)
        session.commit()
        return made.number


def ways(staff: FlaskClient, number: str) -> set[str]:
    return set(SEND.findall(staff.get(f"{LIST}/{number}").text))


BOTH = {"email": "wang@example.org", "phone": "+8613800138000"}


@pytest.mark.usefixtures("with_sms")
@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(BOTH, {"email", "sms"}, id="both are on file"),
        pytest.param({"phone": "+8613800138000"}, {"sms"}, id="only a number"),
        pytest.param(BOTH | {"refused_channels": ("sms",)}, {"email"}, id="no text messages"),
    ],
)
def test_each_way_that_is_on_file_and_not_refused_has_a_button(
    staff: FlaskClient,
    world: World,
    sessions: Sessions,
    now: datetime,
    known: dict[str, object],
    expected: set[str],
) -> None:
    assert ways(staff, enrolled(sessions, now, **known)) == expected


def test_who_can_be_reached_by_nothing_has_the_reason_in_place_of_a_button(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    number = enrolled(sessions, now, email="wang@example.org", refused_channels=("email",))
    page = staff.get(f"{LIST}/{number}").text
    assert SEND.findall(page) == []
    assert "No message can be sent: wants no such messages." in page
    reached = staff.get(f"{LIST}/{enrolled(sessions, now, **BOTH)}").text
    assert "No message can be sent" not in reached


def test_without_a_gateway_nobody_is_offered_a_text_message(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    assert ways(staff, enrolled(sessions, now, **BOTH)) == {"email"}


def test_a_message_that_waits_says_at_once_that_it_will_not_be_sent_after_a_death(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    number = enrolled(sessions, now, **BOTH)
    with sessions.write() as session:
        person = participants.find(session, studies.find(session, "example"), number)
        visit = participants.visit(session, person, "baseline")
        message = messages.plan(session, visit, actor=COMMAND, now=now)
        session.commit()
    page = staff.get(f"{LIST}/{number}").text
    assert "Waiting to be sent" in page
    assert "Will not be sent" not in page
    with sessions.write() as session:
        person = participants.find(session, studies.find(session, "example"), number)
        died = enrolment.record_event(
            session,
            person,
            ParticipantEventKind.DIED,
            happened_on=now.date(),
            actor=COMMAND,
            now=now,
        )
        session.commit()
    page = staff.get(f"{LIST}/{number}").text
    assert "Waiting to be sent" not in page
    assert re.search(r"Will not be sent<br><span class=\"soft\">died<", page)
    with sessions.write() as session:
        person = participants.find(session, studies.find(session, "example"), number)
        enrolment.strike_event(session, person, died.id, reason="Wrong", actor=COMMAND, now=now)
        session.commit()
        assert session.get_one(Message, message.id).status == "planned"
    assert "Waiting to be sent" in staff.get(f"{LIST}/{number}").text
