"""The mail of an invitation: claimed, delivered and settled as every message (see ``outbox``)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Invitation
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.messaging import Email, text
from qol_app.services import invitations, outbox, studies
from qol_app.services.invitations import InvitationState
from qol_app.services.links import TOKEN_BYTES, token_hash
from qol_app.services.outbox import Claimed, MessageStatus, Outcome

KIND = "invitation_account"


def unsent(session: Session, *, before: datetime) -> Sequence[int]:
    """Return the invitations planned before then whose mail nobody has claimed, oldest first."""
    return outbox.unsent(session, Invitation, before=before)


def claim(
    session: Session, invitation_id: int, *, base_url: str, actor: Actor, now: datetime
) -> Claimed | None:
    """Take an invitation for sending and make its token; the caller commits before delivering.

    Returns None if somebody else has taken it, or it is open no more.

    Raises:
        NotFound: there is no such invitation.
    """
    invitation = outbox.locked(session, Invitation, invitation_id)
    if invitation.status != MessageStatus.PLANNED:
        return None
    is_open = invitations.state(invitation, now=now) is InvitationState.OPEN
    token = secrets.token_urlsafe(TOKEN_BYTES)
    action = Action.MESSAGE_SENDING if is_open else Action.MESSAGE_CANCELLED
    with audited(session, actor=actor, action=action, now=now, study_id=invitation.study_id):
        status = MessageStatus.SENDING if is_open else MessageStatus.CANCELLED
        invitation.status = status.value
        if is_open:
            invitation.token_hash = token_hash(token)
    if not is_open:
        return None
    email = _write(invitation, f"{base_url}/invitation/{token}", now)
    return Claimed(message_id=invitation.id, email=email)


def _write(invitation: Invitation, address: str, now: datetime) -> Email:
    title = studies.in_force(invitation.study).title
    language = invitation.language if invitation.language in text.languages(KIND) else "en"
    words = text.render(
        KIND,
        language,
        name=invitation.name,
        study=title.get(language) or next(iter(title.values())),
        address=address,
        days=str(invitations.GOOD_FOR.days),
    )
    return Email(
        to=invitation.email,
        subject=words.subject,
        body=words.body,
        language=language,
        written_at=now,
    )


def settle(
    session: Session, invitation_id: int, outcome: Outcome, *, actor: Actor, now: datetime
) -> None:
    """Store what came of an invitation's mail being sent. Settling twice is a no-op."""
    invitation = outbox.locked(session, Invitation, invitation_id)
    if invitation.status != MessageStatus.SENDING:
        return
    with audited(
        session, actor=actor, action=outcome.action, now=now, study_id=invitation.study_id
    ):
        outbox.store(invitation, outcome, now=now)
