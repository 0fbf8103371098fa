"""Reminders are planned once, go out once, and are told beforehand just as they will be sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited, verify
from qol_app.db.models import AuditEvent, Contact, Message, Participant, StaffMessage, Study, Visit
from qol_app.domain import actor as actors
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.roles import Role
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import parse
from qol_app.messaging import Reason as Failure
from qol_app.services import (
    closing,
    enrolment,
    messages,
    participants,
    postponements,
    reminders,
    studies,
)
from qol_app.services.outbox import Claimed, Outcome
from qol_app.services.recipients import EMAIL_ONLY
from tests import builders
from tests.builders import COMMAND, STUDIES, VAULT

JOB = actors.job("plan_reminders")
BOTH = frozenset({"email", "sms"})
RULES = "\n[reminders]\nafter_days = [3, 7]\nlast_call = 2\n"
EXAMPLE = (STUDIES / "example.toml").read_text(encoding="utf-8") + RULES
DAY = timedelta(days=1)
FORM = {"ENERGY": 1}


def morning(day: int) -> datetime:
    """Eight o'clock in Shanghai on a day of March 2026."""
    return datetime(2026, 3, day, 0, 0, tzinfo=UTC)


@pytest.fixture
def study(session: Session, now: datetime) -> Study:
    """The example study with reminders."""
    return studies.load(
        session, parse(EXAMPLE, "x"), purpose=Purpose.REHEARSAL, actor=COMMAND, now=now
    )


@pytest.fixture
def person(session: Session, study: Study, now: datetime) -> Participant:
    """Enrolled on 2 March; the baseline is open until 12 March."""
    return builders.participant(
        session, now, of=study, at="SHA", anchor=date(2026, 3, 12), email="wang@example.org"
    )


def plan(session: Session, study: Study, now: datetime, ways: frozenset[str] = EMAIL_ONLY) -> int:
    return reminders.plan(session, study, ways=ways, actor=JOB, now=now)


def planned(session: Session) -> list[tuple[str, int, str, str]]:
    rows = session.scalars(select(Message).order_by(Message.id))
    return [(each.kind, each.number, each.channel, each.status) for each in rows]


def claim(session: Session, message: Message, now: datetime, **more: Any) -> Claimed | None:
    return messages.claim(
        session, message.id, vault=VAULT, base_url="https://q.example", actor=JOB, now=now, **more
    )


def send(session: Session, now: datetime) -> list[str]:
    """Send what is due, as the sweep does; the subjects."""
    subjects = []
    for message_id in messages.unsent(session, before=now + timedelta(seconds=1)):
        message = session.get_one(Message, message_id)
        claimed = claim(session, message, now)
        if claimed is not None and claimed.email is not None:
            subjects.append(claimed.email.subject)
            messages.settle(session, message_id, Outcome(problem=None), actor=JOB, now=now)
    return subjects


def change(session: Session, now: datetime, of: Participant, **values: Any) -> None:
    with audited(session, actor=COMMAND, action=Action.PARTICIPANT_CHANGED, now=now):
        for name, value in values.items():
            setattr(of, name, value)


