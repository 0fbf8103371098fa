"""Calls for help: one waits at a time, none after the end, and what the patient is told is true."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import (
    AuditEvent,
    HelpRequest,
    Participant,
    StaffMessage,
    SurveyLink,
    User,
)
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import ENDINGS, ParticipantEventKind
from qol_app.domain.roles import Role
from qol_app.services import (
    enrolment,
    help_requests,
    links,
    opened,
    participants,
    refusals,
    staff_messages,
)
from qol_app.services.opened import OpenSurvey
from qol_app.services.refusals import Refusal
from tests import builders

LATER = timedelta(days=60)


@pytest.fixture
def person(session: Session, now: datetime) -> Participant:
    """A participant whose baseline is open until 12 March, and whose week 4 opens on 2 April."""
    study = builders.study(session, now)
    return builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))


def a_link(session: Session, now: datetime, person: Participant, visit: str) -> str:
    return builders.link(session, now, participants.visit(session, person, visit))


def told(session: Session, token: str, now: datetime) -> Refusal:
    found = opened.by_token(session, token)
    error = refusals.error_of(session, found, now=now)
    assert error is not None
    return refusals.read(session, found, error, now=now)


def test_a_good_link_is_not_refused_and_stores_no_call(
    session: Session, person: Participant, now: datetime
) -> None:
    found = opened.by_token(session, a_link(session, now, person, "baseline"))
    assert refusals.error_of(session, found, now=now) is None
    assert help_requests.ask(session, found, now=now) is None
    assert session.scalar(select(func.count(HelpRequest.id))) == 0


def test_an_early_link_says_when_it_opens_and_what_is_open_now(
    session: Session, person: Participant, now: datetime
) -> None:
    refusal = told(session, a_link(session, now, person, "w4"), now)
    assert (refusal.why, refusal.opens_on) == ("link_too_early", date(2026, 4, 2))
    assert refusal.open_now is not None
    assert refusal.open_now.name["en"] == "Baseline"
    assert refusal.open_now.last_day == date(2026, 3, 12)


def test_an_old_link_while_another_visit_is_open_is_of_the_wrong_visit(
    session: Session, person: Participant, now: datetime
) -> None:
    token = a_link(session, now, person, "baseline")
    april = now + timedelta(days=35)
    refusal = told(session, token, april)
    assert refusal.why == "wrong_visit"
    assert refusal.open_now is not None
    assert refusal.open_now.name["en"] == "Week 4"
    between = told(session, token, now + timedelta(days=15))
    assert (between.why, between.open_now) == ("link_expired", None)


def test_a_withdrawn_link_is_superseded_only_by_a_newer_good_one(
    session: Session, person: Participant, now: datetime
) -> None:
    visit = participants.visit(session, person, "baseline")
    older, token = builders.link(session, now, visit), builders.link(session, now, visit)
    builders.link_of(session, older)
    links.revoke(session, visit, actor=builders.COMMAND, now=now)
    assert told(session, token, now).why == "link_revoked"
    assert told(session, token, now).withdrawn_on == date(2026, 3, 2)
    tomorrow = now + timedelta(days=1)
    builders.link(session, tomorrow, visit)
    refusal = told(session, token, tomorrow)
    assert (refusal.why, refusal.replaced_on) == ("link_superseded", date(2026, 3, 3))


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_after_the_end_nobody_is_urged_whatever_became_of_the_link(
    session: Session, person: Participant, now: datetime, kind: ParticipantEventKind
) -> None:
    token = a_link(session, now, person, "baseline")
    visit = participants.visit(session, person, "baseline")
    links.revoke(session, visit, actor=builders.COMMAND, now=now)
    enrolment.record_event(
        session, person, kind, happened_on=now.date(), actor=builders.COMMAND, now=now
    )
    session.expire_all()
    refusal = told(session, token, now)
    assert (refusal.why, refusal.may_ask, refusal.open_now) == ("link_ended", False, None)
    assert help_requests.ask(session, opened.by_token(session, token), now=now) is None
    assert session.scalar(select(func.count(HelpRequest.id))) == 0


def closed(session: Session, person: Participant, now: datetime) -> OpenSurvey:
    return opened.by_token(session, a_link(session, now, person, "baseline"))


def test_asking_is_one_audit_event_of_the_link_and_asking_again_is_none(
    session: Session, person: Participant, now: datetime
) -> None:
    found = closed(session, person, now)
    first = help_requests.ask(session, found, now=now + LATER)
    before = builders.count_audit(session)
    again = help_requests.ask(session, found, now=now + LATER + timedelta(hours=1))
    assert first is not None
    assert again is not None
    assert (again.request, again.mails) == (first.request, ())
    assert builders.count_audit(session) == before
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor_kind, event.actor_id) == (
        "help_asked", "link", str(found.link_id),
    )  # fmt: skip
    assert event.participant_id == person.id


def test_another_link_of_the_same_visit_stores_no_second_call(
    session: Session, person: Participant, now: datetime
) -> None:
    one, other = closed(session, person, now), closed(session, person, now)
    help_requests.ask(session, one, now=now + LATER)
    help_requests.ask(session, other, now=now + LATER)
    assert session.scalar(select(func.count(HelpRequest.id))) == 1


def test_two_presses_at_once_store_one_call(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        study = builders.study(session, now)
        person = builders.participant(session, now, of=study, at="SHA", anchor=date(2026, 3, 12))
        token = a_link(session, now, person, "baseline")
        session.commit()
    barrier = threading.Barrier(2)

    def press() -> None:
        barrier.wait()
        with sessions.write() as session:
            help_requests.ask(session, opened.by_token(session, token), now=now + LATER)
            session.commit()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions.read() as session:
        assert session.scalar(select(func.count(HelpRequest.id))) == 1


def test_once_settled_the_visit_may_ask_again(
    session: Session, person: Participant, now: datetime
) -> None:
    found = closed(session, person, now)
    first = help_requests.ask(session, found, now=now + LATER)
    nurse = builders.user(session, now, Role.STAFF, of=person.study, at="SHA")
    actor = actors.user(nurse.id)
    assert first is not None
    for note in ("called back", "once more"):
        help_requests.settle(
            session,
            person,
            first.request.id,
            note=note,
            user_id=nurse.id,
            actor=actor,
            now=now + LATER,
        )
    assert (first.request.note, first.request.settled_by) == ("called back", nurse.id)
    assert not told_of(session, found, now + LATER).is_told
    again = help_requests.ask(session, found, now=now + LATER)
    assert again is not None
    assert again.request.id != first.request.id


def told_of(session: Session, found: OpenSurvey, now: datetime) -> Refusal:
    error = refusals.error_of(session, found, now=now)
    assert error is not None
    return refusals.read(session, found, error, now=now)


def test_a_call_of_somebody_else_cannot_be_settled_and_a_note_has_an_end(
    session: Session, person: Participant, now: datetime
) -> None:
    call = help_requests.ask(session, closed(session, person, now), now=now + LATER)
    other = builders.participant(session, now, of=person.study, at="BER", anchor=date(2026, 3, 12))
    nurse = builders.user(session, now, Role.STAFF, of=person.study)
    actor = actors.user(nurse.id)
    assert call is not None
    with pytest.raises(NotFound):
        help_requests.settle(
            session, other, call.request.id, note=None, user_id=nurse.id, actor=actor, now=now
        )
    with pytest.raises(InvalidInput):
        help_requests.settle(
            session, person, call.request.id, note="x" * 501, user_id=nurse.id, actor=actor, now=now
        )
    assert call.request.settled_at is None


def test_a_link_stands_for_its_own_visit_only(
    session: Session, person: Participant, now: datetime
) -> None:
    token = a_link(session, now, person, "baseline")
    found = opened.by_token(session, token)
    help_requests.ask(session, found, now=now + timedelta(days=35))
    made = session.scalars(select(SurveyLink.visit_id)).all()
    assert made == [found.visit.id]


def test_a_call_is_mailed_to_the_staff_of_its_site_once(
    session: Session, person: Participant, now: datetime
) -> None:
    study = person.study
    for at in ("SHA", "BER"):
        builders.user(session, now, Role.STAFF, of=study, at=at)
    builders.user(session, now, Role.ADMIN, of=study)
    found = closed(session, person, now)
    for _ in range(2):
        help_requests.ask(session, found, now=now + LATER)
    mails = session.scalars(select(StaffMessage)).all()
    assert [session.get_one(User, mail.user_id).name for mail in mails] == ["staff-sha"]
    assert [(mail.kind, mail.status) for mail in mails] == [("help", "planned")]


def test_at_a_site_without_staff_the_administrators_are_mailed_and_without_any_nobody(
    session: Session, person: Participant, now: datetime
) -> None:
    first = help_requests.ask(session, closed(session, person, now), now=now + LATER)
    assert first is not None
    assert first.mails == ()
    builders.user(session, now, Role.ADMIN, of=person.study)
    other = builders.participant(session, now, of=person.study, at="SHA", anchor=date(2026, 3, 12))
    help_requests.ask(session, closed(session, other, now), now=now + LATER)
    mails = session.scalars(select(StaffMessage)).all()
    assert [session.get_one(User, mail.user_id).name for mail in mails] == ["admin-all"]


def test_a_call_settled_before_its_mail_left_cancels_it(
    session: Session, person: Participant, now: datetime
) -> None:
    nurse = builders.user(session, now, Role.STAFF, of=person.study, at="SHA")
    call = help_requests.ask(session, closed(session, person, now), now=now + LATER)
    assert call is not None
    actor = actors.user(nurse.id)
    help_requests.settle(
        session, person, call.request.id, note=None, user_id=nurse.id, actor=actor, now=now + LATER
    )
    claimed = staff_messages.claim(
        session, call.mails[0], base_url="", actor=actor, now=now + LATER
    )
    mail = session.get_one(StaffMessage, call.mails[0])
    assert claimed is None
    assert (mail.status, mail.problem) == ("cancelled", "acknowledged")
