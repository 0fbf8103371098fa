"""Mails to users about an alert, or a visit that closes: planned, claimed, settled (``outbox``).

A mail names the study and the address of a page, and nothing about the participant.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Alert, Grant, Participant, Role, StaffMessage, Study, User, Visit
from qol_app.domain import roles
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.domain.roles import Permission
from qol_app.messaging import Email, text
from qol_app.services import outbox, studies
from qol_app.services.outbox import Claimed, MessageStatus, Outcome

KEPT_TRYING = timedelta(hours=1)
"""How long a mail about an alert is tried again when no mail server answers."""

FALLBACK_LANGUAGE = "en"


class StaffMessageKind(StrEnum):
    """What a mail tells; each is a folder of ``templates/messages``."""

    ALERT = "alert"
    ALERT_WAITING = "alert_waiting"
    CLOSING = "closing"
    """Of some visits it is the last day; the mail is about the first of them."""


class Cancelled(StrEnum):
    """Why a planned mail was not sent."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken care of the alert."""
    NO_LONGER_STAFF = "no_longer_staff"
    """The user may no longer see what it is about."""


def plan(session: Session, alert: Alert, kind: StaffMessageKind, *, now: datetime) -> list[int]:
    """Put a mail about an alert to each user concerned into the outbox.

    Call it within the caller's ``audited`` and send what it returns after the commit. An alert goes
    to the staff of the participant's site, or to the study's administrators where a site has
    none; one that waits goes to both.
    """
    participant = alert.participant
    wanted = {roles.Role.STAFF}
    if kind is StaffMessageKind.ALERT_WAITING or not users(session, participant, wanted):
        wanted.add(roles.Role.ADMIN)
    planned = [
        message(user, participant, kind, alert.id, now=now)
        for user in users(session, participant, wanted)
    ]
    session.add_all(planned)
    session.flush()
    return [each.id for each in planned]


def message(
    user: User, participant: Participant, kind: StaffMessageKind, about_id: int, *, now: datetime
) -> StaffMessage:
    """Return a new mail to a user, to be added within the caller's ``audited``."""
    return StaffMessage(
        user_id=user.id,
        study_id=participant.study_id,
        kind=kind.value,
        about_id=about_id,
        status=MessageStatus.PLANNED.value,
        planned_at=now,
    )


def users(session: Session, participant: Participant, wanted: Collection[roles.Role]) -> list[User]:
    """Return the active users with one of these roles at the participant's site, once each."""
    query = (
        select(User)
        .join(User.grants)
        .join(Grant.role)
        .where(
            User.active.is_(True),
            Role.name.in_([role.value for role in wanted]),
            Grant.study_id == participant.study_id,
            or_(Grant.site_id.is_(None), Grant.site_id == participant.site_id),
        )
        .order_by(User.id)
    )
    return list(session.scalars(query.distinct()))


def _participant(session: Session, message: StaffMessage) -> Participant:
    if message.kind == StaffMessageKind.CLOSING:
        return session.get_one(Visit, message.about_id).participant
    return session.get_one(Alert, message.about_id).participant


def unsent(session: Session, *, before: datetime) -> list[int]:
    """Return the ids of messages planned before then that nobody has claimed, oldest first."""
    return outbox.unsent(session, StaffMessage, before=before)


def claim(
    session: Session, message_id: int, *, base_url: str, actor: Actor, now: datetime
) -> Claimed | None:
    """Take a planned mail for sending; the caller commits before delivering.

    Returns None if somebody else has taken it, and cancels it if the alert was acknowledged
    meanwhile or the user may no longer see it.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, StaffMessage, message_id)
    if message.status != MessageStatus.PLANNED:
        return None
    user = session.get_one(User, message.user_id)
    refusal = _refusal(session, message, user)
    if refusal is not None:
        with _recorded(session, message, Action.MESSAGE_CANCELLED, actor, now):
            message.status = MessageStatus.CANCELLED.value
            message.problem = refusal.value
        return None
    with _recorded(session, message, Action.MESSAGE_SENDING, actor, now):
        message.status = MessageStatus.SENDING.value
    return Claimed(message_id=message.id, email=_write(session, message, user, base_url, now))


def _refusal(session: Session, message: StaffMessage, user: User) -> Cancelled | None:
    participant = _participant(session, message)
    is_closing = message.kind == StaffMessageKind.CLOSING
    may_see = user.active and roles.allows(
        user.grant_values(),
        Permission.SEND_LINKS if is_closing else Permission.HANDLE_ALERTS,
        study_id=participant.study_id,
        site_id=participant.site_id,
    )
    if not may_see:
        return Cancelled.NO_LONGER_STAFF
    if is_closing:
        return None
    alert = session.get_one(Alert, message.about_id)
    return Cancelled.ACKNOWLEDGED if alert.acknowledged_at is not None else None


def _write(
    session: Session, message: StaffMessage, user: User, base_url: str, now: datetime
) -> Email:
    study = session.get_one(Study, message.study_id)
    language = _language(study, user, message.kind)
    is_closing = message.kind == StaffMessageKind.CLOSING
    page = "worklist" if is_closing else f"alerts/{message.about_id}"
    address = f"{base_url}/studies/{study.code}/{page}"
    words = text.render(message.kind, language, study=study.code, address=address)
    return Email(
        to=user.email, subject=words.subject, body=words.body, language=language, written_at=now
    )


def _language(study: Study, user: User, kind: str) -> str:
    """Return the user's language, else the study's first, if the mail is written in it."""
    known = text.languages(kind)
    wished = (user.language, *studies.in_force(study).languages)
    return next((tag for tag in wished if tag in known), FALLBACK_LANGUAGE)


def settle(
    session: Session, message_id: int, outcome: Outcome, *, actor: Actor, now: datetime
) -> StaffMessage:
    """Store what came of a mail being sent. Settling twice is a no-op.

    Where no mail server answered it is planned again for an hour, so that the sweep retries: a
    second mail about an alert does less harm than none.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, StaffMessage, message_id)
    if message.status != MessageStatus.SENDING:
        return message
    with _recorded(session, message, outcome.action, actor, now):
        outbox.store(message, outcome, now=now)
        if not outcome.permanent and now - message.planned_at < KEPT_TRYING:
            message.status = MessageStatus.PLANNED.value
    return message


def _recorded(
    session: Session, message: StaffMessage, action: Action, actor: Actor, now: datetime
) -> AbstractContextManager[None]:
    return audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=message.study_id,
        participant_id=_participant(session, message).id,
    )
