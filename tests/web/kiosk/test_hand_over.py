"""From the nurse to the patient and back: who sees what, and what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select

from qol_app.db.models import AnswerEvent, Response, SurveyLink
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests import builders
from tests.web.conftest import World
from tests.web.kiosk.conftest import PIN, TABLETS, Device
from tests.web.patient.test_display import sent_by_others

WORKLIST = "/studies/example/worklist"
RANDOM = re.compile(r'/static/[0-9a-f]+/|name="csrf_token" value="[^"]+"')
"""What may hold any four digits by chance: the version of our files, a form's token."""


def page_of(world: World) -> str:
    return f"/studies/example/participants/{world.due.number}"


def begin(tablet: Device, world: World) -> None:
    """Hand over and pass the check."""
    tablet.hand_over(world.due.number)
    assert tablet.check(world.due.number).location == "/survey"


def answer(tablet: Device) -> None:
    """Answer the first question of the daily life check."""
    page = tablet.client.get("/survey", follow_redirects=True)
    name = re.findall(r'<div class="question" data-item="(\w+)"', page.text)[0]
    sent = tablet.client.post(page.request.path, data={name: "1", "go": "next"})
    assert sent.status_code == 303


def test_on_a_tablet_staff_are_offered_the_hand_over_and_elsewhere_on_the_record_only(
    tablet: Device, staff: FlaskClient, world: World
) -> None:
    url = f"{page_of(world)}/hand-over?visit=baseline"
    assert url in tablet.client.get(WORKLIST).text
    assert url in tablet.client.get(page_of(world)).text
    assert url not in staff.get(WORKLIST).text
    assert url in staff.get(page_of(world)).text


def test_another_device_says_how_to_register_it_and_hands_nothing_over(
    staff: FlaskClient, world: World, audit: Callable[[], list[str]]
) -> None:
    url = f"{page_of(world)}/hand-over"
    page = staff.get(url)
    assert page.status_code == 200
    assert "This device is not registered as a tablet" in page.text
    assert f'href="{TABLETS}"' in page.text
    assert staff.post(url, data={"visit": "baseline", "language": "en"}).status_code == 409
    assert audit() == []


def test_handing_over_signs_staff_out_and_asks_who_holds_the_tablet(
    tablet: Device, world: World, audit: Callable[[], list[str]], sessions: Sessions
) -> None:
    shown = tablet.client.get(f"{page_of(world)}/hand-over?visit=baseline").text
    assert re.search(r'<input[^>]*\bchecked[^>]*value="baseline"', shown)
    answer = tablet.hand_over(world.due.number, language="zh-Hans")
    assert (answer.status_code, answer.location) == (303, "/tablet")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    with tablet.client.session_transaction() as cookie:
        assert dict(cookie) == {}
    assert tablet.client.get(WORKLIST).status_code == 303
    page = tablet.look()
    assert '<html lang="zh-Hans"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert audit() == ["tablet_registered", "tablet_handed_over"]
    with sessions.read() as session:
        link = session.scalars(select(SurveyLink)).one()
    assert (link.channel, link.first_used_at) == ("tablet", None)


def test_the_remember_cookie_goes_with_the_session(
    app: Flask, tablet: Device, world: World, sessions: Sessions, now: datetime
) -> None:
    with app.app_context():
        hashed = hash_password(builders.PASSWORD)
    with sessions.write() as session:
        builders.user(
            session, now, Role.STAFF, of=world.study, at="SHA", name="nurse", password_hash=hashed
        )
        session.commit()
    data = {"email": "nurse@example.org", "password": builders.PASSWORD, "remember": "y"}
    tablet.client.post("/sign-out")
    tablet.client.post("/sign-in", data=data)
    assert tablet.client.get_cookie("remember_token") is not None
    tablet.hand_over(world.due.number)
    assert tablet.client.get_cookie("remember_token") is None
    assert tablet.client.get(WORKLIST).status_code == 303


def test_the_check_names_nobody(tablet: Device, world: World) -> None:
    tablet.hand_over(world.due.number)
    for answer in (tablet.look(), tablet.check("000")):
        page = RANDOM.sub("", answer.text)
        assert world.due.number not in page
        for word in ("1960", "Shanghai", "Baseline", "Example study", "staff"):
            assert word not in page, word
    wrong = tablet.look().text
    assert "You can try 2 more times" in wrong


def test_nothing_typed_is_no_wrong_answer(
    tablet: Device, world: World, audit: Callable[[], list[str]]
) -> None:
    tablet.hand_over(world.due.number)
    answer = tablet.client.post("/tablet/check", data={"digits": " ", "year": ""})
    assert answer.status_code == 422
    assert "Please type the three digits." in answer.text
    assert "tablet_checked" not in audit()


