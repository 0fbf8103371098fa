"""No acknowledged answer is lost, none counts twice, an original is never overwritten."""

from __future__ import annotations

import threading
from base64 import b64encode
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import AnswerEvent, AuditEvent, Participant, Response, Site, Visit
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.errors import AlreadySubmitted, AnswerOutOfRange, UnknownItem
from qol_app.domain.helpers import Helper
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import read
from qol_app.services import enrolment, forms, participants, responses, studies, submission
from qol_app.services.responses import Answer
from questionnaires.model import NoAnswer, Value, Wording

NCT = Path(__file__).parents[2] / "studies" / "nct06449937.toml"
VAULT = Vault({"k1": b64encode(b"k" * 32).decode()})
NURSE = actors.user(1)
PATIENT = actors.link(1)


def enrolled(session: Session, now: datetime) -> Participant:
    """A participant of the trial whose baseline is open now."""
    study = studies.load(
        session, read(NCT), purpose=Purpose.REHEARSAL, actor=actors.command("test"), now=now
    )
    site = session.scalars(select(Site).where(Site.code == "S01")).one()
    new = enrolment.NewParticipant(group="I", anchor_date=date(2026, 3, 10), language="zh-Hans")
    return enrolment.enrol(session, study, site, new, vault=VAULT, actor=NURSE, now=now)


def baseline(session: Session, participant: Participant) -> Visit:
    return participants.visit(session, participant, "baseline")


def chinese(session: Session, response: Response) -> Wording:
    return forms.wording(session, response.form_version, "zh-Hans")


def save(
    session: Session, response: Response, now: datetime, *given: tuple[str, str, Value]
) -> int:
    answers = [
        Answer(event_id=event_id, item=item, value=value, answered_at=now)
        for event_id, item, value in given
    ]
    words = chinese(session, response)
    saved = responses.save_answers(
        session, response.id, answers, wording=words, actor=PATIENT, now=now
    )
    return saved.new


@pytest.fixture
def response(session: Session, now: datetime) -> Response:
    return baseline(session, enrolled(session, now)).responses[0]


def stored(session: Session, response: Response) -> list[tuple[int, str, Value]]:
    query = select(AnswerEvent).where(AnswerEvent.response_id == response.id)
    return [(e.seq, e.item, e.value) for e in session.scalars(query.order_by(AnswerEvent.seq))]


def test_enrolment_plans_every_visit_and_instrument(session: Session, now: datetime) -> None:
    participant = enrolled(session, now)
    visits = participants.visits(session, participant)
    assert [visit.code for visit in visits] == [
        "baseline", "m3", "m6", "m9", "m12", "m15", "m18", "m21", "m24",
    ]  # fmt: skip
    assert {tuple(r.instrument_id for r in visit.responses) for visit in visits} == {
        ("eortc-qlq-c30", "eortc-qlq-lmc21", "eq-5d-5l")
    }
    month_12 = visits[4]
    assert month_12.opens_on == date(2027, 2, 24)
    assert month_12.target_on == date(2027, 3, 10)
    assert month_12.on_time_until == date(2027, 3, 24)


def test_a_resent_answer_is_stored_once_and_the_latest_counts(
    session: Session, response: Response, now: datetime
) -> None:
    assert save(session, response, now, ("e1", "q1", 2)) == 1
    assert save(session, response, now, ("e1", "q1", 2)) == 0
    assert save(session, response, now, ("e2", "q1", 3)) == 1
    assert stored(session, response) == [(1, "q1", 2), (2, "q1", 3)]
    assert response.answers == {"q1": 3}


def test_an_answer_that_is_current_already_adds_nothing(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now, ("e1", "q1", 2))
    assert save(session, response, now, ("e2", "q1", 2)) == 0


def test_a_late_copy_of_an_older_event_does_not_win(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now, ("e1", "q1", 2))
    save(session, response, now, ("e2", "q1", 3))
    assert save(session, response, now, ("e1", "q1", 2)) == 0
    assert response.answers == {"q1": 3}


def test_seen_but_blank_differs_from_never_seen(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now, ("e1", "q1", None))
    assert response.answers == {"q1": None}
    assert stored(session, response) == [(1, "q1", None)]


@pytest.mark.parametrize(
    ("item", "value", "error"),
    [
        pytest.param("q1", 5, AnswerOutOfRange, id="a code past the last"),
        pytest.param("q1", "2", AnswerOutOfRange, id="a text for a code"),
        pytest.param("q31", 1, UnknownItem, id="an item of another form"),
    ],
)
def test_a_refused_answer_leaves_nothing_of_its_call(
    session: Session,
    response: Response,
    now: datetime,
    item: str,
    value: Value,
    error: type[Exception],
) -> None:
    with pytest.raises(error, match=item):
        save(session, response, now, ("e1", "q2", 1), ("e2", item, value))
    assert stored(session, response) == []
    assert response.answers == {}


