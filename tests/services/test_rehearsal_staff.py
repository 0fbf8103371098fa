"""What staff do in a rehearsal: every state of their side occurs, and only by the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import verify
from qol_app.db.models import (
    Alert,
    AnswerEvent,
    Contact,
    Invitation,
    Keying,
    Message,
    Participant,
    ParticipantEvent,
    Query,
    Response,
    Scan,
    Score,
    StaffMessage,
    StrayAnswer,
    User,
    Visit,
)
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.roles import Role
from qol_app.domain.study import Alerts, Protocol
from qol_app.services import (
    accounts,
    completion,
    handovers,
    help_requests,
    invitations,
    messages,
    missing,
    scans,
    strays,
    studies,
    tablets,
    worklist,
)
from qol_app.services.rehearsal import Office, Simulated, create
from tests.services.test_rehearsal import EXAMPLE, NCT, NOW, VAULT, load

TOLD_OF_MOOD = Alerts.model_validate(
    {
        "patient_words": {"en": "Somebody reads this.", "zh-Hans": "会有人查看。"},
        "escalate_after_hours": 24,
        "rules": [
            {
                "code": "low-mood",
                "name": {"en": "Low mood", "zh-Hans": "情绪低落"},
                "instrument": "daily-life-check",
                "item": "MOOD",
                "at_most": 5,
            }
        ],
    }
)
STUDY = EXAMPLE.model_copy(update={"reminders": NCT.reminders, "alerts": TOLD_OF_MOOD})
"""The example study with all that a study may have."""
PEOPLE = {"nurse": Role.STAFF, "colleague": Role.COORDINATOR, "monitor": Role.MONITOR}


def office(sessions: Sessions, protocol: Protocol, folder: Path) -> Office:
    made = {}
    with sessions.write() as session:
        study, actor = studies.find(session, protocol.id), actors.command("test")
        for name, role in {**PEOPLE, "admin": Role.ADMIN, "locked": Role.STAFF}.items():
            user = accounts.create_user(
                session,
                email=f"{name}@{protocol.id}.example",
                name=name,
                password_hash="x",
                actor=actor,
                now=NOW,
            )
            accounts.grant(session, user, role, study=study, site=None, actor=actor, now=NOW)
            made[name] = user.id
        session.commit()
    return Office(**made, pin_hash="x", scans=folder, base_url="https://rehearsal.example")


def simulate(
    sessions: Sessions,
    protocol: Protocol,
    folder: Path,
    *,
    seed: int = 1,
    count: int = 70,
    now: datetime = NOW,
) -> Simulated:
    load(sessions, protocol)
    return create(
        sessions,
        protocol.id,
        vault=VAULT,
        seed=seed,
        now=now,
        participants=count,
        office=office(sessions, protocol, folder),
        progress=lambda _step, _steps: None,
    )


def words(values: Iterable[object]) -> set[str]:
    return {str(value) for value in values}


def check_visits(session: Session) -> None:
    study = studies.find(session, STUDY.id)
    waiting = worklist.waiting(session, study, sites=None, now=NOW)
    assert words(each.state for each in waiting) == {"due", "closing", "overdue"}
    assert any(each.is_put_off for each in waiting)
    unexplained = missing.unexplained(session, study, sites=None, now=NOW)
    assert words(each.proposal for each in unexplained.shown) >= {"forgot", "technical"}
    reasons = {"too_ill", "declined", "no_time", "forgot", "technical", "not_offered"}
    found = words(session.scalars(select(Response.missing_reason)))
    assert found - {"died"} == reasons | {"language", "other", "None"}
    bands = completion.counts(session, study, sites=None, now=NOW)
    shown = {status.value for band in bands for status in band.statuses}
    assert shown >= {"dead", "withdrawn", "pro_stopped", "partial", "missed", "complete"}
    assert max(len(band.reasons) for band in bands) >= 4


def check_messages(session: Session) -> None:
    study = studies.find(session, STUDY.id)
    rows = session.scalars(select(Message)).all()
    statuses = {"planned", "sent", "delivered", "bounced", "failed"}
    assert {row.status for row in rows} >= statuses
    assert {row.channel for row in rows} == {"email", "sms"}
    assert {row.kind for row in rows} >= {"invitation", "reminder", "link"}
    lost = messages.bounced(session, study, sites=None, now=NOW)
    assert {each.message.status for each in lost} == {"bounced", "failed"}
    assert set(session.scalars(select(StaffMessage.status))) == {"sent"}


def check_people(session: Session) -> None:
    events = session.scalars(select(ParticipantEvent)).all()
    ending = {"died", "withdrew", "pro_stopped"}
    standing = {event.kind for event in events if event.struck_at is None}
    assert standing == ending | {"lost", "treatment", "progression", "stoma"}
    assert [event.kind for event in events if event.struck_at is not None] == ["withdrew"]
    contacts = session.scalars(select(Contact)).all()
    ways = {(contact.has_email, contact.has_phone) for contact in contacts}
    assert ways == {(True, True), (True, False), (False, True)}
    people = session.scalars(select(Participant)).all()
    assert len(contacts) < len(people)
    assert words(person.channel for person in people) == {"email", "sms", "paper", "None"}
    refused = {tuple(person.refused_channels) for person in people}
    assert refused == {(), ("email",), ("sms",), ("email", "sms")}


def check_forms(session: Session, folder: Path) -> None:
    keyed = select(Response.submitted_at.is_(None), func.count()).join(Keying)
    steps = session.execute(keyed.group_by(Response.id, Response.submitted_at)).all()
    assert {(bool(is_open), number) for is_open, number in steps} == {
        (True, 1),
        (True, 2),
        (False, 2),
    }
    modes = words(session.scalars(select(Response.mode)))
    assert modes == {"patient", "paper", "interview", "None"}
    stored_scans = session.scalars(select(Scan)).all()
    assert any(session.get_one(Response, scan.response_id).submitted_at for scan in stored_scans)
    visit = session.get_one(Response, stored_scans[0].response_id).visit
    assert [scan.media_type for scan in scans.of_visit(session, visit)] == ["image/png"]
    assert len(list(folder.iterdir())) == len(stored_scans)
    corrected = session.scalars(select(AnswerEvent).where(AnswerEvent.reason.is_not(None))).all()
    assert len(corrected) == 2
    revisions = select(Score.revision).where(Score.response_id == corrected[0].response_id)
    assert set(session.scalars(revisions)) == {1, 2}


def check_talk(session: Session) -> None:
    study = studies.find(session, STUDY.id)
    assert sorted(session.scalars(select(Query.status))) == ["answered", "closed", "open"]
    assert strays.waiting(session, study, sites=None)
    assert set(session.scalars(select(StrayAnswer.why))) == {"submitted"}
    assert help_requests.waiting(session, study, sites=None)
    alerts = session.scalars(select(Alert)).all()
    assert {alert.acknowledged_at is None for alert in alerts} == {True, False}


def check_doors(session: Session) -> None:
    study = studies.find(session, STUDY.id)
    invited = session.scalars(select(Invitation)).all()
    states = {invitations.state(each, now=NOW).value for each in invited}
    assert states == {"open", "expired", "revoked"}
    locked = accounts.by_email(session, "locked@example.example")
    assert locked.locked_until is not None
    assert timedelta(hours=23) < locked.locked_until - NOW <= timedelta(hours=24)
    assert session.scalar(select(func.count(User.id))) == 5
    found = handovers.states(session, tablets.at_sites(session, study, None), now=NOW)
    shown = {state.value for state, _ in found.values()}
    assert shown == {"locked", "checking", "blocked", "retired"}


def test_every_state_of_the_staffs_side_is_there(sessions: Sessions, tmp_path: Path) -> None:
    simulate(sessions, STUDY, tmp_path / "scans", seed=61)
    with sessions.read() as session:
        check_visits(session)
        check_messages(session)
        check_people(session)
        check_forms(session, tmp_path / "scans")
        check_talk(session)
        check_doors(session)
        assert verify(session).broken_id is None


def test_what_staff_do_changes_nothing_that_participants_answer(
    sessions: Sessions, tmp_path: Path
) -> None:
    alone = EXAMPLE.model_copy(update={"id": "alone"})
    load(sessions, alone)
    create(
        sessions,
        alone.id,
        vault=VAULT,
        seed=3,
        now=NOW,
        participants=12,
        progress=lambda _step, _steps: None,
    )
    simulate(sessions, EXAMPLE, tmp_path, seed=3, count=12)
    with sessions.read() as session:
        before, after = sent(session, "alone"), sent(session, "example")
        keyed = {key for key, response in after.items() if response.mode != "patient"}
        assert len(before) > 15
        assert len(after) == len(before) + len(keyed)
        changed = [key for key in before if after[key].answers != before[key].answers]
        assert len(changed) <= 2  # by staff, with a reason
        assert all(after[key].submitted_at == before[key].submitted_at for key in before)


def sent(session: Session, code: str) -> dict[tuple[str, str], Response]:
    query = (
        select(Participant.number, Visit.code, Response)
        .join(Visit, Visit.id == Response.visit_id)
        .join(Participant, Participant.id == Visit.participant_id)
        .where(
            Participant.study_id == studies.find(session, code).id,
            Response.submitted_at.is_not(None),
        )
    )
    return {(number, visit): form for number, visit, form in session.execute(query)}


def test_nothing_is_done_in_the_future(sessions: Sessions, tmp_path: Path) -> None:
    simulate(sessions, EXAMPLE, tmp_path, seed=2, count=10)
    with sessions.read() as session:
        moments = (
            *session.scalars(select(Message.planned_at)),
            *session.scalars(select(Keying.keyed_at)),
            *session.scalars(select(ParticipantEvent.recorded_at)),
            *session.scalars(select(AnswerEvent.received_at)),
        )
        assert max(moments) <= NOW
        days = session.scalars(select(ParticipantEvent.happened_on)).all()
        assert max(days, default=date.min) <= NOW.date()
