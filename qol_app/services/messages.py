"""Messages to participants: plan one, claim it, settle it. None goes out twice (see ``outbox``)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Message, Participant, Visit
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotReady
from qol_app.domain.events import Action
from qol_app.messaging import Email, text
from qol_app.services import facts, links, outbox, studies, survey
from qol_app.services.outbox import Claimed, MessageStatus, Outcome

LINK = "link"
AGAIN = "again"
"""The kind of message that asks again after a visit was put off."""
EMAIL = "email"
NO_CONTACT = "no_contact"
"""The ``problem`` of a message whose participant has no address any more."""

SAME_WISH = timedelta(minutes=1)
"""A second wish within this time is a second click, not a second message."""


_ON_THE_WAY = (MessageStatus.PLANNED, MessageStatus.SENDING, MessageStatus.SENT)


def plan(
    session: Session, visit: Visit, *, actor: Actor, now: datetime, kind: str = LINK
) -> Message:
    """Put a message with a survey link for ``visit`` into the outbox.

    Asking again while it waits, or within a minute, returns the same message.

    Raises:
        NotReady: the participant has no e-mail address, or no text exists in their language.
        LinkTooEarly, LinkExpired, AlreadySubmitted, LinkEnded: the visit cannot be answered now.
    """
    survey.check_open(visit, now=now)
    participant = visit.participant
    if participant.contact is None:
        raise NotReady(f"participant {participant.number} has no e-mail address")
    if participant.language not in text.languages(kind):
        raise NotReady(f"there is no message text in {participant.language}")
    session.refresh(visit, with_for_update=True)
    last = _last(session, visit, kind)
    if last is not None and _is_same_wish(last, now):
        return last
    with _recorded(session, participant, Action.MESSAGE_PLANNED, actor, now):
        message = Message(
            participant_id=participant.id,
            visit_id=visit.id,
            kind=kind,
            number=last.number + 1 if last else 1,
            channel=EMAIL,
            language=participant.language,
            status=MessageStatus.PLANNED.value,
            planned_at=now,
        )
        session.add(message)
    return message


def _last(session: Session, visit: Visit, kind: str) -> Message | None:
    query = select(Message).where(Message.visit_id == visit.id, Message.kind == kind)
    return session.scalar(query.order_by(Message.number.desc()).limit(1))


def _is_same_wish(message: Message, now: datetime) -> bool:
    if message.status == MessageStatus.PLANNED:
        return True
    return message.status in _ON_THE_WAY and now - message.planned_at < SAME_WISH


def unsent(session: Session, *, before: datetime, limit: int = 500) -> list[int]:
    """Return the ids of messages planned before then that nobody has claimed, oldest first."""
    return outbox.unsent(session, Message, before=before, limit=limit)


def claim(
    session: Session, message_id: int, *, vault: Vault, base_url: str, actor: Actor, now: datetime
) -> Claimed | None:
    """Take a planned message for sending and issue its link; the caller commits before delivering.

    Returns None if somebody else has taken it, and cancels it if the visit can no longer be
    answered or the address is gone.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, Message, message_id)
    if message.status != MessageStatus.PLANNED:
        return None
    visit = session.get_one(Visit, message.visit_id)
    address = _address(visit.participant, vault)
    refusal = facts.eligibility(visit, now=now).reason
    if refusal is not None or address is None:
        _cancel(session, message, visit, refusal or NO_CONTACT, actor, now)
        return None
    _, token = links.issue(session, visit, channel=EMAIL, actor=actor, now=now)
    with _recorded(session, visit.participant, Action.MESSAGE_SENDING, actor, now):
        message.status = MessageStatus.SENDING.value
    email = _write(visit, message, address, f"{base_url}/s/{token}", now)
    return Claimed(message_id=message.id, email=email)


def _address(participant: Participant, vault: Vault) -> str | None:
    contact = participant.contact
    if contact is None:
        return None
    details = vault.open(contact.key_id, contact.sealed, participant_id=participant.id)
    return details.get("email")


def _cancel(
    session: Session, message: Message, visit: Visit, problem: str, actor: Actor, now: datetime
) -> None:
    with _recorded(session, visit.participant, Action.MESSAGE_CANCELLED, actor, now):
        message.status = MessageStatus.CANCELLED.value
        message.problem = str(problem)


def _write(visit: Visit, message: Message, address: str, link: str, now: datetime) -> Email:
    """Write the mail. It names the study by its number, as titles tell the diagnosis."""
    protocol, language = studies.protocol(visit.protocol), message.language
    words = text.render(
        message.kind,
        language,
        study=protocol.registry_id or protocol.id,
        link=link,
        last_day=text.day(visit.closes_on, language),
        contact=protocol.contact.get(language) or protocol.contact[protocol.languages[0]],
    )
    return Email(
        to=address, subject=words.subject, body=words.body, language=language, written_at=now
    )


def settle(
    session: Session, message_id: int, outcome: Outcome, *, actor: Actor, now: datetime
) -> Message:
    """Store what came of a message being sent. Settling twice is a no-op.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, Message, message_id)
    if message.status != MessageStatus.SENDING:
        return message
    participant = session.get_one(Participant, message.participant_id)
    with _recorded(session, participant, outcome.action, actor, now):
        outbox.store(message, outcome, now=now)
    return message


def _recorded(
    session: Session, participant: Participant, action: Action, actor: Actor, now: datetime
) -> AbstractContextManager[object]:
    return audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    )
