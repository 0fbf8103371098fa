"""Visits that are put off: store until when and why, say which wait, and ask again on the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import Message, Participant, Postponement, Visit
from qol_app.domain import postponing
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import facts, messages, recipients, survey
from qol_app.services.outbox import MessageStatus
from qol_app.services.recipients import EMAIL_ONLY

MORNING = time(9)
"""From when on a day a participant may be asked again, by the site's clock."""

LATE = timedelta(days=1)
"""How long after its day a mail may still ask again, should nothing have been sent on the day."""


def postpone(
    session: Session,
    visit: Visit,
    delay: Delay,
    reason: Reason,
    *,
    actor: Actor,
    now: datetime,
) -> Postponement:
    """Put a visit off. Putting it off to the same day for the same reason again is a no-op.

    Being too ill also becomes the reason why unsent forms are missing, should they never come.
    A reason that staff have given stays.

    Raises:
        InvalidInput: the day lies outside the visit's window.
        LinkTooEarly, LinkExpired, AlreadySubmitted, LinkEnded: the visit cannot be answered now.
    """
    survey.check_open(visit, now=now)
    participant = visit.participant
    offered = postponing.days(facts.window_of(visit), facts.today_of(participant, now))
    if delay not in offered:
        raise InvalidInput([f"delay: choose one of {', '.join(offered)}"])
    session.refresh(visit, with_for_update=True)
    last = latest(session, [visit.id]).get(visit.id)
    if last is not None and (last.until_on, last.reason) == (offered[delay], reason.value):
        return last
    with audited(
        session,
        actor=actor,
        action=Action.VISIT_POSTPONED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        made = Postponement(
            visit_id=visit.id,
            until_on=offered[delay],
            reason=reason.value,
            recorded_at=now,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
        )
        session.add(made)
        if reason is Reason.TOO_ILL:
            _give_reason(visit)
    return made


def _give_reason(visit: Visit) -> None:
    for response in visit.responses:
        if response.submitted_at is None and response.missing_reason is None:
            response.missing_reason = Reason.TOO_ILL.value


def latest(session: Session, visit_ids: Iterable[int]) -> dict[int, Postponement]:
    """Return the last postponement of each of the visits that has one."""
    query = select(Postponement).where(Postponement.visit_id.in_(list(visit_ids)))
    return {each.visit_id: each for each in session.scalars(query.order_by(Postponement.id))}


def waiting(session: Session, visit_ids: Iterable[int], today: date) -> dict[int, Postponement]:
    """Return the postponements by which visits still wait; on their day they wait no more."""
    found = latest(session, visit_ids)
    return {visit_id: each for visit_id, each in found.items() if each.until_on > today}


def to_ask_again(
    session: Session, *, ways: frozenset[str] = EMAIL_ONLY, now: datetime
) -> list[int]:
    """Return the ids of visits whose participants are to be asked again now.

    Those are visits whose last postponement has come to its day, for which no message that asks
    again waits or was planned or sent since, and about which their participants are written to.

    Args:
        ways: The channels that this deployment serves.
    """
    asked = exists().where(
        Message.visit_id == Postponement.visit_id,
        Message.kind == messages.AGAIN,
        or_(
            Message.status.in_((MessageStatus.PLANNED, MessageStatus.SENDING)),
            Message.planned_at >= Postponement.recorded_at,
            Message.sent_at >= Postponement.recorded_at,
        ),
    )
    days = (now.date() - LATE - timedelta(days=1), now.date() + timedelta(days=1))
    query = (
        select(Postponement)
        .where(Postponement.until_on.between(*days), ~asked)
        .options(
            joinedload(Postponement.visit)
            .joinedload(Visit.participant)
            .options(joinedload(Participant.site), joinedload(Participant.contact))
        )
    )
    found = session.scalars(query).all()
    last = latest(session, [each.visit_id for each in found])
    due = [each.visit for each in found if last[each.visit_id] is each and _is_due(each, now)]
    beside = recipients.known(session, due)
    return [
        visit.id
        for visit in due
        if recipients.judge(visit, messages.AGAIN, beside, ways=ways, now=now).channel is not None
    ]


def _is_due(postponement: Postponement, now: datetime) -> bool:
    clock = now.astimezone(ZoneInfo(postponement.visit.participant.site.timezone))
    since = clock.date() - postponement.until_on
    return timedelta(0) <= since <= LATE and clock.time() >= MORNING


def ask_again(
    session: Session,
    visit_id: int,
    *,
    ways: frozenset[str] = EMAIL_ONLY,
    actor: Actor,
    now: datetime,
) -> Message | None:
    """Put the message that asks again into the outbox and return it.

    None if it is there already, or its participant is not to be written to.
    """
    visit = session.get_one(Visit, visit_id, with_for_update=True)
    if visit_id not in to_ask_again(session, ways=ways, now=now):
        return None
    return messages.plan(session, visit, kind=messages.AGAIN, ways=ways, actor=actor, now=now)
