"""Mails to users about what waits for them: planned with it, claimed, settled (see ``outbox``).

A mail names the study and the address of the page to look at, and nothing about the participant.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import (
    Alert,
    Grant,
    HelpRequest,
    Participant,
    Role,
    StaffMessage,
    Study,
    User,
    Visit,
)
from qol_app.domain import roles
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.domain.roles import Permission
from qol_app.messaging import Email, text
from qol_app.services import outbox, studies
from qol_app.services.outbox import Claimed, MessageStatus, Outcome

KEPT_TRYING = timedelta(hours=1)
"""How long a mail is tried again when no mail server answers."""

FALLBACK_LANGUAGE = "en"


class StaffMessageKind(StrEnum):
    """What a mail tells; each is a folder of ``templates/messages``."""

    ALERT = "alert"
    ALERT_WAITING = "alert_waiting"
    HELP = "help"
    CLOSING = "closing"
    """Of some visits it is the last day; the mail is about the first of them."""


class Cancelled(StrEnum):
    """Why a planned mail was not sent."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken care of it."""
    NO_LONGER_STAFF = "no_longer_staff"
    """The user may no longer see what the mail is about."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What a mail is about: whose it is, whether anybody has seen to it, and where it stands."""

    participant: Participant
    is_settled: bool
    permission: Permission
    """What a user must hold at the participant's site to be told."""
    page: str
    """Below the address of the study."""


def _about(session: Session, kind: str, about_id: int) -> About:
    if kind == StaffMessageKind.HELP:
        call = session.get_one(HelpRequest, about_id)
        return About(
            participant=call.visit.participant,
            is_settled=call.settled_at is not None,
            permission=Permission.SEE_PARTICIPANTS,
            page="worklist",
        )
    if kind == StaffMessageKind.CLOSING:
        return About(
            participant=session.get_one(Visit, about_id).participant,
            is_settled=False,
            permission=Permission.SEND_LINKS,
            page="worklist",
        )
    alert = session.get_one(Alert, about_id)
    return About(
        participant=session.get_one(Participant, alert.participant_id),
        is_settled=alert.acknowledged_at is not None,
        permission=Permission.HANDLE_ALERTS,
        page=f"alerts/{alert.id}",
    )


def plan(session: Session, kind: StaffMessageKind, about_id: int, *, now: datetime) -> list[int]:
    """Put a mail to each user concerned into the outbox.

    Call it within the caller's ``audited`` and send what it returns after the commit. It goes to
    the staff of the participant's site, or to the study's administrators where a site has none;
    an alert that waits goes to both.

    Args:
        about_id: The id of the alert or of the call for help.
    """
    participant = _about(session, kind, about_id).participant
    wanted = {roles.Role.STAFF}
    if kind is StaffMessageKind.ALERT_WAITING or not users(session, participant, wanted):
        wanted.add(roles.Role.ADMIN)
    planned = [
        message(user, participant, kind, about_id, now=now)
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


def unsent(session: Session, *, before: datetime) -> list[int]:
    """Return the ids of messages planned before then that nobody has claimed, oldest first."""
    return outbox.unsent(session, StaffMessage, before=before)


def claim(
    session: Session, message_id: int, *, base_url: str, actor: Actor, now: datetime
) -> Claimed | None:
    """Take a planned mail for sending; the caller commits before delivering.

    Returns None if somebody else has taken it, and cancels it if somebody has seen to the matter
    meanwhile or the user may no longer see it.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, StaffMessage, message_id)
    if message.status != MessageStatus.PLANNED:
        return None
    about = _about(session, message.kind, message.about_id)
    user = session.get_one(User, message.user_id)
    refusal = _refusal(about, user)
    if refusal is not None:
        with _recorded(session, message, Action.MESSAGE_CANCELLED, actor, now):
            message.status = MessageStatus.CANCELLED.value
            message.problem = refusal.value
        return None
    with _recorded(session, message, Action.MESSAGE_SENDING, actor, now):
        message.status = MessageStatus.SENDING.value
    address = f"{base_url}/studies/{about.participant.study.code}/{about.page}"
    email = _write(about.participant.study, message.kind, user, address, now)
    return Claimed(message_id=message.id, email=email)


def _refusal(about: About, user: User) -> Cancelled | None:
    may_see = user.active and roles.allows(
        user.grant_values(),
        about.permission,
        study_id=about.participant.study_id,
        site_id=about.participant.site_id,
    )
    if not may_see:
        return Cancelled.NO_LONGER_STAFF
    return Cancelled.ACKNOWLEDGED if about.is_settled else None


def _write(study: Study, kind: str, user: User, address: str, now: datetime) -> Email:
    language = _language(study, user, kind)
    words = text.render(kind, language, study=study.code, address=address)
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
    second mail to staff does less harm than none.

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
) -> AbstractContextManager[object]:
    participant = _about(session, message.kind, message.about_id).participant
    return audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=message.study_id,
        participant_id=participant.id,
    )
