"""An alert is seen first, acknowledged once with a note, and only by whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import Alert, AuditEvent
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from qol_app.services import participants
from tests import builders
from tests.builders import Post

LIST = "/studies/with-alerts/alerts"
WORKLIST = "/studies/with-alerts/worklist"
PAGE = f"{LIST}/1"
WORDS = "Your study team looks at the answers on working days, not at once."


@dataclass
class Ward:
    """A study with rules, a patient's link, and clients signed in by role."""

    app: Flask
    number: str
    token: str
    patient: FlaskClient
    sign_in: Callable[[str], FlaskClient]

    def answers(self, **answers: object) -> None:
        """The patient opens the link and answers one page."""
        self.patient.post(f"/s/{self.token}")
        self.patient.post("/survey/phq-9/p9", data={**answers, "go": "next"})


@pytest.fixture
def ward(app: Flask, sessions: Sessions, now: datetime) -> Ward:
    with sessions.write() as session:
        study = builders.study(session, now, "with-alerts")
        anchor = date(2026, 3, 5)
        person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        users = {
            "staff": builders.user(session, now, Role.STAFF, of=study, at="SHA"),
            "second": builders.user(session, now, Role.STAFF, of=study, at="SHA", name="second"),
            "other": builders.user(session, now, Role.STAFF, of=study, at="BER"),
            "admin": builders.user(session, now, Role.ADMIN, of=study),
            "analyst": builders.user(session, now, Role.ANALYST, of=study),
        }
        session.commit()
    return Ward(
        app=app,
        number=person.number,
        token=token,
        patient=app.test_client(),
        sign_in=lambda name: builders.sign_in(app.test_client(), users[name]),
    )


@pytest.fixture
def alert(ward: Ward) -> Ward:
    """A patient who answered item 9 of the PHQ-9 with 2."""
    ward.answers(q9="2")
    return ward


