"""Calls for help and visits that wait, as staff see and settle them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import HelpRequest, Participant, Postponement, Visit
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import help_requests, opened, participants, postponements
from tests import builders
from tests.builders import Post
from tests.web.conftest import World
from tests.web.staff.test_participants import LIST, audit
from tests.web.staff.test_worklist import URL, numbers


@pytest.fixture
def call(sessions: Sessions, world: World, now: datetime) -> int:
    """The id of a call: ``closing`` opened the baseline's link while week 4 is open."""
    return called(sessions, world.closing, "baseline", now)


def called(sessions: Sessions, person: Participant, visit: str, now: datetime) -> int:
    with sessions.write() as session:
        found = participants.visit(session, session.get_one(Participant, person.id), visit)
        token = builders.link(session, now, found)
        made = help_requests.ask(session, opened.by_token(session, token), now=now)
        session.commit()
    assert made is not None
    return made.request.id


def settle_url(person: Participant, call: int) -> str:
    return f"{LIST}/{person.number}/calls/{call}/settle"


def test_a_call_stands_on_top_of_the_worklist_with_what_the_participant_saw(
    staff: FlaskClient, world: World, call: int
) -> None:
    page = staff.get(URL).text
    section = page[page.index('class="calls"') : page.index("</section>")]
    assert page.index('class="calls"') < page.index('role="search"')
    assert "1 participant asks for help with a link" in section
    for words in (
        world.closing.number,
        "Baseline",
        "while another visit is open",
        "2026-03-02 10:00",
    ):
        assert words in section, words


def test_done_settles_it_with_the_note_and_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions, call: int
) -> None:
    for note in (" link sent anew ", "again"):
        answer = staff.post(settle_url(world.closing, call), data={"note": note})
        assert (answer.status_code, answer.location) == (303, URL)
    page = staff.get(URL).text
    assert "The call is settled." in page
    assert 'class="calls"' not in page
    with sessions.read() as session:
        row = session.get_one(HelpRequest, call)
    assert (row.note, row.settled_by) == ("link sent anew", world.users["staff"].id)
    assert audit(sessions, world.users["staff"].id) == ["help_settled"]


def test_a_note_that_is_too_long_is_refused(
    staff: FlaskClient, world: World, sessions: Sessions, call: int
) -> None:
    assert staff.post(settle_url(world.closing, call), data={"note": "x" * 501}).status_code == 422
    assert audit(sessions, world.users["staff"].id) == []


def test_another_site_neither_sees_nor_settles_it(
    as_user: Callable[[str], FlaskClient], world: World, sessions: Sessions, call: int
) -> None:
    other = as_user("other")
    assert 'class="calls"' not in other.get(URL).text
    assert other.post(settle_url(world.closing, call)).status_code == 404
    assert other.post(settle_url(world.elsewhere, call)).status_code == 404
    with sessions.read() as session:
        assert session.get_one(HelpRequest, call).settled_at is None


def test_an_admin_sees_calls_and_settles_none(
    as_user: Callable[[str], FlaskClient], world: World, call: int
) -> None:
    page = as_user("admin").get(URL).text
    assert 'class="calls"' in page
    assert "/settle" not in page
    assert as_user("admin").post(settle_url(world.closing, call)).status_code == 403


def put_off(sessions: Sessions, world: World, now: datetime) -> None:
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        postponements.postpone(
            session, visit, Delay.IN_3_DAYS, Reason.TOO_ILL, actor=actors.link(1), now=now
        )
        session.commit()


def test_who_asked_to_wait_stands_apart_and_is_not_nagged(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    put_off(sessions, world, now)
    page = staff.get(URL).text
    assert numbers(page) == [world.closing.number, world.due.number]
    assert "1 visit waits for answers today" in page
    assert page.index(">Closing<") < page.index(">Asked to wait<")
    assert "Asked to wait until 2026-03-05: too ill" in page
    assert ">Send e-mail<" not in page
    record = staff.get(f"{LIST}/{world.due.number}").text
    assert "Asked to wait until 2026-03-05: too ill" in record


def test_on_the_day_the_visit_is_due_again(
    staff: FlaskClient, world: World, sessions: Sessions, now: datetime
) -> None:
    put_off(sessions, world, now)
    with time_machine.travel(now + timedelta(days=3), tick=False):
        builders.sign_in(staff, world.users["staff"])
        page = staff.get(URL).text
    assert "Asked to wait until" not in page
    assert ">Send e-mail<" in page


def postpone_url(world: World, visit: str = "baseline") -> str:
    return f"{LIST}/{world.due.number}/visits/{visit}/postpone"


CHOICE = {"delay": "tomorrow", "reason": "another_time"}


def test_staff_put_a_visit_off_with_one_audit_event(
    staff: FlaskClient, world: World, sessions: Sessions
) -> None:
    offered = staff.get(f"{LIST}/{world.due.number}").text
    assert re.findall(r'value="(tomorrow|in_3_days|in_a_week)"', offered) == [
        "tomorrow", "in_3_days", "in_a_week",
    ]  # fmt: skip
    answer = staff.post(postpone_url(world), data=CHOICE)
    assert answer.status_code == 303
    page = staff.get(answer.location).text
    assert "Asked to wait until 2026-03-03: another time suits better" in page
    assert audit(sessions, world.users["staff"].id) == ["visit_postponed"]
    with sessions.read() as session:
        (row,) = session.scalars(select(Postponement))
    assert (row.until_on, row.actor_kind) == (date(2026, 3, 3), "user")


@pytest.mark.parametrize(
    ("visit", "data", "status"),
    [
        pytest.param("baseline", {}, 422, id="nothing chosen"),
        pytest.param("baseline", {**CHOICE, "delay": "in_a_year"}, 422, id="forged day"),
        pytest.param("baseline", {**CHOICE, "reason": "lazy"}, 422, id="forged reason"),
        pytest.param("w4", CHOICE, 403, id="not open yet"),
        pytest.param("nine", CHOICE, 404, id="no such visit"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_stored(
    staff: FlaskClient, world: World, sessions: Sessions,
    visit: str, data: dict[str, str], status: int,
) -> None:  # fmt: skip
    assert staff.post(postpone_url(world, visit), data=data).status_code == status
    with sessions.read() as session:
        assert session.scalars(select(Postponement)).all() == []
    assert audit(sessions, world.users["staff"].id) == []


@pytest.mark.parametrize(("name", "status"), [("other", 404), ("admin", 403), ("analyst", 403)])
def test_nobody_else_puts_a_visit_off(
    as_user: Callable[[str], FlaskClient], world: World, name: str, status: int
) -> None:
    assert as_user(name).post(postpone_url(world), data=CHOICE).status_code == status


def test_the_sweep_asks_again_on_the_day_once(
    staff: FlaskClient, world: World, sessions: Sessions, post: Post, now: datetime
) -> None:
    put_off(sessions, world, now)
    tasks = staff.application.extensions["queue"].tasks
    tasks.sweep()
    assert post.mails == []
    with time_machine.travel(now + timedelta(days=3), tick=False):
        tasks.sweep()
        tasks.sweep()
    assert [mail.to for mail in post.mails] == ["patient@example.org"]
    assert "whenever you feel able" in post.mails[0].subject
    with sessions.read() as session:
        person = session.get_one(Participant, world.due.id)
        visit: Visit = participants.visit(session, person, "baseline")
        assert visit.responses[0].missing_reason == "too_ill"
