"""From rows to what ``domain.recipients`` asks: who is written to about a visit, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Message, Participant, Postponement
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.recipients import Channel, Matter, Recipient, Verdict, verdict
from qol_app.domain.reminders import Kind
from qol_app.domain.schedule import today_at
from qol_app.messaging import text
from qol_app.services import facts
from qol_app.services.outbox import MessageStatus
from qol_app.services.rows import VisitRow

EMAIL_ONLY = frozenset({Channel.EMAIL.value})
"""The ways of a deployment without a gateway for text messages."""

ARRIVED = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.DELIVERED)
"""Statuses of a message that the participant has, as far as anybody knows."""


class Subject(VisitRow, Protocol):
    """A visit that is written about, as a row of the database or values read from one."""

    @property
    def id(self) -> int:
        """Its key."""

    @property
    def participant(self) -> Participant:
        """Whose it is."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known beside the visits' own rows."""

    waits_until: Mapping[int, date]
    """By visit, the day to which it was put off last."""
    asked_at: Mapping[int, datetime]
    """By visit, when a message about it went out last."""
    failed: Mapping[int, Mapping[str, datetime]]
    """By participant and channel, when the last message came back."""


def known(session: Session, visits: Iterable[Subject]) -> Known:
    """Read what ``judge`` has to know of these visits."""
    rows = list(visits)
    visit_ids = [visit.id for visit in rows]
    return Known(
        waits_until=_waits_until(session, visit_ids),
        asked_at=_asked_at(session, visit_ids),
        failed=_failed(session, {visit.participant.id for visit in rows}),
    )


def _waits_until(session: Session, visit_ids: list[int]) -> dict[int, date]:
    query = select(Postponement.visit_id, Postponement.until_on)
    found = session.execute(
        query.where(Postponement.visit_id.in_(visit_ids)).order_by(Postponement.id)
    )
    return {visit_id: until_on for visit_id, until_on in found}


def _asked_at(session: Session, visit_ids: list[int]) -> dict[int, datetime]:
    query = select(
        Message.visit_id, Message.status, Message.sent_at, Message.due_at, Message.planned_at
    )
    asked: dict[int, datetime] = {}
    for visit_id, status, *moments in session.execute(query.where(Message.visit_id.in_(visit_ids))):
        if status not in ARRIVED:
            continue
        at = next(moment for moment in moments if moment is not None)
        asked[visit_id] = max(at, asked.get(visit_id, at))
    return asked


def _failed(session: Session, participant_ids: set[int]) -> dict[int, dict[str, datetime]]:
    """Return the channels whose last message with an outcome came back."""
    query = (
        select(Message.participant_id, Message.channel, Message.status, Message.settled_at)
        .where(Message.participant_id.in_(participant_ids))
        .order_by(Message.id)
    )
    failed: dict[int, dict[str, datetime]] = {}
    for participant_id, channel, status, settled_at in session.execute(query):
        if status not in (*ARRIVED, MessageStatus.BOUNCED):
            continue
        of_participant = failed.setdefault(participant_id, {})
        of_participant.pop(channel, None)
        if status == MessageStatus.BOUNCED and settled_at is not None:
            of_participant[channel] = settled_at
    return failed


def judge(
    visit: Subject,
    kind: Kind,
    beside: Known,
    *,
    ways: frozenset[str],
    now: datetime,
    channel: Channel | None = None,
) -> Verdict:
    """Tell whether a message about ``visit`` goes at ``now``, by which channel, or why not.

    Args:
        ways: The channels that this deployment serves.
        channel: The channel that staff ask for.
    """
    participant = visit.participant
    zone = ZoneInfo(participant.site.timezone)
    asked_at = beside.asked_at.get(visit.id)
    matter = Matter(
        refusal=facts.eligibility(visit, now=now).reason,
        missing_reason=facts.visit_facts(visit).reason,
        waits_until=beside.waits_until.get(visit.id),
        asked_on=asked_at.astimezone(zone).date() if asked_at is not None else None,
    )
    written = {way for way in ways if participant.language in text.languages(kind, way)}
    return verdict(
        kind,
        _recipient(participant, beside),
        matter,
        written=frozenset(written),
        on=today_at(zone, now),
        channel=channel,
    )


def asked_for(message: Message) -> Channel | None:
    """Return the channel to which a planned message keeps: staff's own; others follow the wish."""
    return Channel(message.channel) if message.kind == Kind.LINK else None


def _recipient(participant: Participant, beside: Known) -> Recipient:
    contact = participant.contact
    addresses: set[str] = set()
    failed = beside.failed.get(participant.id, {})
    if contact is not None:
        addresses |= {Channel.EMAIL} if contact.has_email else set()
        addresses |= {Channel.SMS} if contact.has_phone else set()
        failed = {way: at for way, at in failed.items() if at >= contact.changed_at}
    return Recipient(
        wish=participant.channel,
        refused=frozenset(participant.refused_channels),
        addresses=frozenset(addresses),
        failed=frozenset(failed),
        lost_on=_lost_on(participant),
    )


def _lost_on(participant: Participant) -> date | None:
    days = [
        event.happened_on
        for event in participant.events
        if event.kind == ParticipantEventKind.LOST and event.struck_at is None
    ]
    return min(days, default=None)