def test_after_sending_the_answers_stand(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now, ("e1", "q1", 2))
    visit = response.visit
    assert submission.submit_visit(session, visit, mode="patient", actor=PATIENT, now=now)
    with pytest.raises(AlreadySubmitted):
        save(session, response, now, ("e2", "q1", 3))
    assert stored(session, response) == [(1, "q1", 2)]


def test_sending_twice_is_sending_once(session: Session, response: Response, now: datetime) -> None:
    visit = response.visit
    assert submission.submit_visit(session, visit, mode="patient", actor=PATIENT, now=now)
    later = now + timedelta(minutes=1)
    assert not submission.submit_visit(session, visit, mode="patient", actor=PATIENT, now=later)
    assert {each.submitted_at for each in visit.responses} == {now}
    sent = select(func.count()).where(AuditEvent.action == "response_submitted")
    assert session.scalar(sent) == 1


def test_who_helped_is_kept_on_every_form_of_the_visit_and_audited_with_the_first_sending(
    session: Session, response: Response, now: datetime
) -> None:
    visit = response.visit
    for helper in (Helper.WROTE_DOWN, Helper.ALONE):
        submission.submit_visit(
            session, visit, mode="patient", actor=PATIENT, now=now, helper=helper
        )
    assert [each.helper for each in visit.responses] == ["wrote_down"] * 3
    sent = select(AuditEvent).where(AuditEvent.action == "response_submitted")
    (event,) = session.scalars(sent).all()
    assert "wrote_down" in str(event.changes)


def test_the_day_of_answering_is_the_sites_day(
    session: Session, response: Response, now: datetime
) -> None:
    late_evening_in_utc = now.replace(hour=17)
    submission.submit_visit(
        session, response.visit, mode="patient", actor=PATIENT, now=late_evening_in_utc
    )
    assert response.answered_on == date(2026, 3, 3)


def test_two_tabs_saving_at_once_lose_nothing(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        response_id = baseline(session, enrolled(session, now)).responses[0].id
        session.commit()
    ready = threading.Barrier(2)
    failures: list[BaseException] = []

    def tab(items: range) -> None:
        try:
            for place, number in enumerate(items):
                with sessions.write() as session:
                    if place == 0:
                        ready.wait(timeout=20)
                    mine = session.get_one(Response, response_id)
                    save(session, mine, now, (f"e{number}", f"q{number}", 1))
                    session.commit()
        except BaseException as error:
            failures.append(error)

    tabs = [threading.Thread(target=tab, args=(items,)) for items in (range(1, 11), range(11, 21))]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert failures == []
    with sessions.read() as session:
        final = session.get_one(Response, response_id)
        assert final.answers == {f"q{number}": 1 for number in range(1, 21)}
        assert [seq for seq, _, _ in stored(session, final)] == list(range(1, 21))


def test_an_answer_that_waited_on_a_device_does_not_undo_a_newer_one(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now, ("on-phone", "q1", 3))
    waited = Answer(
        event_id="on-tablet", item="q1", value=1, answered_at=now - timedelta(minutes=20)
    )
    saved = responses.save_answers(
        session,
        response.id,
        [waited],
        wording=chinese(session, response),
        actor=PATIENT,
        now=now + timedelta(minutes=5),
    )
    assert (saved.new, saved.answers) == (1, {"q1": 3})
    events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.seq)).all()
    assert [(e.value, e.came_late) for e in events] == [(3, False), (1, True)]


def test_a_waiting_answer_that_is_still_the_newest_counts(
    session: Session, response: Response, now: datetime
) -> None:
    save(session, response, now - timedelta(hours=1), ("on-phone", "q1", 3))
    waited = Answer(
        event_id="on-tablet", item="q1", value=1, answered_at=now - timedelta(minutes=20)
    )
    saved = responses.save_answers(
        session,
        response.id,
        [waited],
        wording=chinese(session, response),
        actor=PATIENT,
        now=now,
    )
    assert saved.answers == {"q1": 1}


def test_an_item_is_declined_only_where_its_form_offers_that(
    session: Session, response: Response, now: datetime
) -> None:
    declined = Answer(item="q1", value=None, no_answer=NoAnswer.DECLINED, answered_at=now)
    with pytest.raises(AnswerOutOfRange, match="does not offer declined"):
        responses.save_answers(
            session,
            response.id,
            [declined],
            wording=chinese(session, response),
            actor=PATIENT,
            now=now,
        )
