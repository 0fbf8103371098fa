"""Alerts are raised with the answer or the score, once per form and rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Alert, AuditEvent, Participant, StaffMessage, Study, User
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.jobs import Queue, make_queue
from qol_app.messaging import Email, SendingFailed
from qol_app.services import (
    device_answers,
    opened,
    participants,
    patient_answers,
    submission,
)
from qol_app.services.device_answers import Sent
from qol_app.services.opened import OpenSurvey
from qol_app.services.responses import Answer
from questionnaires.model import Value
from tests import builders

PATIENT = actors.link(1)
HOUR = timedelta(hours=1)


class Post:
    """A sender that keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.failure: SendingFailed | None = None
        self.mails: list[Email] = []

    def send(self, email: Email) -> None:
        if self.failure is not None:
            raise self.failure
        self.mails.append(email)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def queue(sessions: Sessions, post: Post, tmp_path: Path) -> Queue:
    return make_queue(builders.settings(tmp_path, "sqlite://"), sessions, sender=post)


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    return builders.study(session, now, "with-alerts")


@pytest.fixture
def staff(session: Session, study: Study, now: datetime) -> dict[str, User]:
    """A nurse at each site, a nurse who left, an administrator and an analyst."""
    users = {
        "nurse": builders.user(session, now, Role.STAFF, of=study, at="SHA"),
        "elsewhere": builders.user(session, now, Role.STAFF, of=study, at="BER"),
        "left": builders.user(session, now, Role.STAFF, of=study, at="SHA", name="left"),
        "admin": builders.user(session, now, Role.ADMIN, of=study),
        "analyst": builders.user(session, now, Role.ANALYST, of=study),
    }
    deactivate(session, users["left"], now)
    return users


def deactivate(session: Session, user: User, now: datetime) -> None:

    with audited(session, actor=builders.COMMAND, action=Action.USER_CHANGED, now=now):
        user.active = False


def survey(
    session: Session,
    of: Study,
    now: datetime,
    *,
    visit: str = "baseline",
    person: Participant | None = None,
) -> OpenSurvey:
    """A link to one visit of a participant in Shanghai, as it opens."""
    anchor = now.date() + timedelta(days=3)
    person = person or builders.participant(session, now, of=of, at="SHA", anchor=anchor)
    token = builders.link(session, now, participants.visit(session, person, visit))
    return opened.by_token(session, token)


def answer(
    session: Session,
    of: OpenSurvey,
    instrument: str,
    now: datetime,
    *,
    event_id: str | None = None,
    **answers: Value,
) -> list[int]:
    """Save a page of answers; returns the mails to send."""
    form = next(r for r in of.visit.responses if r.form_version.instrument_id == instrument)
    words = opened.wording(session, form, "en")
    given = [
        Answer(item=item, value=value, answered_at=now, event_id=event_id)
        for item, value in answers.items()
    ]
    saved = patient_answers.save(
        session, of.visit, form, given, wording=words, actor=PATIENT, now=now
    )
    return list(saved.mails)


def send(session: Session, of: OpenSurvey, now: datetime) -> list[int]:
    """Send the visit's forms; returns their ids."""
    person = session.get_one(Participant, of.visit.participant.id)
    visit = participants.visit(session, person, of.visit.code)
    submission.submit_visit(session, visit, mode="patient", actor=PATIENT, now=now)
    return [response.id for response in visit.responses]


def raised(session: Session) -> list[tuple[str, dict[str, object]]]:
    return [(alert.rule, alert.cause) for alert in session.scalars(select(Alert))]


def mailed(session: Session) -> list[tuple[str, str, str]]:
    """Who is mailed, what, and where that stands."""
    query = (
        select(User.name, StaffMessage.kind, StaffMessage.status)
        .join(User, User.id == StaffMessage.user_id)
        .order_by(StaffMessage.id)
    )
    return [(name, kind, status) for name, kind, status in session.execute(query)]


def actions(session: Session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_phq_9_item_9_above_0_raises_one_alert_however_often_it_is_saved(
    session: Session, study: Study, staff: dict[str, User], now: datetime
) -> None:
    form = survey(session, study, now)
    assert answer(session, form, "phq-9", now, q9=0) == []
    assert len(answer(session, form, "phq-9", now, q9=2)) == 1
    assert answer(session, form, "phq-9", now, q9=3) == []
    assert answer(session, form, "phq-9", now, q9=0) == []
    assert raised(session) == [("self-harm", {"item": "q9", "value": 2, "at_least": 1.0})]
    assert mailed(session) == [("staff-sha", "alert", "planned")]
    event = actions(session, "alert_raised")[0]
    assert (event.actor_kind, event.study_id) == ("link", study.id)
    assert event.participant_id == form.visit.participant.id


def test_a_blank_answer_raises_nothing(
    session: Session, study: Study, staff: dict[str, User], now: datetime
) -> None:
    form = survey(session, study, now)
    answer(session, form, "phq-9", now, q9=None, q1=3)
    assert raised(session) == []


def test_severe_vomiting_counts_only_while_the_form_asks_for_it(
    session: Session, study: Study, staff: dict[str, User], now: datetime
) -> None:
    form = survey(session, study, now)
    answer(session, form, "pro-ctcae", now, PT01010A=0, PT01010B=4)
    assert raised(session) == []
    answer(session, form, "pro-ctcae", now, PT01010A=2)
    answer(session, form, "pro-ctcae", now, PT01010B=2)
    assert raised(session) == []
    answer(session, form, "pro-ctcae", now, PT01010B=3)
    assert [rule for rule, _ in raised(session)] == ["severe-vomiting"]


def two_visits(
    session: Session, study: Study, now: datetime, vas: tuple[int | None, int]
) -> tuple[list[int], list[int]]:
    """Send baseline and week 4 with these values; returns the ids of their forms."""
    person = builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 2))
    later = now + timedelta(days=28)
    first = survey(session, study, now, person=person)
    answer(session, first, "eq-5d-5l", now, VAS=vas[0])
    sent = send(session, first, now)
    second = survey(session, study, later, visit="w4", person=person)
    answer(session, second, "eq-5d-5l", later, VAS=vas[1])
    return sent, send(session, second, later)


