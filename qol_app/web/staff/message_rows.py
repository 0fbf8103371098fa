"""The messages of a visit as its participant's page lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from qol_app.db.models import Message, Participant
from qol_app.domain.roles import Permission
from qol_app.services import held_back
from qol_app.services.outbox import MessageStatus
from qol_app.services.participants import VisitRecord
from qol_app.web import unit
from qol_app.web.staff import words
from qol_app.web.staff.lists import may, participant_url


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message of a visit."""

    kind: str
    channel: str
    status: str
    problem: str
    """Why it did not or will not go out or arrive; empty where there is nothing to say."""
    report_url: str
    """Where staff say that its address does not work; empty where there is nothing to report."""
    planned: str
    sent: str


def held(visits: Sequence[VisitRecord], *, now: datetime) -> dict[int, str]:
    """Return by message why it waits in vain."""
    return held_back.reasons(
        unit.session(),
        [each.state.visit for each in visits],
        [message for each in visits for message in each.messages],
        ways=current_app.extensions["queue"].tasks.ways,
        now=now,
    )


def message_row(
    participant: Participant, message: Message, why_not: Mapping[int, str]
) -> MessageRow:
    """Return one message in words; ``why_not`` is what ``held`` returned."""
    zone = ZoneInfo(participant.site.timezone)
    may_fail = message.status in (MessageStatus.SENT, MessageStatus.DELIVERED)
    url = participant_url("staff.report_address", participant.number, message_id=message.id)
    status = words.MESSAGES[MessageStatus(message.status)]
    return MessageRow(
        kind=words.message_kind(message.kind, message.number),
        channel=str(words.CHANNELS[message.channel]),
        status=_("Will not be sent") if message.id in why_not else str(status),
        problem=words.problem(why_not.get(message.id, message.problem)),
        report_url=url if may_fail and may(Permission.SEND_LINKS, participant) else "",
        planned=words.moment(message.planned_at, zone),
        sent=words.moment(message.sent_at, zone) if message.sent_at else "",
    )
