"""Every link that leads nowhere ends on a page that says why, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, HelpRequest, Participant
from qol_app.db.session import Sessions
from qol_app.domain.events import ENDINGS, ParticipantEventKind
from qol_app.services import enrolment, links, participants, submission
from tests import builders
from tests.builders import Post
from tests.web.conftest import World
from tests.web.patient.conftest import Patient, a_link

BUTTON = re.compile(r'<form method="post" action="([^"]*help)">')
JSON = {"Accept": "application/json"}
Make = Callable[[Sessions, World, datetime], str]


def sent(sessions: Sessions, world: World, now: datetime, mode: str = "patient") -> str:
    token = a_link(sessions, now, world.due, "baseline")
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        submission.submit_visit(session, visit, mode=mode, actor=builders.COMMAND, now=now)
        session.commit()
    return token


def revoked(sessions: Sessions, world: World, now: datetime) -> str:
    token = a_link(sessions, now, world.due, "baseline")
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        visit = participants.visit(session, person, "baseline")
        links.revoke(session, visit, actor=builders.COMMAND, now=now)
        session.commit()
    return token


def superseded(sessions: Sessions, world: World, now: datetime) -> str:
    token = revoked(sessions, world, now)
    a_link(sessions, now, world.due, "baseline")
    return token


def early(sessions: Sessions, world: World, now: datetime) -> str:
    return a_link(sessions, now, world.due, "m3")


def expired(sessions: Sessions, world: World, now: datetime) -> str:
    with sessions.write() as session:
        person = builders.participant(
            session, now, of=world.study, at="SHA", anchor=now.date() - timedelta(days=10)
        )
        session.commit()
    return a_link(sessions, now, person, "baseline")


def wrong_visit(sessions: Sessions, world: World, now: datetime) -> str:
    return a_link(sessions, now, world.closing, "baseline")


REFUSED = [
    pytest.param(sent, 409, "already_submitted", "You sent them on 2 March.", id="used"),
    pytest.param(revoked, 410, "link_revoked", "The clinic withdrew it on 2 March.", id="revoked"),
    pytest.param(superseded, 410, "link_superseded", "replaced on 2 March", id="superseded"),
    pytest.param(early, 403, "link_too_early", "It opens on 29 May; the same link", id="early"),
    pytest.param(expired, 410, "link_expired", "answered until 20 February.", id="expired"),
    pytest.param(wrong_visit, 410, "link_expired", "“Week 4” is open until 14 March.", id="wrong"),
]


@pytest.mark.parametrize(("make", "status", "code", "words"), REFUSED)
def test_each_says_what_happened_with_its_day_and_has_one_button(
    app: Flask, sessions: Sessions, world: World, now: datetime,
    make: Make, status: int, code: str, words: str,
) -> None:  # fmt: skip
    token = make(sessions, world, now)
    with sessions.read() as session:
        before = builders.count_rows(session)
    client = app.test_client()
    page = client.get(f"/s/{token}")
    assert client.head(f"/s/{token}").status_code == status
    assert page.status_code == status
    assert words in page.text
    assert '<body class="patient">' in page.text
    assert "please ask your study nurse" in page.text
    assert BUTTON.findall(page.text) == [f"/s/{token}/help"]
    error = client.get(f"/s/{token}", headers=JSON)
    assert (error.status_code, error.get_json()["error"]["code"]) == (status, code)
    with sessions.read() as session:
        assert builders.count_rows(session) == before


@pytest.mark.parametrize(("make", "status", "code", "words"), REFUSED)
def test_each_speaks_the_patients_language_in_any_browser(
    app: Flask, sessions: Sessions, world: World, now: datetime,
    make: Make, status: int, code: str, words: str,
) -> None:  # fmt: skip
    token = make(sessions, world, now)
    with sessions.write() as session:
        for participant_id in session.scalars(select(Participant.id)).all():
            participants.set_language(
                session, participant_id, "zh-Hans", actor=builders.COMMAND, now=now
            )
        session.commit()
    page = app.test_client().get(f"/s/{token}", headers={"Accept-Language": "en"})
    assert '<html lang="zh-Hans"' in page.text
    assert "如有疑问，请联系您的研究护士。" in page.text
    assert "3月" in page.text or "2月" in page.text or "5月" in page.text


@pytest.mark.parametrize(("make", "status", "code", "words"), REFUSED)
def test_the_button_tells_the_clinic_once_and_says_so(
    app: Flask, sessions: Sessions, world: World, now: datetime,
    make: Make, status: int, code: str, words: str,
) -> None:  # fmt: skip
    token, client = make(sessions, world, now), app.test_client()
    for _ in range(3):
        answer = client.post(f"/s/{token}/help")
        assert (answer.status_code, answer.location) == (303, f"/s/{token}")
    page = client.get(f"/s/{token}")
    assert page.status_code == status
    assert "The clinic has been told." in page.text
    assert BUTTON.findall(page.text) == []
    with sessions.read() as session:
        (call,) = session.scalars(select(HelpRequest))
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "help_asked")).all()
    assert call.why == ("wrong_visit" if make is wrong_visit else code)
    assert [event.actor_kind for event in events] == ["link"]


def test_a_link_of_a_closed_visit_does_not_open_the_other(
    app: Flask, sessions: Sessions, world: World, now: datetime
) -> None:
    token, client = wrong_visit(sessions, world, now), app.test_client()
    page = client.post(f"/s/{token}")
    assert page.status_code == 410
    assert "Another questionnaire is open now" in page.text
    assert client.get("/survey").status_code == 404


def main_of(page: str) -> str:
    """The page without its header, which lets the patient choose a text size."""
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_after_the_end_the_page_is_gentle_and_has_no_button(
    app: Flask, sessions: Sessions, world: World, now: datetime, token: str,
    kind: ParticipantEventKind,
) -> None:  # fmt: skip
    with sessions.write() as session:
        person = session.get_one(Participant, world.due.id)
        enrolment.record_event(
            session, person, kind, happened_on=now.date(), actor=builders.COMMAND, now=now
        )
        session.commit()
    client = app.test_client()
    page = client.get(f"/s/{token}")
    assert page.status_code == 410
    assert "Nothing more is asked of you." in page.text
    assert "<button" not in main_of(page.text)
    assert client.post(f"/s/{token}/help").status_code == 303
    with sessions.read() as session:
        assert session.scalars(select(HelpRequest)).all() == []


def test_an_unknown_link_has_no_button_and_offers_the_code(app: Flask, world: World) -> None:
    client = app.test_client()
    page = client.get("/s/nobodys")
    assert page.status_code == 404
    assert BUTTON.findall(page.text) == []
    assert 'href="/s"' in page.text
    assert client.post("/s/nobodys/help").status_code == 404
    assert client.post("/survey/help").status_code == 404


def test_a_good_link_needs_no_help(app: Flask, sessions: Sessions, token: str) -> None:
    answer = app.test_client().post(f"/s/{token}/help")
    assert (answer.status_code, answer.location) == (303, f"/s/{token}")
    with sessions.read() as session:
        assert session.scalars(select(HelpRequest)).all() == []


def test_a_window_that_closes_on_the_way_shows_the_same_page_and_button(
    patient: Patient, sessions: Sessions, now: datetime
) -> None:
    patient.begin()
    patient.send_page(ENERGY="4")
    with time_machine.travel(now + timedelta(days=14), tick=False):
        patient.send_page(COMFORT="4")
        assert patient.page.status_code == 410
        assert "It could be answered until 12 March." in patient.text
        assert "The answers you gave are safe." in patient.text
        assert BUTTON.findall(patient.text) == ["/survey/help"]
        patient.page = patient.client.post("/survey/help", follow_redirects=True)
        assert patient.page.status_code == 410
        assert "The clinic has been told." in patient.text
    with sessions.read() as session:
        assert [call.why for call in session.scalars(select(HelpRequest))] == ["link_expired"]


def test_a_year_that_is_not_this_one_is_said(
    app: Flask, sessions: Sessions, world: World, now: datetime
) -> None:
    token = sent(sessions, world, now)
    with time_machine.travel(datetime(2027, 1, 4, tzinfo=now.tzinfo), tick=False):
        assert "You sent them on 2 March 2026." in app.test_client().get(f"/s/{token}").text


def test_a_button_pressed_on_a_page_open_too_long_is_answered_in_the_patients_language(
    app: Flask, sessions: Sessions, world: World, now: datetime, token: str
) -> None:
    with sessions.write() as session:
        participants.set_language(session, world.due.id, "zh-Hans", actor=builders.COMMAND, now=now)
        session.commit()
    app.config["WTF_CSRF_ENABLED"] = True
    client: FlaskClient = app.test_client()
    answer = client.post(f"/s/{token}/help")
    assert answer.status_code == 400
    assert '<html lang="zh-Hans"' in answer.text
    assert client.post("/s/nobodys/help").status_code == 400


def test_the_day_is_the_sites(app: Flask, sessions: Sessions, world: World) -> None:
    late_evening = datetime.fromisoformat("2026-03-02T20:00:00+00:00")
    with time_machine.travel(late_evening, tick=False):
        token = sent(sessions, world, late_evening)
        assert "You sent them on 3 March." in app.test_client().get(f"/s/{token}").text


def test_who_answered_on_paper_is_not_told_to_have_sent_it(
    app: Flask, sessions: Sessions, world: World, now: datetime
) -> None:
    page = app.test_client().get(f"/s/{sent(sessions, world, now, 'paper')}").text
    assert "The clinic entered them for you. They are dated 2 March." in page
    assert "You sent them" not in page


@pytest.mark.parametrize("make", [early, expired, sent])
def test_who_cannot_read_the_page_chooses_another_language(
    app: Flask, sessions: Sessions, world: World, now: datetime, make: Make
) -> None:
    token, client = make(sessions, world, now), app.test_client()
    assert f'action="/s/{token}/language"' in client.get(f"/s/{token}").text
    page = client.post(f"/s/{token}/language", data={"language": "zh-Hans"}, follow_redirects=True)
    assert '<html lang="zh-Hans"' in page.text


def test_a_withdrawn_link_changes_no_language(
    app: Flask, sessions: Sessions, world: World, now: datetime
) -> None:
    token, client = revoked(sessions, world, now), app.test_client()
    assert "/language" not in client.get(f"/s/{token}").text
    client.post(f"/s/{token}/language", data={"language": "zh-Hans"})
    with sessions.read() as session:
        assert session.get_one(Participant, world.due.id).language == "en"


def test_telling_the_clinic_mails_its_staff_at_once_and_names_nobody(
    app: Flask, sessions: Sessions, world: World, now: datetime, post: Post
) -> None:
    token, client = early(sessions, world, now), app.test_client()
    for _ in range(2):
        client.post(f"/s/{token}/help")
    (mail,) = post.mails
    assert mail.to == "staff-sha@example.org"
    assert mail.subject == "A participant asks for help (example)"
    assert "http://survey.example/studies/example/worklist\n" in mail.body
    for secret in (world.due.number, token, "Month 3", "1960"):
        assert secret not in mail.subject + mail.body