@pytest.mark.parametrize(
    ("vas", "found"),
    [
        ((80, 50), [("health-drop", 50.0, 80.0, "baseline")]),
        ((80, 51), []),
        ((None, 10), []),
    ],
)
def test_an_eq_vas_drop_of_30_is_found_when_the_form_is_scored(
    sessions: Sessions,
    queue: Queue,
    post: Post,
    now: datetime,
    vas: tuple[int | None, int],
    found: list[tuple[object, ...]],
) -> None:
    with sessions.write() as session:
        study = builders.study(session, now, "with-alerts")
        builders.user(session, now, Role.STAFF, of=study, at="SHA")
        first, second = two_visits(session, study, now, vas)
        session.commit()
    for response_id in [*first, *second, *second]:
        queue.score_response(response_id)
    with sessions.read() as session:
        causes = [
            (rule, cause["value"], cause["before"], cause["before_visit"])
            for rule, cause in raised(session)
        ]
        assert causes == found
        assert len(actions(session, "alert_raised")) == len(found)
        assert [e.actor_id for e in actions(session, "alert_raised")] == ["score_response"][
            : len(found)
        ]
    assert len(post.mails) == len(found)


def test_imported_scores_alarm_nobody(sessions: Sessions, queue: Queue, now: datetime) -> None:
    with sessions.write() as session:
        study = builders.study(session, now, "with-alerts")
        first = survey(session, study, now)
        person = session.get_one(Participant, first.visit.participant.id)
        answer(session, first, "eq-5d-5l", now, VAS=90)
        second = survey(session, study, now, visit="w4", person=person)
        answer(session, second, "eq-5d-5l", now, VAS=10)
        ids = send(session, first, now)
        visit = participants.visit(session, person, "w4")
        submission.submit_visit(session, visit, mode="import", actor=PATIENT, now=now)
        ids += [response.id for response in visit.responses]
        session.commit()
    for response_id in ids:
        queue.score_response(response_id)
    with sessions.read() as session:
        assert raised(session) == []


def sent_by_device(form: OpenSurvey, event_id: str, at: datetime, value: int) -> Sent:
    return Sent(
        answer=Answer(event_id=event_id, item="q9", value=value, answered_at=at),
        instrument="phq-9",
        form_hash=form.visit.responses[0].form_version.hash,
        wording_hash="",
    )


def test_an_answer_given_offline_counts_even_if_it_was_changed_before_the_line_was_back(
    session: Session, study: Study, staff: dict[str, User], now: datetime
) -> None:
    form = survey(session, study, now)
    parcel = [
        sent_by_device(form, "a", now - 2 * HOUR, 3),
        sent_by_device(form, "b", now - HOUR, 0),
    ]
    taken = device_answers.take_in(session, form, parcel, actor=PATIENT, now=now)
    assert (taken.new, len(taken.mails)) == (2, 1)
    again = device_answers.take_in(session, form, parcel, actor=PATIENT, now=now)
    assert (again.new, again.mails) == (0, ())
    assert raised(session) == [("self-harm", {"item": "q9", "value": 3, "at_least": 1.0})]


def test_an_answer_that_came_after_its_form_was_sent_raises_its_alert_too(
    session: Session, study: Study, staff: dict[str, User], now: datetime
) -> None:
    form = survey(session, study, now)
    answer(session, form, "phq-9", now, q9=0)
    send(session, form, now)
    session.commit()
    late = opened.by_id(session, form.link_id)
    taken = device_answers.take_in(
        session, late, [sent_by_device(late, "late", now, 2)], actor=PATIENT, now=now
    )
    assert (taken.new, taken.aside, len(taken.mails)) == (0, 1, 1)


def test_a_study_without_rules_raises_nothing_and_asks_the_database_nothing_more(
    session: Session, now: datetime
) -> None:
    plain = builders.study(session, now)
    form = survey(session, plain, now)
    before = builders.count_audit(session)
    assert answer(session, form, "daily-life-check", now, ENERGY=4) == []
    assert builders.count_audit(session) == before + 1
