"""Raise an alert where a form meets a rule of its protocol, and escalate those that wait.

A form raises each rule's alert once, whatever becomes of its answers later. An alert and the
mails that tell of it are stored together, in the transaction of the answer or the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import Alert, Participant, Response, Score, Visit
from qol_app.domain import alerts as rules
from qol_app.domain.actor import Actor
from qol_app.domain.alerts import Cause
from qol_app.domain.answers import countable
from qol_app.domain.errors import NotFound
from qol_app.domain.events import Action
from qol_app.domain.study import AlertRule, Alerts
from qol_app.services import forms, staff_messages, studies
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.services.responses import Answer
from qol_app.services.staff_messages import StaffMessageKind
from questionnaires.model import Questionnaire, Value

IMPORTED = "import"
"""The mode of answers that were given elsewhere and long ago: they alarm nobody."""

Met = tuple[AlertRule, Cause]


def check_answers(
    session: Session,
    visit: OpenVisit,
    response: OpenResponse,
    given: Sequence[Answer],
    *,
    standing: Mapping[str, Value],
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Raise the alerts about items that answers meet as they arrive.

    An answer counts even if the device that sent it sent a newer one along: what a patient said
    does not depend on when the line was back.

    Args:
        standing: The form's answers once ``given`` are in.

    Returns the messages to staff to be sent once this is committed.
    """
    plan = visit.protocol.alerts
    watched = plan.rules_of(response.form_version.instrument_id) if plan else ()
    met = _met_by(given, watched, response.questionnaire, standing)
    return _raise(session, response.id, met, actor=actor, now=now)


def check_staff_answers(
    session: Session, response: Response, given: Sequence[Answer], *, actor: Actor, now: datetime
) -> list[int]:
    """Raise the alerts about items that answers meet which staff keyed or corrected.

    Returns the messages to staff to be sent once this is committed.
    """
    plan = _plan(response)
    watched = plan.rules_of(response.instrument_id) if plan else ()
    questionnaire = forms.questionnaire(response.form_version)
    met = _met_by(given, watched, questionnaire, response.answers)
    return _raise(session, response.id, met, actor=actor, now=now)


def _met_by(
    given: Sequence[Answer],
    watched: Sequence[AlertRule],
    questionnaire: Questionnaire,
    standing: Mapping[str, Value],
) -> list[Met]:
    found: dict[str, Met] = {}
    for rule in watched:
        for answer in given:
            if answer.item != rule.item or answer.value is None:
                continue
            said = countable(questionnaire, {**standing, answer.item: answer.value})
            cause = rules.item_cause(rule, said)
            if cause is not None:
                found[rule.code] = (rule, cause)
    return list(found.values())


def check_scores(session: Session, response_id: int, *, actor: Actor, now: datetime) -> list[int]:
    """Raise the alerts about scales that a form's newest scores meet.

    Returns the messages to staff to be sent once this is committed.
    """
    response = session.get_one(Response, response_id)
    plan = _plan(response)
    watched = plan.rules_of(response.instrument_id) if plan else ()
    about_scales = [rule for rule in watched if rule.scale is not None]
    if not about_scales or response.mode == IMPORTED or response.scoring_problem is not None:
        return []
    course = _course(session, response)
    met = [(rule, cause) for rule in about_scales if (cause := _score_cause(rule, course))]
    return _raise(session, response_id, met, actor=actor, now=now)


def _plan(response: Response) -> Alerts | None:
    return studies.protocol(response.visit.protocol).alerts


@dataclass(frozen=True, kw_only=True)
class _Scored:
    """One visit's newest scores of the instrument, by scale."""

    visit: str
    scores: Mapping[str, float | None]


def _course(session: Session, response: Response) -> list[_Scored]:
    """Return the participant's visits from the baseline to this form's, with their scores."""
    visit = response.visit
    query = (
        select(Visit.code, Score.scale, Score.value)
        .outerjoin(
            Response,
            (Response.visit_id == Visit.id) & (Response.instrument_id == response.instrument_id),
        )
        .outerjoin(
            Score,
            (Score.response_id == Response.id) & (Score.revision == Response.score_revision),
        )
        .where(Visit.participant_id == visit.participant_id, Visit.number <= visit.number)
        .order_by(Visit.number)
    )
    course: dict[str, dict[str, float | None]] = {}
    for code, scale, value in session.execute(query):
        course.setdefault(code, {})[scale] = value
    return [_Scored(visit=code, scores=scores) for code, scores in course.items()]


def _score_cause(rule: AlertRule, course: Sequence[_Scored]) -> Cause | None:
    *earlier, value = [visit.scores.get(rule.scale or "") for visit in course]
    cause = rules.score_cause(rule, value, earlier)
    place = rules.compared_with(rule.since, earlier)
    if cause is None or "before" not in cause or place is None:
        return cause
    return {**cause, "before_visit": course[place].visit}


def _raise(
    session: Session, response_id: int, met: Sequence[Met], *, actor: Actor, now: datetime
) -> list[int]:
    if not met:
        return []
    response = _locked_response(session, response_id)
    known = set(session.scalars(select(Alert.rule).where(Alert.response_id == response_id)))
    mails: list[int] = []
    for rule, cause in met:
        if rule.code in known:
            continue
        participant = response.visit.participant
        with audited(
            session,
            actor=actor,
            action=Action.ALERT_RAISED,
            now=now,
            study_id=participant.study_id,
            participant_id=participant.id,
        ):
            alert = Alert(
                participant_id=participant.id,
                response_id=response_id,
                rule=rule.code,
                cause=cause,
                raised_at=now,
            )
            session.add(alert)
            session.flush()
            mails += staff_messages.plan(session, StaffMessageKind.ALERT, alert.id, now=now)
    return mails


def _locked_response(session: Session, response_id: int) -> Response:
    """Lock the form, so that two who find the same rule met raise one alert."""
    query = select(Response).where(Response.id == response_id).with_for_update(of=Response)
    return session.scalars(query).one()


def overdue(session: Session, *, now: datetime, limit: int = 500) -> list[int]:
    """Return the ids of alerts to escalate: nobody acknowledged them in their protocol's time."""
    query = (
        select(Alert)
        .where(
            Alert.acknowledged_at.is_(None),
            Alert.escalated_at.is_(None),
            Alert.raised_at <= now - timedelta(hours=1),
        )
        .options(joinedload(Alert.response).joinedload(Response.visit).joinedload(Visit.protocol))
        .order_by(Alert.id)
    )
    late = [alert.id for alert in session.scalars(query) if _waits_too_long(alert, now)]
    return late[:limit]


def _waits_too_long(alert: Alert, now: datetime) -> bool:
    plan = _plan(alert.response)
    hours = plan.escalate_after_hours if plan else 0
    return rules.waits_too_long(alert.raised_at, hours=hours, now=now)


def escalate(session: Session, alert_id: int, *, actor: Actor, now: datetime) -> list[int]:
    """Mark an alert as waiting too long and tell the study's administrators and the site again.

    Twice, or once somebody has acknowledged it, is a no-op. Returns the messages to staff to be
    sent once this is committed.

    Raises:
        NotFound: there is no such alert.
    """
    alert = session.get(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None:
        raise NotFound(f"no alert {alert_id}")
    if alert.escalated_at is not None or alert.acknowledged_at is not None:
        return []
    participant = session.get_one(Participant, alert.participant_id)
    with audited(
        session,
        actor=actor,
        action=Action.ALERT_ESCALATED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        alert.escalated_at = now
        return staff_messages.plan(session, StaffMessageKind.ALERT_WAITING, alert.id, now=now)
