"""Answers that waited on a device: each has its place, or is kept for staff; none counts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import AnswerEvent, AuditEvent, Response, StrayAnswer, Visit
from qol_app.domain import actor as actors
from qol_app.domain.errors import Conflict, NotFound
from qol_app.domain.strays import Settled
from qol_app.services import device_answers, links, opened, participants, strays, submission
from qol_app.services.device_answers import Sent, Taken
from qol_app.services.opened import OpenSurvey
from qol_app.services.responses import Answer
from questionnaires.model import Value
from tests import builders

PATIENT = actors.link(1)
NURSE = actors.user(1)


@pytest.fixture
def visit(session: Session, now: datetime) -> Visit:
    study = builders.study(session, now)
    builders.newcomer(session, now, "nurse")
    person = builders.participant(
        session, now, of=study, at="SHA", anchor=now.date() + timedelta(days=3)
    )
    found = participants.visit(session, person, "baseline")
    builders.link(session, now, found)
    return found


def survey(session: Session) -> OpenSurvey:
    session.flush()
    return opened.by_id(session, 1)


def sent(
    session: Session,
    event: str,
    item: str,
    value: Value,
    at: datetime,
    *,
    form: str | None = None,
    seen: bool = False,
) -> Sent:
    response = survey(session).visit.responses[0]
    return Sent(
        answer=Answer(event_id=event, item=item, value=value, answered_at=at, only_if_unseen=seen),
        instrument="daily-life-check",
        form_hash=form or response.form_version.hash,
        wording_hash="",
    )


def take_in(session: Session, now: datetime, *given: Sent) -> Taken:
    return device_answers.take_in(session, survey(session), given, actor=PATIENT, now=now)


def current(session: Session, visit: Visit) -> dict[str, Value]:
    session.expire_all()
    return dict(visit.responses[0].answers)


def kept(session: Session) -> list[tuple[str, Value, str]]:
    return [(s.item, s.value, s.why) for s in session.scalars(select(StrayAnswer))]


def submit(session: Session, visit: Visit, now: datetime) -> None:
    submission.submit_visit(session, visit, mode="patient", actor=PATIENT, now=now)


def test_an_answer_with_a_place_is_stored_with_the_time_at_which_it_was_given(
    session: Session, visit: Visit, now: datetime
) -> None:
    earlier = now - timedelta(minutes=7)
    assert take_in(session, now, sent(session, "a", "ENERGY", 4, earlier)) == Taken(new=1, aside=0)
    event = session.scalars(select(AnswerEvent)).one()
    assert (event.value, event.answered_at, event.received_at) == (4, earlier, now)
    assert current(session, visit) == {"ENERGY": 4}


def test_sending_again_changes_nothing(session: Session, visit: Visit, now: datetime) -> None:
    given = sent(session, "a", "ENERGY", 4, now)
    take_in(session, now, given)
    assert take_in(session, now, given) == Taken(new=0, aside=0)
    submit(session, visit, now)
    assert take_in(session, now, given) == Taken(new=0, aside=0)
    assert kept(session) == []


def test_an_answer_after_sending_is_kept_aside_once(
    session: Session, visit: Visit, now: datetime
) -> None:
    take_in(session, now, sent(session, "a", "ENERGY", 4, now))
    submit(session, visit, now)
    late = sent(session, "b", "ENERGY", 2, now)
    assert take_in(session, now, late) == Taken(new=0, aside=1)
    assert take_in(session, now, late) == Taken(new=0, aside=0)
    assert kept(session) == [("ENERGY", 2, "submitted")]
    assert current(session, visit) == {"ENERGY": 4}
    actions = list(session.scalars(select(AuditEvent.action)))
    assert actions.count("answers_kept_aside") == 1


def test_after_sending_the_same_answer_and_a_mere_mark_need_nobody(
    session: Session, visit: Visit, now: datetime
) -> None:
    take_in(session, now, sent(session, "a", "ENERGY", 4, now))
    submit(session, visit, now)
    again = sent(session, "b", "ENERGY", 4, now)
    mark = sent(session, "c", "COMFORT", None, now, seen=True)
    assert take_in(session, now, again, mark) == Taken(new=0, aside=0)


@pytest.mark.parametrize(
    ("item", "value", "form", "why"),
    [
        pytest.param("ENERGY", 4, "f" * 64, "unknown_form", id="a form that was replaced"),
        pytest.param("NOSUCH", 4, None, "not_allowed", id="a question that is not in the form"),
        pytest.param("ENERGY", 9, None, "not_allowed", id="an answer that the item has not"),
    ],
)
def test_what_does_not_fit_is_kept_and_the_rest_is_stored(
    session: Session,
    visit: Visit,
    now: datetime,
    item: str,
    value: Value,
    form: str | None,
    why: str,
) -> None:
    odd = sent(session, "a", item, value, now, form=form)
    good = sent(session, "b", "COMFORT", 7, now)
    assert take_in(session, now, odd, good) == Taken(new=1, aside=1)
    assert kept(session) == [(item, value, why)]
    assert current(session, visit) == {"COMFORT": 7}


def test_after_the_window_or_beneath_a_withdrawn_link_answers_are_kept(
    session: Session, visit: Visit, now: datetime
) -> None:
    much_later = now + timedelta(days=40)
    take_in(session, much_later, sent(session, "a", "ENERGY", 4, now))
    links.revoke(session, visit, actor=NURSE, now=now)
    take_in(session, now, sent(session, "b", "ENERGY", 3, now))
    assert kept(session) == [("ENERGY", 4, "closed"), ("ENERGY", 3, "revoked")]
    assert current(session, visit) == {}


def test_a_wrong_clock_is_set_right_by_what_it_says_when_it_sends() -> None:
    now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    wrong = datetime(2001, 1, 1, tzinfo=UTC)
    found = device_answers.moment(wrong - timedelta(hours=3), sent_at=wrong, now=now)
    assert found == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert device_answers.moment(wrong + timedelta(hours=3), sent_at=wrong, now=now) == now


def settle(session: Session, visit: Visit, choice: Settled, now: datetime) -> StrayAnswer:
    stray = session.scalars(select(StrayAnswer)).one()
    return strays.settle(
        session, visit, stray.id, choice, note="asked her", user_id=1, actor=NURSE, now=now
    )


def test_staff_take_a_stray_into_its_form_as_the_participants_own(
    session: Session, visit: Visit, now: datetime
) -> None:
    take_in(session, now, sent(session, "a", "ENERGY", 4, now))
    submit(session, visit, now)
    take_in(session, now, sent(session, "b", "ENERGY", 2, now - timedelta(hours=1)))
    done = settle(session, visit, Settled.TAKEN, now + timedelta(days=1))
    assert (done.settled_as, done.settled_by, done.note) == ("taken", 1, "asked her")
    assert current(session, visit) == {"ENERGY": 2}
    last = session.scalars(select(AnswerEvent).order_by(AnswerEvent.seq.desc())).first()
    assert last is not None
    assert (last.actor_kind, last.actor_id) == ("link", "1")
    reasons = session.scalars(select(AuditEvent.reason).where(AuditEvent.reason.is_not(None)))
    assert list(reasons) == ["asked her", "asked her"]
    assert strays.waiting(session, visit.participant.study, sites=None) == []


def test_a_stray_left_aside_leaves_the_form_as_it_is(
    session: Session, visit: Visit, now: datetime
) -> None:
    take_in(session, now, sent(session, "a", "ENERGY", 4, now))
    submit(session, visit, now)
    take_in(session, now, sent(session, "b", "ENERGY", 2, now))
    assert [
        (v.code, n) for _, v, n in strays.waiting(session, visit.participant.study, sites=None)
    ] == [("baseline", 1)]
    settle(session, visit, Settled.LEFT, now)
    settle(session, visit, Settled.LEFT, now)
    with pytest.raises(Conflict):
        settle(session, visit, Settled.TAKEN, now)
    assert current(session, visit) == {"ENERGY": 4}


def test_what_does_not_fit_cannot_be_taken(session: Session, visit: Visit, now: datetime) -> None:
    take_in(session, now, sent(session, "a", "NOSUCH", 4, now))
    with pytest.raises(Conflict):
        settle(session, visit, Settled.TAKEN, now)
    with pytest.raises(NotFound):
        strays.settle(session, visit, 99, Settled.LEFT, note="", user_id=1, actor=NURSE, now=now)
    assert (
        session.scalars(select(Response.last_seq).where(Response.visit_id == visit.id)).one() == 0
    )
