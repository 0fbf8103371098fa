"""No message goes out twice, none to somebody who should get none, and none names a diagnosis."""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Contact, Message, Participant, Site, SurveyLink, Visit
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.errors import LinkEnded, LinkTooEarly, NotFound, NotReady
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.messaging import Email, Reason, SendingFailed
from qol_app.services import enrolment, messages, outbox, participants, studies
from qol_app.services.outbox import Claimed, Outcome
from tests.builders import link_of

NCT = Path(__file__).parents[2] / "studies" / "nct06449937.toml"
VAULT = Vault({"k1": b64encode(b"k" * 32).decode()})
NURSE = actors.user(1)
JOB = actors.job("send_message")
MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """A sender that keeps what it is given, or fails."""

    failure: SendingFailed | None = None
    mails: list[Email] = field(default_factory=list)

    def send(self, email: Email) -> None:
        if self.failure is not None:
            raise self.failure
        self.mails.append(email)


def enrolled(
    session: Session, now: datetime, *, email: str | None = "wang@example.org", language: str = "en"
) -> Participant:
    """A participant whose baseline is open now and closes with 10 March."""
    study = studies.load(
        session, read(NCT), purpose=Purpose.REHEARSAL, actor=actors.command("test"), now=now
    )
    site = session.scalars(select(Site).where(Site.code == "S01")).one()
    new = enrolment.NewParticipant(
        group="I", anchor_date=date(2026, 3, 10), language=language, email=email
    )
    return enrolment.enrol(session, study, site, new, vault=VAULT, actor=NURSE, now=now)


def baseline(session: Session, participant: Participant) -> Visit:
    return participants.visit(session, participant, "baseline")


@pytest.fixture
def visit(session: Session, now: datetime) -> Visit:
    return baseline(session, enrolled(session, now))


@pytest.fixture
def message(session: Session, visit: Visit, now: datetime) -> Message:
    return messages.plan(session, visit, actor=NURSE, now=now)


def claim(session: Session, message: Message, now: datetime) -> Claimed | None:
    return messages.claim(
        session, message.id, vault=VAULT, base_url="https://qol.example", actor=JOB, now=now
    )


def actions(session: Session) -> list[str]:
    rows = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
    return [action for action in rows if action.startswith("message")]


def test_a_planned_message_waits_in_the_participants_language(
    session: Session, message: Message, visit: Visit
) -> None:
    assert (message.kind, message.number, message.channel) == ("link", 1, "email")
    assert (message.status, message.language) == ("planned", "en")
    assert actions(session) == ["message_planned"]
    assert session.scalar(select(func.count(SurveyLink.id))) == 0


def test_without_an_address_nothing_is_planned(session: Session, now: datetime) -> None:
    visit = baseline(session, enrolled(session, now, email=None))
    with pytest.raises(NotReady, match="no e-mail address"):
        messages.plan(session, visit, actor=NURSE, now=now)


def test_for_a_visit_that_is_not_open_nothing_is_planned(
    session: Session, visit: Visit, now: datetime
) -> None:
    later = participants.visit(session, visit.participant, "m12")
    with pytest.raises(LinkTooEarly):
        messages.plan(session, later, actor=NURSE, now=now)


def test_after_a_withdrawal_nothing_is_planned(
    session: Session, visit: Visit, now: datetime
) -> None:
    withdraw(session, visit, now)
    with pytest.raises(LinkEnded):
        messages.plan(session, visit, actor=NURSE, now=now)


def withdraw(session: Session, visit: Visit, now: datetime) -> None:
    enrolment.record_event(
        session,
        visit.participant,
        ParticipantEventKind.WITHDREW,
        happened_on=date(2026, 3, 1),
        actor=NURSE,
        now=now,
    )


