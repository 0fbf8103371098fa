"""What became of a message once handed over: receipts, and what staff know of an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Message, Participant
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotFound, NotReady
from qol_app.domain.events import Action
from qol_app.services.outbox import MessageStatus

NO_RECEIPT = "not_delivered"
"""The ``problem`` of a message that the gateway says did not arrive."""
SAID_BY_STAFF = "address_wrong"
"""The ``problem`` of a message of which staff say that its address does not work."""

_HANDED_OVER = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED)


def settle(
    session: Session, provider_id: str, *, delivered: bool, actor: Actor, now: datetime
) -> Message:
    """Store a gateway's receipt. The first one counts; the same or another again is a no-op.

    Raises:
        NotFound: no message goes by that name, or not yet: the gateway is to ask again later.
    """
    query = select(Message).where(Message.provider_id == provider_id).with_for_update()
    message = session.scalars(query.order_by(Message.id)).first()
    if message is None:
        raise NotFound("no message has this id")
    if message.status != MessageStatus.SENT:
        return message
    status = MessageStatus.DELIVERED if delivered else MessageStatus.BOUNCED
    problem = None if delivered else NO_RECEIPT
    _store(session, message, status, problem, actor=actor, now=now)
    return message


def report_address(
    session: Session, participant: Participant, message_id: int, *, actor: Actor, now: datetime
) -> Message:
    """Note that the address of a message does not work; nothing more goes there by itself.

    That holds until the contact details are changed. Saying it twice is a no-op.

    Raises:
        NotFound: the participant has no such message.
        NotReady: the message was never handed over.
    """
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None or message.participant_id != participant.id:
        raise NotFound(f"participant {participant.number} has no message {message_id}")
    if message.status == MessageStatus.BOUNCED:
        return message
    if message.status not in _HANDED_OVER:
        raise NotReady("this message has not been sent yet")
    _store(session, message, MessageStatus.BOUNCED, SAID_BY_STAFF, actor=actor, now=now)
    return message


def _store(
    session: Session,
    message: Message,
    status: MessageStatus,
    problem: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    participant = session.get_one(Participant, message.participant_id)
    bounced = status is MessageStatus.BOUNCED
    with audited(
        session,
        actor=actor,
        action=Action.MESSAGE_BOUNCED if bounced else Action.MESSAGE_DELIVERED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        message.status, message.problem, message.settled_at = status.value, problem, now
