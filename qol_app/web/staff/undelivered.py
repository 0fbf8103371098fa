"""Messages that did not arrive, on top of the worklist: whose, which, and why."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import g

from qol_app.domain.roles import Permission
from qol_app.services import messages, studies
from qol_app.services.messages import Undelivered
from qol_app.services.outbox import MessageStatus
from qol_app.web import guards, unit
from qol_app.web.navigation import in_words
from qol_app.web.staff import words
from qol_app.web.staff.lists import participant_url


@dataclass(frozen=True, kw_only=True)
class UndeliveredRow:
    """One visit whose last message did not arrive."""

    number: str
    url: str
    visit: str
    message: str
    why: str
    at: str


def waiting() -> tuple[UndeliveredRow, ...]:
    """Return those of the user's sites, newest first."""
    sites = guards.sites(Permission.SEE_PARTICIPANTS)
    found = messages.bounced(unit.session(), g.study, sites=sites, now=unit.now())
    return tuple(_row(each) for each in found)


def _row(found: Undelivered) -> UndeliveredRow:
    message, participant = found.message, found.participant
    name = studies.in_force(g.study).visit(found.visit.code).name
    kind = words.message_kind(message.kind, message.number)
    status = str(words.MESSAGES[MessageStatus(message.status)])
    at = message.settled_at or message.sent_at or message.planned_at
    return UndeliveredRow(
        number=participant.number,
        url=participant_url("staff.participant", participant.number),
        visit=in_words(name),
        message=f"{kind} ({words.CHANNELS[message.channel]})",
        why=words.problem(message.problem) or status,
        at=words.moment(at, ZoneInfo(participant.site.timezone)),
    )