def test_after_the_check_the_patient_answers_as_the_patient(
    tablet: Device, world: World, sessions: Sessions, staff: FlaskClient
) -> None:
    begin(tablet, world)
    answer(tablet)
    sent = tablet.client.post("/survey/review")
    assert sent.location == "/survey/thanks"
    thanks = tablet.client.get("/survey/thanks").text
    assert "Done, give the tablet back" in thanks
    assert "close this page" not in thanks
    assert "Stop and give" not in thanks
    with sessions.read() as session:
        assert set(session.scalars(select(AnswerEvent.actor_kind))) == {"link"}
        response = session.scalars(
            select(Response).where(Response.submitted_at.is_not(None))
        ).first()
    assert response is not None
    assert response.mode == "patient"
    assert "Shared tablet" in staff.get(page_of(world)).text


def test_the_pages_say_how_long_it_takes_as_behind_a_link(
    tablet: Device, world: World, sessions: Sessions, now: datetime
) -> None:
    sent_by_others(sessions, world, now, 9)
    begin(tablet, world)
    page = tablet.client.get("/survey", follow_redirects=True)
    assert "about 9 minutes left" in page.text
    assert 'data-typical="9"' in page.text
    assert 'data-typical="9"' in tablet.client.get("/survey/shell").text


def test_three_wrong_answers_freeze_until_the_pin(
    tablet: Device, world: World, ended: Callable[[], list[str | None]]
) -> None:
    tablet.hand_over(world.due.number)
    for _ in range(3):
        tablet.check("000")
    assert "What was typed did not fit." in tablet.look().text
    tablet.check(world.due.number)
    assert "What was typed did not fit." in tablet.look().text
    assert tablet.client.get("/survey").location == "/tablet"
    tablet.pin()
    assert "The check failed three times" in tablet.look().text
    assert tablet.client.post("/tablet/give-back").status_code == 303
    assert tablet.check(world.due.number).location == "/survey"
    assert ended() == ["frozen", None]


@pytest.mark.parametrize(("how", "ending"), [("stop", "taken_back"), ("idle", "idle")])
def test_after_locking_no_page_of_the_survey_opens(
    tablet: Device,
    world: World,
    audit: Callable[[], list[str]],
    ended: Callable[[], list[str | None]],
    how: str,
    ending: str,
) -> None:
    begin(tablet, world)
    answer(tablet)
    locked = tablet.lock(how)
    assert (locked.status_code, locked.location) == (303, "/tablet")
    assert locked.headers["Clear-Site-Data"] == '"cache"'
    with tablet.client.session_transaction() as cookie:
        assert dict(cookie) == {}
    for path in ("/survey", "/survey/review", "/survey/thanks", "/survey/daily-life-check/p1"):
        assert tablet.client.get(path).location == "/tablet", path
    assert tablet.client.post("/survey/review").location == "/tablet"
    assert "This tablet is locked" in tablet.look().text
    assert audit()[-1] == "tablet_locked"
    assert ended() == [ending]


def test_a_survey_session_kept_aside_opens_nothing_after_locking(
    tablet: Device, world: World
) -> None:
    begin(tablet, world)
    kept = tablet.client.get_cookie("qol")
    assert kept is not None
    tablet.lock()
    tablet.client.set_cookie("qol", kept.value)
    assert tablet.client.get("/survey/review").location == "/tablet"
    tablet.client.set_cookie("qol", kept.value)
    told = tablet.client.get("/survey/review", headers={"Accept": "application/json"})
    assert told.status_code == 410
    assert told.get_json()["error"]["code"] == "tablet_locked"


def test_a_tablet_left_lying_locks_by_the_servers_clock(
    tablet: Device, world: World, now: datetime, ended: Callable[[], list[str | None]]
) -> None:
    begin(tablet, world)
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        answer(tablet)
    with time_machine.travel(now + timedelta(minutes=28), tick=False):
        assert tablet.client.get("/survey/review").status_code == 200
    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        assert tablet.client.get("/survey/review").location == "/tablet"
        assert "This tablet is locked" in tablet.look().text
        tablet.lock()
    assert ended() == ["idle"]


