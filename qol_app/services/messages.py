"""Messages to participants: plan one, claim it, settle it. None goes out twice (see ``outbox``)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import Message, Participant, Study, Visit
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotWrittenTo
from qol_app.domain.events import Action
from qol_app.domain.recipients import Channel, Obstacle
from qol_app.domain.reminders import Kind
from qol_app.messaging import Reason
from qol_app.services import facts, links, message_times, message_words, outbox, recipients, survey
from qol_app.services.outbox import Claimed, MessageStatus, Outcome
from qol_app.services.recipients import EMAIL_ONLY
from qol_app.services.sites import of_sites

LINK = Kind.LINK
AGAIN = Kind.AGAIN
"""The kind of message that asks again after a visit was put off."""
NOT_WANTED = "not_wanted"
"""The ``problem`` of a message that the study's plan no longer holds."""

SAME_WISH = timedelta(minutes=1)
"""A second wish within this time is a second click, not a second message."""

IN_WORDS = {
    Obstacle.LOST: "is lost to follow-up",
    Obstacle.WANTS_PAPER: "wants paper",
    Obstacle.NO_CONTACT: "has no e-mail address or mobile number for it on file",
    Obstacle.OPTED_OUT: "wants no such messages",
    Obstacle.ADDRESS_FAILED: "has an address from which the last message came back",
    Obstacle.NO_TEXT: "cannot be written to: there is no message text in their language",
}

_ON_THE_WAY = (
    MessageStatus.PLANNED,
    MessageStatus.SENDING,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
)


_LOST = (MessageStatus.BOUNCED, MessageStatus.FAILED, MessageStatus.SENDING)

STUCK = timedelta(minutes=15)
"""A message that is being sent for longer than this was left behind by a process that died."""


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A message that did not arrive, or of which nobody can tell, and whose it is."""

    message: Message
    visit: Visit
    participant: Participant


def plan(
    session: Session,
    visit: Visit,
    *,
    actor: Actor,
    now: datetime,
    kind: Kind = LINK,
    ways: frozenset[str] = EMAIL_ONLY,
    channel: Channel | None = None,
) -> Message:
    """Put a message with a survey link for ``visit`` into the outbox.

    Asking again while it waits, or within a minute, returns the same message; one that waits to
    be tried again is tried at once.

    Args:
        ways: The channels that this deployment serves.
        channel: The channel that staff ask for; None leaves it to the participant's wish.

    Raises:
        NotWrittenTo: the participant cannot be written to in this way; says why.
        LinkTooEarly, LinkExpired, AlreadySubmitted, LinkEnded: the visit cannot be answered now.
    """
    survey.check_open(visit, now=now)
    participant = visit.participant
    beside = recipients.known(session, [visit])
    found = recipients.judge(visit, kind, beside, ways=ways, now=now, channel=channel)
    if found.channel is None:
        obstacle = Obstacle(str(found.reason))
        told = f"participant {participant.number} {IN_WORDS[obstacle]}"
        raise NotWrittenTo(told, obstacle=obstacle.value)
    session.refresh(visit, with_for_update=True)
    last = _last(session, visit, kind)
    if last is not None and _is_same_wish(last, found.channel, now):
        return _hurried(session, participant, last, actor, now)
    with _recorded(session, participant, Action.MESSAGE_PLANNED, actor, now):
        message = Message(
            participant_id=participant.id,
            visit_id=visit.id,
            kind=kind.value,
            number=last.number + 1 if last else 1,
            channel=found.channel.value,
            language=participant.language,
            status=MessageStatus.PLANNED.value,
            planned_at=now,
        )
        session.add(message)
    return message


def _last(session: Session, visit: Visit, kind: str) -> Message | None:
    query = select(Message).where(Message.visit_id == visit.id, Message.kind == kind)
    return session.scalar(query.order_by(Message.number.desc()).limit(1))


def _is_same_wish(message: Message, channel: Channel, now: datetime) -> bool:
    if message.channel != channel:
        return False
    if message.status == MessageStatus.PLANNED:
        return True
    return message.status in _ON_THE_WAY and now - message.planned_at < SAME_WISH


def _hurried(
    session: Session, participant: Participant, message: Message, actor: Actor, now: datetime
) -> Message:
    if message.status == MessageStatus.PLANNED and message.due_at is not None:
        with _recorded(session, participant, Action.MESSAGE_PLANNED, actor, now):
            message.due_at = None
    return message


def unsent(session: Session, *, before: datetime, limit: int = 500) -> list[int]:
    """Return the ids of messages due before then that nobody has claimed, oldest first."""
    query = select(Message.id).where(
        Message.status == MessageStatus.PLANNED,
        func.coalesce(Message.due_at, Message.planned_at) < before,
    )
    return list(session.scalars(query.order_by(Message.due_at, Message.id).limit(limit)))


def claim(
    session: Session,
    message_id: int,
    *,
    vault: Vault,
    base_url: str,
    actor: Actor,
    now: datetime,
    ways: frozenset[str] = EMAIL_ONLY,
) -> Claimed | None:
    """Take a planned message for sending and issue its link; the caller commits before delivering.

    Returns None if somebody else has taken it or it may not go out yet. It is cancelled if the
    participant is not to be written to any more.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, Message, message_id)
    is_early = message.due_at is not None and message.due_at > now
    if message.status != MessageStatus.PLANNED or is_early:
        return None
    visit = session.get_one(Visit, message.visit_id)
    moment = message_times.earliest(message, visit, now=now)
    beside = recipients.known(session, [visit])
    found = recipients.judge(
        visit, Kind(message.kind), beside, ways=ways, now=now, channel=recipients.asked_for(message)
    )
    if found.reason is not None or moment is None:
        _cancel(session, message, visit, found.reason or NOT_WANTED, actor, now)
        return None
    if moment > now:
        with _recorded(session, visit.participant, Action.MESSAGE_PLANNED, actor, now):
            message.due_at = moment
        return None
    channel = found.channel or Channel.EMAIL
    _, token = links.issue(session, visit, channel=channel.value, actor=actor, now=now)
    with _recorded(session, visit.participant, Action.MESSAGE_SENDING, actor, now):
        message.status = MessageStatus.SENDING.value
        message.channel = channel.value
        message.language = visit.participant.language
    link = f"{base_url}/s/{token}"
    return message_words.write(session, visit, message, vault=vault, link=link, now=now)