def test_a_second_click_gets_the_same_message(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    assert messages.plan(session, visit, actor=NURSE, now=later) is message
    claim(session, message, now)
    soon = now + timedelta(seconds=30)
    assert messages.plan(session, visit, actor=NURSE, now=soon) is message


def test_a_later_wish_gets_the_next_number(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    claim(session, message, now)
    messages.settle(session, message.id, Outcome(problem=None), actor=JOB, now=now)
    again = messages.plan(session, visit, actor=NURSE, now=now + MINUTE)
    assert (again.number, again.status) == (2, "planned")


def test_after_a_failure_one_may_try_again_at_once(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    claim(session, message, now)
    messages.settle(session, message.id, Outcome(problem="unreachable"), actor=JOB, now=now)
    assert messages.plan(session, visit, actor=NURSE, now=now).number == 2


def test_a_message_is_sent_with_a_link_that_works(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    claimed, post = claim(session, message, now), Post()
    assert claimed is not None
    assert message.status == "sending"
    outcome = outbox.deliver(claimed, post)
    messages.settle(session, message.id, outcome, actor=JOB, now=now + MINUTE)
    assert (message.status, message.problem, message.sent_at) == ("sent", None, now + MINUTE)
    (mail,) = post.mails
    found = re.search(r"https://qol\.example/s/(\S+)", mail.body)
    assert found is not None
    link = link_of(session, found.group(1))
    assert (link.visit_id, link.channel) == (visit.id, "email")
    assert (mail.to, mail.language) == ("wang@example.org", "en")
    assert actions(session) == ["message_planned", "message_sending", "message_sent"]


@pytest.mark.parametrize(
    ("language", "last_day", "contact"),
    [
        ("en", "until 10 March 2026", "please ask your study nurse"),
        ("zh-Hans", "2026年3月10日", "请联系您的研究护士"),
    ],
)
def test_a_mail_says_until_when_and_whom_to_ask_but_no_diagnosis(
    session: Session, now: datetime, language: str, last_day: str, contact: str
) -> None:
    visit = baseline(session, enrolled(session, now, language=language))
    message = messages.plan(session, visit, actor=NURSE, now=now)
    claimed = claim(session, message, now)
    assert claimed is not None
    mail = claimed.email
    assert last_day in mail.body
    assert contact in mail.body
    assert "NCT06449937" in mail.subject
    for told in ("cancer", "liver", "metasta", "癌", "肝", "瘤", visit.participant.number):
        assert told not in mail.subject + mail.body


def test_a_claimed_message_is_not_claimed_again(
    session: Session, message: Message, now: datetime
) -> None:
    assert claim(session, message, now) is not None
    assert claim(session, message, now + timedelta(days=1)) is None
    assert session.scalar(select(func.count(SurveyLink.id))) == 1


def test_two_workers_at_once_send_one_mail(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        visit = baseline(session, enrolled(session, now))
        message = messages.plan(session, visit, actor=NURSE, now=now)
        session.commit()
    claims: list[Claimed | None] = []
    barrier = threading.Barrier(2)

    def work() -> None:
        barrier.wait()
        with sessions.write() as session:
            claims.append(claim(session, message, now))
            session.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [made is None for made in sorted(claims, key=str)].count(False) == 1


def test_who_withdrew_after_the_planning_gets_no_mail(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    withdraw(session, visit, now)
    assert claim(session, message, now) is None
    assert (message.status, message.problem) == ("cancelled", "withdrawn")
    assert session.scalar(select(func.count(SurveyLink.id))) == 0
    assert actions(session) == ["message_planned", "message_cancelled"]


def test_a_visit_that_has_closed_since_gets_no_mail(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    assert claim(session, message, now + timedelta(days=60)) is None
    assert (message.status, message.problem) == ("cancelled", "closed")


def test_an_address_that_was_erased_since_gets_no_mail(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    contact = session.get_one(Contact, visit.participant_id)
    with audited(session, actor=NURSE, action=Action.PARTICIPANT_ENROLLED, now=now):
        session.delete(contact)
    session.expire(visit.participant, ["contact"])
    assert claim(session, message, now) is None
    assert (message.status, message.problem) == ("cancelled", "no_contact")


def test_a_refused_address_is_a_bounce_at_once(
    session: Session, message: Message, now: datetime
) -> None:
    claimed = claim(session, message, now)
    assert claimed is not None
    failure = SendingFailed(Reason.RECIPIENT_REFUSED, permanent=True)
    outcome = outbox.deliver(claimed, Post(failure=failure))
    messages.settle(session, message.id, outcome, actor=JOB, now=now)
    assert (message.status, message.problem) == ("bounced", "recipient_refused")
    assert (message.sent_at, message.settled_at) == (None, now)
    assert actions(session)[-1] == "message_bounced"


def attempt(session: Session, message: Message, reason: Reason, now: datetime) -> None:
    assert claim(session, message, now) is not None
    outcome = Outcome(problem=reason.value, permanent=False)
    messages.settle(session, message.id, outcome, actor=JOB, now=now)


def test_what_nobody_took_is_tried_again_at_growing_intervals(
    session: Session, message: Message, now: datetime
) -> None:
    waits = []
    for _ in range(4):
        attempt(session, message, Reason.UNREACHABLE, now)
        assert (message.status, message.problem) == ("planned", "unreachable")
        assert message.due_at is not None
        assert claim(session, message, message.due_at - MINUTE) is None
        waits.append(message.due_at - now)
        now = max(message.due_at, now.replace(hour=2) + timedelta(days=1))
    attempt(session, message, Reason.UNREACHABLE, now)
    assert (message.status, message.problem, message.tries) == ("failed", "unreachable", 5)
    assert [wait.total_seconds() / 60 for wait in waits] == [5, 30, 120, 720]


def test_a_repetition_keeps_the_quiet_hours(
    session: Session, message: Message, now: datetime
) -> None:
    attempt(session, message, Reason.UNREACHABLE, now)
    night = now.replace(hour=14)
    assert claim(session, message, night) is None
    assert (message.status, message.due_at) == ("planned", now.replace(hour=0) + timedelta(days=1))


def test_what_may_have_arrived_is_not_sent_again(
    session: Session, message: Message, now: datetime
) -> None:
    attempt(session, message, Reason.INTERRUPTED, now)
    assert (message.status, message.problem, message.tries) == ("failed", "interrupted", 1)


def test_asking_again_hurries_a_message_that_waits_to_be_tried(
    session: Session, message: Message, visit: Visit, now: datetime
) -> None:
    attempt(session, message, Reason.UNREACHABLE, now)
    again = messages.plan(session, visit, actor=NURSE, now=now + MINUTE)
    assert again is message
    assert message.due_at is None
    assert claim(session, message, now + MINUTE) is not None


def test_settling_twice_keeps_the_first_outcome(
    session: Session, message: Message, now: datetime
) -> None:
    claim(session, message, now)
    messages.settle(session, message.id, Outcome(problem=None), actor=JOB, now=now)
    messages.settle(session, message.id, Outcome(problem="unreachable"), actor=JOB, now=now)
    assert (message.status, message.problem) == ("sent", None)


def test_only_planned_messages_are_unsent(
    session: Session, message: Message, now: datetime
) -> None:
    assert messages.unsent(session, before=now) == []
    assert messages.unsent(session, before=now + MINUTE) == [message.id]
    claim(session, message, now)
    assert messages.unsent(session, before=now + MINUTE) == []


def test_a_message_that_does_not_exist_is_not_found(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound, match="no message 7"):
        messages.claim(session, 7, vault=VAULT, base_url="", actor=JOB, now=now)
    with pytest.raises(NotFound, match="no message 7"):
        messages.settle(session, 7, Outcome(problem=None), actor=JOB, now=now)


def test_no_address_and_no_token_stands_in_the_audit(
    session: Session, message: Message, now: datetime
) -> None:
    claimed = claim(session, message, now)
    assert claimed is not None
    token = claimed.email.body.partition("/s/")[2].split()[0]
    written = " ".join(str(changes) for changes in session.scalars(select(AuditEvent.changes)))
    assert "wang" not in written
    assert token not in written
