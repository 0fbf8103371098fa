"""Too ill today: stored as a reason, asked again on the day, once, and never when too late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Contact, Message, Participant, Postponement, Visit
from qol_app.domain import actor as actors
from qol_app.domain.compliance import FormStatus, form_status
from qol_app.domain.errors import AlreadySubmitted, InvalidInput, LinkTooEarly
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import (
    datasets,
    enrolment,
    facts,
    messages,
    participants,
    postponements,
    submission,
)
from qol_app.services.messages import Outcome
from tests import builders

LINK = actors.link(1)
JOB = actors.job("ask_again")
DAY = timedelta(days=1)


@pytest.fixture
def person(session: Session, now: datetime) -> Participant:
    """A participant with an address, whose baseline is open until 12 March."""
    study = builders.study(session, now)
    return builders.participant(
        session, now, of=study, at="SHA", anchor=date(2026, 3, 12), email="wang@example.org"
    )


@pytest.fixture
def visit(session: Session, person: Participant) -> Visit:
    return participants.visit(session, person, "baseline")


def put_off(
    session: Session,
    visit: Visit,
    now: datetime,
    delay: Delay = Delay.IN_3_DAYS,
    reason: Reason = Reason.TOO_ILL,
) -> Postponement:
    return postponements.postpone(session, visit, delay, reason, actor=LINK, now=now)


def test_putting_off_stores_the_day_the_reason_and_one_audit_event(
    session: Session, visit: Visit, now: datetime
) -> None:
    before = builders.count_audit(session)
    made = put_off(session, visit, now)
    assert (made.until_on, made.reason) == (date(2026, 3, 5), "too_ill")
    assert (made.actor_kind, made.actor_id) == ("link", "1")
    assert [response.missing_reason for response in visit.responses] == ["too_ill"]
    assert builders.count_audit(session) == before + 1
    action = session.scalar(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1))
    assert action == "visit_postponed"


def test_another_time_is_no_reason_for_a_missing_form(
    session: Session, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now, reason=Reason.ANOTHER_TIME)
    assert [response.missing_reason for response in visit.responses] == [None]


def test_a_reason_given_by_staff_stays(session: Session, visit: Visit, now: datetime) -> None:
    with audited(session, actor=JOB, action=Action.ANSWERS_SAVED, now=now):
        visit.responses[0].missing_reason = "declined"
    put_off(session, visit, now)
    assert visit.responses[0].missing_reason == "declined"


def test_the_same_again_is_a_no_op_and_another_day_counts_instead(
    session: Session, visit: Visit, now: datetime
) -> None:
    made = put_off(session, visit, now)
    before = builders.count_audit(session)
    assert put_off(session, visit, now + timedelta(hours=3)) is made
    assert builders.count_audit(session) == before
    other = put_off(session, visit, now, delay=Delay.TOMORROW)
    assert other is not made
    assert postponements.waiting(session, [visit.id], date(2026, 3, 2)) == {visit.id: other}
    assert postponements.waiting(session, [visit.id], date(2026, 3, 3)) == {}


def test_a_day_after_the_window_is_refused(session: Session, visit: Visit, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="choose one of tomorrow, in_3_days"):
        put_off(session, visit, now + 6 * DAY, delay=Delay.IN_A_WEEK)
    assert session.scalar(select(func.count(Postponement.id))) == 0


def test_what_is_not_open_or_sent_cannot_be_put_off(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    with pytest.raises(LinkTooEarly):
        put_off(session, participants.visit(session, person, "w4"), now)
    builders.answered(session, now, person, "baseline", {"ENERGY": 2})
    with pytest.raises(AlreadySubmitted):
        put_off(session, visit, now)


def test_too_ill_is_the_status_only_once_the_window_has_closed(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now)

    def status(on: date) -> FormStatus:
        form = facts.form_facts(visit.responses[0])
        return form_status(facts.window_of(visit), form, facts.participant_facts(()), on)

    assert status(date(2026, 3, 5)) is FormStatus.OPEN
    assert status(date(2026, 3, 13)) is FormStatus.TOO_ILL


def reasons(session: Session, person: Participant, now: datetime) -> set[str | None]:
    rows = datasets.form_rows(session, person.study, grouped=True, now=now)
    return {row.reason for row in rows if row.visit == "baseline"}


def test_a_form_that_came_in_after_all_has_no_reason_in_the_export(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now)
    assert reasons(session, person, now + 30 * DAY) == {"too_ill"}
    submission.submit_visit(session, visit, mode="patient", actor=LINK, now=now + DAY)
    assert reasons(session, person, now + 30 * DAY) == {None}


def due(session: Session, now: datetime) -> list[int]:
    return postponements.to_ask_again(session, now=now)


@pytest.mark.parametrize(
    ("after", "is_due"),
    [
        pytest.param(timedelta(0), False, id="not at once"),
        pytest.param(timedelta(days=2), False, id="not the day before"),
        pytest.param(timedelta(days=2, hours=20), False, id="not in the night of the day"),
        pytest.param(timedelta(days=3), True, id="in the morning of the day"),
        pytest.param(timedelta(days=4), True, id="a day late, if nothing ran"),
        pytest.param(timedelta(days=5), False, id="not two days late"),
    ],
)
def test_a_mail_is_due_on_the_day_by_the_sites_clock(
    session: Session, visit: Visit, now: datetime, after: timedelta, is_due: bool
) -> None:
    put_off(session, visit, now)
    assert due(session, now + after) == ([visit.id] if is_due else [])


def test_it_is_planned_once(session: Session, visit: Visit, now: datetime) -> None:
    put_off(session, visit, now)
    then = now + 3 * DAY
    message = postponements.ask_again(session, visit.id, actor=JOB, now=then)
    assert message is not None
    assert (message.kind, message.number, message.status) == ("again", 1, "planned")
    assert due(session, then) == []
    assert postponements.ask_again(session, visit.id, actor=JOB, now=then + DAY) is None


def test_a_mail_that_went_out_earlier_for_another_reason_does_not_count(
    session: Session, visit: Visit, now: datetime
) -> None:
    messages.plan(session, visit, actor=JOB, now=now + timedelta(hours=1))
    put_off(session, visit, now)
    assert due(session, now + 3 * DAY) == [visit.id]


def test_put_off_again_it_asks_again_on_the_new_day_only(
    session: Session, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now, delay=Delay.TOMORROW)
    put_off(session, visit, now + timedelta(minutes=1))
    assert due(session, now + DAY) == []
    first = postponements.ask_again(session, visit.id, actor=JOB, now=now + 3 * DAY)
    assert first is not None
    send(session, first, now + 3 * DAY)
    put_off(session, visit, now + 3 * DAY + timedelta(hours=1), delay=Delay.TOMORROW)
    assert due(session, now + 4 * DAY) == [visit.id]
    again = postponements.ask_again(session, visit.id, actor=JOB, now=now + 4 * DAY)
    assert again is not None
    assert again.number == 2


def send(session: Session, message: Message, now: datetime) -> None:
    messages.claim(
        session, message.id, vault=builders.VAULT, base_url="https://q.example", actor=JOB, now=now
    )
    messages.settle(session, message.id, Outcome(problem=None), actor=JOB, now=now)


def test_a_mail_that_waited_in_the_outbox_too_long_is_not_followed_by_another(
    session: Session, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now, delay=Delay.TOMORROW)
    stuck = postponements.ask_again(session, visit.id, actor=JOB, now=now + DAY)
    put_off(session, visit, now + DAY + timedelta(hours=1), delay=Delay.TOMORROW)
    assert stuck is not None
    assert due(session, now + 2 * DAY) == []
    send(session, stuck, now + 2 * DAY)
    assert due(session, now + 2 * DAY) == []


def test_nobody_is_asked_again_who_has_no_address(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now)
    then = now + 3 * DAY
    assert due(session, then) == [visit.id]
    contact = session.get_one(Contact, person.id)
    with audited(session, actor=JOB, action=Action.PARTICIPANT_ENROLLED, now=now):
        session.delete(contact)
    session.expire(person, ["contact"])
    assert due(session, then) == []


def test_nobody_is_asked_again_who_wants_no_mail_or_is_lost(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now)
    then = now + 3 * DAY
    with audited(session, actor=JOB, action=Action.PARTICIPANT_CHANGED, now=now):
        person.refused_channels = ["email"]
    assert due(session, then) == []
    assert postponements.ask_again(session, visit.id, actor=JOB, now=then) is None
    with audited(session, actor=JOB, action=Action.PARTICIPANT_CHANGED, now=now):
        person.refused_channels = []
    assert due(session, then) == [visit.id]
    enrolment.record_event(
        session, person, ParticipantEventKind.LOST, happened_on=now.date(), actor=JOB, now=now
    )
    assert due(session, then) == []


def test_who_has_a_phone_alone_is_asked_again_by_text_message_where_that_is_served(
    session: Session, now: datetime
) -> None:
    study = builders.study(session, now)
    person = builders.participant(
        session, now, of=study, at="SHA", anchor=now.date() + 5 * DAY, phone="+8613800138000"
    )
    visit = participants.visit(session, person, "baseline")
    put_off(session, visit, now)
    then = now + 3 * DAY
    assert due(session, then) == []
    both = frozenset({"email", "sms"})
    message = postponements.ask_again(session, visit.id, ways=both, actor=JOB, now=then)
    assert message is not None
    assert (message.channel, message.kind) == ("sms", "again")


def test_nobody_is_asked_again_after_a_withdrawal(
    session: Session, person: Participant, visit: Visit, now: datetime
) -> None:
    put_off(session, visit, now)
    enrolment.record_event(
        session,
        person,
        ParticipantEventKind.WITHDREW,
        happened_on=date(2026, 3, 2),
        actor=JOB,
        now=now,
    )
    assert due(session, now + 3 * DAY) == []
    assert postponements.ask_again(session, visit.id, actor=JOB, now=now + 3 * DAY) is None


def test_nobody_is_asked_again_who_has_sent(session: Session, visit: Visit, now: datetime) -> None:
    put_off(session, visit, now)
    submission.submit_visit(session, visit, mode="patient", actor=LINK, now=now + DAY)
    assert due(session, now + 3 * DAY) == []


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "whenever you feel able", "you asked us to come back to you today"),
        ("zh-Hans", "等您方便时再填", "希望您感觉好些了"),
    ],
)
def test_the_mail_has_words_of_its_own(
    session: Session, person: Participant, visit: Visit, now: datetime,
    language: str, subject: str, words: str,
) -> None:  # fmt: skip
    participants.set_language(session, person.id, language, actor=JOB, now=now)
    put_off(session, visit, now)
    then = now + 3 * DAY
    message = postponements.ask_again(session, visit.id, actor=JOB, now=then)
    assert message is not None
    claimed = messages.claim(
        session, message.id, vault=builders.VAULT, base_url="https://q.example", actor=JOB, now=then
    )
    assert claimed is not None
    assert subject in claimed.email.subject
    assert words in claimed.email.body
    assert "https://q.example/s/" in claimed.email.body