def test_a_visit_is_invited_reminded_and_called_the_last_time(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    subjects = {}
    for days in range(14):
        at = now + days * DAY
        plan(session, study, at)
        if sent := send(session, at):
            subjects[at.day] = sent
    assert subjects == {
        2: ["Your next questionnaire is ready (example)"],
        5: ["Your questionnaire still waits for you (example)"],
        9: ["Your questionnaire still waits for you (example)"],
        10: ["Your questionnaire closes after 12 March 2026 (example)"],
    }


def test_planning_twice_plans_once(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    assert plan(session, study, now) == 1
    assert plan(session, study, now) == 0
    assert planned(session) == [("invitation", 1, "email", "planned")]


def test_each_planned_message_is_an_event_of_its_participant_in_the_chain(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    builders.participant(
        session, now, of=study, at="BER", anchor=date(2026, 3, 12), email="b@example.org"
    )
    plan(session, study, now)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "message_planned").order_by(AuditEvent.id)
    ).all()
    assert sorted(event.participant_id or 0 for event in events) == [1, 2]
    assert verify(session).broken_id is None


def test_a_study_without_reminders_writes_to_nobody(session: Session, now: datetime) -> None:
    study = builders.study(session, now)
    builders.participant(
        session, now, of=study, at="SHA", anchor=date(2026, 3, 12), email="w@example.org"
    )
    assert plan(session, study, now) == 0


def test_a_message_planned_for_tomorrow_waits_for_the_morning(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    plan(session, study, now)
    send(session, now)
    plan(session, study, morning(4) + timedelta(hours=9))
    message = session.scalars(select(Message).where(Message.kind == "reminder")).one()
    assert message.due_at == morning(5)
    assert send(session, morning(5) - timedelta(minutes=1)) == []
    assert len(send(session, morning(5))) == 1


def test_nobody_is_written_to_at_night(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    night = now.replace(hour=14)
    plan(session, study, night)
    message = session.scalars(select(Message)).one()
    assert message.due_at == morning(3)
    assert send(session, night) == []


def lose(session: Session, person: Participant, kind: ParticipantEventKind, now: datetime) -> None:
    enrolment.record_event(session, person, kind, happened_on=now.date(), actor=COMMAND, now=now)


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (ParticipantEventKind.DIED, "died"),
        (ParticipantEventKind.WITHDREW, "withdrawn"),
        (ParticipantEventKind.PRO_STOPPED, "pro_stopped"),
        (ParticipantEventKind.LOST, "lost"),
    ],
)
def test_what_happens_after_the_planning_is_seen_at_sending(
    session: Session,
    study: Study,
    person: Participant,
    now: datetime,
    kind: ParticipantEventKind,
    problem: str,
) -> None:
    plan(session, study, now)
    lose(session, person, kind, now)
    assert send(session, now) == []
    message = session.scalars(select(Message)).one()
    assert (message.status, message.problem) == ("cancelled", problem)
    assert plan(session, study, now + 3 * DAY) == 0


def test_who_has_finished_is_not_reminded(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    builders.answered(session, now, person, "baseline", FORM)
    assert plan(session, study, now) == 0


def test_who_put_the_visit_off_is_not_reminded_until_then(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    visit = participants.visit(session, person, "baseline")
    plan(session, study, now)
    postponements.postpone(session, visit, Delay.IN_A_WEEK, Reason.TOO_ILL, actor=COMMAND, now=now)
    assert send(session, now) == []
    assert planned(session) == [("invitation", 1, "email", "cancelled")]
    assert plan(session, study, morning(5)) == 0
    assert plan(session, study, morning(10)) == 1
    assert planned(session)[-1] == ("last_call", 1, "email", "planned")


def test_a_message_of_staff_stands_for_the_invitation(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    visit = participants.visit(session, person, "baseline")
    message = messages.plan(session, visit, actor=COMMAND, now=now)
    claim(session, message, now)
    assert plan(session, study, now) == 0
    assert plan(session, study, morning(5)) == 1
    assert planned(session)[-1][0] == "reminder"


def test_a_visit_that_was_moved_is_written_about_on_its_new_day(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    plan(session, study, now)
    visit = participants.visit(session, person, "baseline")
    change_visit(session, visit, now, opens_on=date(2026, 3, 6), closes_on=date(2026, 3, 20))
    message = session.scalars(select(Message)).one()
    assert claim(session, message, now) is None
    assert (message.status, message.problem) == ("cancelled", "too_early")


def change_visit(session: Session, visit: Visit, now: datetime, **values: Any) -> None:
    with audited(session, actor=COMMAND, action=Action.PARTICIPANT_CHANGED, now=now):
        for name, value in values.items():
            setattr(visit, name, value)


def test_after_a_bounce_the_phone_is_used(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    contact = session.get_one(Contact, person.id)
    key_id, sealed = VAULT.seal(
        {"email": "wang@example.org", "phone": "+8613812345678"}, participant_id=person.id
    )
    with audited(session, actor=COMMAND, action=Action.CONTACT_CHANGED, now=now):
        contact.key_id, contact.sealed, contact.has_phone = key_id, sealed, True
    plan(session, study, now, BOTH)
    message = session.scalars(select(Message)).one()
    assert claim(session, message, now, ways=BOTH) is not None
    refused = Outcome(problem=Failure.RECIPIENT_REFUSED.value)
    messages.settle(session, message.id, refused, actor=JOB, now=now + DAY)
    assert plan(session, study, morning(5), BOTH) == 1
    assert planned(session)[-1] == ("reminder", 1, "sms", "planned")
    second = session.scalars(select(Message).where(Message.kind == "reminder")).one()
    claimed = claim(session, second, morning(5), ways=BOTH)
    assert claimed is not None
    assert claimed.sms is not None
    assert claimed.sms.to == "+8613812345678"
    assert claimed.sms.body.startswith("Study example: your questionnaire still waits for you.")


def outlook(session: Session, study: Study, now: datetime) -> list[tuple[str, str, str]]:
    return [
        (
            p.visit.participant.number,
            p.step.kind.value if p.step else "",
            str(p.verdict.channel or p.verdict.reason),
        )
        for p in reminders.outlook(session, study, ways=EMAIL_ONLY, now=now, everyone=True)
    ]


def test_the_outlook_says_who_gets_what_and_why_others_do_not(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    def enrol(email: str | None = "w@example.org", **values: Any) -> Participant:
        made = builders.participant(
            session, now, of=study, at="SHA", anchor=date(2026, 3, 12), email=email
        )
        change(session, now, made, **values)
        return made

    enrol(email=None)
    enrol(refused_channels=["email"])
    enrol(channel="paper")
    lose(session, enrol(), ParticipantEventKind.WITHDREW, now)
    builders.answered(session, now, enrol(), "baseline", FORM)
    assert [(step, way) for _, step, way in outlook(session, study, now)] == [
        ("invitation", "email"),
        ("invitation", "no_contact"),
        ("invitation", "opted_out"),
        ("invitation", "wants_paper"),
        ("invitation", "withdrawn"),
        ("invitation", "submitted"),
    ]
    assert plan(session, study, now) == 1


def test_staff_are_told_once_on_the_last_day(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    nurse = builders.user(session, now, Role.STAFF, of=study, at="SHA")
    builders.user(session, now, Role.STAFF, of=study, at="BER")
    builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))
    assert closing.tell(session, study, actor=JOB, now=morning(11)) == 0
    assert closing.tell(session, study, actor=JOB, now=morning(12) - timedelta(hours=1)) == 0
    assert closing.tell(session, study, actor=JOB, now=morning(12)) == 1
    assert closing.tell(session, study, actor=JOB, now=morning(12) + timedelta(hours=1)) == 0
    told = session.scalars(select(StaffMessage)).one()
    assert (told.user_id, told.kind, told.status) == (nurse.id, "closing", "planned")


def test_nobody_is_told_where_all_forms_came(
    session: Session, study: Study, person: Participant, now: datetime
) -> None:
    builders.user(session, now, Role.STAFF, of=study, at="SHA")
    builders.answered(session, now, person, "baseline", FORM)
    assert closing.tell(session, study, actor=JOB, now=morning(12)) == 0