def test_after_the_pin_the_same_patient_goes_on_after_a_new_check(
    tablet: Device, world: World
) -> None:
    begin(tablet, world)
    answer(tablet)
    tablet.lock()
    assert tablet.client.post("/tablet/give-back").location == "/tablet"
    assert "This tablet is locked" in tablet.look().text  # the PIN comes first
    tablet.pin()
    assert "Give it back to the same patient" in tablet.look().text
    tablet.client.post("/tablet/give-back")
    assert "Before you begin" in tablet.look().text
    assert tablet.client.get("/survey").location == "/tablet"
    assert tablet.check(world.due.number).location == "/survey"


def test_once_everything_is_sent_nothing_is_given_back(tablet: Device, world: World) -> None:
    begin(tablet, world)
    tablet.client.post("/survey/review")
    tablet.lock("done")
    assert "Thank you" in tablet.look().text
    tablet.pin()
    page = tablet.look().text
    assert "Give it back" not in page
    assert 'href="/sign-in"' in page


def test_the_pin_opens_for_five_minutes(tablet: Device, world: World, now: datetime) -> None:
    tablet.client.post("/sign-out")
    tablet.pin()
    with time_machine.travel(now + timedelta(minutes=4), tick=False):
        assert "Lock again" in tablet.look().text
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert "This tablet is locked" in tablet.look().text


def test_the_next_patient_ends_the_one_before(
    tablet: Device,
    world: World,
    sessions: Sessions,
    now: datetime,
    ended: Callable[[], list[str | None]],
) -> None:
    with sessions.write() as session:
        anchor = now.date() + timedelta(days=10)
        second = builders.participant(session, now, of=world.study, at="SHA", anchor=anchor)
        session.commit()
    begin(tablet, world)
    kept = tablet.client.get_cookie("qol")
    assert kept is not None
    tablet.sign_in()
    tablet.hand_over(second.number)
    tablet.client.set_cookie("qol", kept.value)
    assert tablet.client.get("/survey/review").location == "/tablet"
    assert tablet.check(second.number).location == "/survey"
    assert ended() == ["taken_back", None]


def test_staff_who_sign_in_on_the_tablet_cannot_go_on_as_the_patient(
    app: Flask, tablet: Device, world: World, sessions: Sessions, now: datetime
) -> None:
    with app.app_context():
        hashed = hash_password(builders.PASSWORD)
    with sessions.write() as session:
        builders.user(
            session, now, Role.STAFF, of=world.study, at="SHA", name="nurse", password_hash=hashed
        )
        session.commit()
    begin(tablet, world)
    tablet.client.post(
        "/sign-in", data={"email": "nurse@example.org", "password": builders.PASSWORD}
    )
    assert tablet.client.get(WORKLIST).status_code == 200
    assert tablet.client.get("/survey/review").location == "/tablet"


def test_locking_needs_no_form_token_and_forgets_even_on_a_device_that_is_no_tablet(
    app: Flask, tablet: Device, world: World
) -> None:
    begin(tablet, world)
    app.config["WTF_CSRF_ENABLED"] = True
    assert tablet.lock().status_code == 303
    tablet.client.delete_cookie("qol-tablet")
    assert tablet.lock().status_code == 303
    assert tablet.pin(PIN).status_code == 400


@pytest.mark.parametrize("name", ["admin", "analyst"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_staff_hand_over(
    tablet: Device, world: World, audit: Callable[[], list[str]], name: str, method: str
) -> None:
    tablet.sign_in(name)
    data = {"visit": "baseline", "language": "en"}
    answer = tablet.client.open(f"{page_of(world)}/hand-over", method=method, data=data)
    assert answer.status_code == 403
    assert audit() == ["tablet_registered"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_participant_of_another_site_does_not_exist(
    tablet: Device, world: World, audit: Callable[[], list[str]], method: str
) -> None:
    url = f"/studies/example/participants/{world.elsewhere.number}/hand-over"
    data = {"visit": "baseline", "language": "en"}
    assert tablet.client.open(url, method=method, data=data).status_code == 404
    assert audit() == ["tablet_registered"]


def test_staff_of_two_sites_take_a_tablet_of_the_participants_own(
    tablet: Device, world: World, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        both = builders.user(session, now, Role.STAFF, of=world.study)
        session.commit()
    builders.sign_in(tablet.client, both)
    url = f"/studies/example/participants/{world.elsewhere.number}/hand-over"
    assert "This tablet belongs to another site" in tablet.client.get(url).text
    assert tablet.hand_over(world.elsewhere.number).status_code == 409


def test_a_visit_that_is_not_open_is_not_handed_over(
    tablet: Device, world: World, audit: Callable[[], list[str]]
) -> None:
    data = {"visit": "m3", "language": "en"}
    assert tablet.client.post(f"{page_of(world)}/hand-over", data=data).status_code == 422
    assert audit() == ["tablet_registered"]
