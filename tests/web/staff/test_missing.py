"""Staff say why a form is missing, in place on the worklist or on the visit's own page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Response, Visit
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

WORKLIST = "/studies/example/worklist"
Kept = Callable[[], tuple[str | None, str | None]]


def page_of(world: World) -> str:
    return f"/studies/example/participants/{world.due.number}/visits/baseline/missing"


@pytest.fixture
def later(now: datetime) -> datetime:
    """After the baseline of ``due`` has closed."""
    return now + timedelta(days=30)


@pytest.fixture
def kept(sessions: Sessions, world: World) -> Kept:
    """The reason and note of the baseline of ``due``."""

    def read() -> tuple[str | None, str | None]:
        with sessions.read() as session:
            form = session.scalars(
                select(Response)
                .join(Response.visit)
                .where(Visit.participant_id == world.due.id, Visit.code == "baseline")
            ).one()
            return form.missing_reason, form.missing_note

    return read


def test_the_worklist_asks_why_with_a_proposal_and_takes_the_answer_in_place(
    staff: FlaskClient, world: World, later: datetime, kept: Kept
) -> None:
    with time_machine.travel(later, tick=False):
        builders.sign_in(staff, world.users["staff"])
        page = staff.get(WORKLIST).text
        section = page[page.index('class="missing"') :]
        assert "closed without answers" in section
        assert f'action="{page_of(world)}"' in section
        assert '<option value="not_offered" selected>Was not offered it</option>' in section
        answer = staff.post(page_of(world), data={"from": "worklist", "reason": "forgot"})
        assert (answer.status_code, answer.location) == (303, WORKLIST)
        assert kept() == ("forgot", None)
        assert page_of(world) not in staff.get(WORKLIST).text


def test_the_visits_page_takes_a_note_and_the_record_shows_it(
    staff: FlaskClient, world: World, later: datetime, kept: Kept, sessions: Sessions
) -> None:
    with time_machine.travel(later, tick=False):
        builders.sign_in(staff, world.users["staff"])
        asked = staff.get(page_of(world)).text
        assert "The visit can still be answered" not in asked
        data = {"forms": ["daily-life-check"], "reason": "other", "note": "Away in the country"}
        assert staff.post(page_of(world), data=data).status_code == 303
        assert kept() == ("other", "Away in the country")
        record = staff.get(f"/studies/example/participants/{world.due.number}").text
        assert "Another reason: Away in the country" in record
        again = staff.get(page_of(world)).text
        assert re.search(r'<input[^>]*checked[^>]*value="other"', again)
    with sessions.read() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.participant_id == world.due.id)
        ).all()
    assert actions.count("missing_reason_set") == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"from": "worklist", "reason": ""}, "Choose a reason."),
        ({"forms": ["daily-life-check"], "reason": "bored"}, "Choose a reason."),
        ({"forms": ["daily-life-check"], "reason": "died"}, "Choose a reason."),
        ({"forms": ["eq-5d-5l"], "reason": "forgot"}, "Choose at least one questionnaire."),
        ({"reason": "forgot"}, "Choose at least one questionnaire."),
        ({"forms": ["daily-life-check"], "reason": "other"}, "Say in a few words"),
        (
            {"forms": ["daily-life-check"], "reason": "forgot", "note": "x" * 501},
            "At most 500 characters.",
        ),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_changes_nothing(
    staff: FlaskClient, world: World, later: datetime, kept: Kept,
    data: dict[str, object], told: str,
) -> None:  # fmt: skip
    with time_machine.travel(later, tick=False):
        builders.sign_in(staff, world.users["staff"])
        answer = staff.post(page_of(world), data=data)
        assert answer.status_code == 422
        assert told in answer.text
    assert kept() == (None, None)


def test_an_open_visit_that_was_declined_leaves_the_worklist_at_once(
    staff: FlaskClient, world: World
) -> None:
    assert world.due.number in staff.get(WORKLIST).text
    assert "The visit can still be answered" in staff.get(page_of(world)).text
    data = {"forms": ["daily-life-check"], "reason": "declined"}
    staff.post(page_of(world), data=data)
    assert f'/participants/{world.due.number}"' not in staff.get(WORKLIST).text


@pytest.mark.parametrize("who", ["admin", "analyst"])
def test_who_may_not_set_reasons_is_refused(
    app: Flask, world: World, later: datetime, kept: Kept, who: str
) -> None:
    with time_machine.travel(later, tick=False):
        client = builders.sign_in(app.test_client(), world.users[who])
        assert client.get(page_of(world)).status_code == 403
        assert client.post(page_of(world), data={"reason": "forgot"}).status_code == 403
    assert kept() == (None, None)


def test_for_another_site_the_visit_does_not_exist(
    app: Flask, world: World, later: datetime
) -> None:
    with time_machine.travel(later, tick=False):
        client = builders.sign_in(app.test_client(), world.users["other"])
        assert client.get(page_of(world)).status_code == 404
        assert page_of(world) not in client.get(WORKLIST).text