def text(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def acknowledged(sessions: Sessions) -> list[tuple[str, str | None]]:
    with sessions.read() as session:
        done = session.scalars(select(AuditEvent).where(AuditEvent.action == "alert_acknowledged"))
        return [(event.actor_id, event.reason) for event in done]


def test_a_page_that_meets_a_rule_mails_the_site_at_once_and_only_once(
    alert: Ward, post: Post, sessions: Sessions
) -> None:
    alert.answers(q9="3")
    assert sorted(mail.to for mail in post.mails) == [
        "second@example.org",
        "staff-sha@example.org",
    ]
    with sessions.read() as session:
        assert len(session.scalars(select(Alert)).all()) == 1


def test_answers_from_a_device_mail_the_site_too(ward: Ward, post: Post) -> None:
    ward.patient.post(f"/s/{ward.token}")
    state = ward.patient.get("/survey/state").get_json()
    pack = ward.patient.get("/survey/pack").get_json()
    form = next(each for each in pack["forms"] if each["instrument"] == "phq-9")
    at = "2026-03-02T02:00:00Z"
    sent = {
        "id": "e" * 32,
        "instrument": "phq-9",
        "form": form["hash"],
        "wording": "",
        "item": "q9",
        "value": 1,
        "at": at,
    }
    body = {"ticket": state["ticket"], "sent_at": at, "answers": [sent]}
    answer = ward.patient.post("/survey/answers", json=body)
    assert answer.get_json()["received"] == ["e" * 32]
    assert len(post.mails) == 2


def test_the_alert_stands_first_on_the_worklist_and_leads_to_its_page(alert: Ward) -> None:
    staff = alert.sign_in("staff")
    worklist = text(staff, WORKLIST)
    assert "1 alert waits for you" in worklist
    assert worklist.index(PAGE) < worklist.index('id="worklist"')
    page = text(staff, PAGE)
    for shown in (alert.number, "Baseline", "Thoughts of self-harm", "2026-03-02 10:00"):
        assert shown in page
    assert f"/participants/{alert.number}/visits/baseline/answers" in page
    assert "2 sent" in page
    assert "on the way" not in page


def test_the_page_shows_the_answer_that_stands_now(alert: Ward) -> None:
    staff = alert.sign_in("staff")
    before = text(staff, PAGE)
    alert.answers(q9="0")
    after = text(staff, PAGE)
    assert "0 (lowest)" not in before
    assert "0 (lowest)" in after


def test_acknowledging_needs_a_note(alert: Ward, sessions: Sessions) -> None:
    refused = alert.sign_in("staff").post(PAGE, data={"note": "  "})
    assert refused.status_code == 422
    assert "Write down what was done." in refused.get_data(as_text=True)
    assert acknowledged(sessions) == []


def test_the_first_to_acknowledge_stands_and_the_second_sees_who_it_was(
    alert: Ward, sessions: Sessions
) -> None:
    staff, second = alert.sign_in("staff"), alert.sign_in("second")
    staff.post(PAGE, data={"note": "Rang her; her sister is with her."})
    late = second.post(PAGE, data={"note": "On my way."}, follow_redirects=True)
    shown = late.get_data(as_text=True)
    assert "staff-sha was first. Your note was not stored." in shown
    assert "Rang her; her sister is with her." in shown
    assert acknowledged(sessions) == [("1", "Rang her; her sister is with her.")]
    assert PAGE not in text(staff, WORKLIST)
    assert "2026-03-02 10:00 by staff-sha" in text(staff, LIST)


def test_an_escalated_alert_says_since_when_it_waits(alert: Ward, now: datetime) -> None:
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        alert.app.extensions["queue"].tasks.sweep()
        assert "waiting since 2026-03-02 10:00" in text(alert.sign_in("staff"), WORKLIST)


@pytest.mark.parametrize(
    ("who", "status"), [("staff", 200), ("admin", 200), ("other", 404), ("analyst", 403)]
)
def test_who_may_see_an_alert(alert: Ward, who: str, status: int) -> None:
    assert alert.sign_in(who).get(PAGE).status_code == status


@pytest.mark.parametrize(("who", "status"), [("admin", 303), ("other", 404), ("analyst", 403)])
def test_who_may_acknowledge_an_alert(
    alert: Ward, sessions: Sessions, who: str, status: int
) -> None:
    answer = alert.sign_in(who).post(PAGE, data={"note": "Seen."})
    assert answer.status_code == status
    assert len(acknowledged(sessions)) == (1 if status == 303 else 0)


def test_another_site_sees_no_alert_of_this_one(alert: Ward) -> None:
    other = alert.sign_in("other")
    assert alert.number not in text(other, LIST)
    assert "No alerts" in text(other, LIST)
    assert "alerts wait" not in text(other, WORKLIST)


def test_an_administrator_is_led_to_no_answers(alert: Ward) -> None:
    assert "/visits/baseline/answers" not in text(alert.sign_in("admin"), PAGE)


def test_patients_read_the_studys_words_first_and_last(ward: Ward) -> None:
    assert WORDS in text(ward.patient, f"/s/{ward.token}")
    ward.patient.post(f"/s/{ward.token}")
    sent = ward.patient.post("/survey/review", follow_redirects=True)
    assert "Thank you" in sent.get_data(as_text=True)
    assert WORDS in sent.get_data(as_text=True)


def test_without_alerts_patients_read_that_nobody_watches(
    app: Flask, sessions: Sessions, now: datetime
) -> None:
    with sessions.write() as session:
        study = builders.study(session, now)
        anchor = date(2026, 3, 5)
        person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
        token = builders.link(session, now, participants.visit(session, person, "baseline"))
        session.commit()
    patient = app.test_client()
    assert "Nobody reads your answers right away." in text(patient, f"/s/{token}")
    patient.post(f"/s/{token}")
    sent = patient.post("/survey/review", follow_redirects=True).get_data(as_text=True)
    assert "Nobody reads them right away." in sent


def test_the_menu_leads_to_alerts_only_where_the_study_has_rules(
    alert: Ward, sessions: Sessions, now: datetime
) -> None:
    assert f'href="{LIST}"' in text(alert.sign_in("staff"), "/studies/with-alerts/participants")
    with sessions.write() as session:
        plain = builders.study(session, now)
        nurse = builders.user(session, now, Role.STAFF, of=plain, name="plain")
        session.commit()
    client = builders.sign_in(alert.app.test_client(), nurse)
    assert "/alerts" not in text(client, "/studies/example/participants")