def _cancel(
    session: Session, message: Message, visit: Visit, problem: str, actor: Actor, now: datetime
) -> None:
    with _recorded(session, visit.participant, Action.MESSAGE_CANCELLED, actor, now):
        message.status = MessageStatus.CANCELLED.value
        message.problem = str(problem)


def settle(
    session: Session, message_id: int, outcome: Outcome, *, actor: Actor, now: datetime
) -> Message:
    """Store what came of a message being sent. Settling twice is a no-op.

    A refused address is a bounce. What nobody took is planned again, at growing intervals; what
    may have arrived although the line broke is not, and stays failed for staff to decide on.

    Raises:
        NotFound: there is no such message.
    """
    message = outbox.locked(session, Message, message_id)
    if message.status != MessageStatus.SENDING:
        return message
    participant = session.get_one(Participant, message.participant_id)
    bounced = outcome.permanent and outcome.problem == Reason.RECIPIENT_REFUSED
    action = Action.MESSAGE_BOUNCED if bounced else outcome.action
    with _recorded(session, participant, action, actor, now):
        outbox.store(message, outcome, now=now)
        message.tries += 1
        message.provider_id = outcome.provider_id
        if bounced:
            message.status, message.settled_at = MessageStatus.BOUNCED.value, now
        elif outcome.may_be_repeated:
            _put_back(message, now)
    return message


def _put_back(message: Message, now: datetime) -> None:
    """Plan a message again that nobody took, unless it was tried often enough."""
    pause = message_times.pause(message.tries)
    if pause is not None:
        message.status, message.due_at = MessageStatus.PLANNED.value, now + pause


def bounced(
    session: Session, study: Study, *, sites: frozenset[int] | None, now: datetime
) -> list[Undelivered]:
    """Return the open visits whose last message did not arrive, newest first.

    It came back, was given up, or is "being sent" for so long that its process must have died. A
    newer message about the visit, or new contact details, takes the visit off the list.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    newer = aliased(Message)
    is_last = ~exists().where(newer.visit_id == Message.visit_id, newer.id > Message.id)
    query = (
        select(Message, Visit)
        .join(Visit, Visit.id == Message.visit_id)
        .where(
            of_sites(study, sites),
            Message.status.in_(_LOST),
            is_last,
            Visit.closes_on >= now.date() - timedelta(days=1),
        )
        .options(
            joinedload(Visit.participant).options(
                joinedload(Participant.site),
                joinedload(Participant.contact),
                selectinload(Participant.events),
            ),
            selectinload(Visit.responses),
        )
        .order_by(Message.id.desc())
    )
    return [
        Undelivered(message=message, visit=visit, participant=visit.participant)
        for message, visit in session.execute(query)
        if _is_lost(message, visit, now)
    ]


def _is_lost(message: Message, visit: Visit, now: datetime) -> bool:
    if not facts.eligibility(visit, now=now).allowed:
        return False
    if message.status == MessageStatus.SENDING:
        return now - (message.due_at or message.planned_at) > STUCK
    contact = visit.participant.contact
    at = message.settled_at or message.planned_at
    return contact is None or contact.changed_at <= at


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
